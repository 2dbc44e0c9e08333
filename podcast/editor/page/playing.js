/* The sound beside the text: plays and stops without taking the focus or the caret, shows what is
   heard, and tells the server what was really listened to. */

import * as fields from "./fields.js";
import * as manuscript from "./manuscript.js";
import { byId, put } from "./elements.js";
import { post } from "./server.js";
import * as settings from "./settings.js";
import { clock, language, say, spoken } from "./words.js";

const REWIND = 1;
const STEP = 2;
const AROUND_MS = 500;
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];
// Words before and after the one that is heard: what a line of the screen has room for.
const context = () => (innerWidth < 640 ? 2 : 5);
const SLIDER_STEP = 5;
// What is told of listening: often enough to lose little, not so often that it is a burden.
const TELL_MS = 10_000;

const audio = byId("audio");
const play = byId("play");
const speed = byId("speed");
const position = byId("position");
let stopAt = null;
let paused = false;

export const now = () => audio.currentTime * 1000;
export const isPlaying = () => !audio.paused;

const length = () =>
  Number.isFinite(audio.duration) ? audio.duration : manuscript.current().duration_ms / 1000;

export const seek = (ms) => {
  paused = false;
  audio.currentTime = Math.min(Math.max(0, ms / 1000), Math.max(0, length() - 0.05));
};

export const start = () => {
  stopAt = null;
  // After a stop the ear needs the last words again.
  if (paused) audio.currentTime = Math.max(0, audio.currentTime - REWIND);
  paused = false;
  audio.play().catch(() => {});
};

export const stop = () => {
  if (audio.paused) return;
  paused = true;
  audio.pause();
};

export const toggle = () => (audio.paused ? start() : stop());
export const move = (seconds) => {
  stopAt = null;
  seek(now() + seconds * 1000);
};
export const back = () => move(-STEP);
export const forward = () => move(STEP);

/* From here to there, then silence. */
export const excerpt = (from, to) => {
  seek(from);
  stopAt = to;
  audio.play().catch(() => {});
};

export const from = (ms) => {
  seek(ms);
  stopAt = null;
  audio.play().catch(() => {});
};

/* The word at an offset of a piece: the last that begins before it. */
export const wordAt = (id, offset) => {
  const words = manuscript.wordsOf(id);
  let found = words[0] ?? null;
  for (const word of words) {
    if (word[0] > offset) break;
    found = word;
  }
  return found;
};

/* The word under the caret, or the selected words, with a little before and after. */
export const playWord = (caret) => {
  if (!caret) return;
  const first = wordAt(caret.id, caret.start);
  if (!first) {
    const begins = manuscript.startOf(caret.id);
    if (begins !== null) excerpt(begins, manuscript.endOf(caret.id) ?? begins + 3000);
    return;
  }
  const last = caret.end > caret.start ? wordAt(caret.id, caret.end - 1) : first;
  excerpt(first[1] - AROUND_MS, last[2] + AROUND_MS);
};

export const playPiece = (id) => {
  const begins = manuscript.startOf(id);
  if (begins !== null) from(begins);
};

// What is heard.

const mirror = byId("mirror");
const mark = window.Highlight ? new Highlight() : null;
if (mark) CSS.highlights.set("word", mark);
let order = [];
let heard = null;

manuscript.on("sheet", () => {
  order = manuscript.all()
    .filter((piece) => piece.kind === "paragraph" && manuscript.startOf(piece.id) !== null)
    .map((piece) => [manuscript.startOf(piece.id), piece.id])
    .sort(([a], [b]) => a - b);
});

const last = (list, is) => {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (is(list[middle])) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

/* The paragraph and the number of the word that are heard at a time. */
const heardAt = (ms) => {
  const id = order[last(order, ([begins]) => begins <= ms + 50)]?.[1];
  if (id === undefined || !manuscript.piece(id)) return null;
  const words = manuscript.wordsOf(id);
  return { id, words, index: last(words, (word) => word[1] <= ms + 50) };
};

/* Where the caret must go to be at what is heard. */
export const heardCaret = () => {
  const found = heardAt(now());
  return found && { id: found.id, start: found.words[Math.max(0, found.index)]?.[0] ?? 0 };
};

const endOfWord = (body, offset) => {
  const end = body.slice(offset).search(/\s/);
  return end < 0 ? body.length : offset + end;
};

const unmark = () => {
  if (heard) fields.rootOf(heard.id)?.classList.remove("heard");
  mirror.remove();
  mark?.clear();
  heard = null;
};

/* A text of the same shape lies behind the field: the word is painted there, because nothing can be
   painted in a field. */
const paint = ({ id, words, index }, body) => {
  if (!mark) return;
  const words_ = fields.fieldOf(id);
  if (mirror.parentElement !== words_.parentElement) words_.before(mirror);
  put(mirror, body);
  mark.clear();
  if (index < 0 || !mirror.firstChild) return;
  const range = new Range();
  range.setStart(mirror.firstChild, Math.min(words[index][0], body.length));
  range.setEnd(mirror.firstChild, endOfWord(body, words[index][0]));
  mark.add(range);
};

const show = () => {
  const ms = now();
  put(byId("clock"), `${clock(ms)} / ${clock(length() * 1000)}`);
  const value = String(Math.round(ms / 1000 / SLIDER_STEP) * SLIDER_STEP);
  if (position.value !== value) {
    position.value = value;
    position.setAttribute("aria-valuetext",
      say("editor.at", { time: spoken(value * 1000), length: spoken(length() * 1000) }));
  }
  const found = heardAt(ms);
  if (!found || !fields.fieldOf(found.id)) return unmark();
  if (heard?.id !== found.id) {
    unmark();
    fields.rootOf(found.id).classList.add("heard");
    if (byId("follow").checked && !audio.paused) fields.reveal(fields.rootOf(found.id));
  }
  const { body } = manuscript.piece(found.id);
  if (heard?.id === found.id && heard.index === found.index && heard.body === body) return undefined;
  heard = { id: found.id, index: found.index, body };
  paint(found, body);
  const { words, index } = found;
  const first = words[Math.max(0, index - context())]?.[0] ?? 0;
  const begins = index < 0 ? first : words[index][0];
  const ends = index < 0 ? first : endOfWord(body, begins);
  const until = words[index + context()]?.[0] ?? body.length;
  put(byId("heard-before"), body.slice(first, begins));
  put(byId("heard-word"), body.slice(begins, ends));
  put(byId("heard-after"), body.slice(ends, until));
  return undefined;
};

// Without a frame a word would be shown up to a quarter of a second late.
const frame = () => {
  if (audio.paused) return;
  if (stopAt !== null && now() >= stopAt) {
    stopAt = null;
    audio.pause();
  }
  show();
  requestAnimationFrame(frame);
};

// What was listened to.

let spans = [];
let previous = null;

const note = () => {
  const ms = now();
  const at = performance.now();
  if (previous && !audio.muted && audio.volume > 0) {
    const moved = ms - previous.ms;
    // Playing goes as fast as the clock; what is further was a jump.
    const possible = (at - previous.at) * audio.playbackRate + 400;
    const open = spans.at(-1);
    if (moved >= 0 && moved <= possible) {
      if (open && open.rate === audio.playbackRate && Math.abs(open.end - previous.ms) < 20) open.end = ms;
      else spans.push({ start: previous.ms, end: ms, rate: audio.playbackRate });
    }
  }
  previous = audio.paused || audio.seeking ? null : { ms, at };
};

let telling = 0;
export const tellListened = async (options = {}) => {
  const told = spans;
  spans = [];
  telling = performance.now();
  const rates = new Map();
  for (const { start: a, end: b, rate } of told) {
    if (b - a < 50) continue;
    if (!rates.has(rate)) rates.set(rate, []);
    rates.get(rate).push([Math.round(a), Math.round(b)]);
  }
  for (const [rate, heardSpans] of rates) {
    try {
      manuscript.setPart(await post("/api/listened", { spans: heardSpans, rate }, options));
    } catch {
      // Told with the next: the server may be back then.
      spans.push(...heardSpans.map(([a, b]) => ({ start: a, end: b, rate })));
    }
  }
};

// Controls.

const shown = () => {
  put(byId("play-words"), say(audio.paused ? "editor.play" : "editor.pause"));
  play.classList.toggle("playing", !audio.paused);
};

export const setSpeed = (rate) => {
  const wanted = SPEEDS.includes(rate) ? rate : 1;
  speed.value = wanted;
  audio.defaultPlaybackRate = audio.playbackRate = wanted;
  settings.set("speed", wanted);
  return wanted;
};

export const changeSpeed = (by) => {
  const index = SPEEDS.indexOf(audio.playbackRate) + by;
  return setSpeed(SPEEDS[Math.min(Math.max(0, index), SPEEDS.length - 1)]);
};

export const speedText = (rate) => `× ${rate.toLocaleString(language)}`;

export const begin = () => {
  for (const value of SPEEDS) speed.add(new Option(speedText(value), value));
  speed.value = settings.setting("speed", 1);
  audio.defaultPlaybackRate = audio.playbackRate = Number(speed.value) || 1;
  position.step = SLIDER_STEP;
  position.max = Math.ceil(manuscript.current().duration_ms / 1000 / SLIDER_STEP) * SLIDER_STEP;
  byId("follow").checked = settings.setting("follow", false);
  if (manuscript.current().audio) audio.src = "/audio";
  byId("no-sound").hidden = manuscript.current().audio;
  for (const control of [play, byId("back"), byId("forward"), byId("mute"), position, speed]) {
    control.disabled = !manuscript.current().audio;
  }

  play.addEventListener("click", toggle);
  byId("back").addEventListener("click", back);
  byId("forward").addEventListener("click", forward);
  byId("mute").addEventListener("click", () => {
    audio.muted = !audio.muted;
  });
  speed.addEventListener("change", () => setSpeed(Number(speed.value)));
  position.addEventListener("input", () => seek(Number(position.value) * 1000));
  byId("follow").addEventListener("change", () => settings.set("follow", byId("follow").checked));
  audio.addEventListener("play", () => {
    shown();
    note();
    frame();
  });
  audio.addEventListener("pause", () => {
    note();
    shown();
    tellListened();
  });
  audio.addEventListener("timeupdate", () => {
    note();
    if (performance.now() - telling > TELL_MS) tellListened();
  });
  audio.addEventListener("seeking", () => {
    previous = null;
  });
  for (const event of ["seeked", "loadedmetadata", "timeupdate"]) audio.addEventListener(event, show);
  audio.addEventListener("volumechange", () => {
    put(byId("mute"), say(audio.muted ? "editor.unmute" : "editor.mute"));
  });
  audio.addEventListener("error", () => {
    byId("no-sound").hidden = false;
  });
  // While nothing plays the mark must follow its word all the same.
  manuscript.on("text", (id) => heard?.id === id && show());
  manuscript.on("pieces", show);
  shown();
  show();
};
