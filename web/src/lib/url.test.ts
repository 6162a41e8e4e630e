import { describe, expect, it } from "vitest";
import { changed, readAs, refHref } from "./url";

describe("address state", () => {
  it("reads by the type of the fallback", () => {
    expect([readAs("3", 1), readAs("x", 1), readAs("", 1), readAs(null, "a"), readAs("1", false), readAs("0", true)]).toEqual([3, 1, 1, "a", true, false]);
  });
  it("keeps other parameters and drops empty ones", () => {
    expect(changed("?q=a&page=2", { page: null, sort: "-age" })).toBe("?q=a&sort=-age");
    expect(changed("?q=a", { q: "" })).toBe("");
  });
  it("a ref without a page of its own leads to its trace", () => {
    expect(refHref("initiative:bulk-import")).toBe("/trace/initiative%3Abulk-import");
    expect(refHref("initiative:bulk-import", () => true)).toBe("/roadmap/initiatives/bulk-import");
    expect(refHref("work:app/web#12")).toBe("/trace/work%3Aapp%2Fweb%2312");
  });
});
