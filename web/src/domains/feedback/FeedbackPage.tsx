/** Feedback: the inbox to triage, requests with the demand behind them, what rises, where it comes from. */
import { useState } from "react";
import { useMay } from "@/app/session";
import { Button, Tabs } from "@/components/basics";
import { ReportChart } from "@/components/Chart";
import { Figures } from "@/components/Figure";
import { Head, Page } from "@/components/Page";
import { PeriodPicker, usePeriod } from "@/components/PeriodPicker";
import { Rows } from "@/components/Rows";
import { useUrlState } from "@/lib/url";
import { Inbox } from "./Inbox";
import { ItemDrawer } from "./ItemDrawer";
import { RecordDialog } from "./RecordDialog";
import { Requests } from "./Requests";

const TABS = [["inbox", "Inbox"], ["requests", "Requests"], ["rising", "Rising"], ["channels", "Channels"]] as const;
const METRICS = ["feedback.untriaged", "feedback.requesters", "feedback.open_requests", "feedback.revenue_waiting"];

export default function FeedbackPage() {
  const [tab] = useUrlState<string>("tab", "inbox");
  const [item, setItem] = useUrlState("item", "");
  const [recording, setRecording] = useState(false);
  const may = useMay("member");
  return (
    <Page title="Feedback" actions={<Button primary disabled={!may} title={may ? undefined : "Viewers read; a member records feedback."} onClick={() => setRecording(true)}>Record feedback</Button>}>
      <Head title="Feedback" sub="What people ask for, counted by unique requester and by account, never by message." />
      <Figures metrics={METRICS} params={{ cadence: "weekly" }} />
      <div style={{ height: 18 }} />
      <Tabs items={TABS.map(([key, label]) => ({ label, href: key === "inbox" ? "/feedback" : `/feedback?tab=${key}`, on: tab === key }))} />
      {tab === "requests" ? <Requests /> : tab === "rising" || tab === "channels" ? <Drawn key={tab} report={`feedback.${tab}`} pick={tab === "channels"} /> : <Inbox />}
      {item && <ItemDrawer id={item} onClose={() => setItem("")} />}
      {recording && <RecordDialog onClose={() => setRecording(false)} />}
    </Page>
  );
}

function Drawn({ report, pick }: { report: string; pick: boolean }) {
  const period = usePeriod();
  return (
    <Rows path={`/api/reports/${report}`} params={period} tools={pick ? <PeriodPicker scopes={["segment"]} /> : undefined}
      onTable={(table) => (
        <>
          <p className="sub" style={{ marginBottom: 12 }}>{table.definition}</p>
          <div className="card pad" style={{ marginBottom: 16 }}><ReportChart report={report} params={period} label={table.title} /></div>
        </>
      )} />
  );
}
