/** What is watched, and what it says now. */
import { keepPreviousData } from "@tanstack/react-query";
import { alerts, restoreAlert } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay, useName } from "@/app/session";
import { Button, Empty, Failed, Pill } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { useSend } from "@/components/Form";
import { Go } from "@/components/Go";
import { Page } from "@/components/Page";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { ExploreTabs } from "@/components/ExploreTabs";
import { sentence } from "./question";
import { alertHref, type Question } from "./types";
import "./explore.css";

const STATES: Record<string, [string, string]> = { ok: ["good", "as expected"], firing: ["bad", "fires"], no_data: ["plain", "too little data"] };

export function AlertState({ state, snoozed }: { state: string | null | undefined; snoozed?: string | null }) {
  if (snoozed && format.instant(snoozed) > format.now()) return <Pill tone="violet">quiet until {format.date(snoozed)}</Pill>;
  const [tone, words] = STATES[state ?? ""] ?? ["plain", "not looked at yet"];
  return <Pill tone={tone}>{words}</Pill>;
}

export default function AlertsPage() {
  const [view, setView] = useView("", 50);
  const [archived, setArchived] = useUrlState("deleted", false);
  const may = useMay("member");
  const nameOf = useName();
  const { send } = useSend();
  const asked = useAsk(alerts, { query: { page: view.page, size: view.size, sort: view.sort, q: view.q, archived } }, { placeholderData: keepPreviousData });
  const columns: TableColumn[] = [
    { key: "name", label: "Alert", render: (row) => <><Go className="plain" href={alertHref(String(row.id))}><b className="list-name">{String(row.name)}</b></Go><div className="mut small">{String(row.words || row.line || sentence(row.question as Question))}</div></> },
    { key: "state", label: "Now", render: (row) => <AlertState state={row.state as string} snoozed={row.snoozed_until as string} /> },
    { key: "amount", label: "Seen", align: "right", render: (row) => format.number(row.amount as number | null) },
    { key: "owner", label: "Owner", render: (row) => nameOf(String(row.owner)) },
    { key: "changed_at", label: "Changed", render: (row) => format.ago(String(row.changed_at)) },
    ...(archived ? [{ key: "id", label: "", fixed: true, render: (row) => <Button disabled={!may} onClick={() => void send(() => ask(restoreAlert({ path: { alert_id: String(row.id) } })), "Restored")}>Restore</Button> } satisfies TableColumn] : []),
  ];
  return (
    <Page title="Alerts" width="wide" crumbs={[{ label: "Explore", href: "/explore" }]} actions={<Go className="btn p" href="/explore">Watch a trend</Go>}>
      <h1 className="vh">Alerts</h1>
      <ExploreTabs on="alerts" />
      <div className="tools"><SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search alerts" /><label className="q-tick"><input type="checkbox" checked={archived} onChange={(event) => setArchived(event.target.checked)} />deleted ones</label><span className="grow" />{asked.data && <span className="mut small num">{format.count(asked.data.total, "alert")}</span>}</div>
      {asked.error && !asked.data ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : (
        <DataTable label="Alerts" columns={columns} rows={asked.data?.items as never} total={asked.data?.total} view={view} onView={setView} href={archived ? undefined : (row) => alertHref(String(row.id))}
          empty={archived ? <Empty title="Nothing was deleted" /> : <Empty title="Nothing is watched yet" action={{ label: "Ask for a trend", href: "/explore" }}>Ask for a trend, then choose More, Alert…: you are told when it passes a bound, or when it is not what the weeks before make one expect.</Empty>} />
      )}
    </Page>
  );
}
