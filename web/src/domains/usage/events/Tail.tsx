/** What comes in, as it does: pause, filter, open a row. Refused events stand among the others, with the reason. */
import { Fragment, useEffect, useState } from "react";
import { eventSources } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Button, Empty, Pill, Skeleton } from "@/components/basics";
import { SearchBox } from "@/components/DataTable";
import { Go } from "@/components/Go";
import * as format from "@/lib/format";
import { typing, useListKeys } from "@/lib/keys";
import { useUrlState } from "@/lib/url";
import { personHref } from "../types";
import { CopyButton } from "./Copy";
import { useSourceName } from "./names";
import { pretty, sourceHref, tabHref } from "./types";
import { useTail, type TailRow } from "./useTail";

/** Hours, minutes and seconds in the organisation's time; with the day when it is not today. */
const clock = (moment: string) => `${format.date(moment) === format.date(format.now().toISOString()) ? "" : `${format.date(moment)}, `}${format.clock(moment)}:${moment.slice(17, 19)}`;

export function Tail() {
  const [source, setSource] = useUrlState("source", "");
  const [event, setEvent] = useUrlState("event", "");
  const [person, setPerson] = useUrlState("person", "");
  const [paused, setPaused] = useState(false);
  const [shown, setShown] = useState<number | null>(null);
  const { rows, held, lost, open, begun, clear } = useTail({ source, event, person }, paused);
  const sources = useAsk(eventSources, { query: { size: 500 } });
  const nameOf = useSourceName();
  const toggle = (key: number) => setShown((now) => (now === key ? null : key));
  const [on] = useListKeys(rows.length, (index) => toggle(rows[index]!.key));
  useEffect(() => {
    const press = (pressed: KeyboardEvent) => {
      if (pressed.key !== "p" || typing(pressed.target) || pressed.ctrlKey || pressed.metaKey || pressed.altKey) return;
      pressed.preventDefault();
      setPaused((now) => !now);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  return (
    <>
      <div className="tools tail-tools">
        <select className="input" aria-label="Source" value={source} onChange={(change) => setSource(change.target.value)}><option value="">All sources</option>{sources.data?.items.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}</select>
        <SearchBox value={event} onChange={setEvent} label="Event contains" />
        <SearchBox value={person} onChange={setPerson} label="Person is" />
        <span className="grow" />
        <span className="row small mut" role="status"><i className={`pulse ${open && !paused ? "live" : ""}`} aria-hidden="true" />{paused ? `Paused${held ? `, ${format.number(held)} new` : ""}` : open ? "Live" : "Connecting…"}</span>
        <Button onClick={clear} disabled={!rows.length}>Clear</Button>
        <Button primary={paused} aria-pressed={paused} onClick={() => setPaused(!paused)}>{paused ? "Go on" : "Pause"} <kbd>p</kbd></Button>
      </div>
      {lost > 0 && <p className="coverage" style={{ margin: "0 0 8px" }}>{format.count(lost, "event")} came too fast to be shown here. They were stored all the same.</p>}
      {rows.length ? (
        <div className="card">
          <div className="scroll tail" tabIndex={0} role="region" aria-label="Events as they come in">
            <table className="tbl sticky">
              <thead><tr><th scope="col">Time</th><th scope="col">Event</th><th scope="col">Person</th><th scope="col">Source</th><th scope="col">Properties</th></tr></thead>
              <tbody>{rows.map((row, place) => <Line key={row.key} row={row} source={nameOf(row.source)} place={place} on={place === on} shown={shown === row.key} onToggle={() => toggle(row.key)} />)}</tbody>
            </table>
          </div>
        </div>
      ) : !begun ? <div className="card pad"><Skeleton lines={6} /></div> : <div className="card"><Empty title={source || event || person ? "Nothing like that has come in since" : "Waiting for events…"} action={sources.data?.total === 0 ? { label: "Add a source", href: "/usage/events" } : undefined}>What comes in from now on appears here within a second.</Empty></div>}
      <p className="coverage"><kbd>j</kbd> <kbd>k</kbd> move, <kbd>Enter</kbd> opens, <kbd>p</kbd> pauses. The newest 500 are kept on this page.</p>
    </>
  );
}

function Line({ row, source, place, on, shown, onToggle }: { row: TailRow; source: string; place: number; on: boolean; shown: boolean; onToggle: () => void }) {
  const stored = row.state === "stored";
  return (
    <Fragment>
      <tr data-row={place} className={`open${on ? " on" : ""}${row.state === "refused" ? " refused" : ""}`} onClick={(event) => { if (!(event.target as HTMLElement).closest("a, button")) onToggle(); }}>
        <td className="num mut nowrap" title={`${row.received_at} UTC`}>{clock(row.received_at)}</td>
        <td className="clip">{stored ? <button type="button" className="ev plainly" aria-expanded={shown} onClick={onToggle}><b>{row.event}</b></button> : <button type="button" className="ev plainly" aria-expanded={shown} onClick={onToggle}><Pill tone={row.state === "refused" ? "bad" : "violet"}>{row.state === "refused" ? "refused" : (row.code ?? "").split(":")[0]!}</Pill></button>}</td>
        <td className="clip">{row.distinct_id ? <Go className="ev" href={personHref(row.distinct_id)}>{row.distinct_id}</Go> : ""}</td>
        <td className="nowrap"><Go className="ev" href={sourceHref(row.source)}>{source}</Go></td>
        <td className="tail-cell">{stored ? <span className="mono">{brief(row.properties ?? {})}</span> : row.state === "refused" ? row.reason : format.count(row.amount ?? 0, "event")}</td>
      </tr>
      {shown && <tr className="unfolded"><td colSpan={5}><Unfolded row={row} /></td></tr>}
    </Fragment>
  );
}

function Unfolded({ row }: { row: TailRow }) {
  const { key: _key, ...told } = row;
  const text = row.state === "refused" ? pretty(row.raw ?? "") : JSON.stringify(told, null, 2);
  return (
    <div className="stack tight">
      {row.state === "refused" && <div className="row wrap"><span>{row.reason}</span><Go className="ev" href={tabHref("refused", { source: row.source, code: row.code ?? "" })}>What to do</Go></div>}
      <div className="curl"><pre tabIndex={0} role="region" aria-label="The event as JSON">{text}</pre><CopyButton text={text} what="JSON" /></div>
    </div>
  );
}

/** The first properties, those of clients themselves left out. */
function brief(properties: Record<string, unknown>): string {
  const own = Object.entries(properties).filter(([name]) => !name.startsWith("$"));
  return own.slice(0, 8).map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`).join("  ").slice(0, 300);
}
