/* The paragraph of the caret as the episode's page will show it, and its captions. */

import { byId, later, make, put } from "./elements.js";
import * as fields from "./fields.js";
import * as manuscript from "./manuscript.js";
import { post } from "./server.js";
import * as settings from "./settings.js";
import { clock, say } from "./words.js";

const WAIT_MS = 400;

const panel = byId("preview");
const button = byId("preview-button");
let shown = false;
let asked = 0;

const caption = ({ start_ms: start, end_ms: end, speaker, lines }) =>
  make("li", {},
    make("span", { className: "when", textContent: `${clock(start)} – ${clock(end)}` }),
    speaker ? make("b", { textContent: say("editor.preview.voice", { name: speaker }) }) : "",
    ...lines.map((line) => make("span", { className: "cue-line", lang: manuscript.current().language, textContent: line })));

/* The page's own blocks, whose links would lead away from here and whose names are the page's. */
const shownOnly = (html) => {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const element of body.querySelectorAll("*")) {
    for (const name of ["id", "href", "role", "aria-labelledby", "aria-describedby"]) {
      element.removeAttribute(name);
    }
  }
  return body.childNodes;
};

const ask = async () => {
  const id = fields.currentId();
  const root = fields.rootOf(id);
  if (!shown || !root) return;
  if (panel.parentElement !== root) root.append(panel);
  panel.hidden = false;
  const number = ++asked;
  try {
    const told = await post("/api/preview", { text: manuscript.text(), line: manuscript.lineOf(id) });
    if (number !== asked) return;
    byId("preview-page").replaceChildren(...shownOnly(told.html));
    byId("preview-page").lang = manuscript.current().language;
    byId("preview-captions").replaceChildren(...told.captions.map(caption));
    byId("preview-no-captions").hidden = told.captions.length > 0;
    byId("preview-faults").replaceChildren(...told.faults.map(({ said }) => make("li", { textContent: said })));
    put(byId("preview-away"), "");
  } catch (refusal) {
    if (number === asked) put(byId("preview-away"), refusal.away ? say("editor.saved.away") : refusal.message);
  }
};
const askSoon = later(ask, WAIT_MS);

export const toggle = () => {
  shown = !shown;
  button.setAttribute("aria-pressed", String(shown));
  settings.set("preview", shown);
  if (shown) ask();
  else panel.hidden = true;
  return shown;
};

export const begin = () => {
  fields.onCurrent(askSoon);
  manuscript.on("text", askSoon);
  manuscript.on("pieces", askSoon);
  button.addEventListener("click", toggle);
  if (settings.setting("preview", false)) toggle();
};
