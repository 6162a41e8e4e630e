import { useRef, useState, type DragEvent } from "react";
import { type ImportRow, listImports } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { Answer, Button, Empty, Pill } from "@/components/basics";
import { DataTable, type TableColumn } from "@/components/DataTable";
import { Head, Page } from "@/components/Page";
import { ImportWizard } from "./ImportWizard";
import { CRUMBS, SettingsTabs } from "./tabs";

const COLUMNS: TableColumn[] = [
  { key: "file", label: "File", href: "/settings/imports/{id}" },
  { key: "kind", label: "Kind" },
  { key: "source", label: "By" },
  { key: "inserted", label: "New", align: "right" },
  { key: "updated", label: "Changed", align: "right" },
  { key: "unchanged", label: "Same", align: "right" },
  { key: "quarantined", label: "Quarantined", align: "right", render: (row) => Number(row.quarantined) > 0 ? <Pill tone="warn">{String(row.quarantined)}</Pill> : "0" },
  { key: "state", label: "State", render: (row) => <Pill tone={row.state === "undone" ? "plain" : "good"}>{row.state === "landed" ? "imported" : String(row.state)}</Pill> },
  { key: "imported_at", label: "When", unit: "time" },
];

/** Counts stand in the list as columns of their own. */
export function flat(row: ImportRow) {
  return { ...row, ...row.counts };
}

export default function ImportsPage() {
  const asked = useAsk(listImports, {});
  const may = useMay("member");
  const [file, setFile] = useState<File | null>(null);
  return (
    <Page title="Imports" crumbs={CRUMBS}>
      <SettingsTabs />
      <Head title="Imports" sub="CSV, JSON, Parquet or a changelog. Columns are recognised, you check, nothing is written before you say so; every import can be undone." />
      {may && (file ? <ImportWizard file={file} onClose={() => setFile(null)} /> : <Drop onFile={setFile} />)}
      <div style={{ marginTop: 26 }}>
        <Answer of={asked}>{({ items }) => <DataTable label="Imports" columns={COLUMNS} rows={items.map(flat)} href={(row) => `/settings/imports/${row.id}`} empty={<Empty title="No imports yet">Drop a file above, or run “callsheet import FILE”.</Empty>} />}</Answer>
      </div>
    </Page>
  );
}

function Drop({ onFile }: { onFile: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (event.dataTransfer.files[0]) onFile(event.dataTransfer.files[0]);
  };
  return (
    <div className={`drop${over ? " over" : ""}`} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
      <input ref={input} type="file" hidden accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.parquet,.yml,.yaml,.md,.gz" onChange={(event) => { if (event.target.files?.[0]) onFile(event.target.files[0]); }} />
      Drop a file here, or <Button icon="upload" onClick={() => input.current?.click()}>Choose a file</Button>
    </div>
  );
}
