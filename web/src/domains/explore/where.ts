/** Conditions: which are finished, and what fields, values and conditions are called. All pure. */
import { duration, localMoment } from "@/lib/format";
import { momentWords } from "./moment";
import { OPS, TAKES, type CohortOut, type Op, type Where } from "./types";

/** Fields that tell of the session a row is in. */
export const SESSION: Record<string, string> = {
  "session.duration": "session length", "session.events": "events in the session", "session.pageviews": "page views in the session", "session.bounced": "session bounced",
  "session.began": "session began", "session.ended": "session ended", "session.entry": "first address of the session", "session.exit": "last address of the session",
};
export const isGroup = (where: Where) => where.field === "any" || where.field === "all";

/** A condition that still lacks its value asks nothing yet, nor does a group of only such. */
export function complete(where: Where): boolean {
  if (isGroup(where)) return (where.of ?? []).some(complete);
  const values = where.values ?? [];
  return values.length >= (TAKES[where.op ?? "is"] ?? 1) && values.every((one) => one !== "");
}

/** The conditions that are finished, in groups too. */
export function finished(wheres: readonly Where[]): Where[] {
  return wheres.filter(complete).map((one) => (isGroup(one) ? { field: one.field, of: finished(one.of ?? []) } : one));
}

export function fieldWords(field: string): string {
  const [, end, name] = /^session\.(entry|exit)\.(.+)$/.exec(field) ?? [];
  if (name) return `${end === "entry" ? "first" : "last"} ${fieldWords(`properties.${name}`)} of the session`;
  return SESSION[field] ?? (field === "cohort" ? "Cohort" : field.replace(/^properties\./, "").replace(/^(person|account)\./, (_all, unit: string) => `${unit} `).replaceAll("_", " ").replace(/^\$/, ""));
}

/** "Account name": a field as the name of a choice. */
export function fieldLabel(field: string): string {
  const words = field === "account_id" ? "account" : field === "person_id" ? "person" : fieldWords(field);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const DATED = new Set<Op>(["before", "after", "on"]);

function valueWords(where: Where, value: unknown, cohorts: CohortOut[]): string {
  if (where.field === "cohort") return cohorts.find((one) => one.id === value)?.name ?? String(value);
  if (where.field === "session.bounced") return Number(value) ? "yes" : "no";
  if (where.field === "session.duration" && value !== "" && Number.isFinite(Number(value))) return duration(Number(value));
  return DATED.has(where.op ?? "is") ? (momentWords(String(value)) ?? localMoment(String(value))) : String(value);
}

export function whereWords(where: Where, cohorts: CohortOut[] = []): string {
  if (isGroup(where)) return wheresWords(where.of ?? [], cohorts, where.field === "any" ? " or " : " and ");
  const between = where.op === "between" || where.op === "not_between";
  return [fieldWords(where.field), OPS[where.op ?? "is"], (where.values ?? []).map((one) => valueWords(where, one, cohorts)).join(between ? " and " : ", ")].filter(Boolean).join(" ");
}

/** Conditions side by side; those in groups stand in brackets. */
export function wheresWords(wheres: readonly Where[], cohorts: CohortOut[] = [], joined = " and "): string {
  return wheres.map((one) => (isGroup(one) && (one.of?.length ?? 0) > 1 && wheres.length > 1 ? `(${whereWords(one, cohorts)})` : whereWords(one, cohorts))).join(joined);
}
