/* Two texts of one episode: what was done here, and what another tab or program did.  Nothing is
   lost whatever is chosen: both are among the versions. */

import { open, tell } from "./dialogs.js";
import { byId, focusOn, make, put } from "./elements.js";
import * as manuscript from "./manuscript.js";
import * as saving from "./saving.js";
import { say } from "./words.js";

const dialog = byId("conflict");
const list = byId("conflict-list");

const choice = (number, name, text, checked) => {
  const radio = make("input", { type: "radio", name: `clash-${number}`, value: name, checked });
  const label = make("label", { className: "check" }, radio, say(`editor.conflict.${name}`));
  const shown = text.trim() || say("editor.conflict.nothing");
  return make("div", { className: "side" }, label, make("p", { className: "quote", textContent: shown }));
};

const clashing = (clash, number) => {
  const title = say("editor.conflict.place", { n: number + 1, line: clash.line });
  return make("fieldset", {},
    make("legend", { textContent: title }),
    choice(number, "mine", clash.mine, true),
    choice(number, "theirs", clash.theirs, false),
    choice(number, "both", `${clash.mine.trim()}\n\n${clash.theirs.trim()}`, false),
    choice(number, "base", clash.base, false));
};

const both = ({ mine, theirs }) => `${mine.trimEnd()}\n\n${theirs.trimStart()}`;

/* The whole text with what was chosen at each place. */
const together = (parts) => {
  let number = 0;
  return parts
    .map((part) => {
      if (typeof part === "string") return part;
      const chosen = dialog.querySelector(`input[name="clash-${number++}"]:checked`).value;
      return chosen === "both" ? both(part) : part[chosen];
    })
    .join("");
};

/* Shows both and does what the person says. */
const ask = (conflict, mine) =>
  new Promise((done) => {
    const { clashes } = conflict;
    list.replaceChildren(...clashes.map(clashing));
    put(byId("conflict-what"), clashes.length
      ? say("editor.conflict.clashes", { n: clashes.length })
      : say("editor.conflict.apart"));
    put(byId("conflict-merge"), say(clashes.length ? "editor.conflict.put_together" : "editor.conflict.merge"));
    const answers = {
      "conflict-merge": () => saving.send(
        conflict.merged ?? together(conflict.parts), conflict.digest, say("editor.did.merge_texts")),
      "conflict-mine": () => saving.send(mine, conflict.digest, say("editor.did.merge_texts")),
      "conflict-theirs": () => {
        manuscript.adopt(conflict.sheet, say("editor.did.merge_texts"));
        saving.isNow(manuscript.text());
      },
    };
    for (const [id, act] of Object.entries(answers)) {
      byId(id).onclick = async () => {
        try {
          await act();
          dialog.close();
          tell(say("editor.conflict.done"));
          done();
        } catch (refusal) {
          if (refusal.status === 409) {
            dialog.close();
            done(ask(refusal.answer, mine));
          } else {
            put(byId("conflict-what"), refusal.message);
            focusOn(byId("conflict-what"));
          }
        }
      };
    }
    open("conflict");
  });

// The question stays until it is answered: leaving it open would stop the saving.
dialog.addEventListener("cancel", (event) => event.preventDefault());

saving.onClash(ask);
