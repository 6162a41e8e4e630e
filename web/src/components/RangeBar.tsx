/** A forecast against a promise: the line reaches to the 95% date, the band from 50% to 85%, the dot is the 85% date, the tick what was promised. */
import { date, instant } from "@/lib/format";

interface RangeBarProps { low?: string | null; p50?: string | null; p85?: string | null; p95?: string | null; promised?: string | null; since: number; until: number }

const time = (value: string) => instant(value).getTime();

/** The span of dates that all bars of a table share, with a little air. */
export function span(values: (string | null | undefined)[]): { since: number; until: number } {
  const times = values.filter((one): one is string => Boolean(one)).map(time).filter((one) => !Number.isNaN(one));
  if (!times.length) return { since: 0, until: 1 };
  const since = Math.min(...times), until = Math.max(...times);
  const air = Math.max((until - since) * 0.06, 43_200_000);
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
      {promised && <u style={{ left: `${at(promised)}%` }} />}
      {p85 && <em style={{ left: `${at(p85)}%` }} />}
    </span>
  );
}
