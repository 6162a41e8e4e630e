import { describe, expect, it } from "vitest";
import { colour, resolve } from "./tokens";

const tokens = (name: string) => ({ accent: "#3b5bdb", surface: "#fff", "ink-2": "#5d5a55" })[name] ?? "";

describe("chart tokens", () => {
  it("a token is its variable", () => expect(colour("@ink-2", tokens)).toBe("#5d5a55"));
  // 0x3b = 59: 59 x 0.55 + 255 x 0.45 = 147.2 -> 0x93; 91 -> 164.8 -> 0xa5; 219 -> 235.2 -> 0xeb
  it("a share is mixed over the surface", () => expect(colour("@accent/55", tokens)).toBe("#93a5eb"));
  it("an unknown token stays", () => expect(colour("@nobody", tokens)).toBe("@nobody"));
  it("only colour keys are replaced, in lists too; data stays", () => {
    expect(resolve({ color: ["@accent"], areaStyle: { color: "@accent" }, name: "@accent", data: [["@accent", 1]] }, tokens))
      .toEqual({ color: ["#3b5bdb"], areaStyle: { color: "#3b5bdb" }, name: "@accent", data: [["@accent", 1]] });
  });
});
