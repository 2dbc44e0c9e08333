/* What can be done with the pieces of a transcript: pure functions, from a list to another list.

   A piece is some lines of the file: {id, kind, before, body, after}; before + body + after are its
   very characters.  A piece is never changed: a new one with the same id takes its place. */

let last = 0;

export const newPiece = (kind, before, body, after = "\n\n") => ({
  id: ++last, kind, before, body, after,
});

export const raw = (piece) => piece.before + piece.body + piece.after;

const TIMES = /^(?:\[=?\d+(?::\d\d){1,2}(?:[.,]\d{1,3})?\]\s*)*/;
const isBlank = (text) => !text.trim();

/* The name that a paragraph begins with; empty where it goes on with the one before. */
export const nameIn = (before) =>
  before.replace(TIMES, "").replace(/[ \u00a0\u202f]?:\s*$/, "").trim();

const timesIn = (before) => TIMES.exec(before)[0];

/* A paragraph, chapter or sound that was begun and has no text yet is not in the file. */
export const isWritten = (piece) =>
  piece.kind === "note" || !isBlank(piece.body)
  || (piece.kind === "paragraph" && nameIn(piece.before) !== "");

/* The server's pieces as this page keeps them: empty lines belong to the piece before them, and what
   stands before the text (front matter) is apart: undoing must never undo a review. */
export const fromServer = (served) => {
  let head = "";
  const found = [];
  served.forEach((piece, index) => {
    const text = piece.before + piece.body + piece.after;
    const lead = found.length === 0 && piece.kind === "other";
    if (lead && (isBlank(text) || (piece.line === 1 && text.startsWith("---")))) {
      head += text;
    } else if (piece.kind === "other" && isBlank(text)) {
      found.at(-1).after += text;
    } else if (piece.kind === "other") {
      // Private remarks, and what the server could not read.
      const body = text.trim();
      const start = text.indexOf(body);
      const [before, after] = [text.slice(0, start), text.slice(start + body.length)];
      found.push({ kind: "other", before, body, after, served: piece, index });
    } else {
      const { kind, before, body, after } = piece;
      found.push({ kind, before, body, after, served: piece, index });
    }
  });
  return { head, found };
};

export const at = (pieces, id) => pieces.findIndex((piece) => piece.id === id);

export const withPiece = (pieces, changed) =>
  pieces.map((piece) => (piece.id === changed.id ? changed : piece));

/* Who speaks in each paragraph, by its id. */
export const speakers = (pieces) => {
  const found = new Map();
  let name = "";
  for (const piece of pieces) {
    if (piece.kind !== "paragraph") continue;
    name = nameIn(piece.before) || name;
    found.set(piece.id, name);
  }
  return found;
};

const named = (piece, name, language) => ({
  ...piece,
  before: `${timesIn(piece.before)}${name}${language.startsWith("fr") ? " : " : ": "}`,
});

/* Gives these paragraphs to a person.  Who comes after without a name keeps the one it had, so that
   nothing else changes. */
export const withSpeaker = (pieces, ids, name, language) => {
  const had = speakers(pieces);
  let before = "";
  return pieces.map((piece) => {
    if (piece.kind !== "paragraph") return piece;
    const wanted = ids.has(piece.id) ? name : had.get(piece.id);
    const speaks = nameIn(piece.before) || before;
    before = wanted;
    return speaks === wanted ? piece : named(piece, wanted, language);
  });
};

/* Every place of one name gets another. */
export const renamed = (pieces, from, to, language) => {
  const ids = new Set();
  for (const [id, name] of speakers(pieces)) if (name === from) ids.add(id);
  return pieces.map((piece) =>
    ids.has(piece.id) && nameIn(piece.before) ? named(piece, to, language) : piece);
};

/* The paragraphs that one name holds together: from the one with the name to the next name. */
export const turn = (pieces, id) => {
  let found = [];
  let mine = false;
  for (const piece of pieces) {
    if (piece.kind !== "paragraph") continue;
    if (nameIn(piece.before)) {
      if (mine) break;
      found = [];
    }
    found.push(piece.id);
    mine ||= piece.id === id;
  }
  return new Set(found);
};

/* Cuts a paragraph; the second part is a paragraph of the same person. */
export const split = (pieces, id, offset) => {
  const index = at(pieces, id);
  const piece = pieces[index];
  const left = piece.body.slice(0, offset).trimEnd();
  const right = piece.body.slice(offset).trimStart();
  const cut = left === ""
    ? [newPiece("paragraph", "", ""), piece]
    : [{ ...piece, body: left, after: "\n\n" }, newPiece("paragraph", "", right, piece.after)];
  return {
    pieces: pieces.toSpliced(index, 1, ...cut),
    second: cut[1].id,
    shift: piece.body.length - right.length,
  };
};

/* The paragraph with the one before it; null where none is right before it. */
export const merged = (pieces, id) => {
  const index = at(pieces, id);
  const [first, second] = [pieces[index - 1], pieces[index]];
  if (first?.kind !== "paragraph" || second.kind !== "paragraph") return null;
  const left = first.body.trimEnd();
  const right = second.body.trimStart();
  const body = left && right ? `${left} ${right}` : left + right;
  const whole = { ...first, body, after: second.after };
  return {
    pieces: pieces.toSpliced(index - 1, 2, whole),
    first: first.id,
    joint: left.length,
    shift: body.length - right.length - (second.body.length - second.body.trimStart().length),
  };
};

export const without = (pieces, id) => {
  const index = at(pieces, id);
  const piece = pieces[index];
  const next = pieces.slice(index + 1).find((other) => other.kind === "paragraph");
  const left = pieces.toSpliced(index, 1);
  // The name of a turn goes on to its next paragraph, or that one would have another's.
  const name = piece.kind === "paragraph" ? nameIn(piece.before) : "";
  if (!name || !next || nameIn(next.before)) return left;
  const prefix = piece.before.slice(timesIn(piece.before).length);
  return withPiece(left, { ...next, before: timesIn(next.before) + prefix });
};

/* What is put between two pieces has an empty line on both sides. */
export const inserted = (pieces, index, added) => {
  const next = pieces.toSpliced(index, 0, added);
  const before = next[index - 1];
  if (!before) return next;
  return withPiece(next, { ...before, after: `${before.after.replace(/\n*$/, "")}\n\n` });
};

/* What the server takes for other lines than it was, once it is in a paragraph. */
export const broken = (body) => /\n[ \t]*\n/.test(body);

/* A text with empty lines in it, as the paragraphs that it is. */
export const splitAtBlankLines = (pieces, id) => {
  const index = at(pieces, id);
  const piece = pieces[index];
  const parts = piece.body.split(/\n[ \t]*(?:\n[ \t]*)+/).filter((part) => !isBlank(part));
  if (parts.length < 2) return null;
  const all = parts.map((body, i) =>
    i === 0
      ? { ...piece, body, after: "\n\n" }
      : newPiece("paragraph", "", body, i === parts.length - 1 ? piece.after : "\n\n"));
  return { pieces: pieces.toSpliced(index, 1, ...all), last: all.at(-1) };
};

/* A pinned beginning, whatever the machine heard: [=0:12.4]. */
export const pinned = (piece, ms) => {
  const rest = piece.before.slice(timesIn(piece.before).length);
  const kept = timesIn(piece.before).replace(/\[=[^\]]*\]\s*/g, "");
  const [h, m, s] = [Math.floor(ms / 3600000), Math.floor(ms / 60000) % 60, (ms / 1000) % 60];
  const two = (n) => String(n).padStart(2, "0");
  const seconds = `${two(Math.floor(s))}.${Math.floor((ms % 1000) / 100)}`;
  const time = h ? `${h}:${two(m)}:${seconds}` : `${m}:${seconds}`;
  return { ...piece, before: `[=${time}] ${kept}${rest}` };
};

/* A note goes to the end of the file, after the other notes. */
export const withLast = (pieces, note) => {
  const last = pieces.at(-1);
  const spaced = { ...last, after: `${last.after.replace(/\n*$/, "")}\n\n` };
  return [...pieces.slice(0, -1), spaced, { ...note, after: "\n" }];
};
