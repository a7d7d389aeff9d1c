/** Numbers, money and times as people read them, in the browser's language. */

const whole = new Intl.NumberFormat();
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", timeZone: "UTC" });
const dayAndYear = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const dayHere = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "long" });
/** @type {Map<string, Intl.NumberFormat | null>} */
const currencies = new Map();

/** @param {number} value */
export function count(value) {
  return whole.format(value);
}

/** @param {number} value @param {string} noun a plural, as the wire names units */
export function counted(value, noun) {
  return `${count(value)} ${value === 1 ? noun.replace(/s$/, "") : noun}`;
}

/** A decimal string stays one: no digit passes through a float. @param {string} amount @param {string} currency */
export function money(amount, currency) {
  const format = currencyFormat(currency);
  const exact = /** @type {Intl.StringNumericLiteral} */ (amount);
  return (format ? format.format(exact) : `${amount} ${currency}`).replace("-", "\u2212");
}

/** @param {string} currency */
function currencyFormat(currency) {
  if (!currencies.has(currency)) {
    try {
      const options = /** @type {const} */ ({ style: "currency", currency, currencyDisplay: "narrowSymbol" });
      currencies.set(currency, new Intl.NumberFormat(undefined, options));
    } catch {
      currencies.set(currency, null);
    }
  }
  return currencies.get(currency) ?? null;
}

/** A bank's day, never shifted by a time zone. @param {string} date */
export function bankDay(date) {
  const value = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(value.valueOf())) return date;
  return (value.getUTCFullYear() === new Date().getFullYear() ? day : dayAndYear).format(value);
}

/** The same with its year. @param {string} date */
export function fullDay(date) {
  const value = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(value.valueOf()) ? date : dayAndYear.format(value);
}

/** @param {string} instant */
export function exactTime(instant) {
  return moment.format(new Date(instant));
}

/** The day here on which it was. @param {string} instant */
export function exactDay(instant) {
  return dayHere.format(new Date(instant));
}

/** @param {string} instant */
export function clockTime(instant) {
  return clock.format(new Date(instant));
}

/** @param {string} instant @param {number} [now] */
export function ago(instant, now = Date.now()) {
  const seconds = Math.min(0, (new Date(instant).valueOf() - now) / 1000);
  if (seconds > -45) return "just now";
  if (seconds > -3600) return relative.format(Math.round(seconds / 60), "minute");
  if (seconds > -86_400) return relative.format(Math.round(seconds / 3600), "hour");
  return relative.format(Math.round(seconds / 86_400), "day");
}

/** @param {number} bytes */
export function fileSize(bytes) {
  return bytes < 2 ** 20 ? `${count(Math.ceil(bytes / 1024))} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 10) return `${Math.max(0.1, seconds).toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** @param {number} seconds a guess, so said as one */
export function remaining(seconds) {
  if (seconds < 2) return "a moment left";
  if (seconds < 60) return `about ${Math.round(seconds)} s left`;
  if (seconds < 3600) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${Math.round(seconds / 3600)} h left`;
}
