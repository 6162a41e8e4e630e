import { expect, test } from "vitest";
import { account, hourly, mend, pretty, ruleWords, span } from "./types";

const HOUR = { source: "web", hour: "2026-11-22T14:00:00", received: 10, stored: 4, duplicate: 1, refused: 2, set_aside: 3, outcomes: { "refused:no_user": 2, "blocked:r1": 1, "sampled:r2": 2 } };
const RULE = { action: "drop_property", argument: null, target: "email", share: 1, event: "signup_*", source: "web", property: "plan", op: "is", value: "free" };

test("what became of events adds up", () => {
  const sum = account(HOUR);
  expect(sum).toEqual({ received: 10, stored: 4, duplicate: 1, refused: 2, blocked: 1, sampled: 2 });
  expect(sum.stored + sum.duplicate + sum.refused + sum.blocked + sum.sampled).toBe(sum.received);
});

test("hours without events are there, and sources of one hour are added", () => {
  const now = new Date("2026-11-22T16:20:00Z");
  const found = hourly([HOUR, { ...HOUR, source: "app" }], 4, now);
  expect(found.map((one) => one.received)).toEqual([0, 20, 0, 0]);
  expect(found.map((one) => one.hour.slice(11, 13))).toEqual(["13", "14", "15", "16"]);
});

test("a span begins at a full hour", () => expect(span(24).since).toMatch(/:00:00Z$/));

test("a rule reads as a sentence", () => {
  expect(ruleWords(RULE)).toEqual({ act: "Drop email", which: "signup_* from web, where plan is free" });
  expect(ruleWords({ ...RULE, event: "*", source: "", property: "", action: "sample", share: 0.125 })).toEqual({ act: "Keep 12.5% of people", which: "all events" });
});

test("what is no JSON stays as it came", () => {
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(pretty("{oops")).toBe("{oops");
  expect(mend("of a later version")).toContain("mend the client");
});
