/** The effect that is expected of an initiative. */
import { Modal } from "@mantine/core";
import { useState } from "react";
import { metrics as allMetrics, predictRoadmapInitiative } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import type { MetricEntry } from "@/api/types";
import { useMay } from "@/app/session";
import { Button, Section } from "@/components/basics";
import { Figure } from "@/components/Figure";
import { formValues, SelectField, TextField, useSend } from "@/components/Form";
import * as format from "@/lib/format";
import { VIEWER, type Full } from "./types";

export function Predicted({ full }: { full: Full }) {
  const [stating, setStating] = useState(false);
  const may = useMay("member");
  const metrics = useAsk(allMetrics, {});
  const said = full.prediction;
  const entry = metrics.data?.find((one) => one.name === said?.metric);
  const amount = (value: number | null | undefined) => format.value(value, entry?.unit);
  return (
    <Section title="Prediction" end={<Button quiet disabled={!may} title={may ? undefined : VIEWER} onClick={() => setStating(true)}>{said ? "Change" : "Predict"}</Button>}>
      <div className="card pad">
        {said ? (
          <>
            <div className="num"><b>{said.effect > 0 ? "+" : ""}{amount(said.effect)}</b> {typeof said.low === "number" && typeof said.high === "number" && <span className="mut">[{amount(said.low)}, {amount(said.high)}]</span>}</div>
            <div className="sub">{entry?.title ?? said.metric}, now <Figure inline metric={said.metric} params={{ series: false }} />; by {format.date(said.due_at)}, says {said.by}.</div>
          </>
        ) : <span className="mut">No effect has been predicted, so it can never be scored.</span>}
      </div>
      {stating && <PredictDialog full={full} metrics={metrics.data ?? []} onClose={() => setStating(false)} />}
    </Section>
  );
}

function PredictDialog({ full, metrics, onClose }: { full: Full; metrics: MetricEntry[]; onClose: () => void }) {
  const { send, busy, error } = useSend();
  const submit = async (form: HTMLFormElement) => {
    const given = formValues<"metric" | "effect" | "low" | "high" | "due_at">(form);
    const number = (text: string) => (text ? Number(text) : null);
    const body = { metric: given.metric, effect: Number(given.effect), low: number(given.low), high: number(given.high), due_at: given.due_at || null };
    if (await send(() => ask(predictRoadmapInitiative({ path: { initiative_id: full.initiative }, body })), "Predicted.")) onClose();
  };
  return (
    <Modal opened onClose={onClose} title="What effect do you expect?" centered size="md">
      <form className="stack" onSubmit={(event) => { event.preventDefault(); void submit(event.currentTarget); }}>
        <SelectField label="On" name="metric" defaultValue={full.prediction?.metric} options={metrics.map((one) => ({ value: one.name, label: `${one.title} (${one.unit || one.name})` }))} />
        <div className="row"><div className="grow"><TextField label="Low" name="low" type="number" step="any" /></div><div className="grow"><TextField label="Effect" name="effect" type="number" step="any" required data-autofocus wrong={error?.message} /></div><div className="grow"><TextField label="High" name="high" type="number" step="any" /></div></div>
        <TextField label="Measured on" name="due_at" type="date" />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Predict</Button></div>
      </form>
    </Modal>
  );
}
