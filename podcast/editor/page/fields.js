/* The pieces as the page shows them: headings and native text fields, and where the caret is.

   Letters go from a field straight into the manuscript: nothing here looks at the whole text when a
   key is pressed. */

import * as manuscript from "./manuscript.js";
import * as P from "./pieces.js";
import { byId, make, put } from "./elements.js";
import { say, spoken } from "./words.js";

const list = byId("pieces");
const rows = new Map();
const sizes = CSS.supports("field-sizing", "content");
let now = null;
let before = null;
const watchers = [];

// Rows.

const field = (tag, id) => {
  const made = make(tag, { className: "words", spellcheck: true, autocomplete: "off" });
  if (tag === "textarea") made.rows = 1;
  made.lang = manuscript.current().language;
  made.dataset.id = id;
  return made;
};

const build = ({ id, kind }) => {
  const root = make("div", { className: `piece ${kind}` });
  const name = `piece-${id}`;
  const label = kind === "paragraph"
    ? make("h3", { id: name })
    : make("label", { id: name, htmlFor: `field-${id}` });
  const words = field(kind === "heading" || kind === "cue" ? "input" : "textarea", id);
  words.id = `field-${id}`;
  const row = { id, kind, root, label, words, title: null };
  if (kind === "heading") {
    row.title = make("h2", { className: "unseen" });
    root.append(row.title);
  }
  if (kind === "paragraph") words.setAttribute("aria-labelledby", name);
  const box = make("div", { className: "box" }, words);
  const more = make("button", { type: "button", className: "more", id: `more-${id}` });
  more.textContent = say("editor.actions");
  more.dataset.actions = id;
  more.setAttribute("aria-labelledby", `more-${id} ${name}`);
  more.setAttribute("aria-haspopup", "dialog");
  root.append(label, box, more);
  return row;
};

const time = (id) => {
  const start = manuscript.startOf(id);
  return start === null ? "" : spoken(start);
};

const labelOf = (piece, speaker) => {
  const facts = { name: speaker || say("editor.nobody"), time: time(piece.id) };
  if (piece.kind === "paragraph") return say(facts.time ? "editor.label" : "editor.label_no_time", facts);
  if (piece.kind === "heading") return say("editor.chapter");
  if (piece.kind === "cue") return say(facts.time ? "editor.sound_at" : "editor.sound", facts);
  if (piece.kind === "note") return say("editor.note", { id: /\[\^([^\]]*)/.exec(piece.before)?.[1] ?? "" });
  return say(piece.body.startsWith("<!--") ? "editor.private" : "editor.unread");
};

const titleOf = (piece) => {
  const facts = { title: piece.body.trim() || say("editor.untitled"), time: time(piece.id) };
  return say(facts.time ? "editor.chapter_at" : "editor.chapter_named", facts);
};

/* Where fields do not grow by themselves. */
const grow = (words) => {
  if (sizes || words.localName !== "textarea") return;
  words.style.height = "auto";
  words.style.height = `${words.scrollHeight + 4}px`;
};
const guess = (words) => {
  if (!sizes && words.localName === "textarea") words.rows = Math.ceil((words.value.length + 1) / 60);
};

const update = (row, piece, speaker, heard) => {
  put(row.label, labelOf(piece, speaker));
  if (row.title) put(row.title, titleOf(piece));
  row.root.classList.toggle("same", heard === speaker && piece.kind === "paragraph");
  if (row.words.value !== piece.body) {
    row.words.value = piece.body;
    guess(row.words);
  }
};

/* The list as the manuscript is.  Rows that stay are not moved: moving takes the focus away. */
export const render = () => {
  const pieces = manuscript.all();
  const speakers = P.speakers(pieces);
  const wanted = new Set(pieces.map((piece) => piece.id));
  const focused = document.activeElement;
  const caret = list.contains(focused) ? where() : null;
  for (const [id, row] of rows) {
    const kind = wanted.has(id) ? pieces.find((piece) => piece.id === id).kind : null;
    if (row.kind === kind) continue;
    row.root.remove();
    rows.delete(id);
  }
  let at = list.firstElementChild;
  let heard = null;
  for (const piece of pieces) {
    if (!rows.has(piece.id)) rows.set(piece.id, build(piece));
    const row = rows.get(piece.id);
    const speaker = speakers.get(piece.id);
    update(row, piece, speaker, heard);
    if (piece.kind === "paragraph") heard = speaker;
    else heard = null;
    if (row.root === at) at = at.nextElementSibling;
    else list.insertBefore(row.root, at);
  }
  byId("beginning").hidden = pieces.find((piece) => piece.kind !== "cue")?.kind !== "paragraph";
  if (focused !== document.activeElement && focused.isConnected) focus(caret);
};

// The caret.

/* Where the caret is, or was last: {id, start, end}; null before the first time. */
export const where = () => {
  const row = rows.get(now);
  if (!row) return null;
  return { id: now, start: row.words.selectionStart, end: row.words.selectionEnd };
};

export const fieldOf = (id) => rows.get(id)?.words ?? null;
export const rootOf = (id) => rows.get(id)?.root ?? null;
export const labelText = (id) => rows.get(id)?.label.textContent ?? "";

export const selected = () => {
  const caret = where();
  return caret ? fieldOf(caret.id).value.slice(caret.start, caret.end) : "";
};

/* Puts the focus and the caret; into the middle of the window where it was not to be seen. */
export const focus = (caret) => {
  const row = caret && rows.get(caret.id);
  if (!row) return false;
  row.words.focus({ preventScroll: true });
  row.words.setSelectionRange(caret.start, caret.end ?? caret.start);
  reveal(row.root);
  return true;
};

export const reveal = (root) => {
  const box = root.getBoundingClientRect();
  const top = byId("listen").getBoundingClientRect().bottom;
  if (box.top < Math.max(0, top) || box.bottom > innerHeight) {
    root.scrollIntoView({ block: box.height > innerHeight / 2 ? "start" : "center", behavior: "instant" });
  }
};

/* Told when another piece has become the current one. */
export const onCurrent = (watcher) => watchers.push(watcher);

const setCurrent = (id) => {
  if (id === now) return;
  rows.get(now)?.root.classList.remove("current");
  now = id;
  rows.get(now)?.root.classList.add("current");
  for (const watcher of watchers) watcher(now);
};

/* The piece that commands are about: that of the caret, or the first. */
export const currentId = () =>
  rows.has(now) ? now : manuscript.all().find((piece) => piece.kind === "paragraph")?.id ?? null;

export const makeCurrent = setCurrent;

/* The next field after one, or the one before it. */
export const neighbour = (id, step) => {
  const pieces = manuscript.all();
  return pieces[P.at(pieces, id) + step]?.id ?? null;
};

// What is typed.

const idOf = (target) => (target.matches?.(".words") ? Number(target.dataset.id) : null);

list.addEventListener("focusin", (event) => {
  const id = idOf(event.target) ?? (Number(event.target.dataset.actions) || null);
  if (id) setCurrent(id);
});

list.addEventListener("beforeinput", () => {
  before = where();
});

const ONE_LINE = new Set(["heading", "cue", "note"]);
const OF = { deleteContentBackward: "deleting", deleteContentForward: "deleting" };

list.addEventListener("input", (event) => {
  const id = idOf(event.target);
  if (id === null) return;
  const words = event.target;
  const piece = manuscript.piece(id);
  let text = words.value;
  if (ONE_LINE.has(piece.kind) && text.includes("\n")) {
    // A sound, a chapter and a note are one line of the file.
    const caret = words.selectionStart;
    words.value = text = text.replaceAll("\n", " ");
    words.setSelectionRange(caret, caret);
  }
  grow(words);
  const to = { id, start: words.selectionStart, end: words.selectionEnd };
  const label = say(`editor.did.${OF[event.inputType] ?? "typing"}`);
  if (piece.kind === "paragraph" && P.broken(text) && cutPasted(id, text)) return;
  manuscript.typed(id, text, before, to, label);
  if (piece.kind === "heading") put(rows.get(id).title, titleOf(manuscript.piece(id)));
});

/* Text with empty lines in it was pasted: each of its paragraphs gets its own field. */
const cutPasted = (id, body) => {
  const pieces = P.withPiece(manuscript.all(), { ...manuscript.piece(id), body });
  const cut = P.splitAtBlankLines(pieces, id);
  if (!cut) return false;
  const end = { id: cut.last.id, start: cut.last.body.length };
  manuscript.change(cut.pieces, { label: say("editor.did.paste"), from: before, to: end });
  focus(end);
  return true;
};

/* Whether two places of a field are in one line of the screen. */
export const sameLine = (words, a, b) => {
  const probe = make("div", { className: "shape", textContent: `${words.value}\u200b` });
  words.before(probe);
  const top = (offset) => {
    const range = new Range();
    range.setStart(probe.firstChild, offset);
    range.setEnd(probe.firstChild, offset + 1);
    return [...range.getClientRects()].at(-1)?.top ?? 0;
  };
  const same = Math.abs(top(a) - top(b)) < 2;
  probe.remove();
  return same;
};

manuscript.on("pieces", (changes) => {
  const caret = list.contains(document.activeElement) ? where() : null;
  const moved = caret && changes?.find(({ ours }) => ours.some((piece) => piece.id === caret.id));
  const to = moved ? follow(caret, moved) : null;
  render();
  if (to) focus(to);
});
manuscript.on("sheet", render);

/* Where the caret is in the same text once it is cut into other pieces. */
const follow = (caret, { ours, made }) => {
  let offset = caret.start;
  for (const piece of ours) {
    if (piece.id === caret.id) {
      offset += piece.before.length;
      break;
    }
    offset += P.raw(piece).length;
  }
  for (const piece of made) {
    const length = P.raw(piece).length;
    if (offset < length || piece === made.at(-1)) {
      const start = Math.min(Math.max(0, offset - piece.before.length), piece.body.length);
      return { id: piece.id, start };
    }
    offset -= length;
  }
  return null;
};
