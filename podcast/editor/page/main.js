/* The transcript editor: opens the episode's text, and joins each command to its key, its button and
   its place in the menu of a paragraph. */

import "./conflict.js";
import { leave, onReturn, open, tell } from "./dialogs.js";
import * as doubts from "./doubts.js";
import { byId, make, put } from "./elements.js";
import * as fields from "./fields.js";
import * as keys from "./keys.js";
import * as manuscript from "./manuscript.js";
import * as paragraphs from "./paragraphs.js";
import * as people from "./people.js";
import * as playing from "./playing.js";
import * as preview from "./preview.js";
import * as replacing from "./replacing.js";
import * as reviewing from "./reviewing.js";
import * as saving from "./saving.js";
import { get } from "./server.js";
import * as settings from "./settings.js";
import { say } from "./words.js";

const step = (by) => {
  const id = fields.neighbour(fields.currentId(), by);
  if (id === null) tell(say(by > 0 ? "editor.last_piece" : "editor.first_piece"));
  else fields.focus({ id, start: 0 });
};

// Of a paragraph: in its menu, and by keys.

let about = null;

const ofPiece = {
  play_piece: () => playing.playPiece(fields.currentId()),
  split: () => paragraphs.split(),
  merge_before: () => paragraphs.mergeBefore(),
  merge_after: () => paragraphs.mergeAfter(),
  people: () => people.show(),
  insert: () => paragraphs.showInsert(),
  doubt: () => paragraphs.mark(),
  replace: () => replacing.showReplace(),
  glossary: () => replacing.showGlossary(),
  preview: () => tell(say(preview.toggle() ? "editor.preview.on" : "editor.preview.off")),
  remove: () => paragraphs.remove(),
};
const ofText = {
  play: playing.toggle,
  back: playing.back,
  forward: playing.forward,
  play_word: () => playing.playWord(fields.where()),
  go_heard: () => {
    const caret = playing.heardCaret();
    if (caret) fields.focus(caret);
  },
  next_doubt: () => doubts.next(),
  slower: () => tell(say("editor.speed_is", { speed: playing.speedText(playing.changeSpeed(-1)) })),
  faster: () => tell(say("editor.speed_is", { speed: playing.speedText(playing.changeSpeed(1)) })),
  next_piece: () => step(1),
  previous_piece: () => step(-1),
  actions: () => showActions(fields.currentId()),
  versions: reviewing.showVersions,
  review: reviewing.showReview,
  keys: keys.show,
  save: async () => {
    await saving.save();
    if (saving.isSaved()) tell(byId("saved").textContent);
  },
  undo: paragraphs.undo,
  redo: paragraphs.redo,
};

const showActions = (id) => {
  if (id === null) return;
  fields.makeCurrent(id);
  about = fields.where();
  const isParagraph = manuscript.piece(id).kind === "paragraph";
  put(byId("actions-about"), fields.labelText(id));
  byId("actions-list").replaceChildren(...Object.keys(ofPiece)
    .filter((name) => isParagraph || /^(?:insert|remove|replace|glossary)$/.test(name))
    .map((name) => {
      const key = keys.keyOf(name);
      const button = make("button", { type: "button" },
        make("span", { textContent: say(`editor.command.${name}`) }),
        key ? make("kbd", { textContent: keys.shown(key) }) : "");
      button.addEventListener("click", () => leave(() => {
        fields.focus(about);
        ofPiece[name]();
      }));
      return make("li", {}, button);
    }));
  open("actions", byId("actions-list").querySelector("button"));
};

byId("pieces").addEventListener("click", (event) => {
  const id = event.target.closest("[data-actions]")?.dataset.actions;
  if (id) showActions(Number(id));
});

for (const [id, run] of Object.entries({ ...ofPiece, ...ofText })) keys.command(id, run);
for (const button of document.querySelectorAll("[data-command]")) {
  if (button.id !== "preview-button") {
    button.addEventListener("click", () => keys.run(button.dataset.command));
  }
}

onReturn(() => fields.focus(fields.where() ?? { id: fields.currentId(), start: 0 }));

const opened = async () => {
  let sheet;
  try {
    [sheet] = await Promise.all([get("/api/document"), settings.load()]);
  } catch (refusal) {
    byId("loading").textContent = refusal.away ? say("editor.saved.away") : refusal.message;
    return;
  }
  manuscript.adopt(sheet);
  playing.begin();
  keys.begin({
    person: people.byNumber,
    hold: playing.start,
    release: playing.stop,
  });
  doubts.begin();
  preview.begin();
  reviewing.begin();
  saving.begin();
  byId("loading").remove();
  byId("editor").hidden = false;
  document.documentElement.dataset.ready = "";
  await saving.offer();
};

addEventListener("pagehide", () => playing.tellListened({ keepalive: true }));

opened();

