/* Cutting, joining, taking away and adding paragraphs, sounds, notes and chapters; what the keys do
   inside a field.  Each says where the focus goes. */

import { close, open, tell } from "./dialogs.js";
import { byId, put } from "./elements.js";
import * as fields from "./fields.js";
import * as manuscript from "./manuscript.js";
import * as P from "./pieces.js";
import * as playing from "./playing.js";
import { say, spoken } from "./words.js";

const pieces = byId("pieces");

/* A paragraph in two; the focus goes to the beginning of the second. */
export const split = (caret = fields.where()) => {
  const piece = caret && manuscript.piece(caret.id);
  if (piece?.kind !== "paragraph") {
    tell(say("editor.no_split"));
    return;
  }
  const cut = P.split(manuscript.all(), piece.id, caret.start);
  const to = { id: cut.second, start: 0 };
  const isNew = cut.second !== piece.id;
  const learn = () => isNew && manuscript.learnSplit(piece.id, cut.second, cut.shift);
  manuscript.change(cut.pieces, { label: say("editor.did.split"), from: caret, to, learn });
  fields.focus(to);
  tell(say("editor.splitted"));
};

/* A paragraph with the one before it; the focus goes to where they meet. */
export const mergeBefore = (id = fields.currentId()) => {
  const joined = P.merged(manuscript.all(), id);
  if (!joined) {
    tell(say("editor.no_merge"));
    return;
  }
  const from = fields.where();
  const to = { id: joined.first, start: joined.joint };
  const [before, after] = [manuscript.wordsOf(joined.first), manuscript.wordsOf(id)];
  const learn = () => manuscript.learnMerge(joined.first, id, joined.shift, before, after);
  manuscript.change(joined.pieces, { label: say("editor.did.merge"), from, to, learn });
  fields.focus(to);
  tell(say("editor.merged"));
};

export const mergeAfter = (id = fields.currentId()) => {
  const next = fields.neighbour(id, 1);
  if (next === null) tell(say("editor.no_merge"));
  else mergeBefore(next);
};

/* Takes a piece away; the focus goes to the end of the one before, or the start of the one after. */
export const remove = (id = fields.currentId()) => {
  const [before, after] = [fields.neighbour(id, -1), fields.neighbour(id, 1)];
  const kept = before ?? after;
  if (kept === null) return;
  const to = { id: kept, start: before === null ? 0 : manuscript.piece(kept).body.length };
  manuscript.change(P.without(manuscript.all(), id), { label: say("editor.did.remove"), from: fields.where(), to });
  fields.focus(to);
  tell(say("editor.removed"));
};

const insert = (text, caret, label) => {
  const piece = manuscript.piece(caret.id);
  const body = piece.body.slice(0, caret.start) + text + piece.body.slice(caret.end);
  const to = { id: piece.id, start: caret.start + text.length };
  manuscript.change(P.withPiece(manuscript.all(), { ...piece, body }), { label, from: caret, to });
  return to;
};

/* Puts { … ?} around the selection or the word under the caret, for somebody to check. */
export const mark = () => {
  const caret = fields.where();
  const piece = caret && manuscript.piece(caret.id);
  if (piece?.kind !== "paragraph") return;
  let { start, end } = caret;
  if (start === end) {
    start = piece.body.slice(0, start).search(/\S*$/);
    end += piece.body.slice(end).search(/\s|$/);
  }
  const text = piece.body.slice(start, end).trim();
  if (!text) return;
  const to = insert(`{${text}?}`, { id: piece.id, start, end }, say("editor.did.mark"));
  fields.focus(to);
  tell(say("editor.marked", { text }));
};

// What is inserted from the menu.

let about = null;

const KINDS = ["sound", "sound_after", "sound_here", "note", "chapter", "foreign", "time"];

export const showInsert = () => {
  about = fields.where() ?? { id: fields.currentId(), start: 0, end: 0 };
  const piece = manuscript.piece(about.id);
  const inside = piece?.kind === "paragraph";
  put(byId("insert-about"), say("editor.insert.about", { place: fields.labelText(about.id) }));
  for (const kind of KINDS) {
    byId(`insert-${kind}`).disabled = !inside && !/^(?:chapter|sound|sound_after)$/.test(kind);
  }
  put(byId("insert-time-now"), say("editor.insert.time_at", { time: spoken(playing.now()) }));
  byId("insert-form").querySelector("[name=kind]").checked = true;
  byId("insert-text").value = "";
  put(byId("insert-fault"), "");
  kinds();
  open("insert", byId("insert-form").querySelector("[name=kind]:checked"));
};

const kind = () => byId("insert-form").querySelector("[name=kind]:checked").value;
const kinds = () => {
  put(byId("insert-label"), say(`editor.insert.text_${kind()}`));
  byId("insert-part").hidden = kind() === "time";
};

const fresh = (stem) => {
  const ids = new Set(manuscript.all().map(({ before }) => /\[\^([^\]]*)/.exec(before)?.[1]));
  const plain = stem.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().match(/[a-z0-9]+/g) ?? ["note"];
  const name = plain.at(-1);
  let id = name;
  for (let n = 2; ids.has(id); n++) id = `${name}-${n}`;
  return id;
};

const actions = {
  sound: (text) => ({ made: P.newPiece("cue", "[", text, "]\n\n"), shift: 0, to: about }),
  sound_after: (text) => ({ made: P.newPiece("cue", "[", text, "]\n\n"), shift: 1, to: about }),
  chapter: (text) => ({ made: P.newPiece("heading", "## ", text), shift: 0, to: about }),
  sound_here: (text) => {
    const { body } = manuscript.piece(about.id);
    const space = about.start > 0 && !/\s/.test(body[about.start - 1]) ? " " : "";
    const after = /^\S/.test(body.slice(about.end)) ? " " : "";
    return { text: `${space}[${text}]${after}` };
  },
  note: (text) => {
    const { body } = manuscript.piece(about.id);
    const end = about.end + body.slice(about.end).search(/[\s.,;:!?…»)]|$/);
    const id = fresh(body.slice(0, end).match(/[\p{L}\p{N}]+$/u)?.[0] ?? "note");
    return { text: `[^${id}]`, at: end, note: P.newPiece("note", `[^${id}]: `, text) };
  },
  foreign: (text) => {
    const words = manuscript.piece(about.id).body.slice(about.start, about.end);
    return words && /^[a-z]{2,3}(-\w+)*$/i.test(text) ? { text: `{${text}: ${words}}` } : null;
  },
};

byId("insert-form").addEventListener("change", kinds);
byId("insert-form").addEventListener("submit", () => {
  const chosen = kind();
  const text = byId("insert-text").value.trim();
  const label = say("editor.did.insert");
  const list = manuscript.all();
  const piece = manuscript.piece(about.id);
  if (chosen === "time") {
    close("insert");
    manuscript.change(P.withPiece(list, P.pinned(piece, Math.round(playing.now()))), { label, from: about, to: about });
    fields.focus(about);
    tell(say("editor.insert.pinned", { time: spoken(playing.now()) }));
    return;
  }
  const made = text && actions[chosen](text);
  if (!made) {
    put(byId("insert-fault"), say(chosen === "foreign" ? "editor.insert.no_language" : "editor.insert.no_text"));
    byId("insert-text").focus();
    return;
  }
  close("insert");
  let next = list;
  let { to } = made;
  if (made.made) next = P.inserted(list, P.at(list, about.id) + made.shift, made.made);
  if (made.text) {
    const [start, end] = made.at === undefined ? [about.start, about.end] : [made.at, made.at];
    const body = piece.body.slice(0, start) + made.text + piece.body.slice(end);
    next = P.withPiece(list, { ...piece, body });
    to = { id: piece.id, start: start + made.text.length };
  }
  if (made.note) next = P.withLast(next, made.note);
  manuscript.change(next, { label, from: about, to });
  fields.focus(to);
  tell(say(`editor.insert.done_${chosen}`, { text }));
});

// Keys inside a field.

const edge = (words, back) =>
  words.selectionStart === words.selectionEnd
  && words.selectionStart === (back ? 0 : words.value.length);

/* Another field, as if all were one text. */
const cross = (words, step, atStart) => {
  const id = fields.neighbour(Number(words.dataset.id), step);
  if (id === null) return false;
  return fields.focus({ id, start: atStart ? 0 : manuscript.piece(id).body.length });
};

let shift = false;

pieces.addEventListener("keydown", (event) => {
  shift = event.shiftKey;
  const words = event.target;
  if (!words.matches(".words") || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  const id = Number(words.dataset.id);
  const paragraph = manuscript.piece(id).kind === "paragraph";
  if (event.key === "Enter" && words.localName === "input") {
    event.preventDefault();
    cross(words, 1, true);
  } else if (event.key === "Backspace" && !event.shiftKey && edge(words, true)) {
    event.preventDefault();
    // A key that is held down takes letters away, never a paragraph.
    if (event.repeat) return;
    if (!words.value) remove(id);
    else if (paragraph) mergeBefore(id);
  } else if (event.key === "Delete" && !event.shiftKey && edge(words, false)) {
    event.preventDefault();
    if (event.repeat) return;
    if (!words.value) remove(id);
    else if (paragraph) mergeAfter(id);
  } else if (!event.shiftKey && edge(words, true) && event.key === "ArrowLeft") {
    if (cross(words, -1, false)) event.preventDefault();
  } else if (!event.shiftKey && edge(words, false) && event.key === "ArrowRight") {
    if (cross(words, 1, true)) event.preventDefault();
  } else if (!event.shiftKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    const up = event.key === "ArrowUp";
    const { selectionStart: start, selectionEnd: end, value } = words;
    // Only from the first or last line that is to be seen.
    const last = words.localName === "input"
      || (start === end && fields.sameLine(words, start, up ? 0 : value.length));
    if (last && cross(words, up ? -1 : 1, !up)) event.preventDefault();
  }
});

pieces.addEventListener("beforeinput", (event) => {
  const words = event.target;
  if (!words.matches(".words") || event.isComposing) return;
  if (event.inputType === "historyUndo" || event.inputType === "historyRedo") {
    event.preventDefault();
    step(event.inputType === "historyUndo" ? manuscript.undo : manuscript.redo, event.inputType === "historyUndo");
  } else if (/^insert(?:LineBreak|Paragraph)$/.test(event.inputType)) {
    const { kind: of } = manuscript.piece(Number(words.dataset.id));
    if (of === "paragraph" && !shift) {
      event.preventDefault();
      split();
    } else if (of === "note") event.preventDefault();
  }
});

// Undoing.

const step = (go, back) => {
  const done = go();
  if (!done) {
    tell(say(back ? "editor.nothing_undone" : "editor.nothing_redone"));
    return;
  }
  // The focus goes to where the change was; where that is gone, to the piece that is current.
  if (!done.caret || !fields.focus(done.caret)) fields.focus(fields.where() ?? { id: fields.currentId(), start: 0 });
  tell(say(back ? "editor.undone" : "editor.redone", { what: done.label }));
};

export const undo = () => step(manuscript.undo, true);
export const redo = () => step(manuscript.redo, false);
