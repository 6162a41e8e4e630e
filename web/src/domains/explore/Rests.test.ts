import { beforeEach, describe, expect, it } from "vitest";
import { setHouse } from "@/lib/format";
import { covered } from "./Rests";
import type { Question } from "./types";

beforeEach(() => setHouse({ currency: "EUR", today: "2026-11-22", zone: "Europe/Madrid" }));

// Weeks from Monday 3 August to Sunday 11 October, as moments in UTC: Madrid is two hours ahead.
const answered = { answer: { buckets: [{}, {}], since: "2026-08-02T22:00:00", until: "2026-10-11T22:00:00" } } as never;
const asked = (span: object, interval = "week") => ({ kind: "trends", series: [{}], interval, span }) as Question;

describe("what an answer covers", () => {
  it("is more than the days named, where weeks are whole", () => expect(covered(asked({ since: "2026-08-04", until: "2026-10-09" }), answered)).toBe("whole weeks: 3 Aug to 11 Oct"));
  it.each([
    ["the days named are whole weeks", asked({ since: "2026-08-03", until: "2026-10-11" })],
    ["days are counted", asked({ since: "2026-08-04", until: "2026-10-09" }, "day")],
    ["no days were named", asked({ last: 10 })],
    ["it is all there is", asked({ since: "all" })],
  ])("needs no word when %s", (_, question) => expect(covered(question, answered)).toBe(""));
  it("is only the days named, where they count exactly", () => expect(covered(asked({ since: "2026-08-04", until: "2026-10-09", exact: true }), answered)).toContain("the first and the last week may be shorter"));
});
