/** Conditions of cohorts in words, and new ones of each kind. All pure. */
import { seriesWords, spanWords } from "./question";
import type { CohortOut, Condition, Vocabulary } from "./types";
import { fieldWords, whereWords, wheresWords } from "./where";

export const PARTS: [Condition["kind"], string][] = [["did", "Did something"], ["trait", "Is known as"], ["sequence", "Did in order"], ["first_seen", "First seen"], ["in", "Is in a cohort"], ["all", "All of these"], ["any", "Any of these"]];
const COMPARED = { at_least: "at least", at_most: "at most", exactly: "exactly" };

export function started(kind: Condition["kind"], words: Vocabulary, cohorts: CohortOut[], unit: string): Condition {
  const events = words.events[0] ? [words.events[0].name] : [];
  if (kind === "trait") return { kind, field: `${unit}.${unit === "account" ? "segment" : "role"}`, op: "is", values: [] };
  if (kind === "in") return { kind, cohort: cohorts.find((one) => one.unit === unit)?.id ?? "" };
  if (kind === "first_seen") return { kind, span: { last: 30 } };
  if (kind === "sequence") return { kind, steps: [{ events }, { events: words.events[1] ? [words.events[1].name] : events }], days: 30 };
  if (kind === "all" || kind === "any") return { kind, of: [started("did", words, cohorts, unit)] };
  return { kind: "did", events, days: 30 };
}

/** What is still missing of a condition; empty when it can be asked. */
export function missing(condition: Condition): string {
  if (condition.kind === "all" || condition.kind === "any") return condition.of.length ? condition.of.map((one) => missing(one as Condition)).find(Boolean) ?? "" : "Add a condition.";
  if (condition.kind === "not") return missing(condition.one as Condition);
  if (condition.kind === "in") return condition.cohort ? "" : "Choose a cohort.";
  if (condition.kind === "trait") return condition.op === "set" || condition.op === "not_set" || (condition.values ?? []).some((one) => one !== "") ? "" : `Choose a value of ${fieldWords(condition.field)}.`;
  return "";
}

const days = (amount: number | null | undefined) => (amount ? ` in the last ${amount} day${amount === 1 ? "" : "s"}` : "");

export function inWords(condition: Condition, cohorts: CohortOut[] = []): string {
  const where = (one: { where?: Parameters<typeof whereWords>[0][] }) => (one.where?.length ? ` where ${wheresWords(one.where, cohorts)}` : "");
  switch (condition.kind) {
    case "did": {
      const times = condition.times ?? 1;
      const none = times === 0 && condition.compare === "exactly";
      const often = none || (times === 1 && (condition.compare ?? "at_least") === "at_least") ? "" : ` ${COMPARED[condition.compare ?? "at_least"]} ${times} times`;
      return `${none ? "did not do" : "did"} ${seriesWords(condition)}${where(condition)}${often}${days(condition.days)}`;
    }
    case "trait": return whereWords(condition, cohorts);
    case "in": return `is in ${cohorts.find((one) => one.id === condition.cohort)?.name ?? condition.cohort}`;
    case "first_seen": return `first seen in the ${spanWords(condition.span)}`;
    case "sequence": return `did ${condition.steps.map((one) => seriesWords(one) + where(one)).join(", then ")} within ${condition.within_days ?? 14} days${days(condition.days)}`;
    case "not": return `not (${inWords(condition.one as Condition, cohorts)})`;
    default: return condition.of.map((one) => (["all", "any"].includes(one.kind) && condition.of.length > 1 ? `(${inWords(one as Condition, cohorts)})` : inWords(one as Condition, cohorts))).join(condition.kind === "all" ? " and " : " or ");
  }
}
