/** Numbers, money, days and dates as the pages write them. No data is an en dash, never 0. */

export const NONE = "–";
const ISO_CODE = /^[A-Z]{3}$/;
const LOCALE = "en-GB";

let currency = "EUR";
let today = "";
let zone = "UTC";

/** Sets the workspace's currency, time zone and "today" (data that ends in the past pins it). */
export function setHouse(house: { currency: string; today: string; zone?: string }): void {
  currency = house.currency || "EUR";
  today = house.today;
  zone = house.zone || "UTC";
}
/** The workspace's now: its pinned day at noon UTC, or the clock. */
export function now(): Date {
  const real = new Date();
  if (!today || today.slice(0, 10) === real.toISOString().slice(0, 10)) return real;
  return today.length > 10 ? instant(today) : new Date(`${today}T12:00:00Z`);
}

/** Reads a server moment. The server sends bare UTC; a date alone is that day at 00:00 UTC. */
export function instant(value: string): Date {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return new Date(`${value}T00:00:00Z`);
  return new Date(/([zZ]|[+-]\d{2}:?\d{2})$/.test(value) ? value : `${value}Z`);
}

/** A date alone is that day anywhere; a moment is shown in the workspace's time zone. */
const zoneOf = (value: string) => (value.length <= 10 ? "UTC" : zone);

const trim = (text: string) => text.replace(/\.0+$/, "");

/** 1284 -> "1,284"; 9.42 -> "9.4"; 0.034 -> "0.034". At most three significant digits below 100. */
export function number(value: number | null | undefined, digits?: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  const places = digits ?? (Number.isInteger(value) || size >= 100 ? 0 : size >= 1 ? 1 : size >= 0.1 ? 2 : 3);
  const text = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: places }).format(value);
  return text.replace("-", "−");
}

/** 412000 -> "412k"; 1_250_000 -> "1.3m"; below 10,000 in full. */
export function compact(value: number): string {
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size >= 999_500_000) return `${sign}${trim((size / 1e9).toFixed(1))}bn`;
  if (size >= 999_500) return `${sign}${trim((size / 1e6).toFixed(1))}m`;
  if (size >= 10_000) return `${sign}${Math.round(size / 1e3)}k`;
  return number(value, 0);
}

const short = (size: number) => (size >= 1000 && size < 10_000 ? `${trim((size / 1000).toFixed(1))}k` : compact(size));

/** "EUR" -> "€"; what is no ISO code ("€", "SFr.") is a sign already. */
export function currencySign(code: string = currency): string {
  if (!ISO_CODE.test(code)) return code;
  const parts = new Intl.NumberFormat(LOCALE, { style: "currency", currency: code }).formatToParts(0);
  return parts.find((part) => part.type === "currency")?.value ?? code;
}

/** 412000 -> "€412k", 9400 -> "€9.4k". */
export function money(value: number | null | undefined, code: string = currency): string {
  if (value === null || value === undefined) return NONE;
  return `${value < 0 ? "−" : ""}${currencySign(code)}${short(Math.abs(value))}`;
}

/** 0.0000001 -> "0.0000001", 0.2 -> "20%". `value` is a share between 0 and 1. */
export function share(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  const percent = value * 100;
  return `${number(percent, Math.abs(percent) < 1 && percent !== 0 ? 1 : 0)}%`;
}

/** A simulated chance: "23%"; the simulation cannot tell more than ">95%" or "<1%". */
export function chance(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  if (value > 0.95) return ">95%";
  return value < 0.01 ? "<1%" : `${Math.round(value * 100)}%`;
}

/** +2.1, −8: a signed difference. */
export function signed(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  return value > 0 ? `+${number(value)}` : number(value);
}

/** 0.34 days -> "8 h"; 9.4 -> "9.4 days"; 1 -> "1 day". */
export function days(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  const size = Math.abs(value);
  if (size > 0 && size < 1 / 24) return `${number(value * 1440, 0)} min`;
  if (size > 0 && size < 1) return `${number(value * 24, 0)} h`;
  const text = number(value);
  return `${text} ${text === "1" ? "day" : "days"}`;
}

/** 40 -> "40 s", 150 -> "2.5 min": lengths of time by their size, as charts say them. */
export function duration(seconds: number): string {
  for (const [size, unit] of [[86_400, "days"], [3600, "h"], [60, "min"]] as const) if (seconds >= 2 * size) return `${number(seconds / size, 1)} ${unit}`;
  return `${number(seconds, 1)} s`;
}

/** "16 Nov", with the year when it is not the year of today. */
export function date(value: string | null | undefined, form: "short" | "long" = "short"): string {
  if (!value) return NONE;
  const moment = instant(value);
  if (Number.isNaN(moment.getTime())) return value;
  const year = form === "long" || moment.getUTCFullYear() !== now().getUTCFullYear();
  const text = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: form, year: year ? "numeric" : undefined, timeZone: zoneOf(value) }).format(moment);
  return form === "short" ? text.replace("Sept", "Sep") : text; // three letters for every month, as in charts
}

/** "14:05". */
export function clock(value: string): string {
  return new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", timeZone: zoneOf(value) }).format(instant(value));
}

/** "16 Nov, 14:05". */
export function dateTime(value: string | null | undefined): string {
  return value ? `${date(value)}, ${clock(value)}` : NONE;
}

/** A moment that is in the organisation's time already: "19 Nov, 08:00", with its offset where the clock shows an hour twice. */
export function localMoment(text: string): string {
  if (text.length <= 10) return date(text);
  const offset = /[+-]\d{2}:\d{2}$/.exec(text)?.[0];
  return `${date(text.slice(0, 10))}, ${text.slice(11, 16)}${offset ? ` (${offset})` : ""}`;
}

const STEPS: [number, string][] = [[60, "minute"], [24, "hour"], [7, "day"], [4.35, "week"], [12, "month"], [Infinity, "year"]];

/** "2 days ago", "in 3 weeks", "just now". */
export function ago(value: string | null | undefined, from: Date = now()): string {
  if (!value) return NONE;
  let amount = (instant(value).getTime() - from.getTime()) / 60_000;
  if (Math.abs(amount) < 1) return "just now";
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [size, unit] of STEPS) {
    if (Math.abs(amount) < size) return words.format(Math.round(amount), unit as Intl.RelativeTimeFormatUnit);
    amount /= size;
  }
  return NONE;
}

/** "16 – 22 November 2026" from a half-open period; one day alone is that day. */
export function periodText(since: string, until: string): string {
  const timeZone = zoneOf(since);
  const first = instant(since);
  const last = new Date(Math.max(first.getTime(), instant(until).getTime() - 1));
  const full = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "long", year: "numeric", timeZone });
  const [start, end] = [full.format(first), full.format(last)];
  if (start === end) return start;
  const [day, month, year] = start.split(" ");
  const [, lastMonth, lastYear] = end.split(" ");
  if (year !== lastYear) return `${start} – ${end}`;
  return `${month === lastMonth ? day : `${day} ${month}`} – ${end}`;
}

const SHARES = new Set(["share", "ratio", "rate", "probability"]);
const PERCENTS = new Set(["%", "percent"]);

/** The number and, apart from it, its unit: ["9.4", "days"], ["€412k", ""], ["44", "%"]. */
export function split(amount: number | null | undefined, unit: string | null | undefined): [string, string] {
  if (amount === null || amount === undefined) return [NONE, ""];
  const name = unit ?? "";
  if (name === "money" || name === "currency" || name === currency || name === currencySign()) return [money(amount), ""];
  if (ISO_CODE.test(name)) return [money(amount, name), ""];
  if (name === "chance") return [chance(amount), ""];
  if (SHARES.has(name)) return [share(amount).replace("%", ""), "%"];
  if (PERCENTS.has(name)) return [number(amount, Math.abs(amount) < 10 ? 1 : 0), "%"];
  if (name === "days" || name === "day") {
    const [value, ...rest] = days(amount).split(" ");
    return [value ?? NONE, rest.join(" ")];
  }
  return [number(amount), name];
}

/** One value of a table cell or of a sentence, by its unit. */
export function value(raw: unknown, unit?: string | null): string {
  if (raw === null || raw === undefined || raw === "") return NONE;
  if (typeof raw === "boolean") return raw ? "yes" : "no";
  if (Array.isArray(raw)) return raw.map((part) => value(part, unit)).join(", ");
  if (typeof raw === "object") return JSON.stringify(raw);
  if (unit === "date") return date(String(raw));
  if (unit === "datetime" || unit === "moment" || unit === "time") return dateTime(String(raw));
  if (typeof raw === "string") return looksLikeTime(raw) ? (raw.length === 10 ? date(raw) : dateTime(raw)) : raw;
  const [amount, name] = split(raw as number, unit);
  if (name === "%") return `${amount}%`;
  return unit && !["days", "day", "points", "hours", "minutes"].includes(unit) ? amount : [amount, name].filter(Boolean).join(" ");
}

export function looksLikeTime(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text);
}

export function isNumeric(unit: string | null | undefined): boolean {
  return Boolean(unit) && !["text", "date", "datetime", "moment", "time", "state", "ref", "url"].includes(unit!);
}

/** "Mira Kask" -> "MK"; "mira" -> "MI". */
export function initials(name: string): string {
  const words = name.trim().split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? `${words[0]![0]}${words[words.length - 1]![0]}` : (words[0] ?? "?").slice(0, 2);
  return letters.toUpperCase();
}

/** "1 row", "3 rows". */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${number(amount, 0)} ${amount === 1 ? noun : plural}`;
}

const CAPITALS = new Set(["api", "csv", "pdf", "sdk", "sql", "sso", "ui", "url"]);

/** An id of words as a name: "data" -> "Data", "sign-up" -> "Sign up", "billing-api" -> "Billing API". */
export function spelled(id: string): string {
  const words = id.split(/[-_\s]+/).filter(Boolean).map((word) => (CAPITALS.has(word) ? word.toUpperCase() : word)).join(" ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "delivery.cycle_time" -> "Cycle time"; for columns that came without a label. */
export function humanise(key: string): string {
  const words = key.split(".").pop()!.replace(/_(id|at)$/, "").replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
