/** What is being tried, what it shows, and what was decided. */
import { experiments } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { Answer, Button, Empty, Pill, Section, Segments } from "@/components/basics";
import { ReportChart } from "@/components/Chart";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { Figures } from "@/components/Figure";
import { Head, Page } from "@/components/Page";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { PlanForm } from "./PlanForm";
import { effect, href, NO_RIGHT, TONES, type Line } from "./types";

const STATES = [{ value: "", label: "All" }, { value: "running", label: "Running" }, { value: "draft", label: "Drafts" }, { value: "decided", label: "Decided" }, { value: "stopped", label: "Stopped" }];

const COLUMNS: TableColumn[] = [
  { key: "title", label: "Experiment", href: "/experiments/{id}" },
  { key: "verdict_label", label: "Rule or decision", render: (row) => { const one = row as Line; return <Pill tone={one.state === "running" ? TONES[one.verdict] : "plain"}>{one.verdict_label || one.state}</Pill>; } },
  { key: "state", label: "State" },
  { key: "day", label: "Day", align: "right", render: (row) => { const one = row as Line; return one.day ? `${one.day} of ${one.planned_days}` : <span className="mut">{one.decided_at ? format.date(one.decided_at) : format.NONE}</span>; } },
  { key: "units", label: "Units", unit: "units" },
  { key: "difference", label: "Effect, 95%", align: "right", render: (row) => { const one = row as Line; return <span className={one.srm_ok ? "" : "mut"} title={one.srm_ok ? undefined : "The split failed: these numbers name no winner"}>{effect(one, one.unit)}{one.difference !== null && one.unit === "points" ? " points" : ""}</span>; } },
  { key: "metric", label: "Metric", render: (row) => format.humanise(String(row.metric)) },
  { key: "owner", label: "Owner", ref: "person" },
];

export default function ExperimentsPage() {
  const [state, setState] = useUrlState("state", "");
  const [planning, setPlanning] = useUrlState("new", "");
  const [feature, setFeature] = useUrlState("feature", "");
  const [view, setView] = useView("", 25);
  const asked = useAsk(experiments, { query: { size: 500, state } });
  const may = useMay("member");
  const close = () => { setPlanning(""); setFeature(""); };
  const plan = <Button primary disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => setPlanning("product")}>Plan an experiment</Button>;
  return (
    <Page title="Experiments" actions={plan}>
      <Head title="Experiments" sub="Planned before they start, read from complete days, decided by the rule they were planned with." />
      <Figures metrics={["experiments.running", "experiments.decided", "experiments.calibration"]} params={{ cadence: "monthly" }} />
      <Section title="Under way" note="effect on the primary metric with its 95% interval; grey where the split failed">
        <div className="card pad"><ReportChart report="experiments.running" label="Effects of running experiments" /></div>
      </Section>
      <Section title="All experiments" end={<Segments label="State" value={state} options={STATES} onChange={setState} />}>
        <div className="tools"><SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search experiments" /></div>
        <Answer of={asked}>
          {(page) => <DataTable label="Experiments" columns={COLUMNS} rows={page.items} view={view} onView={setView} href={(row) => href(String(row.id))}
            empty={<Empty title={state ? "No experiment is in this state" : "No experiments yet"} action={may ? { label: "Plan the first", onClick: () => setPlanning("product") } : undefined}>Write down what you expect, of what, and what would be worth having; then start.</Empty>} />}
        </Answer>
      </Section>
      {planning && may && <PlanForm kind={planning === "process" ? "process" : "product"} about={feature} onClose={close} />}
    </Page>
  );
}
