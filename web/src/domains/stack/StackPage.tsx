import { useState } from "react";
import { addTool, listTools, oneReport } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { Answer, Button, Empty, Pill, Section, Tabs } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { Figures } from "@/components/Figure";
import { Go } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { ToolDialog } from "./ToolDialog";
import { ToolDrawer } from "./ToolDrawer";
import { TONES, type Freshness } from "./types";

const COLUMNS: TableColumn[] = [
  { key: "title", label: "Tool", href: "/stack?tool={id}" },
  { key: "capability", label: "For" },
  { key: "state", label: "Freshness", render: (row) => <span title={String(row.words)}><Pill tone={TONES[row.state as Freshness]}>{String(row.state)}</Pill> <span className="mut small">{row.synced_at ? format.ago(String(row.synced_at)) : ""}</span></span> },
  { key: "owner", label: "Owner", ref: "person" },
  { key: "active", label: "Active", align: "right", render: (row) => row.active === null || row.seats === null ? <span className="mut">–</span> : <span className="num">{String(row.active)} of {String(row.seats)}</span> },
  { key: "cost", label: "A year", unit: "money", align: "right" },
  { key: "cost_per_user", label: "An active user", unit: "money", align: "right" },
  { key: "notice_at", label: "Notice by", unit: "date" },
];

/** The tools: what they cost, who uses them, and how fresh what they tell is. */
export default function StackPage() {
  const [view, setView] = useView();
  const [open, setOpen] = useUrlState("tool", "", true);
  const [adding, setAdding] = useState(false);
  const may = useMay("member");
  const asked = useAsk(listTools, { query: { page: view.page, size: view.size, sort: view.sort, q: view.q } });
  const shown = asked.data?.items.find((tool) => tool.id === open);
  return (
    <Page title="Stack" width="wide" actions={<Button primary disabled={!may} title={may ? undefined : "Members may add tools; ask an owner for the role."} onClick={() => setAdding(true)}>Add a tool</Button>}>
      <Head title="Stack" sub="What the organisation works with: cost, use, renewal, and how fresh its facts are." />
      <Tabs items={[{ label: "Tools", href: "/stack", on: true }, { label: "Sources", href: "/settings/sources", on: false }, { label: "Imports", href: "/settings/imports", on: false }]} />
      <Figures metrics={["stack.fresh_sources", "stack.cost", "stack.unused_seats"]} params={{ cadence: "weekly" }} />
      <Overlaps />
      <Section title="Tools in use" end={<SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search tools" />}>
        <Answer of={asked}>{(page) => <DataTable label="Tools" columns={COLUMNS} rows={page.items} total={page.total} view={view} onView={setView} href={(row) => `/stack?tool=${encodeURIComponent(String(row.id))}`}
          empty={<Empty title={view.q ? "No tool matches" : "No tools yet"} action={may && !view.q ? { label: "Add a tool", onClick: () => setAdding(true) } : undefined}>Enter what you work with, so that cost, owners and renewals are in one place.</Empty>} />}</Answer>
      </Section>
      <Capabilities />
      {shown && <ToolDrawer tool={shown} onClose={() => setOpen("")} />}
      {adding && <ToolDialog onClose={() => setAdding(false)} onSave={(values) => ask(addTool({ body: values }))} />}
    </Page>
  );
}

function Overlaps() {
  const asked = useAsk(oneReport, { path: { name: "stack.overlap" } });
  if (!asked.data?.rows.length) return null;
  return (
    <Section title="Overlaps" note="little used, while another tool does the same">
      <div className="card">{asked.data.rows.map((row) => (
        <div className="dec" key={String(row.tool)}>
          <div><h3><Pill tone="info">Overlap</Pill>{String(row.title)} and {String(row.other_title)}, both for {String(row.capability)}</h3>
            <p>{format.number(Number(row.active))} of {format.number(Number(row.seats))} seats of {String(row.title)} are active; it costs {format.value(row.cost, "money")} a year{row.notice_at ? ` and can be given notice until ${format.value(row.notice_at, "date")}` : ""}.</p></div>
          <div className="act"><Go className="btn" href={`/stack?tool=${encodeURIComponent(String(row.tool))}`}>Open</Go></div>
        </div>
      ))}</div>
    </Section>
  );
}

function Capabilities() {
  const asked = useAsk(oneReport, { path: { name: "stack.capabilities" } });
  return (
    <Section title="Capabilities" note="what a product organisation needs, and what does it here">
      <Answer of={asked}>{(report) => <DataTable label="Capabilities" keys={false} columns={[
        { key: "capability", label: "Capability" },
        { key: "titles", label: "Tools", fixed: true, render: (row) => (row.titles as string[]).length ? (row.titles as string[]).join(", ") : <Pill tone="warn">nothing yet</Pill> },
        { key: "cost", label: "A year", unit: "money", align: "right" },
      ]} rows={report.rows} />}</Answer>
    </Section>
  );
}
