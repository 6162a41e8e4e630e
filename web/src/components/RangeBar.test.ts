import { describe, expect, it } from "vitest";
import { place, span } from "./RangeBar";

describe("range bar", () => {
  it("the shared span has 6% of air", () => {
    const { since, until } = span(["2026-12-01", null, "2026-12-11"]); // 10 days, air 0.6 days = 14.4 h
    expect([new Date(since).toISOString(), new Date(until).toISOString()]).toEqual(["2026-11-30T09:36:00.000Z", "2026-12-11T14:24:00.000Z"]);
  });
  it("a promise far ahead does not stretch it", () => {
    const { until } = span(["2026-12-01", "2026-12-11"], ["2027-03-01"]); // at most 14 days past the last forecast, and 6% of 24 days
    expect(new Date(until).toISOString()).toBe("2026-12-26T10:33:36.000Z");
  });
  it("promises alone are the span", () => expect(span([], ["2026-12-01", "2027-03-01"]).until).toBeGreaterThan(Date.parse("2027-03-01")));
  it("one date alone still has a width", () => {
    const { since, until } = span(["2026-12-01"]);
    expect(place("2026-12-01", since, until)).toBe(50);
  });
  it("dates outside are kept on the edge", () => expect(place("2027-01-01", 0, 1)).toBe(100));
});
