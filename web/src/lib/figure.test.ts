import { describe, expect, it } from "vitest";
import { arrow, coverage, interval, rowsHref, tone } from "./figure";

describe("figure words", () => {
  it("good and bad follow what is better", () => {
    expect([tone({ amount: 1 }, "lower"), tone({ amount: 1 }, "higher"), tone({ amount: -1 }, "lower"), tone({ amount: 1 }, "neither"), tone({ amount: 0 }, "higher"), tone(null, "higher")])
      .toEqual(["bad", "good", "good", "ink-3", "ink-3", "ink-3"]);
  });
  it("arrows as in the mock-up", () => {
    const change = (amount: number) => ({ amount, before: 1, label: "week 46" });
    expect([arrow(change(1.8), "days"), arrow(change(-8), "%"), arrow(change(26_400), "money"), arrow(change(0), "days")]).toEqual(["▲ 1.8", "▼ 8", "▲ 26k", "no change"]);
  });
  it("a change of days stays in days, and one that cannot be seen is none", () => {
    const change = (amount: number) => ({ amount, before: 9.8, label: "week 46" });
    expect([arrow(change(0.5), "days"), arrow(change(0.024), "days")]).toEqual(["▲ 0.5", "no change"]);
  });
  it("below one day the unit is said, since the value is in hours or minutes", () => {
    const change = (amount: number, before: number) => ({ amount, before, label: "week 46" });
    expect([arrow(change(27 / 1440, 0.1), "days"), arrow(change(-0.25, 0.5), "days"), arrow(change(-1.5, 2), "days"), arrow(change(0, 0.2), "days")])
      .toEqual(["▲ 27 min", "▼ 6 h", "▼ 1.5 days", "no change"]);
  });
  it("coverage", () => expect(coverage({ sample: 64, left_out: 7 })).toBe("n = 64 · 7 left out"));
  it("no sample says nothing", () => expect(coverage({ sample: null, left_out: 0 })).toBe(""));
  it("interval", () => expect(interval({ interval: [7.9, 11.2], unit: "days" })).toBe("[7.9, 11.2]"));
  it("rows keep period and scope", () => {
    expect(rowsHref({ name: "a.b", rows: "/api/metrics/a.b/rows?since=2026-11-16&team=data" } as never)).toBe("/rows?metric=a.b&since=2026-11-16&team=data");
  });
});
