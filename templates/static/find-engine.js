/* The search across all transcripts: takes the few files that a query needs and says which passages
   fit it.  What the files hold is told in podcast/search_index.py, how words are made alike in
   podcast/search_words.py; it does not touch the page.  "bytes" gives the content of a file. */
window.transcriptSearch = (bytes) => {
  "use strict";

  // Words made alike.

  const folded = (text) =>
    text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[œæßς]/g, (c) => ({ œ: "oe", æ: "ae", ß: "ss", ς: "σ" })[c])
      .match(/[\p{L}\p{N}]+/gu) ?? [];

  const term = (word, language) => {
    if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
    const tongue = language.split("-")[0].toLowerCase();
    if (tongue === "fr") {
      if (/.[^e]aux$/.test(word)) return `${word.slice(0, -2)}l`;
      return word.replace(/([^s])[sx]$/, "$1").replace(/(..)ail$/, "$1al");
    } else if (tongue === "en") {
      if (/..ies$/.test(word)) return `${word.slice(0, -3)}y`;
      if (/(ss|sh|ch|x|z)es$/.test(word)) return word.slice(0, -2);
      if (/[^siu]s$/.test(word)) return word.slice(0, -1);
    } else if (tongue === "es") {
      const one = word.replace(/([aeiou])s$/, "$1");
      if (/ce$/.test(one)) return `${one.slice(0, -2)}z`;
      return one.replace(/(..)se$/, "$1").replace(/([djlnry])e$/, "$1");
    }
    return word;
  };

  const shape = (of) => {
    const alike = of.replace(/[qczwh]/g, (c) => ({ q: "k", c: "k", z: "s", w: "v", h: "" })[c]);
    return (/^[aeiouy]/.test(alike) ? "a" : "") + alike.replace(/[aeiouy]+/g, "").replace(/(.)\1+/gsu, "$1");
  };

  const number = (of) => {
    let found = 0x811c9dc5;
    for (const letter of shape(of)) found = Math.imul(found ^ letter.codePointAt(0), 0x01000193);
    return (found >>> 0) ^ (found >>> 15);
  };

  // Files, each asked for once.

  let files = new Map();
  const file = (path) => {
    if (!files.has(path)) {
      const asked = bytes(path);
      files.set(path, asked);
      asked.catch(() => files.delete(path));
    }
    return files.get(path);
  };
  const utf8 = new TextDecoder();
  const tree = async (path) => JSON.parse(utf8.decode(await file(path)));

  const reader = (content, at = 0) => {
    const value = () => {
      let found = 0;
      for (let unit = 1; ; unit *= 128) {
        const byte = content[at++];
        found += (byte & 127) * unit;
        if (byte < 128) return found;
      }
    };
    const piece = () => {
      const length = value();
      at += length;
      return content.subarray(at - length, at);
    };
    return { value, piece, more: () => at < content.length };
  };

  // A passage is one number: its episode's place in the volume, then its own in the episode.

  const EPISODE = 65536;

  const decoded = (postings) => {
    const from = reader(postings);
    const found = [];
    let episode = 0;
    while (from.more()) {
      episode += from.value();
      let passage = 0;
      for (let left = from.value(); left; left -= 1) {
        passage += from.value();
        found.push(episode * EPISODE + passage);
      }
    }
    return found;
  };

  const records = function* (content) {
    const from = reader(content);
    for (let index = 0; from.more(); index += 1) {
      yield { index, term: utf8.decode(from.piece()), total: from.value(), postings: from.piece() };
    }
  };

  const shardOf = (volume, of) => `${volume.number}/${(number(of) & (volume.shards - 1)).toString(16)}`;

  // Each of a word's terms in a volume; their passages, or that they are too common to be listed.
  const lookUp = async (volume, variants) => {
    const found = { common: false, at: [], records: [] };
    for (const each of variants) {
      const path = shardOf(volume, each);
      for (const record of records(await file(`${path}.words.bin`))) {
        if (record.term !== each) continue;
        if (record.total && !record.postings.length) found.common = true;
        const at = decoded(record.postings);
        found.records.push({ path, index: record.index, at });
        found.at = union(found.at, at);
      }
    }
    return found;
  };

  const union = (a, b) => (a.length && b.length ? [...new Set([...a, ...b])].sort((x, y) => x - y) : a.length ? a : b);
  const both = (a, b) => {
    const other = new Set(b);
    return a.filter((each) => other.has(each));
  };

  // Where a word stands among the words of each passage.
  const places = async (word) => {
    const found = new Map();
    for (const { path, index, at } of word.records) {
      const all = reader(await file(`${path}.places.bin`));
      for (let skip = index; skip; skip -= 1) all.piece();
      const from = reader(all.piece());
      for (const passage of at) {
        let place = 0;
        const own = found.get(passage) ?? new Set();
        for (let left = from.value(); left; left -= 1) own.add((place += from.value()));
        found.set(passage, own);
      }
    }
    return found;
  };

  // Passages with the words one after the other; of words that are too common nothing is known.
  const inOrder = async (words, among) => {
    const known = [];
    for (const [offset, word] of words.entries()) {
      if (!word.common) known.push([offset, await places(word)]);
    }
    if (known.length < 2) return among;
    const [[first, firstPlaces], ...rest] = known;
    return among.filter((passage) =>
      [...(firstPlaces.get(passage) ?? [])].some((place) =>
        rest.every(([offset, at]) => at.get(passage)?.has(place - first + offset)),
      ),
    );
  };

  // A query is clauses: a word, or a phrase in quotes.  Elided letters alone say nothing.

  const parse = (query) => {
    const clauses = [];
    const rest = query.replace(/"([^"]*)"|“([^”]*)”|«([^»]*)»/g, (_, a, b, c) => {
      const words = folded(a ?? b ?? c);
      if (words.length) clauses.push(words);
      return " ";
    });
    const words = [...new Set(folded(rest))];
    const telling = words.filter((word) => !/^([a-z]|qu)$/.test(word));
    return [...clauses, ...(telling.length || clauses.length ? telling : words).map((word) => [word])];
  };

  // What fits in one volume: with everything in a passage, in two that follow, with some of it.

  const inVolume = async (volume, clauses, languages) => {
    const made = [];
    for (const words of clauses) {
      const found = await Promise.all(
        words.map((word) => lookUp(volume, new Set(languages.map((language) => term(word, language))))),
      );
      const telling = found.filter((word) => !word.common);
      if (!telling.length) {
        made.push({ common: true, phrase: words.length > 1 });
        continue;
      }
      let at = telling.map((word) => word.at).reduce(both);
      if (words.length > 1) at = await inOrder(found, at);
      made.push({ common: false, phrase: words.length > 1, at });
    }
    const telling = made.filter((clause) => !clause.common);
    if (!telling.length) return { volume, all: [], near: [], some: new Map(), nothing: clauses.length > 0 };
    const all = telling.map((clause) => clause.at).reduce(both);
    const phrases = telling.filter((clause) => clause.phrase);
    let near = [];
    if (telling.length > 1 && !phrases.length) {
      const whole = new Set(all);
      near = telling
        .map(({ at }) => union(at, at.filter((each) => each % EPISODE).map((each) => each - 1)))
        .reduce(both)
        .filter((each) => !whole.has(each) && !whole.has(each + 1));
    }
    const some = new Map();
    if (!all.length && !near.length) {
      for (const { at } of telling) for (const each of at) some.set(each, (some.get(each) ?? 0) + 1);
      for (const { at } of phrases) {
        const own = new Set(at);
        for (const each of some.keys()) if (!own.has(each)) some.delete(each);
      }
    }
    return { volume, all, near, some, nothing: false };
  };

  // Episodes that name it in their title come first, then those that speak most of it, then the
  // newest; three passages of each, then three more of each.

  const AT_ONCE = 3;
  const ranked = (hits) => {
    const episodes = [];
    for (const { volume, passages } of hits) {
      let own = null;
      for (const each of passages) {
        const episode = Math.floor(each / EPISODE);
        if (own?.episode !== episode) {
          own = { volume, episode, passages: [] };
          episodes.push(own);
        }
        own.passages.push(each % EPISODE);
      }
    }
    const titled = (each) => (each.passages[0] ? 1 : 0);
    episodes.sort(
      (a, b) =>
        titled(a) - titled(b) || b.passages.length - a.passages.length ||
        b.volume.number - a.volume.number || b.episode - a.episode,
    );
    const found = [];
    const most = episodes.reduce((n, each) => Math.max(n, each.passages.length), 0);
    for (let from = 0; from < most; from += AT_ONCE) {
      for (const { volume, episode, passages } of episodes) {
        for (const passage of passages.slice(from, from + AT_ONCE)) {
          found.push({ folder: volume.episodes[episode], volume: volume.number, episode, passage });
        }
      }
    }
    return { passages: found, episodes: episodes.length };
  };

  const find = async (query) => {
    const { volumes, languages, block } = await tree("catalogue.bin");
    const clauses = parse(query);
    const found = await Promise.all(
      volumes.map((volume, number) => inVolume({ ...volume, number }, clauses, languages)),
    );
    const of = (kind) => ranked(found.map((each) => ({ volume: each.volume, passages: each[kind] })));
    const all = of("all");
    const near = of("near");
    let some = { passages: [], episodes: 0 };
    if (!all.passages.length && !near.passages.length) {
      let most = 0;
      for (const each of found) for (const count of each.some.values()) most = Math.max(most, count);
      some = ranked(
        found.map((each) => ({
          volume: each.volume,
          passages: [...each.some].filter(([, count]) => count === most).map(([id]) => id).sort((a, b) => a - b),
        })),
      );
    }
    const passages = [...all.passages, ...near.passages, ...some.passages];
    return {
      clauses, languages, block, passages,
      all: all.passages.length, near: near.passages.length, some: some.passages.length,
      episodes: new Set(passages.map((each) => each.folder)).size,
      tooCommon: found.length > 0 && found.every((each) => each.nothing),
    };
  };

  // What a result shows.

  const text = async ({ folder, passage }, block) => {
    const [head, rows] = await tree(`texts/${folder}-${Math.floor(passage / block)}.bin`);
    const [id, speaker, said, start, steps] = rows[passage % block] ?? ["", "", "", 0, ""];
    return { head, id, speaker, text: said, start, steps };
  };

  // The words of a text with their letters' places, and which of them belong to the query.

  const marked = (said, { clauses, languages }) => {
    const words = [...said.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].map((match) => ({
      from: match.index, to: match.index + match[0].length, hit: false,
      terms: new Set(folded(match[0]).flatMap((word) => languages.map((language) => term(word, language)))),
    })).filter((word) => word.terms.size);
    const wanted = clauses.map((clause) => clause.map((word) => languages.map((language) => term(word, language))));
    for (const clause of wanted) {
      for (let at = 0; at + clause.length <= words.length; at += 1) {
        if (!clause.every((variants, k) => variants.some((each) => words[at + k].terms.has(each)))) continue;
        for (let k = 0; k < clause.length; k += 1) words[at + k].hit = true;
      }
    }
    return words;
  };

  // A word of the index that is nearly this one: by letters left out, added, changed, exchanged.

  const distance = (a, b, most) => {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    let [before, last] = [[], Array.from({ length: b.length + 1 }, (_, k) => k)];
    for (let i = 1; i <= a.length; i += 1) {
      const row = [i];
      for (let k = 1; k <= b.length; k += 1) {
        row[k] = Math.min(last[k] + 1, row[k - 1] + 1, last[k - 1] + (a[i - 1] === b[k - 1] ? 0 : 1));
        if (i > 1 && k > 1 && a[i - 1] === b[k - 2] && a[i - 2] === b[k - 1]) row[k] = Math.min(row[k], before[k - 2] + 1);
      }
      [before, last] = [last, row];
    }
    return last[b.length];
  };

  const instead = async ({ clauses }) => {
    const { volumes, languages, block } = await tree("catalogue.bin");
    const found = [];
    for (const word of new Set(clauses.flat())) {
      if (word.length < 4) continue;
      const most = word.length < 7 ? 1 : 2;
      const near = new Map();
      let known = false;
      for (const own of new Set(languages.map((language) => term(word, language)))) {
        for (const [index, entry] of volumes.entries()) {
          const volume = { ...entry, number: index };
          for (const record of records(await file(`${shardOf(volume, own)}.words.bin`))) {
            if (record.term === own) known = true;
            const far = distance(own, record.term, most);
            if (far > most || !record.postings.length) continue;
            const other = near.get(record.term) ?? { term: record.term, far, total: 0 };
            other.total += record.total;
            other.at = { volume, passage: decoded(record.postings)[0] };
            near.set(record.term, other);
          }
        }
      }
      if (known) continue;
      const [best] = [...near.values()].sort(
        (a, b) => a.far - b.far || b.total - a.total || (a.term < b.term ? -1 : 1),
      );
      if (!best) continue;
      // A term is no word: it is shown as a text has it.
      const { volume, passage } = best.at;
      const where = { folder: volume.episodes[Math.floor(passage / EPISODE)], passage: passage % EPISODE };
      const { text: said } = await text(where, block);
      const own = said.match(/[\p{L}\p{N}\p{M}]+/gu)?.find((each) =>
        folded(each).some((one) => languages.some((language) => term(one, language) === best.term)),
      );
      if (own) found.push([word, own.toLowerCase()]);
    }
    return found;
  };

  return { find, text, marked, instead, folded, term, number, forget: () => (files = new Map()) };
};
