/** Events that were not stored: why, how often, what to do about it, and a second try. */
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { eventSources, intake, refused, refusedReasons, retryRefused } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { withParams } from "@/api/client";
import { useMay } from "@/app/session";
import { toast } from "@/app/toast";
import { Button, Empty, Failed, Pill, Section, Segments } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { useSend } from "@/components/Form";
import { Icon } from "@/components/Icon";
import * as format from "@/lib/format";
import { useSetUrl, useUrlState } from "@/lib/url";
import { NO_RIGHT } from "../types";
import { HourBars } from "./HourBars";
import { useSourceName } from "./names";
import { RefusedDrawer } from "./RefusedDrawer";
import { hourly, mend, span, type RefusedOut, type RefusedReason } from "./types";

type State = "waiting" | "taken" | "all";

export function Refused() {
  const [source] = useUrlState("source", "");
  const [code] = useUrlState("code", "");
  const setUrl = useSetUrl();
  const sources = useAsk(eventSources, { query: { size: 500, removed: true } });
  const nameOf = useSourceName();
  const reasons = useAsk(refusedReasons, { query: { source } }, { refetchInterval: 5_000 });
  if (reasons.error && !reasons.data) return <Failed error={reasons.error} retry={() => void reasons.refetch()} />;
  if (reasons.data?.length === 0 && !source) return <div className="card"><Empty title="Nothing was refused">Each event that is not stored stands here with the reason, as it was sent.</Empty></div>;
  return (
    <>
      <div className="tools">
        <select className="input" aria-label="Source" value={source} onChange={(event) => setUrl({ source: event.target.value, code: null, page: null })}><option value="">All sources</option>{sources.data?.items.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}</select>
        {code && <Button onClick={() => setUrl({ code: null })}>{code.replaceAll("_", " ")} ✕<span className="vh"> show all reasons</span></Button>}
      </div>
      <Course source={source} code={code} />
      <Section title="By reason"><Reasons rows={reasons.data} nameOf={nameOf} /></Section>
      <Events source={source} code={code} />
    </>
  );
}

function Course({ source, code }: { source: string; code: string }) {
  const came = useAsk(intake, { query: { source, ...span(24 * 7 - 1) } }, { refetchInterval: 10_000, placeholderData: keepPreviousData });
  const hours = (came.data?.hours ?? []).map((one) => (code ? { ...one, outcomes: Object.fromEntries(Object.entries(one.outcomes ?? {}).filter(([key]) => key === `refused:${code}`)), refused: one.outcomes?.[`refused:${code}`] ?? 0 } : one));
  const bars = hourly(hours, 24 * 7);
  const total = bars.reduce((sum, bar) => sum + bar.refused, 0);
  return <Section title="Refused by hour" note={`${format.number(total)} within the last 7 days${code ? `, ${code.replaceAll("_", " ")}` : ""}`}><div className="card pad"><HourBars bars={bars} only="refused" label="Refused events by hour" /></div></Section>;
}

function Reasons({ rows, nameOf }: { rows: RefusedReason[] | undefined; nameOf: (id: string) => string }) {
  const may = useMay("member");
  const setUrl = useSetUrl();
  const { send, busy } = useSend();
  const retry = async (one: RefusedReason) => {
    const done = await send(() => ask(retryRefused({ body: { source: one.source, code: one.code } })));
    if (done) toast(`${format.number(done.taken)} of ${format.number(done.tried)} were taken${done.refused ? `, ${format.number(done.refused)} refused again` : ""}${done.left ? `; ${format.number(done.left)} are left, try again` : ""}`);
  };
  const columns: TableColumn[] = [
    { key: "code", label: "Reason", render: (row) => <span className="stack tight"><button type="button" className="ev" style={{ textAlign: "left" }} onClick={() => setUrl({ source: String(row.source), code: String(row.code) })}><b>{String(row.code).replaceAll("_", " ")}</b></button><span className="sub small">{String(row.reason)}</span></span> },
    { key: "source", label: "Source", render: (row) => <span className="nowrap">{nameOf(String(row.source))}</span> },
    { key: "amount", label: "Events", unit: "events" }, { key: "waiting", label: "Waiting", unit: "events", doc: "Not taken at a second try so far" },
    { key: "last_at", label: "Last", render: (row) => <span title={format.dateTime(String(row.last_at))}>{format.ago(String(row.last_at), new Date())}</span> },
    { key: "mend", label: "What to do", fixed: true, render: (row) => <span className="sub" style={{ display: "block", minWidth: 260 }}>{mend(String(row.code))}</span> },
    { key: "do", label: "", fixed: true, render: (row) => (Number(row.waiting) > 0 ? <Button busy={busy} disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => void retry(row as unknown as RefusedReason)}>Try all again</Button> : null) },
  ];
  return <DataTable label="Reasons" keys={false} columns={columns} rows={rows as unknown as Record<string, unknown>[] | undefined} />;
}

function Events({ source, code }: { source: string; code: string }) {
  const [view, setView] = useView("", 25);
  const [state, setState] = useUrlState<State>("state", "waiting");
  const [opened, setOpened] = useState<RefusedOut | null>(null);
  const nameOf = useSourceName();
  const retried = state === "all" ? undefined : state === "taken";
  const asked = useAsk(refused, { query: { source, code, retried, page: view.page, size: view.size, q: view.q } }, { placeholderData: keepPreviousData, refetchInterval: 5_000 });
  const columns: TableColumn[] = [
    { key: "received_at", label: "Received", fixed: true, render: (row) => <button type="button" className="ev" onClick={() => setOpened(row as unknown as RefusedOut)}>{format.dateTime(String(row.received_at))}</button> },
    { key: "code", label: "Reason", fixed: true, render: (row) => <span className="row"><span>{String(row.code).replaceAll("_", " ")}</span>{Boolean(row.retried_at) && <Pill tone="good">taken since</Pill>}</span> },
    { key: "source", label: "Source", fixed: true, render: (row) => nameOf(String(row.source)) },
    { key: "raw", label: "As sent", fixed: true, render: (row) => <span className="mono oneline">{String(row.raw).slice(0, 160)}</span> },
  ];
  return (
    <Section title="Refused events" note="as they were sent">
      <div className="tools"><SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search what was sent" /><Segments label="State" value={state} onChange={setState} options={[{ value: "waiting", label: "Waiting" }, { value: "taken", label: "Taken since" }, { value: "all", label: "All" }]} /><span className="grow" />{asked.data && <span className="mut small num">{format.count(asked.data.total, "event")}</span>}<a className="btn" href={withParams("/api/usage/refused/csv", { source, code, retried, q: view.q })} download><Icon name="download" />CSV</a></div>
      <DataTable label="Refused events" keys={false} columns={columns} rows={asked.data?.items as unknown as Record<string, unknown>[] | undefined} total={asked.data?.total} view={view} onView={setView}
        empty={state === "waiting" ? <Empty title="Nothing waits for a second try">What was refused has been taken since, or there was nothing.</Empty> : <Empty title="Nothing was refused" />} />
      {opened && <RefusedDrawer one={opened} onClose={() => setOpened(null)} />}
    </Section>
  );
}
