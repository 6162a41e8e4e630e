/** The plan of an experiment: what is expected, of what, and what would be worth having. */
import { Modal } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { amend, type AmendIn, planExperiment } from "@/api/generated";
import { ask } from "@/api/runtime";
import { Button } from "@/components/basics";
import { AreaField, formValues, SelectField, TextField, useSend } from "@/components/Form";
import { OwnerField } from "@/components/OwnerField";
import { href, type Experiment } from "./types";

interface PlanFormProps { experiment?: Experiment; kind?: string; about?: string; onClose: () => void }
const HALF = { gridTemplateColumns: "1fr 1fr" };

/** "control, shorter 2" -> arms with weights; the first is the control. */
function arms(text: string) {
  return text.split(",").map((one) => one.trim()).filter(Boolean).map((one) => {
    const weight = /\s(\d+(?:\.\d+)?)$/.exec(one);
    return { name: weight ? one.slice(0, weight.index).trim() : one, allocation: weight ? Number(weight[1]) : 1 };
  });
}

export function PlanForm({ experiment, kind = "product", about = "", onClose }: PlanFormProps) {
  const { send, busy, error } = useSend();
  const { history } = useRouter();
  const [metricKind, setMetricKind] = useState(experiment?.metric_kind ?? "proportion");
  const running = experiment?.state === "running";
  const scale = metricKind === "proportion" ? 100 : 1;
  const guard = experiment?.guardrails[0];
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = formValues<"title" | "hypothesis" | "owner" | "initiative" | "worthwhile" | "planned_days" | "guardrail" | "margin" | "metric" | "better" | "arms" | "reason">(event.currentTarget);
    const always = { title: given.title, hypothesis: given.hypothesis, owner: given.owner, initiative: given.initiative, worthwhile: Number(given.worthwhile) / scale, planned_days: Number(given.planned_days) };
    const guardrails = given.guardrail ? [{ metric: given.guardrail, kind: "proportion", better: "lower", margin: Number(given.margin || 0) / 100 }, ...(experiment?.guardrails.slice(1) ?? [])] : [];
    const fixed = { kind: experiment?.kind ?? kind, metric: given.metric, metric_kind: metricKind, better: given.better, arms: arms(running ? "" : given.arms) };
    const body: AmendIn = running ? { ...always, guardrails, reason: given.reason } : { ...always, ...fixed, guardrails };
    const made = await send(() => (experiment ? ask(amend({ path: { experiment_id: experiment.id }, body })) : ask(planExperiment({ body }))), running ? "Amended: dated and visible in the plan" : "Planned");
    if (!made) return;
    onClose();
    if (!experiment) history.push(`${href(made.id)}?tab=plan`);
  };
  return (
    <Modal opened onClose={onClose} title={experiment ? (running ? "Amend the plan" : "Change the plan") : "Plan an experiment"} centered size="lg">
      <form className="stack" onSubmit={(event) => void save(event)}>
        {error && <div className="alert" role="alert"><div><b>{error.message}</b><div className="sub">{error.mend}</div></div></div>}
        <TextField label="Title" name="title" required defaultValue={experiment?.title ?? (about ? `Make ${about.replace(/-/g, " ")} easier to find` : "")} data-autofocus />
        <AreaField label="Hypothesis" name="hypothesis" defaultValue={experiment?.hypothesis} hint="What you change, for whom, and why it should work." />
        <div className="two" style={HALF}><OwnerField value={experiment?.owner} /><TextField label="Initiative" name="initiative" defaultValue={experiment?.initiative} hint="Its id, so that the loop knows what is tested." /></div>
        {!running && (
          <>
            <div className="two" style={HALF}>
              <TextField label="Primary metric" name="metric" required defaultValue={experiment?.metric} hint="As outcomes name it." />
              <SelectField label="It is" options={[{ value: "proportion", label: "a share of units that did it" }, { value: "mean", label: "an amount per unit" }]} value={metricKind} onChange={(event) => setMetricKind(event.target.value)} />
              <TextField label="Arms, the control first" name="arms" required defaultValue={experiment?.arms.map((arm) => (arm.allocation === 1 ? arm.name : `${arm.name} ${arm.allocation}`)).join(", ") ?? "control, new"} hint="A number after a name is its weight: “control 9, new 1”." />
              <SelectField label="Better is" name="better" options={["higher", "lower"]} defaultValue={experiment?.better ?? "higher"} />
            </div>
          </>
        )}
        <div className="two" style={HALF}>
          <TextField label={`Smallest effect worth having${metricKind === "proportion" ? ", points" : ""}`} name="worthwhile" type="number" min={0} step="any" required defaultValue={experiment ? experiment.worthwhile * scale : 1} />
          <TextField label="Planned days" name="planned_days" type="number" min={1} max={730} required defaultValue={experiment?.planned_days ?? 14} />
          <TextField label="Guardrail: must not rise" name="guardrail" defaultValue={guard?.metric} hint="A share that would tell of harm." />
          <TextField label="By more than, points" name="margin" type="number" min={0} step="any" defaultValue={guard ? (guard.margin ?? 0) * 100 : 1} />
        </div>
        {running && <AreaField label="Why is the plan changed while it runs?" name="reason" required hint="Dated and kept in the plan for all to see." />}
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>{running ? "Amend" : "Save the plan"}</Button></div>
      </form>
    </Modal>
  );
}
