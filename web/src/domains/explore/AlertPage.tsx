/** An alert: what it watches, what it said of the last intervals, and quiet for a while. */
import { Menu } from "@mantine/core";
import { useParams, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { deleteAlert, oneAlert, restoreAlert, snoozeAlert, wakeAlert } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay, useName } from "@/app/session";
import { AskedChart } from "@/components/AskedChart";
import { Answer, Button, Section } from "@/components/basics";
import { DataTable, type TableColumn } from "@/components/DataTable";
import { useSend } from "@/components/Form";
import { Go } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import * as format from "@/lib/format";
import { AlertDialog } from "./AlertDialog";
import { AlertState } from "./AlertsPage";
import { written } from "./question";
import { NO_RIGHT, type AlertPage as Found, type Question, type TrendsQuestion } from "./types";
import { useUndoable } from "./undo";
import "./explore.css";

const WEEK = 7 * 86_400_000;
const COLUMNS: TableColumn[] = [
  { key: "label", label: "Interval" }, { key: "amount", label: "Seen", align: "right" }, { key: "expected", label: "Expected", align: "right" },
  { key: "low", label: "At least", align: "right" }, { key: "high", label: "At most", align: "right" },
  { key: "state", label: "It said", render: (row) => <><AlertState state={row.state as string} />{row.why ? <span className="mut small"> {String(row.why)}</span> : null}</> },
];

function ruleWords({ watched }: Found): string {
  const { rule } = watched;
  if (rule.kind === "anomaly") return `Tells when it is ${rule.direction === "both" || !rule.direction ? "above or below" : rule.direction} what the last ${rule.seasons ?? 6} seasons make one expect.`;
  return rule.of === "change" ? `Tells when it ${rule.direction === "above" ? "rises" : "falls"} by more than ${format.share(Math.abs(rule.bound))}.` : `Tells when it is ${rule.direction} ${format.number(rule.bound)}.`;
}

export default function AlertPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const asked = useAsk(oneAlert, { path: { alert_id: id } });
  return <Answer of={asked} loading={<Page title="Alert"><h1 className="vh">Alert</h1></Page>}>{(alert) => <Alert alert={alert} />}</Answer>;
}

function Alert({ alert }: { alert: Found }) {
  const may = useMay("member");
  const nameOf = useName();
  const { history } = useRouter();
  const { send, busy } = useSend();
  const undoable = useUndoable();
  const path = { alert_id: alert.id };
  const quiet = alert.snoozed_until && format.instant(alert.snoozed_until) > format.now();
  const remove = async () => {
    if (await undoable(`“${alert.name}” deleted.`, () => ask(deleteAlert({ path })), () => ask(restoreAlert({ path })))) history.push("/explore/alerts");
  };
  const snooze = () => send(() => ask(snoozeAlert({ path, body: { until: new Date(format.now().getTime() + WEEK).toISOString() } })), "Quiet for a week");
  const [changing, setChanging] = useState(false);
  const props = { disabled: !may || busy, title: may ? undefined : NO_RIGHT };
  return (
    <Page title={alert.name} crumbs={[{ label: "Explore", href: "/explore" }, { label: "Alerts", href: "/explore/alerts" }]} actions={<><Menu position="bottom-end" withinPortal>
        <Menu.Target><Button>More ▾</Button></Menu.Target>
        <Menu.Dropdown><Menu.Item disabled={!may || Boolean(alert.archived_at)} onClick={() => setChanging(true)}>Change…</Menu.Item><Menu.Item color="red" disabled={!may || busy} onClick={() => void remove()}>Delete</Menu.Item></Menu.Dropdown>
      </Menu><Go className="btn p" href={`/explore?ask=${encodeURIComponent(written(alert.question as unknown as Question))}`}>Open the trend</Go></>}>
      <Head title={alert.name} sub={<>{ruleWords(alert)} {alert.words} <span className="mut small">· {nameOf(alert.owner)}</span></>} end={<><AlertState state={alert.state ?? alert.history.at(-1)?.state} snoozed={alert.snoozed_until} />{quiet ? <Button {...props} onClick={() => void send(() => ask(wakeAlert({ path })), "It tells again")}>Tell again</Button> : <Button {...props} onClick={() => void snooze()}>Quiet for a week</Button>}</>} />
      {alert.archived_at && <div className="alert warn" style={{ marginBottom: 14 }}><div className="grow">This alert was deleted {format.ago(alert.archived_at)}.</div><Button busy={busy} onClick={() => void send(() => ask(restoreAlert({ path })), "Restored")}>Restore</Button></div>}
      <div className="card pad"><AskedChart path={`/api/usage/alerts/${encodeURIComponent(alert.id)}/chart`} label={`${alert.name}: seen and expected`} empty="Nothing is over yet." /></div>
      {changing && <AlertDialog question={alert.question as unknown as TrendsQuestion} alert={alert} onClose={() => setChanging(false)} />}
      <Section title="What it said" note="only intervals that are over are judged"><DataTable label="What it said" columns={COLUMNS} rows={[...alert.history].reverse() as never} /></Section>
    </Page>
  );
}
