/** Conditions of cohorts in words, and new ones of each kind. All pure. */
import { calendarWords, momentWords } from "./moment";
import { seriesWords, spanWords, withoutBegun } from "./question";
import type { CohortOut, Condition, Series, Unit, Vocabulary, Window } from "./types";
import { fieldWords, whereWords, wheresWords } from "./where";

type Kind = Condition["kind"];

export const PARTS: readonly (readonly [string, readonly (readonly [Kind, string])[]])[] = [
  ["What they did", [["did", "Did something"], ["did_first", "Did something for the first time"], ["regularly", "Does something regularly"], ["stopped", "Stopped doing something"], ["restarted", "Does something again"], ["sequence", "Did in order"]]],
  ["Who they are", [["trait", "Is known as"], ["first_seen", "First seen"], ["in", "Is in a cohort"]]],
  ["Several", [["all", "All of these"], ["any", "Any of these"]]],
];
export const COMPARED = { at_least: "at least", at_most: "at most", exactly: "exactly" } as const;

export function started(kind: Kind, words: Vocabulary, cohorts: CohortOut[], unit: string): Condition {
  const events = words.events[0] ? [words.events[0].name] : [];
  switch (kind) {
    case "trait": return { kind, field: `${unit}.${unit === "account" ? "segment" : "role"}`, op: "is", values: [] };
    case "in": return { kind, cohort: cohorts.find((one) => one.unit === unit)?.id ?? "" };
    case "first_seen": return { kind, span: { last: 30 } };
    case "sequence": return { kind, steps: [{ events }, { events: words.events[1] ? [words.events[1].name] : events }], days: 30 };
    case "regularly": return { kind, events, times: 1, interval: "week", every: 1, periods: 4, least: 3 };
    case "stopped": case "restarted": return { kind, events, days: 30, recent: 7 };
    case "all": case "any": return { kind, of: [started("did", words, cohorts, unit)] };
    default: return { kind: kind === "did_first" ? kind : "did", events, days: 30 };
  }
}

/** What is still missing of a condition; empty when it can be asked. */
export function missing(condition: Condition): string {
  switch (condition.kind) {
    case "all": case "any": return condition.of.length ? condition.of.map((one) => missing(one as Condition)).find(Boolean) ?? "" : "Add a condition.";
    case "not": return missing(condition.one as Condition);
    case "in": return condition.cohort ? "" : "Choose a cohort.";
    case "trait": return condition.op === "set" || condition.op === "not_set" || (condition.values ?? []).some((one) => one !== "") ? "" : `Choose a value of ${fieldWords(condition.field)}.`;
    case "regularly": return (condition.least ?? 2) > (condition.periods ?? 3) ? "It cannot be in more stretches than are looked at." : "";
    case "stopped": case "restarted": return (condition.recent ?? 7) >= (condition.days ?? 30) ? "The last days apart have to be fewer than all of them." : "";
    default: return "";
  }
}

/** The condition as it is sent: without conditions on events that are not finished. */
export const sentCondition = <C extends Condition>(condition: C): C => withoutBegun(condition);

const several = (amount: number, noun: string) => (amount === 1 ? noun : `${amount} ${noun}s`);
const times = (amount: number) => `${amount} time${amount === 1 ? "" : "s"}`;
const momentOr = (text: string) => momentWords(text) ?? text;

/** " in the last 7 days", " from 1 Nov to 8 days ago"; nothing where it is ever. */
export function windowWords({ days, since, until }: Window): string {
  if (days) return ` in the last ${several(days, "day")}`;
  if (since) return ` from ${momentOr(since)}${until ? ` to ${momentOr(until)}` : " on"}`;
  return until ? ` up to ${momentOr(until)}` : "";
}

export function inWords(condition: Condition, cohorts: CohortOut[] = []): string {
  const what = (one: Series) => `${seriesWords(one)}${one.where?.length ? ` where ${wheresWords(one.where, cohorts)}` : ""}`;
  switch (condition.kind) {
    case "did": {
      const amount = condition.times ?? 1;
      const none = amount === 0 && condition.compare === "exactly";
      const often = none || (amount === 1 && (condition.compare ?? "at_least") === "at_least") ? "" : ` ${COMPARED[condition.compare ?? "at_least"]} ${times(amount)}`;
      return `${none ? "did not do" : "did"} ${what(condition)}${often}${windowWords(condition)}`;
    }
    case "did_first": return `did ${what(condition)} for the first time ever${windowWords(condition)}`;
    case "regularly": {
      const { compare = "at_least", times: amount = 1, interval = "day", every = 1, periods = 3, least = 2 } = condition;
      return `did ${what(condition)} ${COMPARED[compare]} ${times(amount)} in ${several(every, interval)}, in ${least} of the last ${periods}`.replace(/ in (day|week|month),/, " a $1,");
    }
    case "stopped": return `did ${what(condition)} in the last ${several(condition.days ?? 30, "day")}, but not in the last ${condition.recent ?? 7}`;
    case "restarted": return `did ${what(condition)} in the last ${several(condition.recent ?? 7, "day")} and before the last ${condition.days ?? 30}, but not in between`;
    case "trait": return whereWords(condition, cohorts);
    case "in": return `is in ${cohorts.find((one) => one.id === condition.cohort)?.name ?? condition.cohort}`;
    case "first_seen": return `first seen ${calendarWords(condition.span ?? {}) ?? `${condition.span?.since ? "from" : "in the"} ${spanWords(condition.span)}`}`;
    case "sequence": return `did ${condition.steps.map(what).join(", then ")} within ${several(condition.within_days ?? 14, "day")}${windowWords(condition)}`;
    case "not": return `not (${inWords(condition.one as Condition, cohorts)})`;
    default: return condition.of.map((one) => (["all", "any"].includes(one.kind) && condition.of.length > 1 ? `(${inWords(one as Condition, cohorts)})` : inWords(one as Condition, cohorts))).join(condition.kind === "all" ? " and " : " or ");
  }
}

/** Who is in it, in one plain sentence: what the words of a kind do not tell by themselves. */
export function whoIsIn(condition: Condition, unit: Unit): string {
  const who = unit === "account" ? "Accounts" : "People";
  switch (condition.kind) {
    case "did": {
      const { compare = "at_least", times: amount = 1 } = condition;
      const when = windowWords(condition) || " ever";
      if (compare === "exactly" && !amount) return `${who} who did none of it${when}, of all who ever did anything.`;
      if (compare === "at_most") return amount ? `${who} who did it${when}, ${amount === 1 ? "just once" : `but no more than ${times(amount)}`}; whoever never did is not in it.` : "Nobody: whoever never did it is not in it. Choose “exactly 0 times” for those.";
      return `${who} who did it${when}${compare === "exactly" ? `, exactly ${times(amount)}` : amount > 1 ? `, ${times(amount)} or more` : ", once or more"}.`;
    }
    case "did_first": return `${who} whose first time ever was${windowWords(condition) || " at any time"}; whoever had done it before is not in it.`;
    case "regularly": {
      const { interval = "day", every = 1, periods = 3, least = 2 } = condition;
      const stretches = `${periods} ${every > 1 ? `stretches of ${every} ${interval}s` : `${interval}s`}`;
      return `${who} who did it so often in ${least === periods ? "each" : `at least ${least}`} of the last ${stretches}, up to yesterday.`;
    }
    case "stopped": return `${who} who did it in the last ${several(condition.days ?? 30, "day")}, but not in the last ${several(condition.recent ?? 7, "day")}, today included.`;
    case "restarted": return `${who} who did it in the last ${several(condition.recent ?? 7, "day")} and before the last ${several(condition.days ?? 30, "day")}, but not in between.`;
    case "trait": return `${who} of whom this is so now${condition.field.startsWith("properties.") ? ", in any of their events" : ""}.`;
    case "in": return `${who} who are in that cohort now.`;
    case "first_seen": return `${who} who were created, or did something for the first time, then.`;
    case "sequence": return `${who} who did all of it in this order${windowWords(condition)}; other events may lie between.`;
    default: return "";
  }
}

