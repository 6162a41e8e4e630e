/** Who stands behind a number: people or accounts, page by page, each with their own page; all of them as a cohort. */
import { Drawer } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { addCohort, people } from "@/api/generated";
import { type ApiError } from "@/api/client";
import { ask } from "@/api/runtime";
import { useMay } from "@/app/session";
import { Button, Empty, Failed } from "@/components/basics";
import { DataTable, SearchBox, type TableColumn } from "@/components/DataTable";
import { TextField, useSend } from "@/components/Form";
import { Go } from "@/components/Go";
import type { View } from "@/lib/table";
import * as format from "@/lib/format";
import { Tick } from "./Controls";
import type { Drill } from "./drill";
import { sent, written } from "./question";
import { cohortHref, NO_RIGHT, unitHref, type Question } from "./types";

type PeoplePage = Awaited<ReturnType<typeof people>>["data"];

export const COLUMNS: Record<string, TableColumn[]> = {
  person: [{ key: "name", label: "Name", render: (row) => <Go className="ev" href={unitHref("person", String(row.unit_id))}>{String(row.name ?? row.email ?? row.unit_id)}</Go> }, { key: "email", label: "Mail" }, { key: "account", label: "Account", render: (row) => (row.account_id ? <Go className="ev" href={unitHref("account", String(row.account_id))}>{String(row.account ?? row.account_id)}</Go> : format.NONE) }, { key: "segment", label: "Segment" }],
  account: [{ key: "name", label: "Account", render: (row) => <Go className="ev" href={unitHref("account", String(row.unit_id))}>{String(row.name ?? row.unit_id)}</Go> }, { key: "segment", label: "Segment" }],
};

/** How often each did what the number counts, where it is told. */
const TIMES: TableColumn = { key: "times", label: "Times" };

export function Behind({ question, drill: whole, onClose }: { question: Question; drill: Drill; onClose: () => void }) {
  const [ended, setEnded] = useState<number[]>([]);
  const drill = furthest(whole, ended);
  const asked = sent(question);
  const unit = question.unit ?? (question.kind === "adoption" ? "account" : "person");
  const [view, setView] = useState<View>({ page: 1, size: 25, sort: "", q: "" });
  const found = useQuery<PeoplePage, ApiError>({
    queryKey: ["usage-answer", "people", written(asked), drill.cell, view], placeholderData: keepPreviousData, retry: false,
    queryFn: ({ signal }) => ask(people({ body: { question: asked as never, cell: drill.cell }, query: view, signal })),
  });
  const words = unit === "account" ? "account" : "person";
  const steps = question.kind === "funnel" && (question.show ?? "steps") === "steps" ? question.steps.length : 0;
  return (
    <Drawer opened onClose={onClose} position="right" size="min(720px, 96vw)" title={drill.title}>
      {found.error ? <Failed error={found.error} retry={() => void found.refetch()} /> : (
        <div aria-busy={found.isPlaceholderData}>
          <div className="tools"><SearchBox value={view.q} onChange={(q) => setView({ ...view, q, page: 1 })} label="Search them" /><span className="grow" />{found.data && <span className={`mut small num${found.isPlaceholderData ? " ans-stale" : ""}`}>{format.count(found.data.total, words, unit === "account" ? "accounts" : "people")}</span>}</div>
          {steps > 0 && <Furthest steps={steps} value={ended} onChange={(chosen) => { setEnded(chosen); setView({ ...view, page: 1 }); }} />}
          <DataTable label={drill.title} columns={found.data?.items.some((one) => one.times !== null && one.times !== undefined) ? [...COLUMNS[unit]!, TIMES] : COLUMNS[unit]!} rows={found.data?.items as never} total={found.data?.total} view={view} onView={(changes) => setView({ ...view, page: 1, ...changes })} keys={false} empty={<Empty title="Nobody is behind this number">They may have been deleted since, or the number counts something else than {unit === "account" ? "accounts" : "people"}.</Empty>} />
          <AsCohort question={asked} drill={drill} total={found.data?.total ?? 0} />
        </div>
      )}
    </Drawer>
  );
}

/** Those of a line of a funnel whose furthest step is one of these; with none, those of the cell itself. */
function furthest(drill: Drill, ended: number[]): Drill {
  if (!ended.length) return drill;
  const { converted: _, ...cell } = drill.cell;
  const words = ["part" in cell && (String(cell.group) || String(cell.part)), cell.period === "previous" && "before", `furthest step ${ended.join(" or ")}`];
  return { cell: { ...cell, ended }, title: words.filter(Boolean).join(" · ") };
}

function Furthest({ steps, value, onChange }: { steps: number; value: number[]; onChange: (ended: number[]) => void }) {
  const toggle = (step: number, on: boolean) => onChange((on ? [...value, step] : value.filter((one) => one !== step)).sort((a, b) => a - b));
  return (
    <div className="q-row behind-ended" role="group" aria-label="Only those whose furthest step is">
      <span className="q-word">Only those whose furthest step is</span>
      {Array.from({ length: steps }, (_, i) => <Tick key={i} label={String(i + 1)} title={`Step ${i + 1} and no further`} on={value.includes(i + 1)} onChange={(on) => toggle(i + 1, on)} />)}
    </div>
  );
}

function AsCohort({ question, drill, total }: { question: Question; drill: Drill; total: number }) {
  const may = useMay("member");
  const { send, busy, error } = useSend();
  const [name, setName] = useState<string | null>(null);
  const [made, setMade] = useState("");
  if (made) return <p className="small" style={{ marginTop: 14 }}>Saved. <Go className="ev" href={cohortHref(made)}>Open the cohort</Go></p>;
  if (name === null) return <div className="form-foot"><Button disabled={!may || !total} title={may ? undefined : NO_RIGHT} onClick={() => setName(drill.title)}>Save as cohort…</Button></div>;
  const save = async () => {
    const cohort = await send(() => ask(addCohort({ body: { name: name.trim(), unit: question.unit, of: { question: question as never, cell: drill.cell } } })), "Cohort saved");
    if (cohort) setMade(cohort.id);
  };
  return (
    <form className="stack" style={{ marginTop: 16 }} onSubmit={(event) => { event.preventDefault(); void save(); }}>
      {error && <Failed error={error} />}
      <TextField label="Name of the cohort" required autoFocus value={name} onChange={(event) => setName(event.target.value)} hint="Those who are in it now; it does not change by itself." />
      <div className="form-foot" style={{ marginTop: 0 }}><Button onClick={() => setName(null)}>Cancel</Button><Button primary type="submit" busy={busy} disabled={!name.trim()}>Save</Button></div>
    </form>
  );
}
