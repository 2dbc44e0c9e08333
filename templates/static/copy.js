/* What is to be copied, an address or code, in a field with a button that copies it and says so.
   Without scripts it is text, which can be selected. */
(() => {
  "use strict";

  const words = JSON.parse(document.getElementById("copy-words").textContent);

  const make = (name, given, ...children) => {
    const element = Object.assign(document.createElement(name), given);
    element.append(...children);
    return element;
  };

  document.querySelectorAll(".copy").forEach((box, number) => {
    const say = (key) => words[`${box.dataset.words || "copy"}.${key}`];
    const text = box.querySelector("code").textContent;
    const id = `copy-${number + 1}`;
    // A field of several lines: an address is often longer than a narrow window is wide.
    const field = make("textarea", { id, value: text, readOnly: true, rows: 2 });
    field.spellcheck = false;
    field.addEventListener("focus", () => field.select());
    const button = make("button", { type: "button" }, say("button"));
    const said = make("p", { className: "said" });
    said.setAttribute("role", "status");

    button.addEventListener("click", async () => {
      said.textContent = "";
      let done = true;
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        // No clipboard without https or leave: what is left is to have it selected.
        done = false;
        field.focus();
      }
      said.textContent = say(done ? "done" : "by_hand");
    });
    box.replaceChildren(
      make("label", { htmlFor: id }, say("field")), field, button, said,
    );
  });
})();
