/** What of a chart is pressed. Lines have no width to hit: there, the nearest point counts. */
import type { ChartClick, ChartSpot } from "./Chart";

interface Series { id?: string; type?: string; data?: unknown[] }
interface Pressable {
  getOption(): { series?: Series[] } | undefined;
  getZr(): { on(event: string, handler: (event: { offsetX: number; offsetY: number }) => void): void; setCursorStyle(style: string): void };
  on(event: string, handler: (event: ChartClick) => void): void;
  containPixel(finder: object, at: [number, number]): boolean;
  convertToPixel(finder: object, value: unknown): number[] | undefined;
}

const REACH = 60;
const lines = (chart: Pressable) => (chart.getOption()?.series ?? []).filter((one) => one.type === "line" && !one.id?.startsWith("_"));

/** The point nearest to a pixel: first by how far it is along the axis, then by how far up. */
export function nearest(points: { spot: ChartSpot; at: number[] }[], x: number, y: number): ChartSpot | null {
  const by = points.map((one) => ({ ...one, across: Math.abs(one.at[0]! - x), up: Math.abs(one.at[1]! - y) })).filter((one) => one.across < REACH);
  const least = Math.min(...by.map((one) => one.across));
  return by.filter((one) => one.across <= least + 1).sort((a, b) => a.up - b.up)[0]?.spot ?? null;
}

function pointsOf(chart: Pressable): { spot: ChartSpot; at: number[] }[] {
  return lines(chart).flatMap((one) => (one.data ?? []).flatMap((raw, index) => {
    const value = Array.isArray(raw) ? raw : (raw as { value?: unknown } | null)?.value;
    if (!Array.isArray(value) || value[1] === null || value[1] === undefined) return [];
    const at = chart.convertToPixel({ seriesId: one.id }, value);
    return at ? [{ spot: { series: one.id, index, x: value[0], value }, at }] : [];
  }));
}

export function pressed(chart: Pressable, tell: (spot: ChartSpot) => void): void {
  chart.on("click", (event) => {
    if (!lines(chart).length) tell({ series: event.seriesId ?? event.seriesName, index: event.dataIndex, x: event.name, value: event.value, data: event.data });
  });
  const zr = chart.getZr();
  zr.on("click", ({ offsetX, offsetY }) => {
    if (!lines(chart).length || !chart.containPixel({ gridIndex: 0 }, [offsetX, offsetY])) return;
    const spot = nearest(pointsOf(chart), offsetX, offsetY);
    if (spot) tell(spot);
  });
  zr.on("mousemove", ({ offsetX, offsetY }) => { if (lines(chart).length && chart.containPixel({ gridIndex: 0 }, [offsetX, offsetY])) zr.setCursorStyle("pointer"); });
}
