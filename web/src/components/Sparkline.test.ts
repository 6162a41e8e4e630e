import { describe, expect, it } from "vitest";
import { dots, paths } from "./Sparkline";

const at = (amount: number | null, partial = false) => ({ since: "2026-11-16", amount, partial });

describe("sparkline", () => {
  it("spans the canvas with 4 px of air", () => {
    expect(dots([at(1), at(3)])).toEqual([{ x: 0, y: 26, partial: false }, { x: 120, y: 4, partial: false }]);
  });
  it("no data draws nothing", () => expect(dots([at(null)])).toEqual([]));
  it("an unfinished period is dashed, from the last finished one", () => {
    expect(paths(dots([at(1), at(3), at(2, true)]))).toEqual({ solid: "M0 26L60 4", dashed: "M60 4L120 15" });
  });
  it("a gap breaks the line", () => {
    expect(paths(dots([at(1), at(null), at(3)])).solid).toBe("M0 26M120 4");
  });
});
