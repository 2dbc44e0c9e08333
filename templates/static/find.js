/* The search page: a field in place of what is said to browsers without scripts, and the passages
   found, ten at a time.  A search is an address (?q=), so that it can be kept, sent and gone back to. */
(() => {
  "use strict";

  const box = document.getElementById("find");
  const text = document.getElementById("find-words");
  if (!box || !text || !window.DecompressionStream || !window.transcriptSearch) return;

  const words = JSON.parse(text.textContent);
  const language = document.documentElement.lang;
  const plural = new Intl.PluralRules(language);
  const say = (key, facts = {}) => {
    const found = words[key] ?? words[`${key}.${plural.select(facts.n)}`] ?? words[`${key}.other`];
    return found.replace(/\{(\w+)\}/g, (_, name) =>
      typeof facts[name] === "number" ? facts[name].toLocaleString(language) : facts[name]);
  };
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // Files: a host may send one as it is, or opened already.

  let anew = false;
  const bytes = async (path) => {
    const answer = await fetch(path, anew ? { cache: "reload" } : {});
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    const content = new Uint8Array(await answer.arrayBuffer());
    if (content[0] !== 0x1f || content[1] !== 0x8b) return content;
    const opened = new Blob([content]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(opened).arrayBuffer());
  };
  const engine = window.transcriptSearch(bytes);

  // The form.

  const input = make("input", { type: "search", id: "find-input", autocomplete: "off" });
  input.setAttribute("aria-describedby", "find-hint");
  const said = make("p", { className: "said" });
  said.setAttribute("role", "status");
  const form = make(
    "form", { id: "find-form" },
    make("label", { htmlFor: "find-input", textContent: words["find.label"] }),
    make("span", { className: "ask" }, input, make("button", { type: "submit", textContent: words["find.go"] })),
    make("p", { id: "find-hint", className: "hint", textContent: words["find.hint"] }),
    said,
  );
  form.setAttribute("role", "search");
  const results = make("div", { hidden: true });
  box.replaceChildren(form, results);

  // One passage: the words around those found, and the moment of the first.

  const BEFORE = 10;
  const LONGEST = 40;
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const tenths = ({ start, steps }, piece) => {
    let at = start;
    let [letter, value, unit] = [0, 0, 1];
    for (let seen = 0; seen <= piece && letter < steps.length; letter += 1) {
      const figure = LETTERS.indexOf(steps[letter]);
      value += (figure & 31) * unit;
      unit *= 32;
      if (figure & 32) continue;
      at += value;
      [value, unit] = [0, 1];
      seen += 1;
    }
    return at;
  };

  // Times in words, as the episodes' pages have them.
  const spoken = (seconds) => {
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const found = [];
    if (h) found.push(`${h}\u00a0h`);
    if (h || m) found.push(`${m}\u00a0min`);
    if (s || !found.length) found.push(`${s}\u00a0s`);
    return found.join(" ");
  };

  const excerpt = (passage, found) => {
    const said = passage.text;
    const hits = engine.marked(said, found).filter((word) => word.hit);
    const pieces = [...said.matchAll(/[^ ]+/g)].map((match) => [match.index, match.index + match[0].length]);
    const pieceOf = (hit) => pieces.findIndex(([from, to]) => hit.from >= from && hit.from < to);
    const at = hits.map(pieceOf);
    // The stretch with most of the words, the first of several.
    let [best, most] = [0, 0];
    at.forEach((first, index) => {
      const inside = new Set(at.slice(index).filter((piece) => piece < first + LONGEST - BEFORE)).size;
      if (inside > most) [best, most] = [first, inside];
    });
    const from = Math.max(0, best - BEFORE);
    const to = Math.min(pieces.length, from + LONGEST);
    const parts = document.createDocumentFragment();
    if (!pieces.length) return { parts, tenths: passage.start, hits: 0 };
    const end = pieces[to - 1][1];
    let letter = pieces[from][0];
    if (from) parts.append("… ");
    for (const hit of hits.filter((word) => word.from >= letter && word.to <= end)) {
      parts.append(said.slice(letter, hit.from), make("mark", { textContent: said.slice(hit.from, hit.to) }));
      letter = hit.to;
    }
    parts.append(said.slice(letter, end));
    if (to < pieces.length) parts.append(" …");
    return { parts, tenths: tenths(passage, best), hits: hits.length };
  };

  const other = (element, tongue) => {
    if (tongue !== language) element.lang = tongue;
    return element;
  };
  const page = (folder, tongue, properties, ...children) => {
    const link = make("a", { ...properties, href: `../${folder}/${properties.hash ?? ""}` }, ...children);
    if (tongue !== language) link.hreflang = tongue;
    return link;
  };

  const shown = (passage, found) => {
    const { parts, tenths: moment, hits } = excerpt(passage, found);
    const [folder, , tongue] = passage.head;
    const line = make("p", {});
    if (passage.id) {
      const label = passage.speaker ? "find.at" : "find.chapter_at";
      const facts = { time: spoken(Math.floor(moment / 10)), name: passage.speaker };
      line.append(page(folder, tongue, { hash: `#t=${moment / 10}` }, say(label, facts)), " ");
    } else {
      line.append(page(folder, tongue, {}, words["find.in_title"]), " ");
    }
    line.append(other(make("span", {}, parts), tongue));
    return { line, hits };
  };

  // The ten of a page, by episode.

  const PAGE = 10;

  const draw = async (query, found, number) => {
    const from = (number - 1) * PAGE;
    const chosen = found.passages.slice(from, from + PAGE);
    const taken = await Promise.all(
      chosen.map(async (each, index) => {
        const near = from + index >= found.all && from + index < found.all + found.near;
        const two = near ? [each, { ...each, passage: each.passage + 1 }] : [each];
        return Promise.all(two.map((one) => engine.text(one, found.block)));
      }),
    );
    const fragment = document.createDocumentFragment();
    let [list, folder, strange] = [null, null, false];
    for (const passages of taken) {
      const [first] = passages;
      const [own, title, tongue, date, iso] = first.head;
      const lines = passages.map((each) => shown(each, found));
      if (!lines.some((each) => each.hits)) {
        // Of a phrase with words that are everywhere the index knows only the others.
        strange ||= !found.clauses.some((clause) => clause.length > 1);
        continue;
      }
      if (own !== folder) {
        folder = own;
        list = make("ul", { className: "hits" });
        const time = make("time", { textContent: date });
        time.dateTime = iso;
        fragment.append(make(
          "div", { className: "entry" },
          make("h3", {}, page(own, tongue, {}, other(make("span", { textContent: title }), tongue))),
          make("p", { className: "facts" }, time), list,
        ));
      }
      list.append(make("li", {}, ...lines.map((each) => each.line)));
    }
    return { fragment, strange, from, last: from + chosen.length };
  };

  const address = (query, number) =>
    `?${new URLSearchParams(number > 1 ? { q: query, page: number } : { q: query })}`;
  const way = (query, number, label) => {
    const link = make("a", { href: address(query, number), textContent: label });
    link.dataset.page = number;
    return link;
  };
  const pages = (query, found, number) => {
    const last = Math.ceil(found.passages.length / PAGE);
    if (last < 2) return [];
    const list = make("ul", { className: "numbers" });
    if (number > 1) list.append(make("li", {}, way(query, number - 1, words["find.previous"])));
    list.append(make("li", {}, say("find.page_of", { page: number, pages: last })));
    if (number < last) list.append(make("li", {}, way(query, number + 1, words["find.next"])));
    const nav = make("nav", {}, list);
    nav.setAttribute("aria-label", words["find.pages"]);
    return [nav];
  };

  // What is said of the search as a whole, politely.

  const counted = (found) => {
    if (found.tooCommon) return words["find.too_common"];
    const n = found.passages.length;
    if (!n) return words["find.none"];
    const facts = [say("find.passages", { n }), say("find.in_episodes", { n: found.episodes })].join(" ");
    if (found.all) return `${facts}.`;
    return say(found.near ? "find.near" : "find.some", { found: facts });
  };

  const instead = (query, offers) => {
    let better = query;
    for (const [wrong, right] of offers) {
      // The word as it was typed, whatever its accents and capitals.
      better = better.replace(/[\p{L}\p{N}\p{M}]+/gu, (typed) => (engine.folded(typed)[0] === wrong ? right : typed));
    }
    return [` ${words["find.instead"]} `, way(better, 1, better)];
  };

  const title = document.title;
  let turn = 0;
  const run = async (query, number, focus) => {
    const own = (turn += 1);
    document.title = query ? `${query} – ${title}` : title;
    input.value = query;
    if (!query) {
      results.hidden = true;
      results.replaceChildren();
      said.replaceChildren();
      return;
    }
    const slow = setTimeout(() => (said.textContent = words["find.searching"]), 700);
    try {
      let found = await engine.find(query);
      const page = Math.min(Math.max(1, number), Math.max(1, Math.ceil(found.passages.length / PAGE)));
      let drawn = await draw(query, found, page);
      if (drawn.strange && !anew) {
        // Files of two builds of the site: what the browser has kept is asked for again.
        anew = true;
        engine.forget();
        found = await engine.find(query);
        drawn = await draw(query, found, page);
      }
      const offers = found.all ? [] : await engine.instead(found);
      if (own !== turn) return;
      const heading = make("h2", { id: "find-results", textContent: say("find.results", {
        first: drawn.from + 1, last: drawn.last, n: found.passages.length }) });
      results.hidden = !found.passages.length;
      results.replaceChildren(...(found.passages.length ? [heading, drawn.fragment, ...pages(query, found, page)] : []));
      said.replaceChildren(counted(found), ...(offers.length ? instead(query, offers) : []));
      if (focus && found.passages.length) {
        heading.tabIndex = -1;
        heading.focus();
        heading.addEventListener("blur", () => heading.removeAttribute("tabindex"), { once: true });
      }
    } catch {
      if (own !== turn) return;
      engine.forget();
      results.hidden = true;
      said.textContent = words["find.failed"];
    } finally {
      clearTimeout(slow);
    }
  };

  const asked = () => {
    const given = new URLSearchParams(location.search);
    return [(given.get("q") ?? "").trim(), Number.parseInt(given.get("page") ?? "1", 10) || 1];
  };
  const go = (query, number, focus) => {
    const target = query ? address(query, number) : location.pathname;
    if (target !== location.search) history.pushState(null, "", target);
    return run(query, number, focus);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(input.value.trim(), 1, false);
  });
  box.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-page]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const given = new URLSearchParams(new URL(link.href).search);
    go(given.get("q"), Number(link.dataset.page), true);
  });
  addEventListener("popstate", () => run(...asked(), false));
  run(...asked(), false);
})();
