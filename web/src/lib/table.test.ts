import { describe, expect, it } from "vitest";
import { alignsRight, csv, searched, sorted, viewed } from "./table";

const ROWS = [{ id: "a2", age: 3 }, { id: "a10", age: null }, { id: "b1", age: 12 }];

describe("table", () => {
  it("numbers sort as numbers and missing values come last both ways", () => {
    expect(sorted(ROWS, "age").map((row) => row.id)).toEqual(["a2", "b1", "a10"]);
    expect(sorted(ROWS, "-age").map((row) => row.id)).toEqual(["b1", "a2", "a10"]);
  });
  it("names with numbers sort naturally", () => expect(sorted(ROWS, "id").map((row) => row.id)).toEqual(["a2", "a10", "b1"]));
  it("every word must occur", () => expect(searched(ROWS, "B1 12")).toEqual([ROWS[2]]));
  it("pages keep the total", () => expect(viewed(ROWS, { page: 2, size: 2, sort: "", q: "" })).toEqual({ rows: [ROWS[2]], total: 3 }));
  it("numbers stand right, refs left", () => {
    expect(alignsRight({ key: "age", label: "Age" }, ROWS)).toBe(true);
    expect(alignsRight({ key: "age", label: "Age", ref: "work" }, ROWS)).toBe(false);
  });
  it("CSV quotes, and disarms formulas", () => {
    const columns = [{ key: "a", label: "A" }, { key: "b", label: "B, b" }];
    expect(csv(columns, [{ a: 'say "hi"', b: "=1+1" }, { a: -3, b: null }])).toBe('A,"B, b"\r\n"say ""hi""",\'=1+1\r\n-3,\r\n');
  });
});
