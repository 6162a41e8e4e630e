import { describe, expect, it } from "vitest";
import { first, plain, read, rescaled, sent, sentence, turned, written } from "./question";
import { countsOf, intervalsOf, type FunnelQuestion, type Question, type TrendsQuestion, type Vocabulary } from "./types";

const WORDS: Vocabulary = {
  events: [{ name: "opened", amount: 9, feature: "board" }, { name: "paid", amount: 3, feature: "" }],
  features: [
    { id: "board", name: "Board", events: ["opened"], released: true, released_at: "2025-03-01T10:00:00" }, { id: "later", name: "Later", events: [], released: false, released_at: null },
    { id: "filters", name: "Filters", events: ["filtered"], released: true, released_at: "2026-11-01T10:00:00" }, { id: "pay", name: "Pay", events: ["paid"], released: true, released_at: "2026-02-01T10:00:00" },
  ],
  fields: [],
};
const TREND: TrendsQuestion = { kind: "trends", series: [{ events: ["opened"], math: "unique", where: [{ field: "account.segment", op: "is", values: ["small"] }] }], span: { last: 30 } };

describe("a question in an address", () => {
  it("comes back as it was", () => expect(read(written(TREND))).toEqual(TREND));
  it("leaves out what says nothing, at every depth", () => {
    const said: TrendsQuestion = { ...TREND, formulas: [], cumulative: false, breakdown: null, series: [{ events: ["opened"], label: "", where: [] }, {}] };
    expect(plain(said)).toEqual({ kind: "trends", series: [{ events: ["opened"] }, {}], span: { last: 30 } });
  });
  it("keeps zero, which says something", () => expect(plain({ kind: "funnel", steps: [{}, {}], to_step: 0 })).toHaveProperty("to_step", 0));
  it.each(["", "{", "null", "7", '"x"', "[]", '{"kind":"nothing"}', '{"kind":"trends"}', '{"kind":"funnel","steps":3}'])("is none: %s", (text) => expect(read(text)).toBeNull());
  it("has both ends of a retention, even when the address has none", () => expect(read('{"kind":"retention"}')).toEqual({ kind: "retention", start: {}, back: {} }));
});

describe("what is sent", () => {
  it("has no condition that still lacks its value", () => {
    const where = [{ field: "a", op: "is" as const, values: [] }, { field: "b", op: "set" as const }, { field: "c", op: "between" as const, values: ["1", ""] }, { field: "d", op: "gt" as const, values: ["2"] }];
    expect(sent({ ...TREND, where }).where).toEqual([{ field: "b", op: "set" }, { field: "d", op: "gt", values: ["2"] }]);
    expect(sent({ kind: "trends", series: [{ where: [{ field: "a", values: [] }] }] }).series).toEqual([{}]);
  });
  it("keeps groups, without their members that are not finished", () => {
    const group = { field: "any", of: [{ field: "a", values: ["1"] }, { field: "b", values: [] }, { field: "all", of: [{ field: "c", op: "set" as const }, { field: "d", op: "gt" as const, values: [""] }] }] };
    const kept = { field: "any", of: [{ field: "a", values: ["1"] }, { field: "all", of: [{ field: "c", op: "set" }] }] };
    expect(sent({ ...TREND, where: [group, { field: "all", of: [{ field: "b", values: [] }] }, { field: "any" }] }).where).toEqual([kept]);
    expect(sent({ kind: "funnel", steps: [{ where: [group] }, {}] }).steps).toEqual([{ where: [kept] }, {}]);
  });
});

describe("days as they are typed", () => {
  const span = { since: "2026-03-03", until: "2026-04-09", exact: true };
  it("count exactly, by whatever interval", () => expect(sent({ ...TREND, interval: "week", span }).span).toEqual(span));
  it("count exactly beside an earlier time", () => expect(sent({ ...TREND, compare: "previous", span }).span).toEqual(span));
  it.each([
    ["of minutes", { ...TREND, interval: "minute", span: { since: "2026-03-03T08:30", until: "2026-03-03T09:15", exact: true } }],
    ["of kinds that count by whole intervals", { kind: "retention", start: {}, back: {}, span }],
    ["since the beginning", { ...TREND, span: { ...span, since: "all" } }],
    ["of hours that are whole", { ...TREND, interval: "hour", span: { since: "2026-03-03T08:00", until: "2026-03-03T16:59", exact: true } }],
  ] as [string, Question][])("are whole intervals %s", (_, question) => expect(sent(question).span).not.toHaveProperty("exact"));
  it("are minutes, too", () => expect(sent({ ...TREND, interval: "hour", span: { since: "2026-03-03T08:30", until: "2026-03-03T17:15", exact: true } }).span).toHaveProperty("exact", true));
});

describe("what is begun and not finished", () => {
  it("is not asked yet: patterns, groups of stops, cohorts to be chosen", () => {
    expect(sent({ kind: "paths", clean: [{ pattern: "" }, { pattern: "[0-9]+" }], groups: ["", "/item/*"] })).toEqual({ kind: "paths", clean: [{ pattern: "[0-9]+" }], groups: ["/item/*"] });
    expect(sent({ ...TREND, breakdown: { by: "properties.url", clean: [{ pattern: "" }, { pattern: "/$" }] } }).breakdown).toEqual({ by: "properties.url", clean: [{ pattern: "/$" }] });
    expect(sent({ ...TREND, breakdown: { by: "cohort", cohorts: [] } })).not.toHaveProperty("breakdown");
    expect(sent({ ...TREND, breakdown: { by: "cohort", cohorts: ["all"] } }).breakdown).toEqual({ by: "cohort", cohorts: ["all"] });
  });
  it("a way along a funnel has steps, and they become a funnel", () => {
    const along = { steps: [{ events: ["a"] }, { events: ["b"], math: "first_time" as const }], step: 2, lost: true };
    const paths: Question = { kind: "paths", along };
    expect(read(written(paths))).toEqual(paths);
    expect(read('{"kind":"paths","along":{}}')).toBeNull();
    expect((turned(paths, "funnel", WORDS) as FunnelQuestion).steps.map((one) => one.events)).toEqual([["a"], ["b"]]);
  });
});

describe("from one kind to another", () => {
  it("begins with the most frequent event", () => expect(first(WORDS)).toEqual({ kind: "trends", series: [{ events: ["opened"] }], span: { last: 30 } }));
  it("keeps events and conditions, and adds the step that a funnel needs", () => {
    const funnel = turned(TREND, "funnel", WORDS) as FunnelQuestion;
    expect(funnel.steps.map((one) => one.events)).toEqual([["opened"], ["paid"]]);
    expect(funnel.steps[0]!.where).toEqual(TREND.series[0]!.where);
    expect(funnel.steps[0]).not.toHaveProperty("math");
  });
  it("looks at retention by week unless days were named", () => {
    expect(turned(TREND, "retention", WORDS)).toMatchObject({ interval: "week", span: { last: 8 } });
    expect(turned({ ...TREND, span: { since: "2026-01-01" } }, "retention", WORDS)).toMatchObject({ span: { since: "2026-01-01" } });
  });
  it("asks about the feature whose use an event is that somebody chose, else about the one released last", () => {
    expect(turned({ kind: "trends", series: [{ events: ["paid"] }] }, "adoption", WORDS)).toEqual({ kind: "adoption", feature: "pay" });
    expect(turned(TREND, "adoption", WORDS)).toEqual({ kind: "adoption", feature: "filters" });
  });
  it("makes sessions of all that happens", () => expect(turned(TREND, "sessions", WORDS)).toEqual({ kind: "sessions", span: { last: 30 } }));
  it.each(["trends", "funnel", "retention", "paths", "lifecycle", "stickiness", "sessions", "rhythm", "adoption"] as const)("there and back again: %s", (kind) => {
    const there = turned(TREND, kind, WORDS);
    expect(there.kind).toBe(kind);
    expect(read(written(there))).not.toBeNull();
    expect(turned(there, "trends", WORDS).kind).toBe("trends");
  });
  it("only trends count by minutes", () => {
    expect(intervalsOf("trends")).toContain("minute");
    expect(intervalsOf("retention")).not.toContain("minute");
    expect(turned({ ...TREND, interval: "minute" }, "retention", WORDS).interval).toBe("hour");
  });
  it("measures a span in the new interval, but keeps its days", () => {
    expect(rescaled({ last: 30 }, "week")).toEqual({ last: 12 });
    expect(rescaled({ since: "2026-01-01" }, "week")).toEqual({ since: "2026-01-01" });
    const hours = { since: "2026-01-01T14:00", until: "2026-01-02T09:30" };
    expect(rescaled(hours, "hour")).toEqual(hours);
    expect(rescaled(hours, "minute")).toEqual(hours);
    expect(rescaled({ last: 30 }, "minute")).toEqual({ last: 60 });
    expect(rescaled(hours, "day")).toEqual({ since: "2026-01-01", until: "2026-01-02" });
    expect(rescaled({ since: "-1000dStart", until: "-1000dEnd" }, "week")).toEqual({ since: "-1000dStart", until: "-1000dEnd" });
  });
});

describe("in words", () => {
  it.each<[Question, string]>([
    [TREND, "opened, unique · last 30 days"],
    [{ ...TREND, unit: "account", breakdown: { by: "account.segment" }, compare: "previous" }, "opened, unique · by account segment · accounts · last 30 days · and before"],
    [{ ...TREND, span: { since: "all" }, compare: "1y" }, "opened, unique · all time · and 1 year earlier"],
    [{ kind: "trends", series: [{}, {}], formulas: ["B / A"], span: { since: "2019-01-01", until: "2019-02-01" } }, "B / A · 1 Jan 2019 to 1 Feb 2019"],
    [{ kind: "trends", series: [{}, {}], formulas: ["Conversion = 100 * B / A", "A"], interval: "minute", span: { last: 30 } }, "Conversion, A · last 30 minutes"],
    [{ ...TREND, span: { since: "2019-01-01T14:00", until: "2019-01-02" } }, "opened, unique · 1 Jan 2019, 14:00 to 2 Jan 2019"],
    [{ kind: "funnel", steps: [{ events: ["a"] }, { label: "pays", events: ["b"] }], span: { last: 1 } }, "a → pays · last 1 day"],
    [{ kind: "retention", start: { events: ["a"] }, back: { events: ["a"] }, interval: "week", span: { last: 8 } }, "a again · last 8 weeks"],
    [{ ...TREND, breakdown: { by: "properties.plan", also: ["account.segment"] } }, "opened, unique · by plan and account segment · last 30 days"],
    [{ kind: "paths", along: { steps: [{ events: ["a"] }, { events: ["b"] }], step: 2, part: "between" } }, "Between a and b · last 30 days"],
    [{ kind: "paths", along: { steps: [{ events: ["a"] }, { events: ["b"] }], step: 2, lost: true } }, "Lost before b, from the step before on · last 30 days"],
    [{ ...TREND, span: { since: "-1mStart", until: "-1mEnd", exact: true } }, "opened, unique · last month"],
    [{ ...TREND, span: { since: "-7d", until: "-1d" } }, "opened, unique · 7 days ago to 1 day ago"],
    [{ kind: "rhythm", series: { events: ["a"] }, span: { last: 60 } }, "a, by weekday and hour · last 60 days"],
    [{ kind: "adoption", feature: "board" }, "Adoption of Board · since its release"],
  ])("%#", (question, words) => expect(sentence(question)).toBe(words));
});

describe("what is counted", () => {
  it("offers unique ones of the other unit, and what is asked already", () => {
    const unique = (unit: string, now?: "unique_accounts") => countsOf(unit, now).filter((one) => one.startsWith("unique"));
    expect(unique("person")).toEqual(["unique", "unique_accounts"]);
    expect(unique("account")).toEqual(["unique", "unique_people"]);
    expect(unique("account", "unique_accounts")).toEqual(["unique", "unique_accounts", "unique_people"]);
  });
});
