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
import { Catalogue } from "./Catalogue";
import { FeatureForm } from "./FeatureForm";
import { Health } from "./Health";
import { NO_RIGHT } from "./types";

const PARTS = [["adoption", "Adoption"], ["activity", "Activity"], ["features", "Features"], ["accounts", "Accounts"], ["health", "Health"], ["events", "By name"], ["tracking", "Tracking"]] as const;
const FIGURES = ["usage.active_accounts", "usage.active_persons", "usage.stickiness", "usage.adoption", "usage.accounts_at_risk"];

export default function UsagePage() {
  const [tab] = useUrlState("tab", "adoption");
  const [adding, setAdding] = useState(false);
  const may = useMay("member");
  return (
    <Page title="Usage" actions={<Button primary disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => setAdding(true)}>Add a feature</Button>}>
      <Head title="Usage" sub="Who uses the product, and what became of what was released." />
      <Figures metrics={FIGURES} params={{ cadence: "weekly" }} />
      <div style={{ height: 18 }} />
      <Tabs items={[...PARTS.map(([key, label]) => ({ label: label as string, href: key === "adoption" ? "/usage" : `/usage?tab=${key}`, on: tab === key })), { label: "People", href: "/usage/persons", on: false }, { label: "Events", href: "/usage/events", on: false }]} />
      <Part key={tab} tab={tab} onAdd={() => setAdding(true)} />
      {adding && <FeatureForm onClose={() => setAdding(false)} />}
    </Page>
  );
}

function Part({ tab, onAdd }: { tab: string; onAdd: () => void }) {
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
  if (tab === "features") return <Catalogue onAdd={onAdd} />;
  if (tab === "health") return <Health />;
  if (tab === "tracking") return <Section title="Do events come in as they did?" note="by name, against the same weekdays of six weeks; properties against the weeks before"><Rows path="/api/reports/usage.tracking" empty={<Empty title="Too little history to tell">After five weeks of an event its silence says something.</Empty>} /></Section>;
  if (tab === "events") return <Section title="Events by name" note="as they come in"><Rows path="/api/reports/usage.events" params={period} tools={picker} empty={<NoEvents />} /></Section>;
  return <AdoptionPart />;
}

export function NoEvents() {
  return <Empty title="No events yet" action={{ label: "Send events", href: "/usage/events" }}>Point a client here, or import: a file with a time, a person and an event name is enough; accounts and features make it better.</Empty>;
}
