/** Everything that may send events, with how it fares. */
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { eventSources, intake } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { Button, Empty, Failed, Pill } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { Sparkline } from "@/components/Sparkline";
import * as format from "@/lib/format";
import { CopyButton } from "./Copy";
import { SourceForm } from "./SourceForm";
import { account, hourly, kindName, OWNER_ONLY, sourceHref, span, type IntakeHour, type Source } from "./types";

export function Sources() {
  const [view, setView] = useView("s.", 25);
  const [adding, setAdding] = useState(false);
  const may = useMay("owner");
  const asked = useAsk(eventSources, { query: { size: 500 } }, { refetchInterval: 10_000 });
  const came = useAsk(intake, { query: span(23) }, { refetchInterval: 10_000, placeholderData: keepPreviousData });
  if (asked.error && !asked.data) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  const hours = came.data?.hours ?? [];
  const unknown = came.data?.turned_away[""] ?? {};
  const strangers = Object.values(unknown).reduce((sum, amount) => sum + amount, 0);
  return (
    <>
      <div className="tools"><SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search sources" /><span className="grow" /><Button primary disabled={!may} title={may ? undefined : OWNER_ONLY} onClick={() => setAdding(true)}>Add a source</Button></div>
      <DataTable label="Sources" columns={columns(hours)} rows={asked.data?.items as unknown as Record<string, unknown>[] | undefined} view={view} onView={setView} href={(row) => sourceHref(String(row.id))}
        empty={<Empty title="No source yet" action={may ? { label: "Add a source", onClick: () => setAdding(true) } : undefined}>A source is one application, site or service. It gets a key, and the clients of Segment and PostHog send with it as they are.</Empty>} />
      {strangers > 0 && <p className="coverage">{format.count(strangers, "request")} since the server was started came with {unknown.invalid_key ? "a key that is no source’s" : "no key"}, and nothing of them was stored.</p>}
      {adding && <SourceForm onClose={() => setAdding(false)} />}
    </>
  );
}

const columns = (hours: IntakeHour[]): TableColumn[] => [
  { key: "name", label: "Source", render: (row) => <span className="stack tight"><b>{String(row.name)}</b><span className="sub small">{kindName(String(row.kind))}{row.product ? ` · ${String(row.product)}` : ""}</span></span> },
  { key: "state", label: "State", render: (row) => <SourceState source={row as unknown as Source} /> },
  { key: "write_key", label: "Write key", fixed: true, render: (row) => <span className="row" style={{ marginBlock: -5 }}><code className="mono">{String(row.write_key).slice(0, 9)}…</code><CopyButton quiet text={String(row.write_key)} what={`Key of ${String(row.name)}`} /></span> },
  { key: "day", label: "Last 24 h", unit: "events", fixed: true, render: (row) => format.number((row as unknown as Source).day?.received ?? 0) },
  { key: "refused", label: "Refused", align: "right", fixed: true, doc: "Of what came in the last 24 hours", render: (row) => <RefusedShare source={row as unknown as Source} /> },
  { key: "course", label: "By hour", fixed: true, render: (row) => <span className="cellspark"><Sparkline series={hourly(hours.filter((one) => one.source === row.id), 24).map((one, place) => ({ since: one.hour, amount: one.received, partial: place === 23 }))} tone="accent" /></span> },
  { key: "last_at", label: "Last event", render: (row) => (row.last_at ? <span title={format.dateTime(String(row.last_at))}>{format.ago(String(row.last_at), new Date())}</span> : <span className="mut">none yet</span>) },
];

export function SourceState({ source }: { source: Source }) {
  if (source.removed_at) return <Pill>removed</Pill>;
  if (source.state === "paused") return <Pill tone="warn">paused</Pill>;
  return source.last_at || source.day?.received ? <Pill tone="good">active</Pill> : <Pill tone="info">waiting</Pill>;
}

export function RefusedShare({ source }: { source: Source }) {
  const sum = account(source.day);
  if (!sum.refused) return <span className="mut">{format.NONE}</span>;
  return <span className={sum.refused > 0.01 * sum.received ? "down" : ""} title={format.count(sum.refused, "event")}>{format.share(sum.refused / sum.received)}</span>;
}
