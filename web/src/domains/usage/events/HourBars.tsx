/** Events by hour (or day): what was stored, what was left out on purpose, what was refused. */
import * as format from "@/lib/format";
import type { Account } from "./types";

type Bar = Account & { hour: string };
const PARTS: [keyof Account, string, string][] = [["stored", "accent", "stored"], ["duplicate", "ink-3", "sent again"], ["blocked", "violet", "blocked"], ["sampled", "violet", "left out by sampling"], ["refused", "bad", "refused"]];

export function HourBars({ bars, only, label, height = 72 }: { bars: Bar[]; only?: keyof Account; label: string; height?: number }) {
  const parts = only ? PARTS.filter(([key]) => key === only) : PARTS;
  const total = (bar: Bar) => parts.reduce((sum, [key]) => sum + bar[key], 0);
  const most = Math.max(1, ...bars.map(total));
  const none = bars.length > 0 && !bars.some(total);
  const words = (bar: Bar) => `${format.dateTime(bar.hour)}: ${parts.filter(([key]) => bar[key] || key === "stored" || only).map(([key, , word]) => `${format.number(bar[key])} ${word}`).join(", ")}`;
  const daily = bars.length > 1 && format.instant(bars[1]!.hour).getTime() - format.instant(bars[0]!.hour).getTime() >= 82_800_000; // a day may have 23 hours
  return (
    <>
    <div className="hourbars" role="img" aria-label={`${label}: ${format.number(bars.reduce((sum, bar) => sum + total(bar), 0))}, at most ${format.number(most)} at once`} style={{ height, gap: bars.length > 60 ? 0 : 2 }}>
      {bars.map((bar) => (
        <span key={bar.hour} title={words(bar)}>
          {[...parts].reverse().map(([key, tone]) => bar[key] > 0 && <i key={key} style={{ height: `max(1px, ${(100 * bar[key]) / most}%)`, background: `var(--${tone})` }} />)}
        </span>
      ))}
      {none && <p className="hourbars-none mut small">Nothing arrived in this time.</p>}
    </div>
    {bars.length > 1 && <div className="hourbars-ends" aria-hidden="true"><span>{daily ? format.date(bars[0]!.hour) : format.dateTime(bars[0]!.hour)}</span><span>now</span></div>}
    </>
  );
}
