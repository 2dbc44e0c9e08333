/* Finding and replacing, and terms of the show's glossary: "always write it so". */

import { close, open, tell } from "./dialogs.js";
import { byId, put } from "./elements.js";
import * as fields from "./fields.js";
import * as manuscript from "./manuscript.js";
import { Places, find, replaced } from "./places.js";
import { post } from "./server.js";
import { say } from "./words.js";

const places = new Places("replace");
let afterwards = () => {};

const search = () => {
  places.show(find(byId("replace-find").value, {
    cased: byId("replace-cased").checked,
    whole: byId("replace-whole").checked,
  }));
};

/* Replaces in one step of undoing, and tells how many. */
const replace = (chosen, text) => {
  const caret = fields.where();
  manuscript.change(replaced(chosen, text), {
    label: say("editor.did.replace", { n: chosen.length }), from: caret, to: caret,
  });
  const message = say("editor.replaced", { n: chosen.length, text });
  tell(message);
  return message;
};

/* The dialog with what is selected, or with what a doubt is about. */
export const showReplace = (wanted = fields.selected(), instead = "", then = () => {}) => {
  afterwards = then;
  byId("replace-find").value = wanted.includes("\n") ? "" : wanted;
  byId("replace-with").value = instead;
  search();
  open("replace", instead ? byId("replace-with") : byId("replace-find"));
};

byId("replace-find").addEventListener("input", search);
byId("replace-cased").addEventListener("change", search);
byId("replace-whole").addEventListener("change", search);
byId("replace-form").addEventListener("submit", () => {
  const chosen = places.ticked;
  if (!byId("replace-find").value) {
    byId("replace-find").focus();
    return;
  }
  if (!chosen.length) {
    tell(say("editor.places.none_ticked"));
    return;
  }
  close("replace");
  afterwards(replace(chosen, byId("replace-with").value));
});

// The glossary.

const terms = new Places("glossary");
const wrongForms = () =>
  byId("glossary-wrong").value.split(",").map((text) => text.trim()).filter(Boolean);

const searchTerm = () => {
  const term = byId("glossary-term").value.trim();
  const found = wrongForms()
    .filter((text) => text !== term)
    .flatMap((text) => find(text, { cased: false, whole: true }));
  terms.show(found.filter(({ id, start, end }) => manuscript.piece(id).body.slice(start, end) !== term));
};

export const showGlossary = (wrong = fields.selected()) => {
  const text = wrong.includes("\n") ? "" : wrong.trim();
  byId("glossary-wrong").value = text;
  byId("glossary-term").value = text;
  byId("glossary-expansion").value = "";
  put(byId("glossary-fault"), "");
  searchTerm();
  open("glossary", byId("glossary-term"));
};

for (const id of ["glossary-wrong", "glossary-term"]) byId(id).addEventListener("input", searchTerm);
byId("glossary-form").addEventListener("submit", async () => {
  const term = byId("glossary-term").value.trim();
  if (!term) {
    put(byId("glossary-fault"), say("editor.glossary.no_term"));
    byId("glossary-term").focus();
    return;
  }
  const wrong = wrongForms().filter((text) => text !== term);
  const expansion = byId("glossary-expansion").value.trim();
  try {
    await post("/api/terms", { term, wrong, ...(expansion ? { expansion } : {}) });
  } catch (refusal) {
    put(byId("glossary-fault"), refusal.message);
    byId("glossary-term").focus();
    return;
  }
  const chosen = terms.ticked;
  close("glossary");
  if (chosen.length) replace(chosen, term);
  else tell(say("editor.glossary.added", { term }));
});
