import { describe, expect, it } from "vitest";
import { OPS, type CohortOut, type Op, type Where } from "./types";
import { begun, complete, fieldLabel, finer, operated, opsOf, otherField, valuesFrom, whereWords, wheresWords, withoutField, withRanges } from "./where";

const FRIENDS = [{ id: "c1", name: "Friends" }] as CohortOut[];
const PLAN: Where = { field: "account.plan", op: "is", values: ["pro", "team"] };
const ADMIN: Where = { field: "person.role", op: "is_not", values: ["admin"] };

describe("a condition", () => {
  it.each<[Where, boolean]>([
    [{ field: "a" }, false], [{ field: "a", op: "set" }, true], [{ field: "a", op: "contains", values: ["x", "y"] }, true], [{ field: "a", op: "regex", values: [] }, false],
    [{ field: "a", op: "not_between", values: ["1"] }, false], [{ field: "any", of: [] }, false], [{ field: "any", of: [{ field: "a" }, PLAN] }, true], [{ field: "all", of: [{ field: "any", of: [{ field: "a" }] }] }, false],
  ])("is finished when it has its values, a group when one of its members is: %#", (where, done) => expect(complete(where)).toBe(done));

  it.each<[Where, string]>([
    [{ field: "cohort", op: "is_not", values: ["c1"] }, "Cohort is not Friends"],
    [{ field: "any", of: [PLAN, ADMIN] }, "account plan is pro, team or person role is not admin"],
    [{ field: "any", of: [PLAN, { field: "all", of: [ADMIN, { field: "properties.url", op: "set" }] }] }, "account plan is pro, team or (person role is not admin and url is set)"],
    [{ field: "properties.size", op: "not_between", values: ["1", "5"] }, "size not between 1 and 5"],
    [{ field: "properties.app", op: "version_gte", values: ["2.10.1"] }, "app is at least version 2.10.1"],
    [{ field: "person.created_at", op: "after", values: ["-7d"] }, "person created at after 7 days ago"],
    [{ field: "session.duration", op: "gte", values: ["600"] }, "session length at least 10 min"],
    [{ field: "session.bounced", op: "is", values: ["1"] }, "session bounced is yes"],
  ])("has words: %#", (where, words) => expect(whereWords(where, FRIENDS)).toBe(words));

  it("beside others stands in brackets where it is a group", () => expect(wheresWords([PLAN, { field: "any", of: [ADMIN, PLAN] }])).toBe("account plan is pro, team and (person role is not admin or account plan is pro, team)"));
  it("on a session names its field as people do", () => {
    expect(fieldLabel("session.entry.utm_source")).toBe("First utm source of the session");
    expect(fieldLabel("session.duration")).toBe("Session length");
  });
});

describe("operators and values", () => {
  it("are those that a field takes, and the one in use", () => {
    const ops = (field: string, now?: Op) => opsOf(field, now).flatMap(([, all]) => all);
    expect(ops("properties.size")).toEqual(expect.arrayContaining(Object.keys(OPS)));
    expect(ops("session.began", "on")).toEqual(["before", "on", "after"]);
    expect(ops("session.bounced")).toEqual(["is", "is_not"]);
    expect(ops("cohort")).toEqual(["is", "is_not"]);
    expect(ops("session.entry")).not.toContain("gt");
    expect(ops("cohort", "regex")).toContain("regex");
  });
  it("begin with what is usual", () => {
    expect(begun("session.duration")).toEqual({ field: "session.duration", op: "gte", values: [] });
    expect(begun("session.bounced")).toEqual({ field: "session.bounced", op: "is", values: ["1"] });
    expect(begun("account.plan")).toEqual({ field: "account.plan", op: "is", values: [] });
  });
  it("stay when the operator changes, as far as it takes them", () => {
    expect(operated({ field: "a", op: "is", values: ["x", "y"] }, "contains").values).toEqual(["x", "y"]);
    expect(operated({ field: "a", op: "is", values: ["x", "y"] }, "gt").values).toEqual(["x"]);
    expect(operated({ field: "a", op: "before", values: ["-7d"] }, "after").values).toEqual(["-7d"]);
    expect(operated({ field: "a", op: "before", values: ["-7d"] }, "on").values).toEqual([]);
    expect(operated({ field: "a", op: "before", values: ["2026-11-01"] }, "is").values).toEqual([]);
    expect(operated({ field: "a", op: "contains", values: ["lab"] }, "version_gt").values).toEqual([]);
    expect(operated({ field: "a", op: "version_lt", values: ["2.1"] }, "version_gte").values).toEqual(["2.1"]);
    expect(operated({ field: "a", op: "set" }, "not_set").values).toEqual([]);
  });
  it.each([["session.entry", "properties.$current_url"], ["session.exit.utm_source", "properties.utm_source"], ["session.duration", ""], ["cohort", ""], ["account.plan", "account.plan"]])("of %s are those of %s", (field, from) => expect(valuesFrom(field)).toBe(from));
  it("of sessions stand in ranges when an answer is divided by them", () => {
    expect(finer("session.duration", undefined)).toEqual({ bins: 5 });
    expect(finer("session.duration", { by: "a", also: ["b"] })).toEqual({ also: ["b"] });
    expect(finer("account.plan", { by: "a", also: ["account.plan", "b"] })).toEqual({ also: ["b"] });
    expect(finer("account.plan", { by: "a", also: ["account.plan", "b"], also_bins: [0, 4] })).toEqual({ also: ["b"], also_bins: [4] });
  });
  it("has ranges that stay with their field", () => {
    const now = { by: "a", also: ["b", "c"] };
    expect(withRanges(now, 1, 5)).toEqual({ also_bins: [0, 5] });
    expect(withRanges({ ...now, also_bins: [3] }, 1, 5)).toEqual({ also_bins: [3, 5] });
    expect(withRanges({ ...now, also_bins: [3] }, 0, 0)).toEqual({ also_bins: undefined });
    expect(withoutField({ ...now, also_bins: [3, 5] }, 0)).toEqual({ also: ["c"], also_bins: [5] });
    expect(otherField({ ...now, also_bins: [3, 5] }, 1, "d")).toEqual({ also: ["b", "d"], also_bins: [3, 0] });
    expect(otherField({ ...now, also_bins: [3] }, 0, "d")).toEqual({ also: ["d", "c"], also_bins: undefined });
  });
});
