/* The reader's choices of colours, size, spacing, font and width: kept on this device, set on
   <html> before the page is painted.  The style sheet does the rest. */
(() => {
  "use strict";

  const root = document.documentElement;
  // The first of each list is what the page has without any choice.
  const choices = {
    scheme: ["auto", "light", "dark", "sepia", "contrast"],
    size: ["normal", "large", "larger", "largest"],
    spacing: ["normal", "wide", "wider"],
    font: ["normal", "hyperlegible", "system", "serif"],
    width: ["normal", "narrow", "wide"],
  };
  const switches = ["times", "plain"];

  // A browser may forbid storage; the choices then hold for this page only.
  const stored = () => {
    try {
      return JSON.parse(localStorage.getItem("comfort")) || {};
    } catch {
      return {};
    }
  };
  const keep = (chosen) => {
    try {
      localStorage.setItem("comfort", JSON.stringify(chosen));
    } catch {
      // Nothing to do: see above.
    }
  };

  const apply = (chosen) => {
    for (const [name, values] of Object.entries(choices)) {
      if (values.indexOf(chosen[name]) > 0) root.dataset[name] = chosen[name];
      else delete root.dataset[name];
    }
    for (const name of switches) {
      if (chosen[name]) root.dataset[name] = "";
      else delete root.dataset[name];
    }
  };

  let chosen = stored();
  apply(chosen);
  root.dataset.scripts = "";

  const set = (name, value) => {
    chosen = { ...chosen, [name]: value };
    apply(chosen);
    keep(chosen);
  };

  const panel = () => {
    const place = document.querySelector("header.site .column");
    const text = document.getElementById("comfort-words");
    if (!place || !text) return;
    const words = JSON.parse(text.textContent);

    const details = document.createElement("details");
    details.id = "comfort";
    const summary = document.createElement("summary");
    summary.textContent = words["comfort.title"];
    const fields = document.createElement("div");
    fields.className = "fields";
    const controls = [];

    for (const [name, values] of Object.entries(choices)) {
      const label = document.createElement("label");
      const select = document.createElement("select");
      select.name = name;
      for (const value of values) {
        select.add(new Option(words[`comfort.${name}.${value}`], value));
      }
      select.addEventListener("change", () => set(name, select.value));
      label.append(words[`comfort.${name}.title`], select);
      fields.append(label);
      controls.push(() => (select.value = chosen[name] || values[0]));
    }
    for (const name of switches) {
      const label = document.createElement("label");
      label.className = "check";
      const box = document.createElement("input");
      box.type = "checkbox";
      box.name = name;
      box.addEventListener("change", () => set(name, box.checked));
      label.append(box, words[`comfort.${name}.title`]);
      fields.append(label);
      controls.push(() => (box.checked = Boolean(chosen[name])));
    }

    const show = () => controls.forEach((update) => update());
    const reset = document.createElement("button");
    reset.type = "button";
    reset.textContent = words["comfort.reset"];
    reset.addEventListener("click", () => {
      chosen = {};
      apply(chosen);
      keep(chosen);
      show();
    });
    fields.append(reset);
    details.append(summary, fields);
    place.append(details);
    show();

    details.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && details.open) {
        details.open = false;
        summary.focus();
      }
    });
    // Another tab of this site made a choice.
    addEventListener("storage", (event) => {
      if (event.key !== "comfort") return;
      chosen = stored();
      apply(chosen);
      show();
    });
  };

  document.addEventListener("DOMContentLoaded", panel);
})();
