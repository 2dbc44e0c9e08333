/* Places in the text where something stands, shown with what is around before anything is replaced. */

import { leave, tell } from "./dialogs.js";
import { byId, later, make, put } from "./elements.js";
import * as fields from "./fields.js";
import * as manuscript from "./manuscript.js";
import * as P from "./pieces.js";
import { say } from "./words.js";

const AROUND = 40;

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/* Every place of a text in paragraphs, chapters, sounds and notes: [{id, start, end}, ...]. */
export const find = (text, { cased, whole }) => {
  if (!text) return [];
  const inside = escaped(text).replaceAll(/['’]/g, "['’]").replaceAll(/[ \u00a0\u202f]/g, "[ \\u00a0\\u202f\\n]");
  const pattern = whole ? `(?<![\\p{L}\\p{N}])${inside}(?![\\p{L}\\p{N}])` : inside;
  const wanted = new RegExp(pattern, cased ? "gu" : "giu");
  return manuscript.all().flatMap(({ id, body }) =>
    [...body.matchAll(wanted)].map((match) => ({ id, start: match.index, end: match.index + match[0].length })));
};

const around = ({ id, start, end }) => {
  const { body } = manuscript.piece(id);
  const before = body.slice(Math.max(0, start - AROUND), start);
  const after = body.slice(end, end + AROUND);
  const cut = start > AROUND;
  return [
    cut ? "…" : "", before.replace(cut ? /^\S*/ : "", "").replaceAll("\n", " "),
    make("mark", { textContent: body.slice(start, end) }),
    after.replace(end + AROUND < body.length ? /\S*$/ : "", "").replaceAll("\n", " "),
    end + AROUND < body.length ? "…" : "",
  ];
};

/* A list with a box for each place; each can be left out, and gone to. */
export class Places {
  constructor(prefix) {
    this.list = byId(`${prefix}-places`);
    this.count = byId(`${prefix}-count`);
    this.found = [];
    this.list.addEventListener("change", () => this.tellCount());
    this.list.addEventListener("click", (event) => {
      const number = event.target.closest("button")?.dataset.place;
      if (number !== undefined) this.go(Number(number));
    });
    byId(`${prefix}-all`).addEventListener("click", () => this.tick(true));
    byId(`${prefix}-none`).addEventListener("click", () => this.tick(false));
    // Not for each letter of what is searched.
    this.say = later(() => this.list.closest("dialog").open && tell(this.count.textContent), 700);
    this.both = [byId(`${prefix}-all`), byId(`${prefix}-none`)];
  }

  show(found) {
    this.found = found;
    this.list.replaceChildren(...found.map((place, number) => {
      const box = make("input", { type: "checkbox", checked: true });
      const text = make("span", {}, `${fields.labelText(place.id)} : `, ...around(place));
      const go = make("button", { type: "button", textContent: say("editor.places.go") });
      go.dataset.place = number;
      go.setAttribute("aria-label", say("editor.places.go_to", { place: fields.labelText(place.id) }));
      return make("li", {}, make("label", { className: "check" }, box, text), go);
    }));
    for (const button of this.both) button.hidden = found.length < 2;
    this.tellCount();
  }

  get ticked() {
    const boxes = this.list.querySelectorAll("input");
    return this.found.filter((_, number) => boxes[number].checked);
  }

  tick(on) {
    for (const box of this.list.querySelectorAll("input")) box.checked = on;
    this.tellCount();
  }

  tellCount() {
    const facts = { n: this.ticked.length, all: this.found.length };
    put(this.count, this.found.length ? say("editor.places.count", facts) : say("editor.places.none"));
    this.say();
  }

  go(number) {
    const place = this.found[number];
    leave(() => fields.focus(place));
  }
}

/* The pieces with a text at these places, and where the first of them is then. */
export const replaced = (places, text) => {
  let pieces = manuscript.all();
  const byPiece = Map.groupBy
    ? Map.groupBy(places, ({ id }) => id)
    : places.reduce((all, place) => all.set(place.id, [...(all.get(place.id) ?? []), place]), new Map());
  for (const [id, own] of byPiece) {
    let { body } = manuscript.piece(id);
    for (const { start, end } of own.toSorted((a, b) => b.start - a.start)) {
      body = body.slice(0, start) + text + body.slice(end);
    }
    pieces = P.withPiece(pieces, { ...manuscript.piece(id), body });
  }
  return pieces;
};
