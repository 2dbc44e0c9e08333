/* The transcript that is being corrected: its pieces, every change that was made, and what the
   server knows of it.  One stack of changes for everything: undoing takes back a letter, a split, a
   name given everywhere or a replacement of a hundred words, each in one step. */

import * as P from "./pieces.js";

const GROUP_MS = 1200;

let head = "";
let ends = "\n";
let pieces = [];
let done = [];
let undone = [];
let sheet = null;
let ids = [];
let typedAt = 0;
// By piece: what the server said of it, with the text (base) that it said it of.
const facts = new Map();
const listeners = { text: [], pieces: [], sheet: [] };

const fire = (what, detail) => {
  for (const listener of listeners[what]) listener(detail);
};

/* "text": some letters of one piece changed; "pieces": anything may have changed; "sheet": the server
   told something new. */
export const on = (what, listener) => listeners[what].push(listener);

export const all = () => pieces;
export const piece = (id) => pieces[P.at(pieces, id)];
export const current = () => sheet;
export const written = () => pieces.filter(P.isWritten);
export const textOf = (list) => {
  const text = head + list.map(P.raw).join("");
  return ends === "\n" ? text : text.replaceAll("\n", ends);
};
export const text = () => textOf(written());

/* The local piece that the server calls by this number, if it is still there. */
export const idOf = (index) => ids[index];

export const lineOf = (id) => {
  const before = written();
  return textOf(before.slice(0, P.at(before, id))).split("\n").length;
};

// Times.

/* Where an offset in the text of the last alignment is now; null inside of what was changed. */
const shiftFor = (base, body) => {
  if (base === body) return (offset) => offset;
  const most = Math.min(base.length, body.length);
  let start = 0;
  while (start < most && base[start] === body[start]) start++;
  let end = 0;
  while (end < most - start && base.at(-1 - end) === body.at(-1 - end)) end++;
  return (offset) => {
    if (offset < start) return offset;
    if (offset >= base.length - end) return offset + body.length - base.length;
    return null;
  };
};

/* The words of a piece with their times: [offset now, start_ms, end_ms, how]. */
export const wordsOf = (id) => {
  const known = facts.get(id);
  const now = piece(id);
  if (!known?.words || !now) return [];
  const shift = shiftFor(known.base, now.body);
  return known.words
    .map(([offset, ...rest]) => [shift(offset), ...rest])
    .filter(([offset]) => offset !== null);
};

export const offsetNow = (id, offset) => {
  const now = piece(id);
  return now && facts.has(id) ? shiftFor(facts.get(id).base, now.body)(offset) : offset;
};

export const startOf = (id) => facts.get(id)?.start_ms ?? null;
export const endOf = (id) => facts.get(id)?.end_ms ?? null;
export const speakerOf = (id) => P.speakers(pieces).get(id) ?? "";

const learn = (id, served, body) => facts.set(id, { ...served, base: body });

/* The halves of a paragraph have its times before the server says so. */
export const learnSplit = (id, second, shift) => {
  const known = facts.get(id);
  if (!known?.words) return;
  const words = wordsOf(id).filter(([offset]) => offset < shift);
  const others = known.words.filter(([offset]) => offset >= shift)
    .map(([offset, ...rest]) => [offset - shift, ...rest]);
  const [left, right] = [piece(id), piece(second)];
  if (left) facts.set(id, { ...known, words, end_ms: words.at(-1)?.[2] ?? known.end_ms, base: left.body });
  facts.set(second, {
    ...known, words: others, start_ms: others[0]?.[1] ?? known.end_ms, base: right.body,
  });
};

export const learnMerge = (first, second, shift, wordsBefore, wordsAfter) => {
  const known = facts.get(first);
  if (!known) return;
  const moved = wordsAfter.map(([offset, ...rest]) => [offset + shift, ...rest]);
  const end = facts.get(second)?.end_ms ?? known.end_ms;
  facts.set(first, { ...known, words: [...wordsBefore, ...moved], end_ms: end, base: piece(first).body });
};

// Changes.

/* A change, with its name for who undoes it, and where the caret was and is: {id, start, end}. */
export const change = (next, { label, from = null, to = null, undo = null, redo = null, learn = null }) => {
  done.push({ label, before: pieces, after: next, from, to, undo, redo });
  undone = [];
  typedAt = 0;
  pieces = next;
  learn?.();
  fire("pieces");
};

/* What was typed into one piece; typing goes on in one step of undoing until there is a pause. */
export const typed = (id, body, from, to, label) => {
  const next = P.withPiece(pieces, { ...piece(id), body });
  const top = done.at(-1);
  const now = performance.now();
  if (top?.typed === id && top.label === label && top.after === pieces && now - typedAt < GROUP_MS) {
    top.after = next;
    top.to = to;
  } else {
    done.push({ label, before: pieces, after: next, from, to, typed: id });
  }
  typedAt = now;
  undone = [];
  pieces = next;
  fire("text", id);
};

const step = (from, to, which) => {
  const entry = from.pop();
  if (!entry) return null;
  to.push(entry);
  typedAt = 0;
  pieces = entry[which];
  entry[which === "before" ? "undo" : "redo"]?.();
  fire("pieces");
  return { label: entry.label, caret: which === "before" ? entry.from : entry.to };
};

export const undo = () => step(done, undone, "before");
export const redo = () => step(undone, done, "after");

// What the server says.

/* A file from Windows: fields know one line end only, so the page does, and the text goes back with
   its own. */
const plain = (told) => {
  ends = told.pieces.some((piece) => P.raw(piece).includes("\r\n")) ? "\r\n" : "\n";
  if (ends === "\n") return told;
  const bare = (text) => text.replaceAll("\r\n", "\n");
  const moved = (body, offset) => offset - body.slice(0, offset).split("\r\n").length + 1;
  return {
    ...told,
    pieces: told.pieces.map((piece) => ({
      ...piece,
      before: bare(piece.before),
      body: bare(piece.body),
      after: bare(piece.after),
      words: piece.words?.map(([offset, ...rest]) => [moved(piece.body, offset), ...rest]),
    })),
    doubts: told.doubts.map((doubt) => doubt.from === null ? doubt : {
      ...doubt,
      from: moved(told.pieces[doubt.piece].body, doubt.from),
      to: moved(told.pieces[doubt.piece].body, doubt.to),
    }),
  };
};

const isSame = (mine, theirs) => mine.kind === theirs.kind && P.raw(mine) === P.raw(theirs);

const setSheet = (told, found, own) => {
  sheet = told;
  ids = [];
  found.forEach((theirs, i) => {
    ids[theirs.index] = own[i];
    learn(own[i], theirs.served, theirs.body);
  });
};

/* The answer to a text that was sent: times and names for what is unchanged; where the server sees
   other pieces in the same text (a name was typed, a line became a sound), its pieces, unless more
   was typed there since.  The text stays as it is. */
export const resync = (sent, answer) => {
  const told = plain(answer);
  const { head: newHead, found } = P.fromServer(told.pieces);
  const own = [];
  const changes = [];
  let next = pieces;
  let [i, j] = [0, 0];
  while (i < sent.length || j < found.length) {
    const [fromI, fromJ] = [i, j];
    let [mine, theirs] = [0, 0];
    do {
      if (mine <= theirs && i < sent.length) mine += P.raw(sent[i++]).length;
      else if (j < found.length) theirs += P.raw(found[j++]).length;
      else break;
    } while (mine !== theirs || mine === 0);
    const ours = sent.slice(fromI, i);
    const served = found.slice(fromJ, j);
    const one = ours.length === 1 && served.length === 1 && isSame(ours[0], served[0]);
    const unchanged = one && ours[0].before === served[0].before && ours[0].body === served[0].body;
    const where = ours.length ? next.indexOf(ours[0]) : -1;
    const there = where >= 0 && ours.every((piece, k) => next[where + k] === piece);
    if (one && (unchanged || !there)) {
      own[fromJ] = ours[0].id;
      continue;
    }
    const made = served.map(({ kind, before, body, after }, k) => {
      const known = ours[k]?.kind === kind ? ours[k].id : null;
      const fresh = P.newPiece(kind, before, body, after);
      return known ? { ...fresh, id: known } : fresh;
    });
    made.forEach((piece, k) => (own[fromJ + k] = there ? piece.id : null));
    if (there) {
      next = next.toSpliced(where, ours.length, ...made);
      changes.push({ ours, made });
    }
  }
  head = newHead;
  setSheet(told, found, own);
  if (next !== pieces) {
    if (done.at(-1)?.after === pieces) done.at(-1).after = next;
    pieces = next;
    fire("pieces", changes);
  }
  fire("sheet");
};

/* A text that comes from elsewhere (first of all, an older version, another program): the pieces that
   are the same stay the same, so that the focus and the caret stay.  With a label it can be undone. */
export const adopt = (answer, label = null) => {
  const told = plain(answer);
  const { head: newHead, found } = P.fromServer(told.pieces);
  const own = [];
  const made = found.map(({ kind, before, body, after }) => P.newPiece(kind, before, body, after));
  let start = 0;
  const most = Math.min(pieces.length, made.length);
  while (start < most && isSame(pieces[start], made[start])) start++;
  let end = 0;
  while (end < most - start && isSame(pieces.at(-1 - end), made.at(-1 - end))) end++;
  const middle = pieces.slice(start, pieces.length - end);
  const paired = middle.length === made.length - start - end;
  const pool = new Set(middle);
  const next = made.map((piece, i) => {
    if (i < start) return pieces[i];
    if (i >= made.length - end) return pieces[pieces.length - made.length + i];
    const opposite = paired && middle[i - start].kind === piece.kind ? middle[i - start] : null;
    const same = middle.find((mine) => pool.has(mine) && isSame(mine, piece));
    const taken = same ?? (pool.has(opposite) ? opposite : null);
    pool.delete(taken);
    return same ?? (taken ? { ...piece, id: taken.id } : piece);
  });
  next.forEach((piece, i) => (own[i] = piece.id));
  head = newHead;
  if (label) done.push({ label, before: pieces, after: next, from: null, to: null });
  undone = [];
  pieces = next;
  setSheet(told, found, own);
  fire("pieces");
  fire("sheet");
};

/* Doubts, what was listened to: told without the text. */
export const setPart = (part) => {
  sheet = { ...sheet, ...part };
  fire("sheet");
};
