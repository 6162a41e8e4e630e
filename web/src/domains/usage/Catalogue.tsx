/** The feature catalogue: listed, searched, sorted, and changed in place. */
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { features } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import type { Row } from "@/api/types";
import { useMay } from "@/app/session";
import { Button, Empty, Failed, Pill, Section, Segments } from "@/components/basics";
import { ReportChart } from "@/components/Chart";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { FeatureForm } from "./FeatureForm";
import { featureHref, NO_RIGHT, STAGE_TONE, standing, type Feature } from "./types";

const STAGES = ["", "planned", "beta", "released", "retired"];

export function Catalogue({ onAdd }: { onAdd: () => void }) {
  const [view, setView] = useView("", 50);
  const [stage, setStage] = useUrlState("stage", "");
  const [changing, setChanging] = useState<Feature | null>(null);
  const may = useMay("member");
  const asked = useAsk(features, { query: { stage, page: view.page, size: view.size, sort: view.sort, q: view.q } }, { placeholderData: keepPreviousData });
  const columns: TableColumn[] = [
    { key: "name", label: "Feature", render: (row) => <span><b>{String(row.name)}</b>{row.line ? <span className="sub" style={{ display: "block", maxWidth: 360, overflow: "hidden", textOverflow: "ellipsis" }}>{String(row.line)}</span> : null}</span> },
    { key: "stage", label: "Stage", render: (row) => <Pill tone={STAGE_TONE[String(row.stage)]}>{String(row.stage)}</Pill> },
    { key: "owner", label: "Owner", ref: "person" },
    { key: "released_at", label: "Released", unit: "date" },
    { key: "accounts", label: "Accounts", unit: "accounts", doc: "That used it in the last 28 days" },
    { key: "uses", label: "Uses", unit: "events", doc: "In the last 28 days" },
    { key: "change", label: "Change", doc: "Against the 28 days before", render: (row) => (row.change === null ? <span className="mut">{format.NONE}</span> : <span className="num">{format.signed(Math.round(Number(row.change) * 100))}%</span>) },
    { key: "tried_share", label: "Adoption", unit: "share", doc: "In the first 90 days: share of the accounts that could use it and tried it" },
    { key: "standing", label: "", fixed: true, render: (row) => { const told = standing(String(row.standing)); return told ? <Pill tone={told.tone}>{told.word}</Pill> : null; } },
    { key: "flag", label: "Flag", render: (row) => (row.flag ? <span className="mono">{String(row.flag)}</span> : <span className="mut">{format.NONE}</span>) },
    { key: "edit", label: "", fixed: true, render: (row) => <Button quiet disabled={!may} title={may ? `Change ${String(row.name)}` : NO_RIGHT} onClick={() => setChanging(row as unknown as Feature)}>Change</Button> },
  ];
  if (asked.error && !asked.data) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <>
      <Section title="Accounts by feature" note="last 28 days"><div className="card pad"><ReportChart report="usage.features" label="Accounts by feature" /></div></Section>
      <Section title="Catalogue" note="what people can use, who answers for it, and how it is counted">
        <div className="tools">
          <SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search features" />
          <Segments label="Stage" value={stage} options={STAGES.map((one) => ({ value: one, label: one || "all" }))} onChange={setStage} />
          <span className="grow" />{asked.data && <span className="mut small num">{format.count(asked.data.total, "feature")}</span>}
        </div>
        <DataTable label="Features" columns={columns} rows={asked.data?.items as unknown as Row[] | undefined} total={asked.data?.total} view={view} onView={setView} href={(row) => featureHref(String(row.id))}
          empty={<Empty title="No features yet" action={{ label: "Add a feature", onClick: onAdd }}>Name what people can use and the events that mean it; adoption, health and the trace rest on it.</Empty>} />
      </Section>
      {changing && <FeatureForm feature={changing} onClose={() => setChanging(null)} />}
    </>
  );
}
