/** Moments as questions take them: days, minutes, and what is told from now (`-7d`, `-1mStart`). All pure. */
import { localMoment } from "@/lib/format";

export const SIZES = { h: "hour", d: "day", w: "week", m: "month", q: "quarter", y: "year" } as const;
export type Size = keyof typeof SIZES;
export type Told = "day" | "minute" | "ago" | "start" | "end";
/** A moment taken apart; `back` is so many of `size` before now. What cannot be taken apart is `other`. */
export interface Moment { told: Told | "other"; text: string; back: number; size: Size }

const FROM_NOW = /^(?:-(\d{1,5}))?([hdwmqy])(Start|End)?$/;

export function readMoment(text: string): Moment {
  const [, back, size, edge] = FROM_NOW.exec(text) ?? [];
  if (size && (back || edge)) return { told: edge ? (edge === "Start" ? "start" : "end") : "ago", text, back: Number(back ?? 0), size: size as Size };
  const told = !text || /^\d{4}-\d\d-\d\d$/.test(text) ? "day" : /^\d{4}-\d\d-\d\dT\d\d:\d\d(:00)?$/.test(text) ? "minute" : "other";
  return { told, text, back: 7, size: "d" };
}

export function writeMoment({ told, text, back, size }: Moment): string {
  if (told === "ago") return `-${back}${size}`;
  if (told === "start" || told === "end") return `${back ? `-${back}` : ""}${size}${told === "start" ? "Start" : "End"}`;
  return text;
}

/** A moment told another way: what was typed stays where it can. */
export function retold(moment: Moment, told: Told, today: string): string {
  const day = /^\d{4}-\d\d-\d\d/.exec(moment.text)?.[0] ?? today;
  const whole = told === "start" || told === "end";
  const size = whole && !(moment.told === "start" || moment.told === "end" || moment.told === "ago") ? "m" : moment.size;
  const back = whole && moment.told !== "start" && moment.told !== "end" ? 0 : moment.back || 1;
  return writeMoment({ told, text: told === "minute" ? `${day}T00:00` : day, back, size });
}

/** "7 days ago", "the start of last month", "22 Nov 2026": null for what is none. */
export function momentWords(text: string): string | null {
  const { told, back, size } = readMoment(text);
  const name = SIZES[size];
  if (told === "ago") return `${back} ${name}${back === 1 ? "" : "s"} ago`;
  if (told === "start" || told === "end") return `the ${told} of ${wholeWords(back, name)}`;
  return told === "other" && !/^\d{4}-\d\d-\d\d/.test(text) ? null : localMoment(text);
}

function wholeWords(back: number, name: string): string {
  if (name === "day" && back < 2) return back ? "yesterday" : "today";
  return back > 1 ? `the ${name} ${back} ${name}s ago` : `${back ? "last" : "this"} ${name}`;
}

/** Spans of the calendar that people ask for by name. */
export const CALENDAR: readonly (readonly [string, string])[] = (["d", "w", "m", "q", "y"] as Size[]).flatMap((size) => [[`${size}Start`, ""] as const, [`-1${size}Start`, `-1${size}End`] as const]);

/** "this month", "yesterday": what a span from one start of the calendar to its end is called; null for others. */
export function calendarWords({ since = "", until = "" }: { since?: string; until?: string }): string | null {
  return CALENDAR.some((one) => one[0] === since && one[1] === until) ? momentWords(since)!.replace("the start of ", "") : null;
}
