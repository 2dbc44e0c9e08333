/* Who speaks: by a number key, for a paragraph, a turn or everywhere; from the tracks; and somebody
   new for the show. */

import { close, open, tell } from "./dialogs.js";
import { byId, make, put } from "./elements.js";
import * as fields from "./fields.js";
import * as manuscript from "./manuscript.js";
import * as P from "./pieces.js";
import * as saving from "./saving.js";
import { get, post } from "./server.js";
import { percent, say } from "./words.js";

/* Everybody who may be chosen: the show's people, then names that only the text has. */
export const names = () => {
  const found = manuscript.current().people.map(({ name }) => name);
  for (const name of P.speakers(manuscript.all()).values()) {
    if (name && !found.includes(name)) found.push(name);
  }
  return found;
};

const give = (ids, name) => {
  const caret = fields.where();
  const language = manuscript.current().language;
  manuscript.change(P.withSpeaker(manuscript.all(), ids, name, language), {
    label: say("editor.did.speaker"), from: caret, to: caret,
  });
  tell(say("editor.people.given", { name, n: ids.size }));
};

/* By a number key: this paragraph only. */
export const byNumber = (number) => {
  const name = names()[number - 1];
  const id = fields.currentId();
  if (manuscript.piece(id)?.kind !== "paragraph") tell(say("editor.people.no_paragraph"));
  else if (!name) tell(say("editor.people.no_number", { n: number }));
  else give(new Set([id]), name);
};

// The dialog.

let about = null;
let proposals = [];

const scopes = () => {
  const speaker = manuscript.speakerOf(about);
  const speakers = P.speakers(manuscript.all());
  const everywhere = [...speakers].filter(([, name]) => name === speaker).map(([id]) => id);
  return {
    one: new Set([about]), turn: P.turn(manuscript.all(), about), all: new Set(everywhere),
  };
};

const option = (group, value, text, checked) =>
  make("label", { className: "check" },
    make("input", { type: "radio", name: group, value, checked }), text);

const list = (wanted = "one") => {
  const speaker = manuscript.speakerOf(about);
  byId("people-names").replaceChildren(...names().map((name, i) =>
    option("person", name, i < 9 ? say("editor.people.numbered", { n: i + 1, name }) : name, name === speaker)));
  const { turn, all } = scopes();
  byId("people-scopes").replaceChildren(
    option("scope", "one", say("editor.people.only"), wanted === "one" || all.size < 2),
    ...(turn.size > 1 ? [option("scope", "turn", say("editor.people.turn", { n: turn.size }), wanted === "turn")] : []),
    ...(all.size > 1
      ? [option("scope", "all", say("editor.people.all", { n: all.size, name: speaker || say("editor.nobody") }), wanted === "all")]
      : []),
  );
};

const listProposals = () => {
  const speakers = P.speakers(manuscript.all());
  const other = proposals
    .map((proposal) => ({ ...proposal, id: manuscript.idOf(proposal.piece) }))
    .filter(({ id, name }) => manuscript.piece(id) && speakers.get(id) !== name);
  byId("tracks").hidden = other.length === 0;
  byId("tracks-list").replaceChildren(...other.map(({ id, name, share }) => {
    const box = make("input", { type: "checkbox", checked: share >= 0.8 });
    box.dataset.id = id;
    box.dataset.name = name;
    const facts = { name, place: fields.labelText(id), percent: percent(share) };
    return make("li", {}, make("label", { className: "check" }, box, say("editor.people.proposal", facts)));
  }));
};

/* For the paragraph of the caret, or for everywhere that its name is. */
export const show = async (scope = "one") => {
  about = fields.currentId();
  if (manuscript.piece(about)?.kind !== "paragraph") {
    about = manuscript.all().find((piece) => piece.kind === "paragraph")?.id ?? null;
  }
  if (about === null) return;
  put(byId("people-about"), say("editor.people.about", { place: fields.labelText(about) }));
  put(byId("people-fault"), "");
  list(scope);
  listProposals();
  open("people", byId("people-names").querySelector(":checked") ?? byId("people-names").querySelector("input"));
  // Long tracks take seconds the first time.
  const coming = setTimeout(() => put(byId("tracks-coming"), say("editor.people.tracks_coming")), 500);
  try {
    proposals = await get("/api/proposals");
    listProposals();
  } catch {
    // No tracks, or no server: the names remain.
  }
  clearTimeout(coming);
  put(byId("tracks-coming"), "");
};

byId("people-form").addEventListener("submit", () => {
  const name = byId("people-names").querySelector(":checked")?.value;
  if (!name) return;
  const ids = scopes()[byId("people-scopes").querySelector(":checked").value];
  close("people");
  give(ids, name);
});

byId("tracks-form").addEventListener("submit", () => {
  const ticked = [...byId("tracks-list").querySelectorAll(":checked")];
  close("people");
  if (!ticked.length) return;
  const caret = fields.where();
  let pieces = manuscript.all();
  for (const { dataset } of ticked) {
    const ids = new Set([Number(dataset.id)]);
    pieces = P.withSpeaker(pieces, ids, dataset.name, manuscript.current().language);
  }
  manuscript.change(pieces, { label: say("editor.did.speaker"), from: caret, to: caret });
  tell(say("editor.people.accepted", { n: ticked.length }));
});

byId("person-form").addEventListener("submit", async () => {
  const name = byId("person-name").value.trim();
  if (!name) {
    put(byId("people-fault"), say("editor.people.no_name"));
    byId("person-name").focus();
    return;
  }
  try {
    const sheet = await post("/api/people", { name });
    manuscript.setPart({ people: sheet.people });
    saving.save();
  } catch (refusal) {
    put(byId("people-fault"), refusal.away ? say("editor.saved.away") : refusal.message);
    byId("person-name").focus();
    return;
  }
  put(byId("people-fault"), "");
  byId("person-name").value = "";
  list(byId("people-scopes").querySelector(":checked").value);
  const added = [...byId("people-names").querySelectorAll("input")].find((radio) => radio.value === name);
  if (added) {
    added.checked = true;
    added.focus();
  }
  tell(say("editor.people.added", { name }));
});
