/** A figure's course. The unfinished last period is dashed; gaps (no data) break the line. */
import type { Point } from "@/api/types";

interface Dot { x: number; y: number; partial: boolean }

/** Points on a 120 x 30 canvas; null where there is no data. Equal values lie in the middle. */
export function dots(series: Point[], width = 120, height = 30): (Dot | null)[] {
  const amounts = series.map((point) => point.amount).filter((amount): amount is number => amount !== null);
  if (amounts.length === 0) return [];
  const low = Math.min(...amounts);
  const span = Math.max(...amounts) - low;
  const step = series.length > 1 ? width / (series.length - 1) : 0;
  const y = (amount: number) => (span === 0 ? height / 2 : height - 4 - ((amount - low) / span) * (height - 8));
  return series.map((point, i) => point.amount === null ? null : { x: Math.round(i * step * 10) / 10, y: Math.round(y(point.amount) * 10) / 10, partial: Boolean(point.partial) });
}

/** Two paths: what is finished, and the dashed step into the unfinished period. */
export function paths(points: (Dot | null)[]): { solid: string; dashed: string } {
  let solid = "", dashed = "";
  let last: Dot | null = null;
  for (const dot of points) {
    if (dot && last && dot.partial) dashed += `M${last.x} ${last.y}L${dot.x} ${dot.y}`;
    else if (dot) solid += `${last ? "L" : "M"}${dot.x} ${dot.y}`;
    last = dot;
  }
  return { solid, dashed };
}

export function Sparkline({ series, tone = "ink-3" }: { series: Point[]; tone?: string }) {
  const { solid, dashed } = paths(dots(series));
  const stroke = `var(--${tone})`;
  return (
    <svg className="spark" viewBox="0 0 120 30" preserveAspectRatio="none" aria-hidden="true">
      {solid && <path d={solid} style={{ stroke }} />}
      {dashed && <path d={dashed} style={{ stroke }} strokeDasharray="3 3" />}
    </svg>
  );
}
