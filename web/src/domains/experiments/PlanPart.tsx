/** The plan as it stands, its amendments, and what people predicted. */
import type { FormEvent } from "react";
import { predict } from "@/api/generated";
import { ask } from "@/api/runtime";
import { useMay, useName } from "@/app/session";
import { Button, Section } from "@/components/basics";
import { formValues, TextField, useSend } from "@/components/Form";
import { RefLink } from "@/components/Go";
import * as format from "@/lib/format";
import { effect, NO_RIGHT, plus, type Experiment } from "./types";

export function PlanPart({ experiment }: { experiment: Experiment }) {
  const nameOf = useName();
  const unit = experiment.metric_kind === "proportion" ? "points" : "";
  const total = experiment.arms.reduce((sum, arm) => sum + arm.allocation, 0);
  return (
    <>
      <div className="two">
        <Section title="The plan" note={experiment.plan_hash ? "hashed at the start" : "not started: still open"}>
          <div className="card pad"><dl className="facts">
            <dt>Hypothesis</dt><dd>{experiment.hypothesis || format.NONE}</dd>
            <dt>Primary metric</dt><dd>{format.humanise(experiment.metric)}, {experiment.metric_kind === "proportion" ? "share of units" : "mean per unit"}, {experiment.better} is better</dd>
            <dt>Arms</dt><dd>{experiment.arms.map((arm) => `${arm.name} ${format.share(arm.allocation / total)}`).join(", ")}</dd>
            <dt>Worthwhile from</dt><dd className="num">{plus(experiment.worthwhile, unit)} {unit}</dd>
            <dt>Guardrails</dt><dd>{experiment.guardrails.map((one) => `${format.humanise(one.metric)} not worse by ${plus(one.margin ?? 0, one.kind === "mean" ? "" : "points")}`).join("; ") || "none"}</dd>
            <dt>Planned</dt><dd>{format.count(experiment.planned_days, "day")}</dd>
            <dt>Owner</dt><dd>{experiment.owner ? <RefLink of={`person:${experiment.owner}`} /> : "nobody yet"}</dd>
            <dt>Exposures named</dt><dd className="mono">{experiment.exposure_key}</dd>
            {experiment.plan_hash && <><dt>Hash</dt><dd className="mono" style={{ fontSize: 11.5 }}>{experiment.plan_hash}</dd></>}
          </dl></div>
        </Section>
        <Predicting experiment={experiment} unit={unit} />
      </div>
      <Section title="Amendments" note="what was changed after the start">
        <div className="card whos">{experiment.amendments.length ? experiment.amendments.map((one) => (
          <div className="who-row" key={one.made_at}><span>{Object.keys(one.after).map((key) => `${format.humanise(key)} from ${format.value(one.before[key])} to ${format.value(one.after[key])}`).join("; ")}<span className="sub"> · {one.reason}</span></span><span className="mut small">{nameOf(one.by)}, {format.dateTime(one.made_at)}</span></div>
        )) : <span className="mut">None: it runs as it was planned.</span>}</div>
      </Section>
    </>
  );
}

function Predicting({ experiment, unit }: { experiment: Experiment; unit: string }) {
  const nameOf = useName();
  const may = useMay("member");
  const { send, busy, error } = useSend();
  const scale = unit === "points" ? 100 : 1;
  const say = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = formValues<"effect" | "low" | "high">(form);
    const body = { effect: Number(given.effect) / scale, low: Number(given.low) / scale, high: Number(given.high) / scale };
    if (await send(() => ask(predict({ path: { experiment_id: experiment.id }, body })), "Predicted")) form.reset();
  };
  return (
    <Section title="Predictions" note="with an 80% range, before the start">
      <div className="card whos">
        {experiment.predictions.map((one) => <div className="who-row" key={one.by}><span>{nameOf(one.by)}</span><span className="num">{effect({ difference: one.effect, low: one.low, high: one.high }, unit)} {unit}</span></div>)}
        {!experiment.predictions.length && <span className="mut">{experiment.state === "draft" ? "Nobody yet. Say what you expect; later it is held against what is measured." : "Nobody predicted its effect."}</span>}
      </div>
      {experiment.state === "draft" && (
        <form className="stack tight" style={{ marginTop: 12 }} onSubmit={(event) => void say(event)}>
          {error && <span className="down">{error.message} {error.mend}</span>}
          <div className="two" style={{ gridTemplateColumns: "1fr 1fr 1fr" }}>
            <TextField label={`You expect${unit && `, ${unit}`}`} name="effect" type="number" step="any" required />
            <TextField label="At least" name="low" type="number" step="any" required />
            <TextField label="At most" name="high" type="number" step="any" required />
          </div>
          <div className="form-foot"><Button type="submit" busy={busy} disabled={!may} title={may ? undefined : NO_RIGHT}>Predict</Button></div>
        </form>
      )}
    </Section>
  );
}
