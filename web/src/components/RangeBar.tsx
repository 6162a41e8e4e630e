/** A forecast against a promise: the line reaches to the 95% date, the band from 50% to 85%, the dot is the 85% date, the tick what was promised. */
import { date, instant } from "@/lib/format";

interface RangeBarProps { low?: string | null; p50?: string | null; p85?: string | null; p95?: string | null; promised?: string | null; since: number; until: number }

const time = (value: string) => instant(value).getTime();

type Days = (string | null | undefined)[];
const DAY = 86_400_000;
const times = (values: Days) => values.filter((one): one is string => Boolean(one)).map(time).filter((one) => !Number.isNaN(one));

/** The span of dates that all bars of a table share, with a little air. Promises far from every forecast do not stretch it: a bar names them at its edge. */
export function span(forecasts: Days, promises: Days = []): { since: number; until: number } {
  const drawn = times(forecasts), promised = times(promises);
  const base = drawn.length ? drawn : promised;
  if (!base.length) return { since: 0, until: 1 };
  const first = Math.min(...base), last = Math.max(...base);
  const reach = Math.max(14 * DAY, (last - first) / 2);
  const near = [...base, ...promised.map((one) => Math.min(last + reach, Math.max(first - reach, one)))];
  const since = Math.min(...near), until = Math.max(...near);
  const air = Math.max((until - since) * 0.06, DAY / 2);
  return { since: since - air, until: until + air };
}

export function place(value: string, since: number, until: number): number {
  return Math.round(Math.min(1, Math.max(0, (time(value) - since) / (until - since))) * 1000) / 10;
}

export function RangeBar({ low, p50, p85, p95, promised, since, until }: RangeBarProps) {
  const at = (value: string) => place(value, since, until);
  const words = [p50 && `50% by ${date(p50)}`, p85 && `85% by ${date(p85)}`, p95 && `95% by ${date(p95)}`, promised && `promised ${date(promised)}`].filter(Boolean).join(", ");
  const start = low ?? p50;
  return (
    <span className="range" role="img" aria-label={words || "no forecast"} title={words}>
      {start && p95 && <i style={{ left: `${at(start)}%`, width: `${at(p95) - at(start)}%` }} />}
      {p50 && p85 && <b style={{ left: `${at(p50)}%`, width: `${Math.max(1, at(p85) - at(p50))}%` }} />}
      {promised && time(promised) > until && <small className="later">{date(promised)} →</small>}
      {promised && time(promised) < since && <small>← {date(promised)}</small>}
      {promised && time(promised) >= since && time(promised) <= until && <u style={{ left: `${at(promised)}%` }} />}
      {p85 && <em style={{ left: `${at(p85)}%` }} />}
    </span>
  );
}
