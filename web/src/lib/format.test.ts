import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import * as format from "./format";

// The clock stands elsewhere, so that "today" can only be the workspace's.
beforeAll(() => vi.useFakeTimers({ now: new Date("2031-05-05T10:00:00Z") }));
afterAll(() => vi.useRealTimers());
beforeEach(() => format.setHouse({ currency: "EUR", today: "2026-11-22" }));

/** Expected texts are those of the design mock-ups, or rounded by hand. */
const NUMBERS: [string, string, string][] = [
  ["no data is a dash, never 0", format.number(null), "–"],
  ["not a number is a dash", format.number(NaN), "–"],
  ["zero is a value", format.number(0), "0"],
  ["thousands", format.number(1284), "1,284"],
  ["one place below 100", format.number(9.42), "9.4"],
  ["no place from 100", format.number(312.4), "312"],
  ["small keep three places", format.number(0.0341), "0.034"],
  ["a true minus", format.number(-8), "−8"],
  ["thousands of euros", format.money(412_000), "€412k"],
  ["small sums in full", format.money(940), "€940"],
  ["a few thousand keep one place", format.money(9_400), "€9.4k"],
  ["an even thousand has none", format.money(9_000), "€9k"],
  ["negative sums", format.money(-26_400), "−€26k"],
  ["just under a million rounds up to one", format.money(999_600), "€1m"],
  ["millions", format.money(1_250_000), "€1.3m"],
  ["a sign is no code", format.money(15_000, "€"), "€15k"],
  ["another currency", format.money(15_000, "GBP"), "£15k"],
  ["share", format.share(0.23), "23%"],
  ["small share", format.share(0.004), "0.4%"],
  ["chance", format.chance(0.234), "23%"],
  ["a chance the simulation cannot tell from certain", format.chance(0.999), ">95%"],
  ["a chance it cannot tell from none", format.chance(0), "<1%"],
  ["signed up", format.signed(2.1), "+2.1"],
  ["signed down", format.signed(-8), "−8"],
];

describe("numbers", () => {
  it.each(NUMBERS)("%s", (_case, got, wanted) => expect(got).toBe(wanted));
});

const DAYS: [number | null, string][] = [[null, "–"], [9.4, "9.4 days"], [1, "1 day"], [0, "0 days"], [0.5, "12 h"], [0.0104, "15 min"]];
describe("days", () => {
  it.each(DAYS)("%s days", (amount, wanted) => expect(format.days(amount)).toBe(wanted));
});

describe("split", () => {
  it.each<[number | null, string, [string, string]]>([
    [9.4, "days", ["9.4", "days"]],
    [412_000, "money", ["€412k", ""]],
    [412_000, "EUR", ["€412k", ""]],
    [44, "%", ["44", "%"]],
    [0.44, "share", ["44", "%"]],
    [1284, "accounts", ["1,284", "accounts"]],
    [null, "days", ["–", ""]],
  ])("%s %s", (amount, unit, wanted) => expect(format.split(amount, unit)).toEqual(wanted));
});

describe("dates", () => {
  it("bare server moments are UTC", () => expect(format.instant("2026-11-16T10:00:00").toISOString()).toBe("2026-11-16T10:00:00.000Z"));
  it("this year needs no year", () => expect(format.date("2026-11-16")).toBe("16 Nov"));
  it("another year says so", () => expect(format.date("2025-03-03")).toBe("3 Mar 2025"));
  it("moment", () => expect(format.dateTime("2026-11-16T14:05:00")).toBe("16 Nov, 14:05"));
  it("a week", () => expect(format.periodText("2026-11-16", "2026-11-23")).toBe("16 – 22 November 2026"));
  it("over a month's end", () => expect(format.periodText("2026-10-26", "2026-11-02")).toBe("26 October – 1 November 2026"));
  it("over a year's end", () => expect(format.periodText("2025-12-29", "2026-01-05")).toBe("29 December 2025 – 4 January 2026"));
  it("local midnights of the workspace's zone", () => {
    format.setHouse({ currency: "EUR", today: "2026-11-22", zone: "Europe/Berlin" });
    expect(format.periodText("2026-11-15T23:00:00", "2026-11-22T23:00:00")).toBe("16 – 22 November 2026");
  });
  it("one day", () => expect(format.periodText("2026-11-22", "2026-11-23")).toBe("22 November 2026"));
  it("days ago, from the workspace's today", () => expect(format.ago("2026-11-20T12:00:00")).toBe("2 days ago"));
  it("ahead", () => expect(format.ago("2026-12-13T12:00:00")).toBe("in 3 weeks"));
  it("just now", () => expect(format.ago("2026-11-22T12:00:20")).toBe("just now"));
});

describe("cells", () => {
  it.each<[unknown, string | undefined, string]>([
    [null, "days", "–"],
    ["", undefined, "–"],
    [true, undefined, "yes"],
    [["a", "b"], undefined, "a, b"],
    ["2026-11-16", undefined, "16 Nov"],
    ["2026-11-16T14:05:00", "datetime", "16 Nov, 14:05"],
    ["ABC-12", undefined, "ABC-12"],
    [3.2, "days", "3.2 days"],
    [71, "%", "71%"],
    [17, "items", "17"],
    [1, "chance", ">95%"],
  ])("%s as %s", (raw, unit, wanted) => expect(format.value(raw, unit)).toBe(wanted));
  it("initials", () => expect(["Mira Kask", "mira", "Ada von Oer"].map(format.initials)).toEqual(["MK", "MI", "AO"]));
  it("an id of words is a name", () => expect(["data", "sign-up", "billing-api", "sso-groups"].map(format.spelled)).toEqual(["Data", "Sign up", "Billing API", "SSO groups"]));
  it("a day and a little is written as one day", () => expect([format.days(1.02), format.days(1), format.days(1.2)]).toEqual(["1 day", "1 day", "1.2 days"]));
  it("a name for a bare column", () => expect(format.humanise("started_at")).toBe("Started"));
  it("intervals are in local time already, whatever the zone", () => {
    format.setHouse({ currency: "EUR", today: "2026-11-22", zone: "Europe/Madrid" });
    expect(format.localMoment("2026-11-19T08:00:00")).toBe("19 Nov, 08:00");
    expect(format.localMoment("2026-10-25T02:00:00+01:00")).toBe("25 Oct, 02:00 (+01:00)");
    expect(format.localMoment("2025-11-19")).toBe("19 Nov 2025");
    expect(format.dateTime("2026-11-19T08:00:00")).toBe("19 Nov, 09:00");
  });
});
