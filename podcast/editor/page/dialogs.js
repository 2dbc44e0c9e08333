/* Dialogs, and the one live region: it goes into the dialog that is open, because everything else
   is silent then. */

import { byId, focusOn } from "./elements.js";

const region = byId("said");
const home = region.parentElement;
// Taking words out of a live region says nothing.
const SHOWN_MS = 15_000;
let timer = 0;
let returning = () => {};

const place = () => {
  const top = [...document.querySelectorAll("dialog[open]")].at(-1);
  const where = top ?? home;
  if (region.parentElement !== where) where.append(region);
};

/* Said once, politely.  The same sentence twice in a row must be a change to be heard. */
export const tell = (sentence) => {
  clearTimeout(timer);
  timer = setTimeout(() => (region.textContent = ""), SHOWN_MS);
  region.textContent = region.textContent === sentence ? `${sentence}\u00a0` : sentence;
};

/* Where the focus goes when what had it before a dialog is no longer there. */
export const onReturn = (action) => {
  returning = action;
};

/* Opens a dialog; the focus goes to its first field, or to its title where a key pressed by chance
   must do nothing. */
export const open = (id, first = null) => {
  const dialog = byId(id);
  if (!dialog.open) {
    dialog.showModal();
    region.textContent = "";
    place();
  }
  const wanted = first ?? dialog.querySelector("h2");
  if (wanted.matches("h2")) focusOn(wanted);
  else wanted.focus();
  return dialog;
};

export const close = (id) => byId(id).close();

let left = false;

/* Closes all of them to go to a place in the text: none gives the focus back to where it was. */
export const leave = (action) => {
  left = true;
  for (const dialog of [...document.querySelectorAll("dialog[open]")].reverse()) dialog.close();
  action();
  setTimeout(() => (left = false), 0);
};
export const isLeft = () => left;

export const isOpen = () => document.querySelector("dialog[open]") !== null;

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("button")?.matches(".close")) dialog.close();
  });
  dialog.addEventListener("close", () => {
    place();
    if (!isOpen() && document.activeElement === document.body) returning();
  });
  // Forms only do what their script does; without one, Enter in a field would leave the page.
  dialog.addEventListener("submit", (event) => event.preventDefault());
}
