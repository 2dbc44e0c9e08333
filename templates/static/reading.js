/* Reading along: the word being spoken is painted on the page's plain text, and a click on a word
   plays from it.  No element is added to the text: screen readers read whole phrases. */
(() => {
  "use strict";

  const audio = document.getElementById("audio");
  const transcript = document.getElementById("transcript");
  const text = document.getElementById("player-words");
  if (!audio || !transcript || !text) return;

  const words = JSON.parse(text.textContent);
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  // A reader who scrolls is reading elsewhere: the page follows again after this time.
  const REST_MS = 4000;

  // The times: paragraphs in order, each with the start of its words in milliseconds.

  let paragraphs = null;
  let loading = null;

  const decode = ([id, start, steps], unit) => {
    const starts = [];
    const pieces = [];
    let at = start;
    let piece = 1;
    let value = 0;
    let shift = 0;
    for (const letter of steps) {
      if (letter === "+") {
        piece += 1;
        continue;
      }
      const digit = LETTERS.indexOf(letter);
      value |= (digit & 31) << shift;
      shift += 5;
      if (digit & 32) continue;
      at += value;
      starts.push(at * unit);
      pieces.push(piece);
      piece = 1;
      value = shift = 0;
    }
    // The last number is how long the last word lasts.
    pieces.pop();
    const end = starts.pop();
    return { id, element: document.getElementById(id), starts, pieces, end, ranges: null };
  };

  const load = () => {
    loading ??= fetch(transcript.dataset.times)
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then((tree) => {
        paragraphs = tree.paragraphs
          .map((paragraph) => decode(paragraph, tree.unit_ms))
          .filter((paragraph) => paragraph.element && paragraph.starts.length);
        step();
      })
      .catch(() => {
        // Without times the page reads as it does without this script.
        loading = null;
      });
    return loading;
  };

  // Where the words stand: found in a paragraph when it is first heard or touched.

  const notSpoken = (node) => node.parentElement.closest(".time, b, sup, .sound");

  const locate = (paragraph) => {
    if (paragraph.ranges) return paragraph.ranges;
    const pieces = [];
    let open = null;
    const walker = document.createTreeWalker(paragraph.element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (notSpoken(node)) continue;
      const letters = node.data;
      for (let i = 0; i < letters.length; i += 1) {
        const space = letters[i] === " " || letters[i] === "\n" || letters[i] === "\t";
        if (space) open = null;
        else if (open) [open.end, open.endOffset] = [node, i + 1];
        else pieces.push((open = { start: node, startOffset: i, end: node, endOffset: i + 1 }));
      }
    }
    let at = 0;
    paragraph.ranges = [];
    for (const count of paragraph.pieces) {
      const first = pieces[at];
      const last = pieces[(at += count) - 1];
      if (!last) break;
      const range = document.createRange();
      range.setStart(first.start, first.startOffset);
      range.setEnd(last.end, last.endOffset);
      paragraph.ranges.push(range);
    }
    return paragraph.ranges;
  };

  const lastAtOrBefore = (count, startOf, ms) => {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (startOf(middle) <= ms) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };

  // Painting.

  const highlight = window.Highlight ? new Highlight() : null;
  if (highlight) CSS.highlights.set("word", highlight);

  let heard = null;
  let spoken = -1;

  const step = () => {
    if (!paragraphs) return;
    const ms = audio.currentTime * 1000;
    const index = lastAtOrBefore(paragraphs.length, (i) => paragraphs[i].starts[0], ms);
    const found = index >= 0 && ms < paragraphs[index].end + 400 ? paragraphs[index] : null;
    const word = found ? lastAtOrBefore(found.starts.length, (i) => found.starts[i], ms) : -1;
    if (found !== heard) {
      heard?.element.classList.remove("heard");
      heard = found;
      // Neither a word nor none: what is painted belongs to the paragraph before.
      spoken = null;
      heard?.element.classList.add("heard");
    }
    if (word === spoken) return;
    spoken = word;
    highlight?.clear();
    const range = found && locate(found)[word];
    if (!range) return;
    highlight?.add(range);
    followTo(range);
  };

  // The browser tells the time four times a second: too seldom for words.
  let frame = 0;
  const run = () => {
    step();
    frame = audio.paused ? 0 : requestAnimationFrame(run);
  };
  audio.addEventListener("play", () => {
    load();
    if (!frame) run();
  });
  audio.addEventListener("seeked", step);

  // Following, for who chose it.

  const follow = document.createElement("input");
  follow.type = "checkbox";
  follow.id = "follow";
  try {
    follow.checked = localStorage.getItem("follow") === "yes";
  } catch {
    // Storage is forbidden.
  }
  let rest = 0;
  // In a frame of another site the text scrolls, or the page in its frame, and not the window.
  const framed = document.documentElement.classList.contains("framed");
  const panes = framed ? [transcript.closest("main"), document.body] : [];
  const paneNow = () => panes.find((each) => /auto|scroll/.test(getComputedStyle(each).overflowY));
  const gentle = matchMedia("(prefers-reduced-motion: reduce)");
  const followTo = (range) => {
    if (!follow.checked || audio.paused || performance.now() < rest) return;
    const box = range.getBoundingClientRect();
    const pane = paneNow();
    const { top, height } = pane?.getBoundingClientRect() ?? { top: 0, height: innerHeight };
    if (box.top > top + height * 0.25 && box.bottom < top + height * 0.8) return;
    (pane ?? window).scrollBy({
      top: box.top - top - height * 0.4,
      behavior: gentle.matches ? "instant" : "smooth",
    });
  };
  for (const event of ["wheel", "touchmove", "keydown"]) {
    addEventListener(event, () => (rest = performance.now() + REST_MS), { passive: true });
  }
  follow.addEventListener("change", () => {
    rest = 0;
    spoken = -1;
    try {
      localStorage.setItem("follow", follow.checked ? "yes" : "no");
    } catch {
      // Storage is forbidden.
    }
  });

  // A click on a word.

  const caretAt = (x, y) => {
    if (document.caretPositionFromPoint) {
      const caret = document.caretPositionFromPoint(x, y);
      return caret && [caret.offsetNode, caret.offset];
    }
    const range = document.caretRangeFromPoint?.(x, y);
    return range && [range.startContainer, range.startOffset];
  };
  let touched = null;
  const play = (seconds) => document.dispatchEvent(new CustomEvent("podcast:seek", { detail: seconds }));

  document.addEventListener("click", async (event) => {
    const element = event.target.closest?.("#transcript p[id]");
    if (!element || event.target.closest("a, button") || event.button) return;
    touched = element;
    // Who selects text wants to copy it.
    if (!getSelection().isCollapsed) return;
    const caret = caretAt(event.clientX, event.clientY);
    if (!caret) return;
    await load();
    const paragraph = paragraphs?.find((each) => each.element === element);
    if (!paragraph) return;
    const word = locate(paragraph).findIndex(
      (range) =>
        range.isPointInRange(caret[0], caret[1]) &&
        [...range.getClientRects()].some(
          (box) =>
            event.clientX >= box.left - 3 && event.clientX <= box.right + 3 &&
            event.clientY >= box.top - 6 && event.clientY <= box.bottom + 6,
        ),
    );
    if (word >= 0) play(paragraph.starts[word] / 1000);
  });

  // A place that the search found: its word's time, or its block's where it was not spoken.
  document.addEventListener("podcast:listen", async ({ detail: { element, range } }) => {
    await load();
    const paragraph = paragraphs?.find((each) => each.element === element);
    const word = paragraph
      ? locate(paragraph).findIndex((each) => each.compareBoundaryPoints(Range.START_TO_END, range) > 0)
      : -1;
    if (word >= 0) play(paragraph.starts[word] / 1000);
    else if (blocks.includes(element)) play(secondOf(element));
  });

  // A place in the text: shown for a time in the address, and told as an address.

  const blocks = [...transcript.querySelectorAll("p[id], h3[id]")].filter((block) =>
    /^[pcs]\d/.test(block.id),
  );
  const secondOf = (block) => parseInt(block.id.slice(1), 10);
  const showAt = (seconds) => {
    const block = blocks[Math.max(0, lastAtOrBefore(blocks.length, (i) => secondOf(blocks[i]), seconds))];
    if (!block) return;
    document.querySelector(".shown")?.classList.remove("shown");
    block.classList.add("shown");
    const pane = paneNow();
    // scrollIntoView would move the site around the frame, too.
    if (!pane) block.scrollIntoView({ block: "start", behavior: "instant" });
    else pane.scrollTop += block.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  };
  document.addEventListener("podcast:show", (event) => showAt(event.detail));
  // The text was corrected since the address was made: the nearest place is right again.
  const lost = /^#[pcs](\d+)/.exec(location.hash);
  if (lost && !document.getElementById(location.hash.slice(1))) showAt(Number(lost[1]));
  // The player's script has run: an address with a time waits for us.
  const timed = /^#t=/.test(location.hash);
  if (timed) {
    showAt(audio.currentTime);
    // The moment's word is painted, and who hears the page reads on from its paragraph.
    load();
    const block = document.querySelector(".shown");
    if (block && !framed) {
      block.tabIndex = -1;
      block.focus({ preventScroll: true });
      block.addEventListener("blur", () => block.removeAttribute("tabindex"), { once: true });
    }
  }

  document.addEventListener("focusin", (event) => {
    touched = event.target.closest?.("#transcript p[id]") || touched;
  });
  const copy = document.createElement("button");
  copy.type = "button";
  copy.id = "copy-paragraph";
  copy.textContent = words["reading.copy"];
  const chosen = () => {
    const node = getSelection().anchorNode;
    const element = node instanceof Element ? node : node?.parentElement;
    return element?.closest("#transcript p[id]") || touched || heard?.element;
  };
  copy.addEventListener("click", () => {
    const address = new URL(location);
    address.hash = (chosen() || blocks[0]).id;
    document.dispatchEvent(new CustomEvent("podcast:copy", { detail: address.href }));
  });

  // A suggestion begins with the address of the paragraph that it is about, where one is known.
  const suggest = document.getElementById("suggest");
  const page = document.querySelector("link[rel=canonical]").href;
  const plain = suggest?.href;
  suggest?.addEventListener("click", () => {
    const block = chosen();
    const told = encodeURIComponent(block ? `${page}#${block.id}` : page);
    suggest.href = plain.replace(encodeURIComponent(page), () => told);
  });

  const tools = document.createElement("div");
  tools.className = "tools";
  const label = document.createElement("label");
  label.className = "check";
  label.append(follow, words["reading.follow"]);
  const hint = document.createElement("p");
  hint.className = "hint";
  hint.textContent = words["reading.hint"];
  tools.append(hint, label);
  // A frame has no leave to copy, and its own address is not the one to pass on.
  if (!framed) tools.append(copy);
  transcript.querySelector(".provenance").after(tools);
})();
