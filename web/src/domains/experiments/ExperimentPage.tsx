/** One experiment: what it showed, whether its split holds, its plan, and its decision. */
import { useParams } from "@tanstack/react-router";
import { experiment as oneExperiment, readout as readoutOf } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { ErrorPage } from "@/app/status";
import { Answer, Pill, Tabs } from "@/components/basics";
import { Go, RefLink } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import * as format from "@/lib/format";
import { traceHref, useUrlState } from "@/lib/url";
import { Actions } from "./Actions";
import { Assignment } from "./Assignment";
import { Decision } from "./Decision";
import { PlanPart } from "./PlanPart";
import { ReadoutPart } from "./ReadoutPart";
import { href, TONES, VERDICTS, type Experiment, type Readout } from "./types";

const PARTS = [["readout", "Readout"], ["assignment", "Assignment"], ["plan", "Plan"]] as const;

export default function ExperimentPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const asked = useAsk(oneExperiment, { path: { experiment_id: id } });
  const read = useAsk(readoutOf, { path: { experiment_id: id } });
  if (asked.error && !asked.data) return <ErrorPage error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <Page title={asked.data?.title ?? "Experiment"} crumbs={[{ label: "Experiments", href: "/experiments" }]} actions={asked.data && <Actions experiment={asked.data} />}>
      <Answer of={asked}>{(experiment) => <Answer of={read}>{(readout) => <Body experiment={experiment} readout={readout} />}</Answer>}</Answer>
    </Page>
  );
}

function Body({ experiment, readout }: { experiment: Experiment; readout: Readout }) {
  const [tab] = useUrlState("tab", experiment.state === "draft" ? "plan" : "readout");
  const shown = tab === "decision" ? "readout" : tab;
  const word = experiment.state === "running" ? readout.verdict_label : VERDICTS[experiment.decision] ?? experiment.state;
  const note: Record<string, string> = { assignment: readout.units && !readout.srm.ok ? "broken" : "", plan: experiment.amendments.length ? `amended ${experiment.amendments.length}×` : "" };
  return (
    <>
      <Head title={experiment.title} end={<Go className="btn" href={traceHref(`experiment:${experiment.id}`)}>Trace</Go>}
        sub={<span className="row wrap"><Pill tone={experiment.state === "running" ? TONES[readout.verdict] : "plain"}>{word}</Pill><span>{experiment.hypothesis}</span></span>} />
      <div className="sub" style={{ marginBottom: 16 }}>
        {experiment.started_at ? `${experiment.state === "running" ? `Day ${readout.day} of ${readout.planned_days}` : `Ran ${readout.day} of ${readout.planned_days} days`}, since ${format.date(experiment.started_at, "long")}` : "A draft: nothing is hashed or read yet"}
        {experiment.owner && <> · <RefLink of={`person:${experiment.owner}`} /></>}{experiment.initiative && <> · tests <RefLink of={`initiative:${experiment.initiative}`} /></>}
        {experiment.copied_from && <> · run again from <Go className="ev" href={href(experiment.copied_from)}>{experiment.copied_from}</Go></>}
      </div>
      {experiment.state !== "draft" && <Decision experiment={experiment} readout={readout} asking={tab === "decision"} />}
      <Tabs items={PARTS.map(([key, label]) => ({ label: note[key] ? <>{label} <span className={key === "assignment" ? "down" : "mut"}>{note[key]}</span></> : label, href: `${href(experiment.id)}?tab=${key}`, on: shown === key }))} />
      {shown === "assignment" ? <Assignment readout={readout} /> : shown === "plan" ? <PlanPart experiment={experiment} /> : <ReadoutPart experiment={experiment} readout={readout} />}
    </>
  );
}
