/* The page's sentences in the person's language, and times in words. */

const words = JSON.parse(document.getElementById("words").textContent);

export const language = document.documentElement.lang;

const plural = new Intl.PluralRules(language);

/* The sentence of a key with its facts; what is counted has its language's plural forms, chosen by
   the fact n. */
export const say = (key, facts = {}) => {
  const sentence = words[key] ?? words[`${key}.${plural.select(facts.n)}`] ?? words[`${key}.other`];
  return sentence.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
};

const parts = (ms) => {
  const whole = Math.max(0, Math.floor(ms / 1000));
  return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
};

/* « 12 min 34 s »: screen readers say it as a time, and 0:12:34 digit by digit. */
export const spoken = (ms) => {
  const [h, m, s] = parts(ms);
  const found = [];
  if (h) found.push(`${h}\u00a0h`);
  if (h || m) found.push(`${m}\u00a0min`);
  if (s || !found.length) found.push(`${s}\u00a0s`);
  return found.join(" ");
};

export const clock = (ms) => {
  const [h, m, s] = parts(ms);
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
};

export const timeOfDay = (date) =>
  date.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });

export const dateAndTime = (text) =>
  new Date(text).toLocaleString(language, { dateStyle: "long", timeStyle: "medium" });

export const percent = (share) => Math.floor(share * 100);

/* One digit after the comma, as the language writes it. */
export const percentOf = (share) =>
  (share * 100).toLocaleString(language, { maximumFractionDigits: 1 });
