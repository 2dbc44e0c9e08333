/* The end of the work: what still keeps the gate shut, with the way there; who read it; and the
   versions, any of which can be taken up again. */

import { close, leave, open, tell } from "./dialogs.js";
import { byId, focusOn, make, put } from "./elements.js";
import * as fields from "./fields.js";
import * as manuscript from "./manuscript.js";
import * as saving from "./saving.js";
import { get, post } from "./server.js";
import * as settings from "./settings.js";
import { dateAndTime, percent, percentOf, say } from "./words.js";

/* The piece that a fault is in: told by the server, or on the line of our file that it names. */
const placeOf = ({ piece, line, said }) => {
  const { file, pieces } = manuscript.current();
  if (typeof piece === "number") return manuscript.idOf(piece);
  if (!line || !said.startsWith(file)) return undefined;
  return manuscript.idOf(pieces.findLastIndex((one) => one.line <= line));
};

const faultItem = (fault) => {
  const item = make("li", {}, make("span", { textContent: fault.said }));
  const id = placeOf(fault);
  if (id && manuscript.piece(id)) {
    const go = make("button", { type: "button", textContent: say("editor.places.go") });
    go.setAttribute("aria-label", say("editor.places.go_to", { place: fields.labelText(id) }));
    go.addEventListener("click", () => leave(() => fields.focus({ id, start: 0 })));
    item.append(go);
  }
  return item;
};

const stateOf = (sheet) => {
  const facts = { name: sheet.reviewed_by ?? "", date: sheet.reviewed_on ?? "" };
  if (sheet.status !== "reviewed") return say("editor.review.draft");
  if (!sheet.review_holds) return say("editor.review.stale", facts);
  return say(sheet.reviewed_by ? "editor.review.reviewed" : "editor.review.reviewed_no_name", facts);
};

/* What is read at the top of the page: the state, and the faults that must be mended. */
const showState = () => {
  const sheet = manuscript.current();
  put(byId("state"), stateOf(sheet));
  byId("faults").hidden = sheet.faults.length === 0;
  byId("faults-list").replaceChildren(...sheet.faults.map(faultItem));
};

const fill = () => {
  const sheet = manuscript.current();
  put(byId("review-state"), stateOf(sheet));
  const left = sheet.doubts.filter(({ accepted }) => !accepted).length;
  const facts = [
    say("editor.review.listened", { percent: percent(sheet.listened.share) }),
    say("editor.review.doubts", { n: left }),
  ];
  if (sheet.error_rate !== null) facts.push(say("editor.review.error_rate", { percent: percentOf(sheet.error_rate) }));
  byId("review-facts").replaceChildren(...facts.map((textContent) => make("li", { textContent })));
  const gate = sheet.gate.length ? sheet.gate : sheet.faults;
  byId("review-gate").hidden = gate.length === 0;
  byId("review-gate-list").replaceChildren(...gate.map(faultItem));
};

/* Opened at once, so that what is typed next is not written into the text. */
export const showReview = async () => {
  fill();
  byId("review-refused").hidden = true;
  byId("review-name").value = settings.setting("name", "");
  open("review", byId("review-name"));
  await saving.save();
  fill();
};

byId("review-form").addEventListener("submit", async () => {
  const name = byId("review-name").value.trim();
  if (!name) {
    tell(say("editor.review.no_name"));
    byId("review-name").focus();
    return;
  }
  settings.set("name", name);
  try {
    await saving.save();
    const sheet = await post("/api/review", { name, base: manuscript.current().digest });
    saving.take(sheet);
    close("review");
    tell(stateOf(sheet));
  } catch (refusal) {
    const faults = refusal.faults?.length ? refusal.faults : [{ said: refusal.away ? say("editor.saved.away") : refusal.message }];
    byId("review-refused").hidden = false;
    byId("review-gate").hidden = true;
    byId("review-refused-list").replaceChildren(...faults.map(faultItem));
    focusOn(byId("review-refused-title"));
    // It may be that another text is there.
    await saving.look();
  }
});

// Versions.

const versionItem = ({ id, saved_at: at, by, summary, words }) => {
  const time = dateAndTime(at);
  const take = make("button", { type: "button", textContent: say("editor.versions.restore") });
  take.setAttribute("aria-label", say("editor.versions.restore_of", { time }));
  take.addEventListener("click", async () => {
    try {
      await saving.save();
      const { text } = await get(`/api/versions/${encodeURIComponent(id)}`);
      await saving.send(text, manuscript.current().digest, say("editor.did.restore"));
      close("versions");
      tell(say("editor.versions.restored", { time }));
    } catch (refusal) {
      tell(refusal.away ? say("editor.saved.away") : refusal.message);
    }
  });
  const told = [time, say(`editor.versions.by_${by}`), say("editor.versions.words", { n: words }), summary];
  return make("li", {}, make("span", { textContent: told.filter(Boolean).join(", ") }), take);
};

export const showVersions = async () => {
  byId("versions-list").replaceChildren();
  put(byId("versions-none"), say("editor.loading"));
  open("versions");
  await saving.save();
  let versions = [];
  let fault = "";
  try {
    versions = await get("/api/versions");
  } catch (refusal) {
    fault = refusal.away ? say("editor.saved.away") : refusal.message;
  }
  byId("versions-list").replaceChildren(...versions.map(versionItem));
  put(byId("versions-none"), fault || (versions.length ? "" : say("editor.versions.none")));
};

export const begin = () => {
  manuscript.on("sheet", showState);
  showState();
};
