import { describe, expect, it } from "vitest";
import { inWords, missing, PARTS, sentCondition, started, whoIsIn } from "./condition";
import type { Condition, Vocabulary } from "./types";

const WORDS: Vocabulary = { events: [{ name: "opened", amount: 9, feature: "" }], features: [], fields: [] };

describe("a condition of a cohort", () => {
  it.each<[Condition, string]>([
    [{ kind: "did", events: ["opened"] }, "did opened"],
    [{ kind: "did", events: ["opened"], compare: "exactly", times: 0, days: 14 }, "did not do opened in the last 14 days"],
    [{ kind: "did", compare: "at_most", times: 3, days: 1 }, "did any event at most 3 times in the last day"],
    [{ kind: "did", events: ["opened"], since: "-30d", until: "-8d" }, "did opened from 30 days ago to 8 days ago"],
    [{ kind: "did_first", events: ["opened"], since: "2019-11-01" }, "did opened for the first time ever from 1 Nov 2019 on"],
    [{ kind: "did_first", events: ["opened"], until: "-1mEnd" }, "did opened for the first time ever up to the end of last month"],
    [{ kind: "regularly", events: ["opened"], times: 2, interval: "week", periods: 4, least: 3 }, "did opened at least 2 times a week, in 3 of the last 4"],
    [{ kind: "regularly", events: ["opened"], every: 2, compare: "exactly" }, "did opened exactly 1 time in 2 days, in 2 of the last 3"],
    [{ kind: "stopped", events: ["opened"], days: 30, recent: 7 }, "did opened in the last 30 days, but not in the last 7"],
    [{ kind: "restarted", events: ["opened"], days: 30, recent: 7 }, "did opened in the last 7 days and before the last 30, but not in between"],
    [{ kind: "did", events: ["opened"], where: [{ field: "any", of: [{ field: "properties.a", op: "set" }, { field: "properties.b", op: "set" }] }, { field: "properties.c", op: "set" }] }, "did opened where (a is set or b is set) and c is set"],
    [{ kind: "first_seen", span: { since: "-1mStart", until: "-1mEnd" } }, "first seen last month"],
    [{ kind: "first_seen", span: { since: "2019-11-01" } }, "first seen from 1 Nov 2019 to now"],
    [{ kind: "all", of: [{ kind: "trait", field: "account.segment", op: "is", values: ["mid"] }, { kind: "any", of: [{ kind: "in", cohort: "x" }, { kind: "first_seen", span: { last: 7 } }] }] }, "account segment is mid and (is in x or first seen in the last 7 days)"],
    [{ kind: "not", one: { kind: "sequence", steps: [{ events: ["a"] }, { events: ["b"] }] } }, "not (did a, then b within 14 days)"],
  ])("reads as a sentence %#", (condition, words) => expect(inWords(condition)).toBe(words));

  it("says what it still lacks, however deep", () => {
    expect(missing({ kind: "all", of: [{ kind: "not", one: { kind: "trait", field: "person.role", op: "is", values: [] } }] })).toBe("Choose a value of person role.");
    expect(missing({ kind: "any", of: [{ kind: "in", cohort: "" }] })).toBe("Choose a cohort.");
    expect(missing({ kind: "trait", field: "person.role", op: "not_set" })).toBe("");
  });
  it("says what cannot be", () => {
    expect(missing({ kind: "regularly", periods: 2, least: 3 })).toMatch("more stretches");
    expect(missing({ kind: "stopped", days: 7, recent: 7 })).toMatch("fewer than all");
  });
  it("is sent without conditions that are begun, and with all parts of its own", () => {
    const begun: Condition = { kind: "all", of: [{ kind: "did", times: 0, compare: "exactly", where: [{ field: "a", values: [] }, { field: "b", op: "set" }] }, { kind: "any", of: [{ kind: "in", cohort: "x" }] }] };
    expect(sentCondition(begun)).toEqual({ kind: "all", of: [{ kind: "did", times: 0, compare: "exactly", where: [{ field: "b", op: "set" }] }, { kind: "any", of: [{ kind: "in", cohort: "x" }] }] });
  });
  it.each<[Condition, string]>([
    [{ kind: "did" }, "People who did it ever, once or more."],
    [{ kind: "did", compare: "exactly", times: 0, days: 7 }, "People who did none of it in the last 7 days, of all who ever did anything."],
    [{ kind: "did", compare: "at_most", times: 3, days: 7 }, "People who did it in the last 7 days, but no more than 3 times; whoever never did is not in it."],
    [{ kind: "did", compare: "at_most", times: 1 }, "People who did it ever, just once; whoever never did is not in it."],
    [{ kind: "did_first", days: 30 }, "People whose first time ever was in the last 30 days; whoever had done it before is not in it."],
    [{ kind: "regularly", interval: "week", periods: 4, least: 3 }, "People who did it so often in at least 3 of the last 4 weeks, up to yesterday."],
    [{ kind: "regularly", every: 2, periods: 4, least: 4 }, "People who did it so often in each of the last 4 stretches of 2 days, up to yesterday."],
    [{ kind: "stopped", recent: 1 }, "People who did it in the last 30 days, but not in the last day, today included."],
    [{ kind: "restarted" }, "People who did it in the last 7 days and before the last 30 days, but not in between."],
  ])("says who is in it %#", (condition, words) => expect(whoIsIn(condition, "person")).toBe(words));
  it.each(PARTS.flatMap(([, kinds]) => kinds.map(([kind]) => kind)))("a new one of each kind lacks at most a choice: %s", (kind) => {
    const made = started(kind, WORDS, [], "person");
    expect(made.kind).toBe(kind);
    expect(missing(made)).toBe(kind === "trait" ? "Choose a value of person role." : kind === "in" ? "Choose a cohort." : "");
  });
});
