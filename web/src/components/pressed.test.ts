import { expect, it } from "vitest";
import { nearest } from "./pressed";
import { searchedChoices } from "./Picker";

const point = (series: string, x: number, y: number) => ({ spot: { series, x }, at: [x, y] });

it("the nearest point counts: along the axis first, then up", () => {
  const points = [point("a", 10, 50), point("b", 10, 90), point("a", 40, 50), point("b", 40, 10)];
  expect(nearest(points, 14, 80)).toEqual({ series: "b", x: 10 });
  expect(nearest(points, 36, 45)).toEqual({ series: "a", x: 40 });
  expect(nearest(points, 200, 50)).toBeNull();
  expect(nearest([], 1, 1)).toBeNull();
});

it("choices are searched by each word, and are never too many", () => {
  const choices = Array.from({ length: 300 }, (_, i) => ({ value: `event:card_${i}`, label: `card ${i} moved` }));
  expect(searchedChoices(choices, "MOVED 17").map((one) => one.value)).toContain("event:card_17");
  expect(searchedChoices(choices, "")).toHaveLength(100);
  expect(searchedChoices(choices, "nothing")).toEqual([]);
});
