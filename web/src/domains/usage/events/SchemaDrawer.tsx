/** One event: what changed, what it means, and its properties with types and examples. */
import { Drawer } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { describeEvent, schemaEvent, type SchemaNoteIn } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay, useName } from "@/app/session";
import { Answer, Button, Empty, Pill } from "@/components/basics";
import { AreaField, formValues, SelectField, useSend } from "@/components/Form";
import { OwnerField } from "@/components/OwnerField";
import { Go } from "@/components/Go";
import { HourBars } from "./HourBars";
import * as format from "@/lib/format";
import { NO_RIGHT } from "../types";
import { DriftPills, STATE_TONES } from "./drift";
import { useSourceName } from "./names";
import { account, tabHref, type SchemaDetail, type SchemaProperty } from "./types";

const STATES = [{ value: "", label: "Nothing said" }, { value: "expected", label: "Expected: in the plan" }, { value: "deprecated", label: "Deprecated: should end" }, { value: "hidden", label: "Hidden" }];
const TYPES = [{ value: "", label: "Any" }, { value: "string", label: "Text" }, { value: "number", label: "Number" }, { value: "boolean", label: "True or false" }, { value: "array", label: "List" }, { value: "object", label: "Object" }];
const TYPE_WORDS: Record<string, string> = { string: "text", number: "number", boolean: "true or false", array: "list", object: "object", null: "null" };

export function SchemaDrawer({ event, onClose }: { event: string; onClose: () => void }) {
  const asked = useAsk(schemaEvent, { query: { name: event } }, { refetchInterval: 5_000 });
  return (
    <Drawer opened onClose={onClose} position="right" size="min(860px, 96vw)" title={event || "(no name)"}>
      <Answer of={asked}>{(detail) => <Detail detail={detail} />}</Answer>
    </Drawer>
  );
}

function Detail({ detail }: { detail: SchemaDetail }) {
  const { event, properties } = detail;
  const [editing, setEditing] = useState(false);
  const [own, setOwn] = useState(true);
  const may = useMay("member");
  const nameOf = useSourceName();
  const personName = useName();
  const day = (back: number) => new Date(Date.UTC(format.now().getUTCFullYear(), format.now().getUTCMonth(), format.now().getUTCDate() - back)).toISOString();
  const shown = properties.filter((one) => !own || !one.property.startsWith("$"));
  const hidden = properties.length - shown.length;
  return (
    <div className="stack">
      <div className="row wrap">{event.state && <Pill tone={STATE_TONES[event.state]}>{event.state}</Pill>}<DriftPills of={event.drift} most={4} /><span className="sub small">{event.amount ? `${format.number(event.amount)} rows since ${format.date(event.first_seen)} · last ${format.dateTime(event.last_seen)}` : "Not seen yet"}{event.sources.length > 0 && ` · from ${event.sources.map((one) => nameOf(one) || "files").join(", ")}`}</span></div>
      {event.drift.map((one) => <div key={one.problem} className={`alert ${one.bad ? "" : "warn"}`}>{one.words}</div>)}
      <HourBars label="Rows by day" only="stored" height={54} bars={(event.days ?? []).map((amount, place) => ({ ...account(undefined), stored: amount, hour: day(27 - place) }))} />
      {editing ? <NoteForm event={event.event} note={event} onDone={() => setEditing(false)} /> : (
        <div className="row wrap"><span className="grow schema-said">{event.description || <span className="mut">Nobody has said what it means.</span>}</span>{event.owner && <span className="sub">Owner: {personName(event.owner)}</span>}<Go className="btn" href={tabHref("tail", { event: event.event })}>Watch</Go><Button disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => setEditing(true)}>Describe</Button></div>
      )}
      <div className="row"><h3 className="grow">Properties</h3>{(hidden > 0 || !own) && <Button quiet onClick={() => setOwn(!own)}>{own ? `Show ${hidden} of the client itself` : "Hide those of the client itself"}</Button>}</div>
      {shown.length ? <Properties event={event.event} rows={shown} /> : <Empty title="No properties">{event.amount ? "The event comes with none." : "They are listed when it is first seen."}</Empty>}
      {event.cut > 0 && <p className="coverage">{format.count(event.cut, "row")} had properties beyond the first {format.number(detail.most)}; those are not listed.</p>}
    </div>
  );
}

function Properties({ event, rows }: { event: string; rows: SchemaProperty[] }) {
  const [editing, setEditing] = useState<string | null>(null);
  const may = useMay("member");
  return (
    <div className="card">
      <div className="scroll" tabIndex={0} role="region" aria-label="Properties">
        <table className="tbl">
          <thead><tr><th scope="col">Property</th><th scope="col">Type</th><th scope="col">Example</th><th scope="col" className="r" title="Of the rows of the last 28 days">In</th><th scope="col">Seen</th><th scope="col"><span className="vh">Change</span></th></tr></thead>
          <tbody>
            {rows.map((one) => (
              editing === one.property
                ? <tr key={one.property}><td colSpan={6}><h3 className="mono">{one.property}</h3><NoteForm event={event} property={one.property} note={one} onDone={() => setEditing(null)} /></td></tr>
                : <Property key={one.property} one={one} edit={<Button quiet disabled={!may} title={may ? undefined : NO_RIGHT} aria-label={`Describe ${one.property}`} onClick={() => setEditing(one.property)}>Describe</Button>} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Property({ one, edit }: { one: SchemaProperty; edit: React.ReactNode }) {
  const total = one.amount || 1;
  return (
    <tr>
      <td className="clip"><span className="stack tight"><span className="row wrap"><b className="mono">{one.property || "(empty name)"}</b>{one.state && <Pill tone={STATE_TONES[one.state]}>{one.state}</Pill>}</span>{one.description && <span className="sub small">{one.description}</span>}<DriftPills of={one.drift.map((drift) => ({ ...drift, property: "" }))} />{one.drift.map((drift) => <span key={drift.problem} className="sub small">{drift.words}</span>)}</span></td>
      <td>{one.types.map((type) => <div key={type.type} className="nowrap">{TYPE_WORDS[type.type]}{one.types.length > 1 && <span className="mut num"> {format.share(type.amount / total)}</span>}</div>)}{one.turns > 0 && <div className="small warn">{format.count(one.turns, "change")} in 28 days</div>}</td>
      <td className="clip example">{one.types.map((type) => <div key={type.type} className="mono">{type.example ?? format.NONE}</div>)}</td>
      <td className="r num">{format.share(one.share)}</td>
      <td className="small sub nowrap">{one.first_seen ? <>{format.date(one.first_seen)} –<br />{format.date(one.last_seen)}</> : "not yet"}</td>
      <td className="r">{edit}</td>
    </tr>
  );
}

function NoteForm({ event, property, note, onDone }: { event: string; property?: string; note: { owner: string; description: string; state: string; type?: string }; onDone: () => void }) {
  const { send, busy, error } = useSend();
  const save = async (submitted: FormEvent<HTMLFormElement>) => {
    submitted.preventDefault();
    const given = formValues(submitted.currentTarget) as SchemaNoteIn;
    const body: SchemaNoteIn = { owner: given.owner, description: given.description, state: given.state, ...(property !== undefined && { property, type: given.type }) };
    if (await send(() => ask(describeEvent({ query: { name: event }, body })), "Saved")) onDone();
  };
  return (
    <form className="stack" onSubmit={(submitted) => void save(submitted)}>
      {error && <div className="alert" role="alert"><div><b>{error.message}</b><div className="sub">{error.mend}</div></div></div>}
      <AreaField label="What it means" name="description" maxLength={2000} defaultValue={note.description} />
      <div className="two even">
        <OwnerField value={note.owner} />
        <SelectField label="State" name="state" options={STATES} defaultValue={note.state} />
        {property !== undefined && <SelectField label="Type it should have" name="type" options={TYPES} defaultValue={note.type} />}
      </div>
      <div className="row"><Button primary type="submit" busy={busy}>Save</Button><Button onClick={onDone}>Cancel</Button></div>
    </form>
  );
}
