import { describe, expect, it } from "vitest";
import { CALENDAR, calendarWords, momentWords, readMoment, retold, writeMoment } from "./moment";

describe("a moment told from now", () => {
  it.each(["-7d", "dStart", "-1mStart", "-1yEnd", "-0h", "2026-11-22", "2026-11-22T10:30", "2026-11-22T10:30:00Z", "", "soon"])("comes back as it was: %s", (text) => expect(writeMoment(readMoment(text))).toBe(text));
  it.each([
    ["-1d", "1 day ago"], ["-3q", "3 quarters ago"], ["dStart", "the start of today"], ["-1dEnd", "the end of yesterday"], ["wStart", "the start of this week"], ["-1mStart", "the start of last month"],
    ["-2yEnd", "the end of the year 2 years ago"], ["2019-11-22", "22 Nov 2019"], ["2019-11-22T10:30", "22 Nov 2019, 10:30"],
  ])("%s is %s", (text, words) => expect(momentWords(text)).toBe(words));
  it("has no words for what is none, such as a unit alone", () => {
    expect(momentWords("soon")).toBeNull();
    expect(momentWords("7d")).toBeNull();
  });
  it("is told another way without losing what fits", () => {
    const today = "2026-11-22";
    expect(retold(readMoment("2026-03-04T08:30"), "day", today)).toBe("2026-03-04");
    expect(retold(readMoment("2026-03-04"), "minute", today)).toBe("2026-03-04T00:00");
    expect(retold(readMoment(""), "ago", today)).toBe("-7d");
    expect(retold(readMoment("-3w"), "start", today)).toBe("wStart");
    expect(retold(readMoment("-1mStart"), "end", today)).toBe("-1mEnd");
    expect(retold(readMoment("mStart"), "ago", today)).toBe("-1m");
    expect(retold(readMoment("-7d"), "day", today)).toBe(today);
  });
  it("names spans of the calendar", () => {
    expect(CALENDAR.map(([since, until]) => calendarWords({ since, until })).slice(0, 6)).toEqual(["today", "yesterday", "this week", "last week", "this month", "last month"]);
    expect(calendarWords({ since: "-1mStart" })).toBeNull();
    expect(calendarWords({ since: "2026-11-01", until: "" })).toBeNull();
  });
});
