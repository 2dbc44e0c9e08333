/* Search in the transcript: the places found are painted, each is said politely with the words
   around it, and may be read from there or heard. */
(() => {
  "use strict";

  const transcript = document.getElementById("transcript");
  const text = document.getElementById("player-words");
  if (!transcript || !text) return;

  const words = JSON.parse(text.textContent);
  const AROUND = 50;
  const plural = new Intl.PluralRules(document.documentElement.lang);
  const say = (key, facts) => {
    const found = words[key] ?? words[`${key}.${plural.select(facts.n)}`] ?? words[`${key}.other`];
    return found.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
  };

  // Letters without case and accents, with the place of each in the page's text.

  const fold = (letter) =>
    letter.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
      .replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/[’ʼ]/g, "'").replace(/\s/g, " ");

  let pages = null;
  const index = () => {
    pages ??= [...transcript.querySelectorAll("p[id], h3[id], .notes li")].map((element) => {
      let folded = "";
      const nodes = [];
      const offsets = [];
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (node.parentElement.closest(".time, sup, [role=doc-backlink]")) continue;
        for (let i = 0; i < node.data.length; i += 1) {
          const letters = fold(node.data[i]);
          folded += letters;
          for (let k = 0; k < letters.length; k += 1) {
            nodes.push(node);
            offsets.push(i);
          }
        }
      }
      return { element, folded, nodes, offsets };
    });
    return pages;
  };

  const find = (wanted) => {
    const found = [];
    const needle = [...wanted.trim()].map(fold).join("").replace(/ +/g, " ");
    if (!needle) return found;
    for (const page of index()) {
      for (let at = page.folded.indexOf(needle); at >= 0; at = page.folded.indexOf(needle, at + needle.length)) {
        const last = at + needle.length - 1;
        const range = document.createRange();
        range.setStart(page.nodes[at], page.offsets[at]);
        range.setEnd(page.nodes[last], page.offsets[last] + 1);
        found.push({ range, element: page.element, page, first: at, last });
      }
    }
    return found;
  };

  // Painting.

  const all = window.Highlight ? new Highlight() : null;
  const current = window.Highlight ? new Highlight() : null;
  if (all) {
    current.priority = 1;
    CSS.highlights.set("hit", all);
    CSS.highlights.set("hit-current", current);
  }

  let hits = [];
  let at = -1;

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const input = make("input", { type: "search", id: "search-input", autocomplete: "off" });
  const submit = make("button", { type: "submit", textContent: words["search.go"] });
  const previous = make("button", { type: "button", id: "search-previous", textContent: words["search.previous"] });
  const next = make("button", { type: "button", id: "search-next", textContent: words["search.next"] });
  const read = make("button", { type: "button", id: "search-read", textContent: words["search.read"] });
  const listen = make("button", { type: "button", id: "search-listen", textContent: words["search.listen"] });
  const said = make("p", { id: "search-said", className: "said" });
  said.setAttribute("role", "status");
  const form = make(
    "form", { id: "search" },
    make("label", { htmlFor: "search-input", textContent: words["search.label"] }),
    make("span", { className: "ask" }, input, submit),
    make("span", { className: "results", hidden: true }, previous, next, read, listen),
    said,
  );
  form.setAttribute("role", "search");
  const results = form.querySelector(".results");

  const paint = () => {
    all?.clear();
    current?.clear();
    hits.forEach((hit, i) => (i === at ? current : all)?.add(hit.range));
  };

  const gentle = matchMedia("(prefers-reduced-motion: reduce)");
  const around = ({ page, first, last }) => {
    const from = Math.max(0, first - AROUND);
    const to = Math.min(page.folded.length - 1, last + AROUND);
    const range = document.createRange();
    range.setStart(page.nodes[from], page.offsets[from]);
    range.setEnd(page.nodes[to], page.offsets[to] + 1);
    let text = range.toString().replace(/\s+/g, " ");
    // Whole words only.
    if (from) text = text.replace(/^\S*\s/, "… ");
    if (to < page.folded.length - 1) text = text.replace(/\s\S*$/, " …");
    return text;
  };

  // The focus stays on the button, so that the next place is one key away.
  const go = (to) => {
    if (!hits.length) return;
    at = (to + hits.length) % hits.length;
    paint();
    const box = hits[at].range.getBoundingClientRect();
    scrollTo({
      top: scrollY + box.top - innerHeight / 2,
      behavior: gentle.matches ? "instant" : "smooth",
    });
    said.textContent = say("search.at", { at: at + 1, n: hits.length, text: around(hits[at]) });
  };

  // The paragraph takes the focus, so that a screen reader reads on from there.
  read.addEventListener("click", () => {
    if (at < 0) go(0);
    const { element } = hits[at];
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
    element.addEventListener("blur", () => element.removeAttribute("tabindex"), { once: true });
  });

  const search = () => {
    hits = find(input.value);
    at = -1;
    paint();
    results.hidden = !hits.length;
    said.textContent = input.value.trim() ? say(hits.length ? "search.found" : "search.none", { n: hits.length }) : "";
  };

  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 300);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    search();
    go(0);
  });
  next.addEventListener("click", () => go(at + 1));
  previous.addEventListener("click", () => go(at < 0 ? -1 : at - 1));
  // The words' own times are the reading script's: it hears a click on the word.
  listen.addEventListener("click", () => {
    if (at < 0) go(0);
    const { element, range } = hits[at];
    document.dispatchEvent(new CustomEvent("podcast:listen", { detail: { element, range } }));
  });

  transcript.querySelector(".provenance").after(form);
})();
