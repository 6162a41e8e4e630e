/** Who uses the product, and what became of what was released. */
import { useState } from "react";
import { useMay } from "@/app/session";
import { Button, Empty, Section, Tabs } from "@/components/basics";
import { ReportChart } from "@/components/Chart";
import { Figures } from "@/components/Figure";
import { Head, Page } from "@/components/Page";
import { PeriodPicker, usePeriod } from "@/components/PeriodPicker";
import { Rows } from "@/components/Rows";
import { useUrlState } from "@/lib/url";
import { Accounts } from "./Accounts";
import { AdoptionPart } from "./AdoptionPart";
import { FeatureForm } from "./FeatureForm";
import { NO_RIGHT } from "./types";

const PARTS = [["adoption", "Adoption"], ["activity", "Activity"], ["features", "Features"], ["accounts", "Accounts"], ["events", "Events"]] as const;
const FIGURES = ["usage.active_accounts", "usage.active_persons", "usage.stickiness", "usage.adoption"];

export default function UsagePage() {
  const [tab] = useUrlState("tab", "adoption");
  const [adding, setAdding] = useState(false);
  const may = useMay("member");
  return (
    <Page title="Usage" actions={<Button primary disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => setAdding(true)}>Add a feature</Button>}>
      <Head title="Usage" sub="Who uses the product, and what became of what was released." />
      <Figures metrics={FIGURES} params={{ cadence: "weekly" }} />
      <div style={{ height: 18 }} />
      <Tabs items={PARTS.map(([key, label]) => ({ label, href: key === "adoption" ? "/usage" : `/usage?tab=${key}`, on: tab === key }))} />
      <Part key={tab} tab={tab} />
      {adding && <FeatureForm onClose={() => setAdding(false)} />}
    </Page>
  );
}

function Part({ tab }: { tab: string }) {
  const period = usePeriod();
  const picker = <PeriodPicker />;
  if (tab === "accounts") return <Accounts />;
  if (tab === "activity") {
    return (
      <>
        <Section title="By week" note="the last week is not over; marks are features released"><div className="card pad"><ReportChart report="usage.activity" params={period} label="Active accounts and people by week" /></div></Section>
        <Section title="By segment"><Rows path="/api/reports/usage.by_segment" params={period} tools={picker} empty={<NoEvents />} /></Section>
      </>
    );
  }
  if (tab === "features") {
    return (
      <>
        <Section title="Use by feature"><div className="card pad"><ReportChart report="usage.features" params={period} label="Accounts by feature" /></div></Section>
        <Section title="All features"><Rows path="/api/reports/usage.features" params={period} tools={picker} empty={<NoEvents />} /></Section>
      </>
    );
  }
  if (tab === "events") return <Section title="Events by name" note="as they come in"><Rows path="/api/reports/usage.events" params={period} tools={picker} empty={<NoEvents />} /></Section>;
  return <AdoptionPart />;
}

export function NoEvents() {
  return <Empty title="No events yet" action={{ label: "Bring in events", href: "/settings/imports" }}>A file with a time, a person and an event name is enough; accounts and features make it better.</Empty>;
}
