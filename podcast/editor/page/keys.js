/* The keys of all commands: every one can be changed, also to a foot pedal's, which is a keyboard
   with few keys.  A key that types something is never taken without Ctrl or Alt (WCAG 2.1.4). */

import { open, tell } from "./dialogs.js";
import { byId, make } from "./elements.js";
import * as settings from "./settings.js";
import { say } from "./words.js";

/* In the order of the page of keys.  Function keys are free in browsers and screen readers where
   they are used here; Alt+Shift is neither AltGr nor a menu. */
const DEFAULTS = {
  play: "F2",
  back: "F4",
  forward: "Shift+F4",
  play_word: "F8",
  play_piece: "Shift+F2",
  go_heard: "F9",
  next_doubt: "Shift+F8",
  slower: "Alt+Shift+PageDown",
  faster: "Alt+Shift+PageUp",
  next_piece: "Alt+PageDown",
  previous_piece: "Alt+PageUp",
  actions: "Alt+Shift+P",
  insert: "Alt+Shift+O",
  people: "Alt+Shift+S",
  replace: "Alt+Shift+R",
  glossary: "Alt+Shift+G",
  doubt: "Alt+Shift+X",
  preview: "Alt+Shift+V",
  versions: "Alt+Shift+W",
  review: "Alt+Shift+M",
  keys: "Alt+Shift+H",
  save: "Ctrl+S",
  undo: "Ctrl+Z",
  redo: "Ctrl+Y",
};
/* These are what the keys do inside a text field, and stay: they are listed, not changed. */
const FIXED = ["split", "line", "merge_before", "merge_after", "arrows", "person"];

// What browsers, systems and screen readers keep for themselves.
const TAKEN = new Set(
  ("F1 F3 F5 F6 F7 F10 F11 F12 Shift+F3 Shift+F5 Shift+F6 Shift+F7 Shift+F9 Shift+F10 Shift+F12 "
    + "Ctrl+A Ctrl+C Ctrl+D Ctrl+F Ctrl+G Ctrl+H Ctrl+J Ctrl+K Ctrl+L Ctrl+N Ctrl+O Ctrl+P Ctrl+R "
    + "Ctrl+T Ctrl+U Ctrl+V Ctrl+W Ctrl+X Ctrl+Tab Ctrl+F4 Alt+F4 Alt+F2 Alt+D Alt+Left Alt+Right "
    + "Alt+Home Alt+Tab Alt+Space Ctrl+PageUp Ctrl+PageDown Ctrl+Space Alt+Shift+T Alt+Shift+I "
    + "Alt+Shift+A Alt+Shift+B").split(" "),
);
const MODIFIERS = new Set(["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "NumLock", "Insert"]);
// With no modifier: what moves the caret, edits or leaves a field.
const EDITS = /^(?:Tab|Enter|Escape|Backspace|Delete|Home|End|PageUp|PageDown|Arrow\w+|Insert|Space)$/;

let chosen = {};
const commands = new Map();

/* A key as it is written: "Alt+Shift+P"; empty for a modifier alone. */
export const written = (event) => {
  if (MODIFIERS.has(event.key) || event.isComposing || event.key === "Dead") return "";
  // A Mac types other signs with Option: the place of the key says what it is.
  let name = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  if (event.altKey && !/^[A-Z]$/.test(name) && /^Key[A-Z]$/.test(event.code)) name = event.code.slice(3);
  if (/^Digit\d$/.test(event.code) && (event.altKey || event.ctrlKey)) name = event.code.slice(5);
  if (name === " ") name = "Space";
  const held = [];
  if (event.ctrlKey || event.metaKey) held.push("Ctrl");
  if (event.altKey) held.push("Alt");
  if (event.shiftKey) held.push("Shift");
  return [...held, name].join("+");
};

/* Why a key cannot be taken; empty where it can. */
const refusal = (key, command) => {
  const parts = key.split("+");
  const name = parts.at(-1) || "+";
  const bare = !parts.includes("Ctrl") && !parts.includes("Alt");
  if (bare && (name.length === 1 || EDITS.test(name))) return say("editor.keys.types");
  if (/^(?:Ctrl\+)?Alt\+Shift\+\d$/.test(key)) return say("editor.keys.people");
  if (parts.includes("Ctrl") && parts.includes("Alt")) return say("editor.keys.altgr");
  if (TAKEN.has(key)) return say("editor.keys.taken");
  const other = Object.keys(DEFAULTS).find((id) => id !== command && keyOf(id) === key);
  return other ? say("editor.keys.used", { name: say(`editor.command.${other}`) }) : "";
};

export const keyOf = (id) => chosen[id] ?? DEFAULTS[id] ?? "";

/* Ctrl, Alt and Shift in the person's language. */
export const shown = (key) =>
  key
    .split("+")
    .map((part) => ({
      Ctrl: say("editor.key.ctrl"), Shift: say("editor.key.shift"), Space: say("editor.key.space"),
      PageUp: say("editor.key.page_up"), PageDown: say("editor.key.page_down"),
    })[part] ?? part)
    .join("+");

export const command = (id, run) => commands.set(id, run);
export const run = (id) => commands.get(id)();

// Press and hold.

const holding = () => byId("hold").checked;
let held = null;

/* What a key does, wherever the focus is: not while a dialog is open, but for the sound. */
const SOUND = new Set(["play", "back", "forward", "slower", "faster"]);

export const begin = ({ person, hold, release }) => {
  chosen = settings.setting("keys", {});
  byId("hold").checked = settings.setting("hold", false);
  byId("hold").addEventListener("change", () => settings.set("hold", holding()));

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.target.closest?.(".press")) return;
    const key = written(event);
    if (!key) return;
    const dialog = document.querySelector("dialog[open]") !== null;
    const number = /^Alt\+Shift\+([1-9])$/.exec(key);
    if (number && !dialog) {
      event.preventDefault();
      if (!event.repeat) person(Number(number[1]));
      return;
    }
    let id = Object.keys(DEFAULTS).find((name) => keyOf(name) === key);
    if (key === "Ctrl+Shift+Z") id = "redo";
    if (!id || !commands.has(id) || (dialog && !SOUND.has(id))) return;
    event.preventDefault();
    if (id === "play" && holding()) {
      if (!event.repeat) {
        held = event.code;
        hold();
      }
      return;
    }
    if (!event.repeat || id === "back" || id === "forward" || id === "undo" || id === "redo") run(id);
  });
  document.addEventListener("keyup", (event) => {
    if (held !== event.code || held === null) return;
    held = null;
    release();
  });
  byId("keys-reset").addEventListener("click", () => {
    chosen = {};
    settings.set("keys", chosen);
    list();
    tell(say("editor.keys.all_reset"));
  });
};

// The page of all keys.

let waiting = null;

const row = (id) => {
  const name = say(`editor.command.${id}`);
  const key = keyOf(id);
  const press = make("button", { type: "button", className: "press" });
  press.dataset.command = id;
  press.textContent = waiting === id ? say("editor.keys.press") : shown(key) || say("editor.keys.none");
  press.setAttribute("aria-label", `${press.textContent}, ${name}`);
  press.addEventListener("click", () => ask(id));
  press.addEventListener("blur", () => waiting === id && ask(null));
  return make("tr", {}, make("th", { scope: "row", textContent: name }), make("td", {}, press));
};

const ask = (id) => {
  waiting = id;
  for (const press of document.querySelectorAll("#keys-table .press")) {
    const own = press.dataset.command;
    press.textContent = waiting === own ? say("editor.keys.press") : shown(keyOf(own)) || say("editor.keys.none");
    press.setAttribute("aria-label", `${press.textContent}, ${say(`editor.command.${own}`)}`);
  }
  if (id) tell(say("editor.keys.press_how"));
};

const list = () => {
  waiting = null;
  byId("keys-table").replaceChildren(
    ...Object.keys(DEFAULTS).map(row),
    ...FIXED.map((id) =>
      make("tr", {},
        make("th", { scope: "row", textContent: say(`editor.command.${id}`) }),
        make("td", {}, say(`editor.fixed.${id}`)))),
  );
};

byId("keys-table").addEventListener("keydown", (event) => {
  const id = waiting;
  if (!id || event.key === "Tab") return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    ask(null);
    tell(say("editor.keys.kept"));
    return;
  }
  const key = event.key === "Backspace" ? "" : written(event);
  if (!key && event.key !== "Backspace") return;
  event.preventDefault();
  event.stopPropagation();
  const why = key && refusal(key, id);
  if (why) {
    tell(say("editor.keys.refused", { key: shown(key), why }));
    return;
  }
  chosen = { ...chosen, [id]: key };
  settings.set("keys", chosen);
  ask(null);
  tell(say(key ? "editor.keys.set" : "editor.keys.cleared", {
    key: shown(key), name: say(`editor.command.${id}`),
  }));
});

export const show = () => {
  list();
  open("keys");
};

byId("keys").addEventListener("cancel", (event) => {
  // Escape while a key is awaited gives up the question, not the page of keys.
  if (waiting) event.preventDefault();
});

