/** Adding or changing a feature of the catalogue. */
import { Modal } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { addFeature, changeFeature } from "@/api/generated";
import { ask } from "@/api/runtime";
import { Button } from "@/components/basics";
import { AreaField, formValues, SelectField, TextField, useSend } from "@/components/Form";
import { OwnerField } from "@/components/OwnerField";
import { featureHref, type Feature } from "./types";

const STAGES = ["planned", "beta", "released"];
const percent = (share: number | null | undefined) => (share === null || share === undefined ? "" : String(Math.round(share * 1000) / 10));
const share = (text: string) => (text ? Number(text) / 100 : null);
const whole = (text: string) => (text ? Number(text) : null);
const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);
const names = (text: string) => text.split(",").map((one) => one.trim()).filter(Boolean);
/** Conditions on plan and segment are edited here; any others stay as they are. */
const EDITED = ["account.plan", "account.segment"];
const listed = (feature: Feature | undefined, field: string) => (feature?.could_use ?? []).filter((one) => one.field === field && (one.op ?? "is") === "is").flatMap((one) => one.values ?? []).join(", ");
function conditions(feature: Feature | undefined, plans: string, segments: string): Feature["could_use"] {
  const kept = (feature?.could_use ?? []).filter((one) => !(EDITED.includes(one.field) && (one.op ?? "is") === "is"));
  const said = [["account.plan", plans], ["account.segment", segments]] as const;
  return [...kept, ...said.flatMap(([field, text]) => (names(text).length ? [{ field, op: "is", values: names(text) }] : []))];
}
type Fields = "name" | "line" | "owner" | "stage" | "docs_url" | "flag" | "released_at" | "events" | "exposed_by" | "plans" | "segments" | "activation" | "predicted_share" | "predicted_low" | "predicted_high" | "predicted_days" | "predicted_by";

export function FeatureForm({ feature, onClose }: { feature?: Feature; onClose: () => void }) {
  const { send, busy, error } = useSend();
  const { history } = useRouter();
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = formValues<Fields>(event.currentTarget);
    const body = {
      name: given.name, line: given.line, owner: given.owner, stage: given.stage, docs_url: given.docs_url, flag: given.flag, activation: whole(given.activation),
      released_at: given.released_at ? `${given.released_at}${given.released_at.length === 16 ? ":00Z" : ""}` : null,
      events: words(given.events), exposed_by: words(given.exposed_by), could_use: conditions(feature, given.plans, given.segments),
      predicted_share: share(given.predicted_share), predicted_low: share(given.predicted_low), predicted_high: share(given.predicted_high), predicted_days: whole(given.predicted_days), predicted_by: given.predicted_by,
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
          <OwnerField value={feature?.owner} />
          <SelectField label="Stage" name="stage" options={stages} defaultValue={feature?.stage ?? "planned"} />
          <TextField label="Released (UTC)" name="released_at" type="datetime-local" defaultValue={feature?.released_at?.slice(0, 16)} />
          <TextField label="Documentation" name="docs_url" type="url" defaultValue={feature?.docs_url} />
        </div>
        <TextField label="Events that count as its use" name="events" defaultValue={feature?.events.join(", ")} hint="Names as they come in, separated by commas. Events that carry the feature's id count anyway." />
        <TextField label="Events that mean that somebody saw it" name="exposed_by" defaultValue={feature?.exposed_by?.join(", ")} hint="Optional. Its flag and experiments on it count as well." />
        <div className="two" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(170px, 1fr))" }}>
          <TextField label="Plans that have it" name="plans" defaultValue={listed(feature, "account.plan")} hint="Empty: all." />
          <TextField label="Segments that have it" name="segments" defaultValue={listed(feature, "account.segment")} hint="Empty: all." />
          <TextField label="Flag" name="flag" defaultValue={feature?.flag} />
          <TextField label="Step of the way to value" name="activation" type="number" min={1} max={10} defaultValue={feature?.activation ?? ""} hint="Empty: beside the way." />
        </div>
        <div className="two" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(130px, 1fr))" }}>
          <TextField label="Predicted to try it, %" name="predicted_share" type="number" min={0} max={100} step="any" defaultValue={percent(feature?.predicted_share)} />
          <TextField label="At least, %" name="predicted_low" type="number" min={0} max={100} step="any" defaultValue={percent(feature?.predicted_low)} />
          <TextField label="At most, %" name="predicted_high" type="number" min={0} max={100} step="any" defaultValue={percent(feature?.predicted_high)} />
          <TextField label="By day" name="predicted_days" type="number" min={1} max={3650} defaultValue={feature?.predicted_days ?? ""} hint="90 unless said." />
          <TextField label="Said by" name="predicted_by" defaultValue={feature?.predicted_by} />
        </div>
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Save</Button></div>
      </form>
    </Modal>
  );
}
