/** Goals with progress measured by their metric. */
import { useState } from "react";
import { addRoadmapGoal, metrics as allMetrics, oneReport } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { Modal } from "@mantine/core";
import { useMay } from "@/app/session";
import { Answer, Button, Empty } from "@/components/basics";
import { DataTable, useView, type TableColumn } from "@/components/DataTable";
import { formValues, SelectField, TextField, useSend } from "@/components/Form";
import { RefLink } from "@/components/Go";
import { coverageLine } from "@/lib/figure";
import * as format from "@/lib/format";
import { VIEWER } from "./types";

const measured = (key: string): TableColumn["render"] => (row) => <span className="num">{format.value(row[key], String(row.unit ?? ""))}</span>;
const COLUMNS: TableColumn[] = [
  { key: "title", label: "Goal", render: (row) => <><div>{String(row.title)}</div><div className="mut small">{String(row.metric_title || "no metric")}</div></> },
  { key: "owner", label: "Owner", render: (row) => (row.owner ? <RefLink of={`person:${row.owner}`} /> : <span className="mut">{format.NONE}</span>) },
  { key: "baseline", label: "From", align: "right", render: measured("baseline") },
  { key: "now", label: "Now", align: "right", render: measured("now") },
  { key: "target", label: "To", align: "right", render: measured("target") },
  { key: "share", label: "Of the way", unit: "share" },
  { key: "due_at", label: "Due", unit: "date" },
  { key: "initiatives", label: "Initiatives", align: "right", render: (row) => `${row.done} of ${row.initiatives} done` },
];

export function Goals() {
  const [view, setView] = useView();
  const [adding, setAdding] = useState(false);
  const may = useMay("member");
  const asked = useAsk(oneReport, { path: { name: "roadmap.goals" }, query: { size: 500 } });
  return (
    <>
      <div className="tools"><span className="sub grow">Progress is measured by a named metric, never typed.</span><Button disabled={!may} title={may ? undefined : VIEWER} onClick={() => setAdding(true)}>New goal</Button></div>
      <Answer of={asked}>
        {(table) => (
          <>
            <DataTable label="Goals" columns={COLUMNS} rows={table.rows} view={view} onView={setView} empty={<Empty title="No goals yet">Add a goal with the metric that will tell whether it was reached.</Empty>} />
            <div className="coverage">{coverageLine(table)}</div>
          </>
        )}
      </Answer>
      {adding && <GoalDialog onClose={() => setAdding(false)} />}
    </>
  );
}

function GoalDialog({ onClose }: { onClose: () => void }) {
  const { send, busy, error } = useSend();
  const metrics = useAsk(allMetrics, {});
  const options = [{ value: "", label: "no metric yet" }, ...(metrics.data ?? []).map((one) => ({ value: one.name, label: `${one.title} (${one.unit || one.name})` }))];
  const submit = async (form: HTMLFormElement) => {
    const { baseline, target, due_at, ...rest } = formValues<"title" | "metric" | "baseline" | "target" | "due_at">(form);
    const body = { ...rest, baseline: baseline ? Number(baseline) : null, target: target ? Number(target) : null, due_at: due_at || null };
    if (await send(() => ask(addRoadmapGoal({ body })), "Goal added.")) onClose();
  };
  return (
    <Modal opened onClose={onClose} title="New goal" centered size="md">
      <form className="stack" onSubmit={(event) => { event.preventDefault(); void submit(event.currentTarget); }}>
        <TextField label="What is to be reached" name="title" required data-autofocus wrong={error?.message} hint={error?.mend} />
        <SelectField label="Measured by" name="metric" options={options} />
        <div className="row"><div className="grow"><TextField label="From" name="baseline" type="number" step="any" /></div><div className="grow"><TextField label="To" name="target" type="number" step="any" /></div><div className="grow"><TextField label="Due" name="due_at" type="date" /></div></div>
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Add goal</Button></div>
      </form>
    </Modal>
  );
}
