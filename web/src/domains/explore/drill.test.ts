import { describe, expect, it } from "vitest";
import { drill, stopWords } from "./drill";
import type { Answered, Question } from "./types";

const BUCKETS = [{ since: "2026-11-20", label: "20 Nov" }, { since: "2026-11-21", label: "21 Nov", partial: true }];
const made = (kind: string, answer: object, rows: object[] = [], columns: string[] = []): Answered => ({ ask_id: "", kind, milliseconds: 1, has_chart: true, answer: { kind, ...answer } as never, table: { columns: columns.map((label, i) => ({ key: i ? `line${i - 1}` : "interval", label, unit: "" })), rows: rows as never } });

const trend: Question = { kind: "trends", series: [{}], breakdown: { by: "account.segment" } };
const lines = [
  { series: "A", label: "x", part: "value", group: "small", period: "current", amounts: [3, 1], total: 4 },
  { series: "A", label: "x", part: "other", group: "", period: "previous", amounts: [2, 2], total: 4 },
  { series: "A / B", label: "A / B", is_formula: true, amounts: [1, 1], total: 1 },
];
const trends = made("trends", { buckets: BUCKETS, previous: [{ since: "2026-11-18", label: "18 Nov" }, { since: "2026-11-19", label: "19 Nov" }], lines }, [{ interval: "2026-11-20", line0: 3 }, { interval: "2026-11-21", line0: 1 }, { interval: "total", line0: 4 }], ["Interval", "small", "other, before", "A / B"]);

describe("a trend", () => {
  it("from a cell", () => expect(drill(trend, trends, { row: 1, column: "line0" })).toEqual({ cell: { series: "A", bucket: 1, part: "value", group: "small" }, title: "small · 21 Nov" }));
  it("from a total", () => expect(drill(trend, trends, { row: 2, column: "line0" })).toEqual({ cell: { series: "A", part: "value", group: "small" }, title: "small · whole span" }));
  it("of the period before, place by place", () => expect(drill(trend, trends, { row: 0, column: "line1" })).toEqual({ cell: { series: "A", bucket: 0, part: "other", group: "", period: "previous" }, title: "other, before · 18 Nov" }));
  it("from a point, also the one that is not over", () => {
    expect(drill(trend, trends, { series: "small", x: "2026-11-20", index: 0 })?.cell).toMatchObject({ bucket: 0 });
    expect(drill(trend, trends, { series: "small:partial", x: "2026-11-21", index: 0 })?.cell).toMatchObject({ bucket: 1 });
  });
  it("from a bar, whose axis has words", () => expect(drill({ ...trend, display: "number" } as Question, trends, { series: "x", index: 0, x: "small" })?.cell).toEqual({ series: "A", part: "value", group: "small" }));
  it("nobody stands behind a formula, or outside", () => {
    expect(drill(trend, trends, { row: 0, column: "line2" })).toBeNull();
    expect(drill(trend, trends, { row: 0, column: "interval" })).toBeNull();
    expect(drill(trend, trends, { row: 9, column: "line0" })).toBeNull();
  });
});

describe("a funnel", () => {
  const asked: Question = { kind: "funnel", steps: [{}, {}] };
  const steps = [{ step: 1, name: "a", count: 9 }, { step: 2, name: "b", count: 4, dropped: 5 }];
  const answered = made("funnel", { lines: [{ label: "", part: "", group: "", period: "current", steps }] }, [{ line: "now", step: 1 }, { line: "now", step: 2 }]);
  it("those who took a step, and those lost before it", () => {
    expect(drill(asked, answered, { row: 1, column: "count" })).toEqual({ cell: { step: 2 }, title: "b" });
    expect(drill(asked, answered, { row: 1, column: "dropped" })).toEqual({ cell: { step: 2, converted: false }, title: "lost before b" });
    expect(drill(asked, answered, { row: 0, column: "dropped" })).toBeNull();
    expect(drill(asked, answered, { series: "steps", index: 0 })?.cell).toEqual({ step: 1 });
  });
  it("an interval of the trend", () => {
    const points = BUCKETS.map((one) => ({ ...one, entered: 4, converted: 2 }));
    const trendOf = made("funnel", { trends: [{ label: "", part: "", group: "", period: "current", points }] }, [{ line: "now", interval: "2026-11-21" }]);
    const shown: Question = { kind: "funnel", steps: [{}, {}, {}], show: "trend" };
    expect(drill(shown, trendOf, { series: "now, so far", x: "2026-11-21" })?.cell).toEqual({ step: 3, bucket: 1 });
    expect(drill(shown, trendOf, { row: 0, column: "converted" })?.cell).toEqual({ step: 3, bucket: 1 });
  });
  it("a bar of the times, by the picture of the first line or a row of any", () => {
    const bins = [{ since: 30, until: 90, count: 2 }, { since: 90, until: 300, count: 1 }];
    const times = [{ label: "", part: "", group: "", period: "current", bins }, { label: "pro", part: "value", group: "pro", period: "current", bins }];
    const timed = made("funnel", { times }, [{ line: "now", since: 30, until: 90, count: 2 }, { line: "pro", since: 90, until: 300, count: 1 }]);
    const shown: Question = { kind: "funnel", steps: [{}, {}], show: "time" };
    expect(drill(shown, timed, { series: "converted", index: 1 })).toEqual({ cell: { bin: 1 }, title: "took 90 s to 5 min" });
    expect(drill(shown, timed, { row: 1, column: "count" })?.cell).toEqual({ bin: 1, part: "value", group: "pro" });
    expect(drill(shown, timed, { row: 1, column: "since" })).toBeNull();
  });
});

it("a cell of retention, by row and column of the picture or of the table", () => {
  const answered = made("retention", { buckets: BUCKETS, columns: ["Day 0", "Day 1"], grids: [{ label: "", part: "", group: "", size: 3, cohorts: [], mean: [] }] }, [{ cohort: "2026-11-20", size: 3 }, { cohort: "mean" }]);
  const asked: Question = { kind: "retention", start: {}, back: {} };
  expect(drill(asked, answered, { value: [1, 0, 33] })).toEqual({ cell: { bucket: 0, offset: 1 }, title: "20 Nov · back in day 1" });
  expect(drill(asked, answered, { row: 0, column: "size" })?.cell).toEqual({ bucket: 0, offset: 0 });
  expect(drill(asked, answered, { row: 1, column: "column1" })).toEqual({ cell: { offset: 1 }, title: "all that are over · back in day 1" });
});

it("ways and stops of paths", () => {
  const answered = made("paths", { nodes: [{ key: "1_a", name: "a", step: 1, count: 3 }], edges: [] }, [{ source: "1_a", target: "2_b_c" }]);
  const asked: Question = { kind: "paths" };
  expect(drill(asked, answered, { row: 0, column: "count" })).toEqual({ cell: { source: "1_a", target: "2_b_c" }, title: "a → b_c" });
  expect(drill(asked, answered, { data: { name: "1_a" } })).toEqual({ cell: { source: "1_a", any: true }, title: "Came by a" });
  const ends = made("paths", { nodes: [], edges: [] }, [{ source: "1_(other)", target: "stops here" }]);
  expect(drill(asked, ends, { row: 0, column: "units" })).toEqual({ cell: { source: "1_(other)" }, title: "Stopped at other stops" });
  expect(["2_(other)", "3_a_b", "stops here"].map(stopWords)).toEqual(["2 · other stops", "3 · a_b", "stops here"]);
});

it("states of a lifecycle; a picture of several lines tells nobody apart", () => {
  const answered = made("lifecycle", { buckets: BUCKETS, lines: [{ label: "", part: "", group: "", states: {} }] }, [{ interval: "2026-11-21" }]);
  expect(drill({ kind: "lifecycle" }, answered, { series: "resurrecting", index: 1 })?.cell).toEqual({ bucket: 1, state: "resurrecting" });
  expect(drill({ kind: "lifecycle" }, answered, { row: 0, column: "dormant" })?.cell).toEqual({ bucket: 1, state: "dormant" });
  expect(drill({ kind: "lifecycle", breakdown: { by: "x" } }, answered, { series: "new", index: 1 })).toBeNull();
});

it("days of stickiness count from one; sessions know those that left at once; adoption its stages", () => {
  const stuck = made("stickiness", { columns: ["1 day", "2 days"], lines: [{ series: "A", label: "x", counts: [2, 1] }] }, [{}, {}], ["Active in", "x"]);
  expect(drill({ kind: "stickiness", series: [{}] }, stuck, { row: 1, column: "line0" })?.cell).toEqual({ series: "A", intervals: 2 });
  const visits = made("sessions", { lines: [{ label: "", part: "", group: "", period: "current", points: BUCKETS }] }, [{ line: "sessions", interval: "2026-11-20" }, { line: "sessions", interval: "total" }]);
  expect(drill({ kind: "sessions" }, visits, { row: 0, column: "bounces" })?.cell).toEqual({ bucket: 0, bounced: true });
  expect(drill({ kind: "sessions" }, visits, { row: 1, column: "units" })?.cell).toEqual({});
  const taken = made("adoption", { name: "Board" }, [{ label: "all", tried: 3, kept: null }, { label: "small", tried: 1 }]);
  expect(drill({ kind: "adoption", feature: "b" }, taken, { row: 0, column: "tried" })).toEqual({ cell: { stage: "tried" }, title: "Board · tried it" });
  expect(drill({ kind: "adoption", feature: "b" }, taken, { row: 1, column: "share" })?.cell).toEqual({ stage: "tried", label: "small" });
  expect(drill({ kind: "adoption", feature: "b" }, taken, { row: 0, column: "kept" })).toBeNull();
});

describe("a rhythm", () => {
  const days = [{ day: 7, name: "Sunday", times: 4, amounts: [], total: 3 }, { day: 1, name: "Monday", times: 4, amounts: [], total: 2 }];
  const answered = made("rhythm", { days, hours: [], total: 5 }, [{ day: "Sunday" }, { day: "Monday" }, { day: "total" }]);
  const at = (spot: object) => drill({ kind: "rhythm" }, answered, spot);
  it("from a cell of the grid", () => expect(at({ value: [9, 1, 4] })).toEqual({ cell: { day: 1, hour: 9 }, title: "Monday · 09:00 to 10:00" }));
  it("from the table and its totals", () => {
    expect(at({ row: 0, column: "hour23" })?.cell).toEqual({ day: 7, hour: 23 });
    expect(at({ row: 1, column: "total" })).toEqual({ cell: { day: 1 }, title: "Monday" });
    expect(at({ row: 2, column: "hour8" })).toEqual({ cell: { hour: 8 }, title: "08:00 to 09:00" });
    expect(at({ row: 2, column: "total" })).toEqual({ cell: {}, title: "whole span" });
  });
  it("nobody stands behind a day's name, or outside", () => {
    expect(at({ row: 0, column: "day" })).toBeNull();
    expect(at({ value: [9, 5, 4] })).toBeNull();
  });
});
