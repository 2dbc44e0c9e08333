/* What this person likes (keys, speed, name): kept by the server for all episodes, and in the
   browser for when the server keeps none. */

import { get, put } from "./server.js";
import { later } from "./elements.js";

const KEY = "podcast editor settings";
let settings = {};

const stored = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
};

export const load = async () => {
  settings = stored();
  try {
    settings = { ...settings, ...(await get("/api/settings")).settings };
  } catch {
    // The browser's own will do.
  }
};

const keep = later(() => {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // The browser forbids it.
  }
  put("/api/settings", { settings }, { keepalive: true }).catch(() => {});
}, 200);

export const setting = (name, otherwise) => settings[name] ?? otherwise;

export const set = (name, value) => {
  settings = { ...settings, [name]: value };
  keep();
};
