import { describe, expect, it } from "vitest";
import type { CohortOut, Where } from "./types";
import { complete, fieldLabel, whereWords, wheresWords } from "./where";

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
