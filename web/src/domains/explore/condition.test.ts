import { describe, expect, it } from "vitest";
import { inWords, missing, PARTS, started } from "./condition";
import type { Condition, Vocabulary } from "./types";

const WORDS: Vocabulary = { events: [{ name: "opened", amount: 9, feature: "" }], features: [], fields: [] };

describe("a condition of a cohort", () => {
  it.each<[Condition, string]>([
    [{ kind: "did", events: ["opened"] }, "did opened"],
    [{ kind: "did", events: ["opened"], compare: "exactly", times: 0, days: 14 }, "did not do opened in the last 14 days"],
    [{ kind: "did", compare: "at_most", times: 3, days: 1 }, "did any event at most 3 times in the last 1 day"],
    [{ kind: "all", of: [{ kind: "trait", field: "account.segment", op: "is", values: ["mid"] }, { kind: "any", of: [{ kind: "in", cohort: "x" }, { kind: "first_seen", span: { last: 7 } }] }] }, "account segment is mid and (is in x or first seen in the last 7 days)"],
    [{ kind: "not", one: { kind: "sequence", steps: [{ events: ["a"] }, { events: ["b"] }] } }, "not (did a, then b within 14 days)"],
  ])("reads as a sentence %#", (condition, words) => expect(inWords(condition)).toBe(words));

  it("says what it still lacks, however deep", () => {
    expect(missing({ kind: "all", of: [{ kind: "not", one: { kind: "trait", field: "person.role", op: "is", values: [] } }] })).toBe("Choose a value of person role.");
    expect(missing({ kind: "any", of: [{ kind: "in", cohort: "" }] })).toBe("Choose a cohort.");
    expect(missing({ kind: "trait", field: "person.role", op: "not_set" })).toBe("");
  });
  it.each(PARTS)("a new one of each kind lacks at most a choice: %s", (kind) => {
    const made = started(kind, WORDS, [], "person");
    expect(made.kind).toBe(kind);
    expect(missing(made)).toBe(kind === "trait" ? "Choose a value of person role." : kind === "in" ? "Choose a cohort." : "");
  });
});
