/* The player: the page's own <audio>, with real buttons in the page's language in place of the
   browser's.  Other scripts ask for a place in the sound by the event "podcast:seek". */
(() => {
  "use strict";

  const audio = document.getElementById("audio");
  const text = document.getElementById("player-words");
  if (!audio || !text) return;

  const BACK = 15;
  const FORWARD = 30;
  const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];
  // A slider tells screen readers each change of its value: in steps, it does not babble.
  const STEP = 5;

  const words = JSON.parse(text.textContent);
  const language = document.documentElement.lang;
  const say = (key, facts = {}) =>
    words[key].replace(/\{(\w+)\}/g, (_, name) => facts[name]);

  // Storage.

  const recall = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };
  const remember = (key, value) => {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // The browser forbids it: the page works without.
    }
  };
  const placeKey = `place ${location.pathname}`;

  // Time in words, as the page's own time links have it, and as a clock.

  const parts = (seconds) => {
    const whole = Math.max(0, Math.floor(seconds));
    return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  };
  const spoken = (seconds) => {
    const [h, m, s] = parts(seconds);
    const found = [];
    if (h) found.push(`${h}\u00a0h`);
    if (h || m) found.push(`${m}\u00a0min`);
    if (s || !found.length) found.push(`${s}\u00a0s`);
    return found.join(" ");
  };
  const clock = (seconds) => {
    const [h, m, s] = parts(seconds);
    const two = (n) => String(n).padStart(2, "0");
    return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  };
  const length = () =>
    Number.isFinite(audio.duration) ? audio.duration : Number(audio.dataset.ms) / 1000;

  const longest = () => Math.ceil(length() / STEP) * STEP;

  // Elements.

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const icon = (path) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
    shape.setAttribute("d", path);
    svg.append(shape);
    return svg;
  };
  const PLAY = "M7 4.5v15l12.5-7.5z";
  const PAUSE = "M6 4.5h4.5v15H6zM13.5 4.5H18v15h-4.5z";
  const TURN_BACK = "M12 5V1L6 6l6 5V7a6 6 0 1 1-6 6H4a8 8 0 1 0 8-8z";
  const TURN_FORWARD = "M12 5V1l6 5-6 5V7a6 6 0 1 0 6 6h2a8 8 0 1 1-8-8z";

  const hidden = (words) => make("span", { className: "unseen", textContent: words });
  const button = (id, ...children) => make("button", { type: "button", id }, ...children);

  const playIcon = icon(PLAY);
  const playText = make("span", { textContent: say("player.play") });
  const play = button("play", playIcon, playText);
  const back = button("back", icon(TURN_BACK), hidden(`${say("player.back")} `), `${BACK}\u00a0s`);
  const forward = button(
    "forward", icon(TURN_FORWARD), hidden(`${say("player.forward")} `), `${FORWARD}\u00a0s`,
  );
  const position = make("input", { type: "range", id: "position", min: 0, step: STEP, value: 0 });
  position.setAttribute("aria-label", say("player.position"));
  // The slider says the same in words: twice would be once too often.
  const time = make("span", { className: "clock" });
  time.setAttribute("aria-hidden", "true");
  const chapterName = make("p", { className: "now-chapter" });
  const captionText = make("p", { id: "caption-text", hidden: true });
  const bar = make(
    "div", { className: "bar" },
    make(
      "div", { className: "column" },
      make("div", { className: "buttons" }, play, back, forward),
      make("div", { className: "where" }, position, chapterName, time),
      captionText,
    ),
  );

  const speed = make("select", { id: "speed" });
  for (const value of SPEEDS) {
    speed.add(new Option(`× ${value.toLocaleString(language)}`, value));
  }
  const mute = button("mute", say("player.mute"));
  const captions = button("captions", say("player.captions"));
  captions.setAttribute("aria-pressed", "false");
  const copy = button("copy-link", say("player.copy"));
  const again = button("from-start", say("player.from_start"));
  again.hidden = true;
  const said = make("p", { id: "said", className: "said" });
  said.setAttribute("role", "status");
  const more = make(
    "div", { className: "column more" },
    make("label", {}, say("player.speed"), speed), mute, captions, copy, again, said,
  );

  const player = make("div", { className: "player" }, bar, more);
  player.setAttribute("role", "group");
  player.setAttribute("aria-label", say("player.title"));

  // What it does.

  const seek = (seconds, start) => {
    audio.currentTime = Math.min(Math.max(0, seconds), Math.max(0, length() - 0.1));
    if (start && audio.paused) audio.play().catch(() => {});
    show();
  };

  const chapters = [...document.querySelectorAll(".chapters li")].map((item) => ({
    start: Number(item.querySelector(".time").hash.slice(3)),
    title: item.querySelector("a").textContent,
  }));
  const chapterAt = (seconds) => chapters.filter((c) => c.start <= seconds + 0.05).length - 1;

  let told = "";
  const putValue = (seconds) => {
    const value = String(Math.round(seconds / STEP) * STEP);
    if (position.value !== value) position.value = value;
    const sentence = say("player.at", { time: spoken(position.value), length: spoken(length()) });
    if (sentence !== told) position.setAttribute("aria-valuetext", (told = sentence));
  };

  const show = () => {
    const now = audio.currentTime;
    const shown = `${clock(now)} / ${clock(length())}`;
    if (time.textContent !== shown) time.textContent = shown;
    putValue(now);
    const line = document.getElementById("now");
    if (line) {
      const x = ((now / length()) * Number(line.dataset.width || 1000)).toFixed(1);
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
    }
    const chapter = chapters[chapterAt(now)];
    const title = chapter ? say("player.chapter", { title: chapter.title }) : "";
    if (chapterName.textContent !== title) chapterName.textContent = title;
  };

  const tell = (sentence) => {
    said.textContent = sentence;
  };

  play.addEventListener("click", () => {
    if (audio.paused) audio.play().catch(() => {});
    else audio.pause();
  });
  back.addEventListener("click", () => seek(audio.currentTime - BACK, false));
  forward.addEventListener("click", () => seek(audio.currentTime + FORWARD, false));
  position.addEventListener("input", () => seek(Number(position.value), false));
  mute.addEventListener("click", () => {
    audio.muted = !audio.muted;
  });
  again.addEventListener("click", () => {
    seek(0, true);
    play.focus();
    again.hidden = true;
  });
  speed.addEventListener("change", () => {
    audio.playbackRate = Number(speed.value);
    audio.defaultPlaybackRate = audio.playbackRate;
    remember("speed", audio.playbackRate);
  });
  copy.addEventListener("click", () => {
    const address = new URL(location);
    address.hash = `t=${Math.floor(audio.currentTime)}`;
    document.dispatchEvent(new CustomEvent("podcast:copy", { detail: address.href }));
  });

  const paused = () => {
    playIcon.firstChild.setAttribute("d", audio.paused ? PLAY : PAUSE);
    playText.textContent = say(audio.paused ? "player.play" : "player.pause");
  };
  audio.addEventListener("play", paused);
  audio.addEventListener("pause", paused);
  audio.addEventListener("volumechange", () => {
    mute.textContent = say(audio.muted ? "player.unmute" : "player.mute");
  });
  for (const event of ["timeupdate", "seeked"]) audio.addEventListener(event, show);
  audio.addEventListener("loadedmetadata", () => {
    position.max = longest();
    show();
  });
  const broken = () => tell(say("player.broken"));
  audio.addEventListener("error", broken);
  audio.addEventListener("ended", () => remember(placeKey, null));

  // Captions, large.

  const track = audio.textTracks[0];
  const showCaption = () => {
    const cues = [...(track.activeCues || [])];
    captionText.replaceChildren(
      ...cues.flatMap((cue) => {
        const voice = /^<v ([^>]+)>/.exec(cue.text);
        const name = voice ? [make("b", { textContent: say("player.voice", { name: voice[1] }) }), " "] : [];
        return [make("span", {}, ...name, cue.getCueAsHTML().textContent)];
      }),
    );
  };
  captions.addEventListener("click", () => {
    const on = captions.getAttribute("aria-pressed") !== "true";
    captions.setAttribute("aria-pressed", String(on));
    captionText.hidden = !on;
    // "hidden" loads the cues and tells of them, and leaves showing them to us.
    track.mode = on ? "hidden" : "disabled";
    if (on) showCaption();
  });
  if (track) {
    track.mode = "disabled";
    track.addEventListener("cuechange", showCaption);
  } else {
    captions.hidden = true;
  }

  // A place in the sound: links to a time, other scripts, the page's own address, the last visit.

  const secondsOf = (hash) => {
    const match = /^#t=(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)$/.exec(hash);
    return match ? (Number(match[1] || 0) * 60 + Number(match[2] || 0)) * 60 + Number(match[3]) : null;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.time");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const seconds = secondsOf(link.hash);
    if (seconds === null) return;
    event.preventDefault();
    seek(seconds, true);
  });
  document.addEventListener("podcast:seek", (event) => seek(event.detail, true));
  document.addEventListener("podcast:copy", async (event) => {
    try {
      await navigator.clipboard.writeText(event.detail);
      tell(say("player.copied"));
    } catch {
      // No clipboard without https or leave: the address is at least there to be read.
      tell(event.detail);
    }
  });

  // A link from another page leads to a paragraph: its sound is ready, and waits.
  const paragraph = () => {
    const found = /^#p(\d+)/.exec(location.hash);
    if (found) seek(Number(found[1]), false);
    return Boolean(found);
  };
  const goToAddress = () => {
    const seconds = secondsOf(location.hash);
    if (seconds === null) return false;
    seek(seconds, false);
    document.dispatchEvent(new CustomEvent("podcast:show", { detail: seconds }));
    return true;
  };
  addEventListener("hashchange", goToAddress);

  const leave = () => {
    const now = audio.currentTime;
    if (now > 10 && now < length() - 15) remember(placeKey, Math.floor(now));
  };
  let saved = 0;
  audio.addEventListener("timeupdate", () => {
    if (Math.abs(audio.currentTime - saved) < 5) return;
    saved = audio.currentTime;
    leave();
  });
  audio.addEventListener("pause", leave);
  addEventListener("pagehide", leave);

  // Keys on headphones, keyboards and lock screens.

  const mediaSession = () => {
    const session = navigator.mediaSession;
    if (!session || !window.MediaMetadata) return;
    session.metadata = new MediaMetadata({
      title: audio.dataset.title,
      artist: audio.dataset.show,
      artwork: [{ src: new URL(audio.dataset.cover, location).href }],
    });
    const actions = {
      play: () => audio.play(),
      pause: () => audio.pause(),
      seekbackward: (details) => seek(audio.currentTime - (details.seekOffset || BACK), false),
      seekforward: (details) => seek(audio.currentTime + (details.seekOffset || FORWARD), false),
      seekto: (details) => seek(details.seekTime, false),
    };
    if (chapters.length) {
      actions.previoustrack = () => {
        const now = chapterAt(audio.currentTime);
        const early = now >= 0 && audio.currentTime - chapters[now].start < 3;
        seek(chapters[Math.max(0, early ? now - 1 : now)].start, false);
      };
      actions.nexttrack = () => {
        const next = chapters[chapterAt(audio.currentTime) + 1];
        if (next) seek(next.start, false);
      };
    }
    for (const [name, action] of Object.entries(actions)) {
      try {
        session.setActionHandler(name, action);
      } catch {
        // This browser does not know the action.
      }
    }
  };
  audio.addEventListener("play", mediaSession, { once: true });

  // Put it in place of the browser's controls.

  const rate = recall("speed");
  speed.value = SPEEDS.includes(rate) ? rate : 1;
  audio.defaultPlaybackRate = audio.playbackRate = Number(speed.value);
  position.max = longest();
  audio.controls = false;
  audio.hidden = true;
  audio.after(player);
  new IntersectionObserver(([title]) => {
    bar.classList.toggle("stuck", !title.isIntersecting && title.boundingClientRect.top < 0);
  }).observe(document.getElementById("listen"));
  show();
  // It may have failed before this script ran.
  if (audio.error) broken();
  if (!goToAddress() && !paragraph()) {
    const place = recall(placeKey);
    if (typeof place === "number" && place < length() - 15) {
      seek(place, false);
      again.hidden = false;
    }
  }
})();
