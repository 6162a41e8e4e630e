/** Adding or changing a feature of the catalogue. */
import { Modal } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { addFeature, changeFeature } from "@/api/generated";
import { ask } from "@/api/runtime";
import { Button } from "@/components/basics";
import { AreaField, formValues, SelectField, TextField, useSend } from "@/components/Form";
import { featureHref, type Feature } from "./types";

const STAGES = ["planned", "beta", "released"];
const percent = (share: number | null | undefined) => (share === null || share === undefined ? "" : String(Math.round(share * 1000) / 10));
const share = (text: string) => (text ? Number(text) / 100 : null);

export function FeatureForm({ feature, onClose }: { feature?: Feature; onClose: () => void }) {
  const { send, busy, error } = useSend();
  const { history } = useRouter();
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = formValues<"name" | "line" | "owner" | "stage" | "docs_url" | "released_at" | "events" | "predicted_share" | "predicted_low" | "predicted_high">(event.currentTarget);
    const body = {
      name: given.name, line: given.line, owner: given.owner, stage: given.stage, docs_url: given.docs_url,
      released_at: given.released_at ? `${given.released_at}${given.released_at.length === 16 ? ":00Z" : ""}` : null,
      events: given.events.split(/[\s,]+/).filter(Boolean),
      predicted_share: share(given.predicted_share), predicted_low: share(given.predicted_low), predicted_high: share(given.predicted_high),
    };
    const made = await send(() => (feature ? ask(changeFeature({ path: { feature_id: feature.id }, body })) : ask(addFeature({ body }))), "Saved");
    if (made) onClose();
    if (made && !feature) history.push(featureHref(made.id));
  };
  const stages = feature && !STAGES.includes(feature.stage) ? [feature.stage, ...STAGES] : STAGES;
  return (
    <Modal opened onClose={onClose} title={feature ? `Change ${feature.name}` : "Add a feature"} centered size="lg">
      <form className="stack" onSubmit={(event) => void save(event)}>
        {error && <div className="alert" role="alert"><div><b>{error.message}</b><div className="sub">{error.mend}</div></div></div>}
        <TextField label="Name" name="name" required defaultValue={feature?.name} data-autofocus />
        <AreaField label="In plain words" name="line" defaultValue={feature?.line} hint="One sentence that a customer would understand." />
        <div className="two" style={{ gridTemplateColumns: "1fr 1fr" }}>
          <TextField label="Owner" name="owner" defaultValue={feature?.owner} />
          <SelectField label="Stage" name="stage" options={stages} defaultValue={feature?.stage ?? "planned"} />
          <TextField label="Released (UTC)" name="released_at" type="datetime-local" defaultValue={feature?.released_at?.slice(0, 16)} />
          <TextField label="Documentation" name="docs_url" type="url" defaultValue={feature?.docs_url} />
        </div>
        <TextField label="Events that count as its use" name="events" defaultValue={feature?.events.join(", ")} hint="Names as they come in, separated by commas. Events that carry the feature's id count anyway." />
        <div className="two" style={{ gridTemplateColumns: "1fr 1fr 1fr" }}>
          <TextField label="Predicted to try it, %" name="predicted_share" type="number" min={0} max={100} step="any" defaultValue={percent(feature?.predicted_share)} />
          <TextField label="At least, %" name="predicted_low" type="number" min={0} max={100} step="any" defaultValue={percent(feature?.predicted_low)} />
          <TextField label="At most, %" name="predicted_high" type="number" min={0} max={100} step="any" defaultValue={percent(feature?.predicted_high)} />
        </div>
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Save</Button></div>
      </form>
    </Modal>
  );
}
