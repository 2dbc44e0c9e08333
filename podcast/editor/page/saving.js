/* Saving: a few seconds after a change, when the page is left, and again until the server answers.
   Until the file has the text, the browser keeps it too. */

import { open, tell } from "./dialogs.js";
import { byId, later, put } from "./elements.js";
import * as manuscript from "./manuscript.js";
import * as server from "./server.js";
import { dateAndTime, say, timeOfDay } from "./words.js";

const WAIT_MS = 2000;
const LOOK_MS = 2500;
// More than this is not let through when a page is left.
const LEAVING_BYTES = 60_000;

let saved = "";
// The text that is on its way; until it has arrived, nobody knows which one the file has.
let sent = null;
let whenSaved = "";
let running = null;
let again = false;
let failing = "";
let asking = false;
// Counts what came from the server: an answer to an older question must not undo a newer one.
let era = 0;
let answered = () => {};

// What the browser keeps: a copy for each tab, so that two tabs do not take each other's away.

const PREFIX = "podcast editor text";
let own = "";

const tryTo = (action) => {
  try {
    return action();
  } catch {
    return null; // full or forbidden: the server is the only place
  }
};

/* A tab says by a lock that it is alive: only the copies of dead ones are offered. */
const claim = async () => {
  const free = (id) =>
    new Promise((answer) => {
      navigator.locks.request(`${PREFIX} ${id}`, { ifAvailable: true }, (lock) => {
        answer(lock !== null);
        return lock && new Promise(() => {});
      });
    });
  own = tryTo(() => sessionStorage.getItem(PREFIX)) ?? crypto.randomUUID();
  // A tab that was duplicated has its elder's name.
  if (!(await free(own))) {
    own = crypto.randomUUID();
    await free(own);
  }
  tryTo(() => sessionStorage.setItem(PREFIX, own));
};

const keyOf = (id) => `${PREFIX} ${manuscript.current().slug} ${id}`;
const forget = (key = keyOf(own)) => tryTo(() => localStorage.removeItem(key));

const keepHere = () => {
  const text = manuscript.text();
  if (text === saved) return;
  const copy = { base: manuscript.current().digest, text, at: new Date().toISOString() };
  tryTo(() => localStorage.setItem(keyOf(own), JSON.stringify(copy)));
};

/* The copies of this episode that no open tab holds: [[key, copy], ...], the newest first. */
const orphans = async () => {
  const alive = new Set((await navigator.locks.query()).held.map((lock) => lock.name));
  const found = [];
  for (const key of tryTo(() => Object.keys(localStorage)) ?? []) {
    if (!key.startsWith(keyOf(""))) continue;
    const id = key.slice(keyOf("").length);
    if (id !== own && alive.has(`${PREFIX} ${id}`)) continue;
    const copy = tryTo(() => JSON.parse(localStorage.getItem(key)));
    if (copy && copy.text !== saved) found.push([key, copy]);
    else forget(key);
  }
  return found.sort(([, a], [, b]) => b.at.localeCompare(a.at));
};
const keepSoon = later(keepHere, 400);

// The state, in words.

const state = (sentence) => put(byId("saved"), sentence);

export const isSaved = () => sent === null && manuscript.text() === saved;

const fail = (refusal) => {
  let said;
  if (refusal.away) said = say("editor.saved.away");
  else if (refusal.closed) said = say("editor.saved.closed");
  else said = say("editor.saved.refused", { why: refusal.message });
  state(said);
  if (failing !== said) tell(said);
  failing = said;
};

const works = () => {
  if (failing) tell(say("editor.saved.again", { time: timeOfDay(new Date()) }));
  failing = "";
};

// Saving.

/* The file has this text now. */
export const isNow = (text) => {
  era++;
  saved = text;
  forget();
  whenSaved = say("editor.saved.at", { time: timeOfDay(new Date()) });
  state(whenSaved);
};

const putText = async (options) => {
  const pieces = manuscript.written();
  const text = manuscript.textOf(pieces);
  if (text === saved) {
    state(whenSaved);
    return;
  }
  state(say("editor.saved.saving"));
  sent = text;
  try {
    const sheet = await server.put("/api/text", { base: manuscript.current().digest, text }, options);
    era++;
    saved = text;
    sent = null;
    manuscript.resync(pieces, sheet);
    works();
    if (manuscript.text() === text) isNow(text);
    else {
      keepHere();
      saveSoon();
    }
  } catch (refusal) {
    sent = null;
    if (!(refusal instanceof server.Refusal)) throw refusal;
    keepHere();
    if (refusal.status === 409) await clash(refusal.answer, text);
    else fail(refusal);
    if (refusal.away || refusal.closed) saveSoon();
  }
};

/* One at a time, and once more for what came in between. */
const putAll = async (options) => {
  try {
    do {
      again = false;
      await putText(options);
    } while (again);
  } finally {
    running = null;
  }
};

/* Saves what is not saved; ends when the text of this moment was sent, whoever had begun before. */
export const save = async (options = {}) => {
  saveSoon.cancel();
  if (running || asking) again = true;
  else running = putAll(options);
  await running;
};

const saveSoon = later(() => save(), WAIT_MS);

/* The file has another text than the one that was begun with: the person decides. */
const clash = async (conflict, mine) => {
  asking = true;
  try {
    await answered(conflict, mine);
  } finally {
    asking = false;
  }
};

export const onClash = (action) => {
  answered = action;
};

/* Sends a text in place of the file's, which had this digest: an older version, what was put together
   from two. */
export const send = async (text, base, label) => {
  const sheet = await server.put("/api/text", { base, text });
  manuscript.adopt(sheet, label);
  isNow(manuscript.text());
  works();
};

/* What else changes the file by our wish (a person, a review): the answer holds its new text. */
export const take = (sheet) => {
  era++;
  manuscript.resync(manuscript.written(), sheet);
  saved = manuscript.text();
};

// Changes from outside.

export const look = async () => {
  if (document.hidden || running || asking) return;
  const began = era;
  const late = () => running || asking || era !== began;
  try {
    const { digest } = await server.get("/api/digest");
    works();
    if (late() || digest === manuscript.current().digest) return;
    if (!isSaved()) {
      save();
      return;
    }
    const sheet = await server.get("/api/document");
    if (late() || !isSaved()) return;
    manuscript.adopt(sheet, say("editor.did.outside"));
    isNow(manuscript.text());
    tell(say("editor.saved.outside"));
  } catch (refusal) {
    if (!(refusal instanceof server.Refusal)) throw refusal;
    fail(refusal);
  }
};

export const begin = () => {
  saved = manuscript.text();
  whenSaved = say("editor.saved.unchanged");
  state(whenSaved);
  const changed = () => {
    if (isSaved()) {
      state(whenSaved);
      return;
    }
    if (!failing) state(say("editor.saved.not_yet"));
    keepSoon();
    saveSoon();
  };
  manuscript.on("text", changedLetter);
  manuscript.on("pieces", changed);
  setInterval(look, LOOK_MS);
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : look()));
  addEventListener("pagehide", leave);
  byId("pieces").addEventListener("focusout", (event) => {
    if (event.target.matches(".words") && !event.relatedTarget?.matches?.(".words")) save();
  });
  addEventListener("beforeunload", (event) => {
    if (failing && !isSaved()) event.preventDefault();
  });
};

/* Per key nothing but two timers: the whole text is looked at when they end. */
const changedLetter = () => {
  if (!failing) state(say("editor.saved.not_yet"));
  keepSoon();
  saveSoon();
};

const leave = () => {
  keepHere();
  const size = new Blob([manuscript.text()]).size;
  save(size < LEAVING_BYTES ? { keepalive: true } : {}).catch(() => {});
};

/* A text that only this browser has, from before: taken up again or thrown away. */
const offerOne = ([key, copy]) => {
  put(byId("kept-when"), say("editor.kept.when", { time: dateAndTime(copy.at) }));
  const dialog = open("kept");
  return new Promise((done) => {
    byId("kept-take").onclick = async () => {
      dialog.close();
      try {
        await send(copy.text, copy.base, say("editor.did.kept"));
        tell(say("editor.kept.taken"));
        forget(key);
      } catch (refusal) {
        if (refusal.status === 409) {
          await clash(refusal.answer, copy.text);
          forget(key);
        } else fail(refusal);
      }
      done();
    };
    byId("kept-drop").onclick = () => {
      dialog.close();
      forget(key);
      done();
    };
    // Closed without a word: it is kept, and offered again the next time.
    dialog.addEventListener("close", () => setTimeout(done, 0), { once: true });
  });
};

export const offer = async () => {
  await claim();
  for (const orphan of await orphans()) await offerOne(orphan);
};
