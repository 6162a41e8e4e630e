/** Adding a source, or changing its name and limits. */
import { Modal } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { addEventSource, changeEventSource, type EventSourceIn } from "@/api/generated";
import { ask } from "@/api/runtime";
import { Button } from "@/components/basics";
import { formValues, SelectField, TextField, useSend } from "@/components/Form";
import { KINDS, sourceHref, type Source } from "./types";

const FIELDS = [["event", "Event name"], ["distinct_id", "Person"], ["timestamp", "Time"], ["event_id", "Id"], ["account_id", "Account"], ["properties", "Properties"]] as const;

export function SourceForm({ source, onClose }: { source?: Source; onClose: () => void }) {
  const { send, busy, error } = useSend();
  const { history } = useRouter();
  const [kind, setKind] = useState(source?.kind ?? "any");
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = formValues(event.currentTarget);
    const mapping = Object.fromEntries(FIELDS.map(([key]) => [key, given[`map.${key}`] ?? ""]).filter(([, path]) => path));
    const body: EventSourceIn = {
      name: given.name, kind: kind as EventSourceIn["kind"], product: given.product, rate: Number(given.rate || 0), share: Number(given.share || 100) / 100,
      ...(kind === "webhook" ? { mapping } : {}),
    };
    const done = await send(() => (source ? ask(changeEventSource({ path: { source_id: source.id }, body })) : ask(addEventSource({ body }))), source ? "Saved" : undefined);
    if (!done) return;
    onClose();
    if (!source) history.push(sourceHref(done.id));
  };
  return (
    <Modal opened onClose={onClose} title={source ? `Change ${source.name}` : "Add a source"} centered size="lg">
      <form className="stack" onSubmit={(event) => void save(event)}>
        {error && <div className="alert" role="alert"><div><b>{error.message}</b><div className="sub">{error.mend}</div></div></div>}
        <TextField label="Name" name="name" required maxLength={200} defaultValue={source?.name} placeholder="Web app" data-autofocus hint="One application, site or service." />
        <div className="two even">
          <SelectField label="What sends" name="kind" options={KINDS} value={kind} onChange={(event) => setKind(event.target.value)} hint="Any key takes both protocols; this chooses what the page shows first." />
          <TextField label="Product" name="product" maxLength={100} defaultValue={source?.product} hint="Written on its events, where there are several." />
          <TextField label="Most events a second" name="rate" type="number" min={0} max={1_000_000} step="any" defaultValue={source?.rate || ""} placeholder="no limit" hint="Above it clients are told to wait; nothing is lost." />
          <TextField label="People kept, %" name="share" type="number" min={0} max={100} step="any" defaultValue={Math.round((source?.share ?? 1) * 1000) / 10} hint="All events of a person, or none. Those left out are counted." />
        </div>
        {kind === "webhook" && (
          <fieldset className="plainset"><legend>Where its fields stand <span className="sub">(a path such as data.user.id; empty: looked for by usual names; =text: always that)</span></legend>
            <div className="two even">{FIELDS.map(([key, label]) => <TextField key={key} label={label} name={`map.${key}`} defaultValue={source?.mapping[key]} />)}</div>
          </fieldset>
        )}
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>{source ? "Save" : "Add"}</Button></div>
      </form>
    </Modal>
  );
}
