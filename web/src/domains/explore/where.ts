/** Conditions: which are finished, and what fields, values and conditions are called. All pure. */
import { duration, localMoment } from "@/lib/format";
import { momentWords } from "./moment";
import { OPS, TAKES, type Breakdown, type CohortOut, type Op, type Where } from "./types";

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
export const isDated = (op: Op) => DATED.has(op);

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

/** What a field holds, as far as its name tells: it decides on operators and on how values are typed. */
export type Sort = "cohort" | "amount" | "length" | "yes" | "moment" | "text" | "open";

const SORTS: Record<string, Sort> = {
  cohort: "cohort", "session.duration": "length", "session.events": "amount", "session.pageviews": "amount", "session.bounced": "yes", "session.began": "moment", "session.ended": "moment",
};
export const sortOf = (field: string): Sort => SORTS[field] ?? (/^(event|feature|source|product|(person|account|distinct)_id|session\..*)$/.test(field) ? "text" : "open");

const OP_GROUPS: readonly (readonly [string, readonly Op[], readonly Sort[]])[] = [
  ["", ["is", "is_not"], ["cohort", "amount", "yes", "text", "open"]],
  ["Known or not", ["set", "not_set"], ["amount", "length", "text", "open"]],
  ["Text", ["contains", "not_contains", "regex", "not_regex"], ["text", "open"]],
  ["Numbers", ["gt", "gte", "lt", "lte", "between", "not_between"], ["amount", "length", "open"]],
  ["Dates", ["before", "on", "after"], ["moment", "open"]],
  ["Versions", ["version_gte", "version_gt", "version_lte", "version_lt"], ["open"]],
];

/** Operators that a field takes, by what they compare. The one in use is always among them. */
export function opsOf(field: string, now: Op = "is"): (readonly [string, readonly Op[]])[] {
  const groups = OP_GROUPS.filter(([, , sorts]) => sorts.includes(sortOf(field))).map(([name, ops]) => [name, ops] as const);
  return groups.some(([, ops]) => ops.includes(now)) ? groups : [...groups, ["Now", [now]]];
}

const FIRST: Partial<Record<Sort, Op>> = { amount: "gte", length: "gte", moment: "after" };
/** A condition on a field before its values are chosen. */
export const begun = (field: string): Where => ({ field, op: FIRST[sortOf(field)] ?? "is", values: sortOf(field) === "yes" ? ["1"] : [] });

/** What an operator compares values as. */
const comparedAs = (op: Op) => (DATED.has(op) ? "moment" : op.startsWith("version_") ? "version" : "any");

/** The condition with another operator; values stay where it takes such. */
export function operated(where: Where, op: Op): Where {
  const told = op === "on" && !/^\d/.test(String(where.values?.[0] ?? ""));
  const stays = comparedAs(op) === comparedAs(where.op ?? "is") && !told;
  return { ...where, op, values: stays ? (where.values ?? []).slice(0, TAKES[op]) : [] };
}

/** The field of whose values those of another are: addresses of sessions are those of events. */
export const valuesFrom = (field: string) => (field.startsWith("session.") ? (/^session\.(entry|exit)\b\.?/.test(field) ? `properties.${field.replace(/^session\.(entry|exit)\.?/, "") || "$current_url"}` : "") : field === "cohort" ? "" : field);

/** Numbers of sessions are told in ranges, as there are too many of them; else what stood beside the field stays. */
export const finer = (by: string, now: Breakdown | undefined): Partial<Breakdown> => {
  const also = now?.also?.filter((one) => one !== by);
  return also?.length || !["length", "amount"].includes(sortOf(by)) ? withoutField(now, now?.also?.indexOf(by) ?? -1) : { bins: 5 };
};

/** The further fields without the one at this place, each with its ranges. */
export function withoutField(now: Breakdown | undefined, place: number): Partial<Breakdown> {
  return { also: now?.also?.filter((_, i) => i !== place), ...(now?.also_bins && { also_bins: now.also_bins.filter((_, i) => i !== place) }) };
}

/** The further fields with another one at this place, of which each value stands by itself. */
export const otherField = (now: Breakdown, place: number, field: string): Partial<Breakdown> => ({ also: now.also?.map((one, i) => (i === place ? field : one)), ...withRanges(now, place, 0) });

/** The further fields with so many ranges for the one at this place (0: each number by itself). */
export function withRanges({ also = [], also_bins = [] }: Breakdown, place: number, bins: number): Partial<Breakdown> {
  const told = also.map((_, i) => (i === place ? bins : (also_bins[i] ?? 0)));
  return { also_bins: told.some(Boolean) ? told : undefined };
}
