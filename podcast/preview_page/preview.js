/* The preview renews a page when its files have changed.

   Nobody who is reading is interrupted: a page that has the focus is never loaded again by itself.
   It says politely that it has changed, and is renewed by its button, or when the reader goes to
   another window, which is where files are written.  It is not renewed while something plays, is
   typed or is selected, nor at all where the reader has switched it off (WCAG 2.2.4, 3.2.5).  The
   place, the focus and the moment of the sound are the same afterwards. */
(() => {
  "use strict";

  const box = document.getElementById("preview");
  const said = document.getElementById("preview-said");
  const faults = document.getElementById("preview-faults");
  const now = document.getElementById("preview-now");
  const auto = document.getElementById("preview-auto");
  const words = JSON.parse(document.getElementById("preview-words").textContent);
  const EVERY_MS = 1000;
  const FRESH_MS = 30000;
  const PLACE = "podcast-preview-place";
  const SWITCH = "podcast-preview-auto";
  const focusable =
    "a[href], button, input, select, textarea, summary, audio, [tabindex]:not([tabindex='-1'])";
  let waiting = false;
  let shown = JSON.stringify([...faults.querySelectorAll("li")].map((each) => each.textContent));

  const remembered = (store, name) => {
    try {
      return store.getItem(name);
    } catch {
      return null; // a browser may forbid storage
    }
  };
  const remember = (store, name, value) => {
    try {
      store.setItem(name, value);
    } catch {
      // the page then opens at its beginning
    }
  };

  const say = (text) => {
    if (said.textContent !== text) said.textContent = text;
  };

  /* Where the reader is: what has the focus, what stands at the top, what is heard. */
  const place = () => {
    const all = [...document.querySelectorAll(focusable)];
    const active = document.activeElement;
    const marks = [...document.querySelectorAll("main [id]")].filter((each) => each.checkVisibility());
    const top =
      marks.filter((each) => each.getBoundingClientRect().top <= 1).pop() ||
      document.getElementById("content");
    const sound = document.querySelector("audio");
    return {
      path: location.pathname,
      at: Date.now(),
      focus: active && active !== document.body ? [active.id, all.indexOf(active), active.localName] : null,
      top: top ? [top.id, top.getBoundingClientRect().top] : null,
      sound: sound ? sound.currentTime : 0,
      open: [...document.querySelectorAll("details")].map((each) => each.open),
    };
  };

  const backTo = (was) => {
    const details = [...document.querySelectorAll("details")];
    was.open.forEach((open, number) => {
      if (details[number]) details[number].open = open;
    });
    if (was.focus) {
      const [id, number, name] = was.focus;
      const found = (id && document.getElementById(id)) || document.querySelectorAll(focusable)[number];
      if (found && found.localName === name) found.focus({ preventScroll: true });
    }
    const top = was.top && document.getElementById(was.top[0]);
    if (top) {
      scrollBy({ top: top.getBoundingClientRect().top - was.top[1], behavior: "instant" });
    }
    const sound = document.querySelector("audio");
    if (sound && was.sound) sound.currentTime = was.sound;
  };

  const renew = () => {
    remember(sessionStorage, PLACE, JSON.stringify(place()));
    location.reload();
  };

  const reading = () => document.hasFocus() && document.visibilityState === "visible";
  const busy = () =>
    [...document.querySelectorAll("audio")].some((each) => !each.paused) ||
    !getSelection().isCollapsed ||
    (document.activeElement?.matches("input:not(#preview-auto), select, textarea") ?? false);

  const consider = () => {
    if (!waiting) return;
    if (auto.checked && !reading() && !busy()) {
      renew();
      return;
    }
    now.hidden = false;
    say(words.changed);
  };

  const tell = (found) => {
    const text = JSON.stringify(found);
    if (text === shown) return;
    shown = text;
    if (!found.length) {
      faults.replaceChildren();
      return;
    }
    const heading = document.createElement("p");
    heading.textContent = words.faults;
    const list = document.createElement("ul");
    for (const each of found) {
      const line = document.createElement("li");
      line.textContent = each;
      list.append(line);
    }
    faults.replaceChildren(heading, list);
  };

  const ask = async () => {
    try {
      const path = encodeURIComponent(location.pathname);
      const answer = await fetch(`/_preview/state?path=${path}`, { cache: "no-store" });
      const state = await answer.json();
      tell(state.faults);
      if (said.textContent === words.away) say("");
      waiting = state.page !== box.dataset.page;
      if (waiting) consider();
      else if (!now.hidden) {
        now.hidden = true;
        say("");
      }
    } catch {
      say(words.away);
    }
    setTimeout(ask, EVERY_MS);
  };

  auto.checked = remembered(localStorage, SWITCH) !== "no";
  auto.addEventListener("change", () => {
    remember(localStorage, SWITCH, auto.checked ? "yes" : "no");
  });
  now.addEventListener("click", renew);
  addEventListener("blur", consider);
  document.addEventListener("visibilitychange", consider);
  document.getElementById("preview-tools").hidden = false;
  history.scrollRestoration = "auto";
  const kept = remembered(sessionStorage, PLACE);
  if (kept) {
    sessionStorage.removeItem(PLACE);
    const was = JSON.parse(kept);
    if (was.path === location.pathname && Date.now() - was.at < FRESH_MS) {
      // The scripts of the page build the player first, and the browser scrolls by itself.
      addEventListener("load", () => setTimeout(() => backTo(was), 0));
    }
  }
  setTimeout(ask, EVERY_MS);
})();
