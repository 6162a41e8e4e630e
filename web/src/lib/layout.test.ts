import { describe, expect, it } from "vitest";
import { grouped } from "./layout";

const wide = (kind: string) => ({ kind });
const narrow = (kind: string) => ({ kind, wide: false });

describe("the layout of a sheet", () => {
  it("wide parts stay in order", () => expect(grouped([wide("figures"), wide("table")])).toEqual([{ wide: wide("figures") }, { wide: wide("table") }]));
  it("a narrow part alone is wide", () => expect(grouped([narrow("list")])).toEqual([{ wide: narrow("list") }]));
  it("charts stand left of the other narrow parts, where the first stood", () => {
    expect(grouped([wide("figures"), narrow("chart"), narrow("table"), wide("table"), narrow("list")]))
      .toEqual([{ wide: wide("figures") }, { left: [narrow("chart")], right: [narrow("table"), narrow("list")] }, { wide: wide("table") }]);
  });
  it("two small tables that follow each other share a row", () => {
    const table = (columns: number) => ({ kind: "table", columns: Array(columns), rows: [1] });
    expect(grouped([wide("figures"), table(3), table(5), table(6)])).toEqual([{ wide: wide("figures") }, { left: [table(3)], right: [table(5)], even: true }, { wide: table(6) }]);
  });
  it("without a chart the first half stands left", () => {
    expect(grouped([narrow("table"), narrow("list"), narrow("list")])).toEqual([{ left: [narrow("table"), narrow("list")], right: [narrow("list")] }]);
  });
});
