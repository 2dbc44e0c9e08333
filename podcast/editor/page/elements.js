/* Elements of the page: making them, finding them, giving one the focus that has none by itself. */

export const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

export const byId = (id) => document.getElementById(id);

/* A heading or a paragraph takes the focus only for this once: a tabindex that stays makes screen
   readers call it clickable. */
export const focusOn = (element) => {
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) {
    element.setAttribute("tabindex", "-1");
    element.addEventListener("blur", () => element.removeAttribute("tabindex"), { once: true });
  }
  element.focus();
};

/* Text changes only where it differs, so that nothing is told twice. */
export const put = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

export const later = (action, ms) => {
  let timer = 0;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(action, ms);
  };
  start.cancel = () => clearTimeout(timer);
  return start;
};
