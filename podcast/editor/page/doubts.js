/* The walk through what is worth a listen: few things, in the server's order, each played; then
   accepted, corrected, corrected everywhere, or marked for later. */

import { close, isLeft, leave, open, tell } from "./dialogs.js";
import { byId, make, put } from "./elements.js";
import * as fields from "./fields.js";
import * as manuscript from "./manuscript.js";
import * as P from "./pieces.js";
import { show as showPeople } from "./people.js";
import * as playing from "./playing.js";
import { showReplace } from "./replacing.js";
import * as saving from "./saving.js";
import { post } from "./server.js";
import * as settings from "./settings.js";
import { percent, say } from "./words.js";

const BEFORE_MS = 2000;
const AROUND = 80;

// Doubts that were there once: what is settled is counted, whether the server still names it or not.
let seen = new Set();
let walked = new Set();
let doubt = null;

const open_ = () => manuscript.current().doubts.filter((one) => !one.accepted);

/* « 12 doutes sur 31, écouté à 64 % » */
const showProgress = () => {
  const sheet = manuscript.current();
  for (const { id } of sheet.doubts) seen.add(id);
  settings.set(`doubts ${sheet.slug}`, [...seen].slice(-500));
  const left = open_().length;
  const facts = {
    n: seen.size - left, all: seen.size, percent: percent(sheet.listened.share),
  };
  put(byId("progress"), say(seen.size ? "editor.progress" : "editor.progress_no_doubt", facts));
  byId("next-doubt").disabled = left === 0;
};

const placeOf = ({ piece, from, to }) => {
  const id = manuscript.idOf(piece);
  if (!id || !manuscript.piece(id)) return null;
  if (from === null) return { id, start: 0, end: 0, whole: true };
  const [start, end] = [manuscript.offsetNow(id, from), manuscript.offsetNow(id, to)];
  return start === null || end === null ? null : { id, start, end };
};

export const play = () => {
  if (doubt && doubt.at_ms !== null) {
    playing.excerpt(doubt.at_ms - BEFORE_MS, (doubt.end_ms ?? doubt.at_ms + 1000) + BEFORE_MS);
  }
};

const show = (message) => {
  const place = placeOf(doubt);
  const title = say("editor.doubt.title", { n: seen.size - open_().length + 1, all: seen.size });
  const { body } = manuscript.piece(place.id);
  put(byId("doubt-title"), title);
  put(byId("doubt-said"), doubt.said);
  put(byId("doubt-where"), fields.labelText(place.id));
  // Whole words: what is cut in two is heard as another word.
  const before = body.slice(0, place.start);
  const after = body.slice(place.end);
  byId("doubt-context").replaceChildren(
    before.length > AROUND ? `…${before.slice(-AROUND).replace(/^\S*/, "")}` : before,
    place.end > place.start ? make("mark", { textContent: body.slice(place.start, place.end) }) : "",
    after.length > AROUND ? `${after.slice(0, AROUND).replace(/\S*$/, "")}…` : after,
  );
  for (const id of ["doubt-field", "doubt-replace", "doubt-everywhere", "doubt-mark"]) {
    byId(id).hidden = Boolean(place.whole);
  }
  const unnamed = doubt.kind === "unnamed";
  byId("doubt-person").hidden = !unnamed;
  byId("doubt-accept").hidden = unnamed; // the gate would stay shut
  byId("doubt-text").value = body.slice(place.start, place.end);
  const again = byId("doubts").open;
  const other = unnamed ? byId("doubt-person") : byId("doubt-accept");
  open("doubts", place.whole ? other : byId("doubt-text"));
  if (!place.whole) byId("doubt-text").select();
  // The focus may stay in the same field: what is new in the dialog must be said.
  if (again) tell(`${message} ${title}. ${doubt.said}`);
  play();
};

/* The next one that was not met in this walk; after the last, those that were passed. */
export const next = (message = "") => {
  const { doubts } = manuscript.current();
  const rank = doubt ? doubts.findIndex((one) => one.id === doubt.id) : -1;
  const left = open_().filter((one) => placeOf(one) && one.id !== doubt?.id);
  const fresh = left.filter((one) => !walked.has(one.id));
  const found = fresh.find((one) => doubts.indexOf(one) > rank) ?? fresh[0];
  if (found) {
    doubt = found;
    walked.add(found.id);
    show(message);
    return;
  }
  walked = new Set();
  if (byId("doubts").open) close("doubts");
  doubt = null;
  const remaining = open_().length;
  tell(`${message} ${say(remaining ? "editor.doubt.passed" : "editor.doubt.done", { n: remaining })}`);
};

/* Settled here at once; the server's own list comes with the next answer. */
const settle = (settled) => {
  manuscript.setPart({
    doubts: manuscript.current().doubts.map((one) =>
      one.id === settled.id ? { ...one, accepted: true } : one),
  });
};

/* One after the other: what was undone at once must not arrive before it was done. */
let telling = Promise.resolve();
const tellServer = (id, accepted) => {
  telling = telling.then(async () => {
    try {
      manuscript.setPart(await post("/api/doubts", { id, accepted }));
    } catch (refusal) {
      tell(refusal.away ? say("editor.saved.away") : refusal.message);
    }
  });
};

const accept = () => {
  const { id } = doubt;
  const caret = fields.where();
  settle(doubt);
  manuscript.change(manuscript.all(), {
    label: say("editor.did.accept"), from: caret, to: caret,
    undo: () => tellServer(id, false), redo: () => tellServer(id, true),
  });
  tellServer(id, true);
  next(say("editor.doubt.accepted"));
};

const write = (text, label, message) => {
  const place = placeOf(doubt);
  const piece = manuscript.piece(place.id);
  const body = piece.body.slice(0, place.start) + text + piece.body.slice(place.end);
  const to = { id: place.id, start: place.start, end: place.start + text.length };
  settle(doubt);
  manuscript.change(P.withPiece(manuscript.all(), { ...piece, body }), { label, from: place, to });
  saving.save();
  next(message);
};

/* What the doubt is about, as the text has it now. */
const wordsOf = (one) => {
  const place = placeOf(one);
  return manuscript.piece(place.id).body.slice(place.start, place.end);
};

const replace = () => {
  const text = byId("doubt-text").value;
  if (byId("doubt-replace").hidden || wordsOf(doubt) === text) accept();
  else write(text, say("editor.did.replace", { n: 1 }), say("editor.replaced", { n: 1, text }));
};

byId("doubt-form").addEventListener("submit", replace);
byId("doubt-accept").addEventListener("click", accept);
byId("doubt-again").addEventListener("click", play);
byId("doubt-pass").addEventListener("click", () => next());
byId("doubt-mark").addEventListener("click", () => {
  write(`{${wordsOf(doubt)}?}`, say("editor.did.mark"), say("editor.doubt.marked"));
});
byId("doubt-everywhere").addEventListener("click", () => {
  const bare = (text) => text.replace(/[.,;:!?…»)\s]+$/u, "");
  const going = doubt;
  showReplace(bare(wordsOf(doubt)), bare(byId("doubt-text").value), (message) => {
    settle(going);
    saving.save();
    next(message);
  });
});
byId("doubt-open").addEventListener("click", () => {
  const place = placeOf(doubt);
  leave(() => fields.focus(place));
});
byId("doubt-person").addEventListener("click", () => {
  const place = placeOf(doubt);
  leave(() => {
    fields.focus(place);
    showPeople("all");
  });
});
byId("doubts").addEventListener("close", () => {
  playing.stop();
  const place = doubt && placeOf(doubt);
  if (place && !isLeft()) fields.focus(place);
});

export const begin = () => {
  seen = new Set(settings.setting(`doubts ${manuscript.current().slug}`, []));
  manuscript.on("sheet", showProgress);
  showProgress();
};
