/** Since when until when, and for whom; kept in the address as `since`, `until`, `team`, `product`, `segment`. */
import type { Params } from "@/api/client";
import { now } from "@/lib/format";
import { useSetUrl, useUrlState } from "@/lib/url";

const SPANS: [string, number][] = [["Last 7 days", 7], ["Last 28 days", 28], ["Last 90 days", 90], ["Last 365 days", 365]];
const day = (back: number) => new Date(now().getTime() - back * 86_400_000).toISOString().slice(0, 10);

/** The period and scope of the address, as parameters for the server. Nothing chosen: the server's last 28 days. */
export function usePeriod(): Params {
  const [since] = useUrlState("since", "");
  const [until] = useUrlState("until", "");
  const [team] = useUrlState("team", "");
  const [product] = useUrlState("product", "");
  const [segment] = useUrlState("segment", "");
  return { since, until, team, product, segment };
}

/** `length` is what the page shows, in days, while nothing is chosen. */
export function PeriodPicker({ scopes = [], length = 28 }: { scopes?: string[]; length?: number }) {
  const period = usePeriod();
  const setUrl = useSetUrl();
  const chosen = SPANS.find(([, one]) => period.since === day(one - 1) && !period.until)?.[1];
  return (
    <>
      <select className="input" style={{ minWidth: 0 }} aria-label="Period" value={chosen ?? (period.since || period.until ? "own" : String(length))} onChange={(event) => setUrl(event.target.value === "own" ? { since: day(27), until: day(0), page: null } : { since: day(Number(event.target.value) - 1), until: null, page: null })}>
        {SPANS.map(([label, one]) => <option key={one} value={one}>{label}</option>)}
        <option value="own">From … to …</option>
      </select>
      {!chosen && (period.since || period.until) && (
        <>
          <input className="input" style={{ minWidth: 0 }} type="date" aria-label="Since" value={String(period.since).slice(0, 10)} onChange={(event) => setUrl({ since: event.target.value, page: null })} />
          <input className="input" style={{ minWidth: 0 }} type="date" aria-label="Until (not included)" value={String(period.until).slice(0, 10)} onChange={(event) => setUrl({ until: event.target.value, page: null })} />
        </>
      )}
      {scopes.map((scope) => (
        <input key={scope} className="input" style={{ minWidth: 0, width: 130 }} aria-label={`Only this ${scope}`} placeholder={`any ${scope}`} defaultValue={String(period[scope] ?? "")} onBlur={(event) => setUrl({ [scope]: event.target.value.trim(), page: null })} onKeyDown={(event) => { if (event.key === "Enter") event.currentTarget.blur(); }} />
      ))}
    </>
  );
}
