/** Parts of a question: events, conditions, fields. Each tells its change, and holds nothing itself. */
import { useState } from "react";
import { Button } from "@/components/basics";
import { Picker } from "@/components/Picker";
import { Typed } from "@/components/Typed";
import { OPS, TAKES, type Op, type Series, type Where } from "./types";
import { shownField, useCohorts, useEventChoices, useFieldChoices, useValues, useVocabulary } from "./vocabulary";

interface Of<T> { value: T; onChange: (value: T) => void }

/** Which events: any, one, several, or those of a feature. */
export function EventsPicker({ value, onChange, label, narrow }: Of<Series> & { label: string; narrow?: boolean }) {
  const { words } = useVocabulary();
  const choices = useEventChoices();
  const chosen = value.events ?? [];
  const pick = (more: boolean) => (picked: string) => {
    if (picked === "any") return onChange({ ...value, events: undefined, label: undefined });
    const [, kind, name] = /^(event|feature):(.*)$/s.exec(picked)!;
    const feature = kind === "feature" ? words.features.find((one) => one.id === name) : undefined;
    const events = feature?.events ?? [name!];
    if (!more) return onChange({ ...value, events, label: feature?.name });
    const without = chosen.filter((one) => !events.includes(one));
    onChange({ ...value, events: without.length < chosen.length ? without : [...chosen, ...events], label: undefined });
  };
  const named = words.features.find((one) => value.label === one.name && one.events.join() === chosen.join());
  return (
    <span className="q-events">
      <Picker label={`${label}: ${named?.name ?? (chosen.join(" or ") || "any event")}`} className="q-event" choices={choices} onPick={pick(false)} chosen={chosen.map((one) => `event:${one}`)} free={false} width={narrow ? 280 : 320}>
        <span className="q-name">{named?.name ?? (chosen.join(" or ") || "Any event")}</span>
      </Picker>
      {chosen.length > 0 && <Picker label={`Another event for ${label}`} className="q-mini" choices={choices.filter((one) => one.value !== "any")} onPick={pick(true)} chosen={chosen.map((one) => `event:${one}`)} stay width={300}>or</Picker>}
    </span>
  );
}

export function FieldPicker({ value, onChange, label, cohort, empty = "Choose a field", only }: Of<string> & { label: string; cohort?: boolean; empty?: string; only?: (field: string) => boolean }) {
  const choices = useFieldChoices(cohort ? "cohort" : "", only);
  return <Picker label={`${label}: ${value ? shownField(value) : "none"}`} className={`q-field${value ? "" : " none"}`} choices={choices} onPick={onChange} chosen={[value]} width={280}><span className="q-name">{value ? shownField(value) : empty}</span></Picker>;
}

/** Values of a condition: chosen among those seen, or typed. */
function Values({ value, onChange }: Of<Where>) {
  const [words, setWords] = useState("");
  const cohorts = useCohorts();
  const seen = useValues(value.field, words);
  const op = value.op ?? "is";
  const takes = TAKES[op];
  const values = (value.values ?? []).map(String);
  if (takes === 0) return null;
  if (takes) {
    return (
      <span className="q-events">
        {Array.from({ length: takes }, (_, i) => <Typed key={i} className="q-typed" label={takes > 1 ? (i ? "To" : "From") : "Value"} value={values[i] ?? ""} type={op === "before" || op === "after" ? "date" : "text"} onTake={(text) => onChange({ ...value, values: Array.from({ length: takes }, (_unused, k) => (k === i ? text : (values[k] ?? ""))) })} />)}
      </span>
    );
  }
  const isCohort = value.field === "cohort";
  const choices = isCohort ? cohorts.map((one) => ({ value: one.id, label: one.name, note: one.unit })) : seen.map((one) => ({ value: one, label: one }));
  const shown = values.map((one) => (isCohort ? (cohorts.find((cohort) => cohort.id === one)?.name ?? one) : one));
  const toggle = (one: string) => onChange({ ...value, values: values.includes(one) ? values.filter((other) => other !== one) : [...values, one] });
  return (
    <Picker label={`Values: ${shown.join(", ") || "none"}`} className={`q-values${shown.length ? "" : " none"}`} choices={choices} chosen={values} onPick={toggle} stay free={!isCohort} onSearch={isCohort ? undefined : setWords} width={260}>
      <span className="q-name">{shown.join(", ") || "choose"}</span>
    </Picker>
  );
}

const opsOf = (field: string): Op[] => (field === "cohort" ? ["is", "is_not"] : (Object.keys(OPS) as Op[]));

/** Field, operator and values of one condition. */
export function OneWhere({ value, onChange, cohort, only }: Of<Where> & { cohort?: boolean; only?: (field: string) => boolean }) {
  const set = (op: Op) => onChange({ ...value, op, values: TAKES[op] === undefined ? value.values : (value.values ?? []).slice(0, TAKES[op]) });
  return (
    <>
      <FieldPicker label="Field" cohort={cohort} only={only} value={value.field} onChange={(field) => onChange({ ...value, field, op: field === "cohort" ? "is" : value.op, values: [] })} />
      <select className="q-select" aria-label="Operator" value={value.op ?? "is"} onChange={(event) => set(event.target.value as Op)}>
        {opsOf(value.field).map((op) => <option key={op} value={op}>{OPS[op]}</option>)}
      </select>
      <Values value={value} onChange={onChange} />
    </>
  );
}

export function Conditions({ value, onChange, add = "Where" }: Of<Where[] | undefined> & { add?: string }) {
  const all = value ?? [];
  const set = (place: number, one: Where | null) => onChange(one ? all.map((other, i) => (i === place ? one : other)) : all.filter((_, i) => i !== place));
  const choices = useFieldChoices("cohort");
  return (
    <>
      {all.map((one, i) => (
        <div className="q-where" key={i}>
          <span className="q-word">{i ? "and" : "where"}</span>
          <OneWhere cohort value={one} onChange={(changed) => set(i, changed)} />
          <Button quiet className="icon q-x" icon="close" aria-label={`Remove the condition on ${shownField(one.field)}`} onClick={() => set(i, null)} />
        </div>
      ))}
      <Picker label={`Add a condition: ${add}`} className="q-add" choices={choices} onPick={(field) => onChange([...all, { field, op: "is", values: [] }])} width={280}>+ {add}</Picker>
    </>
  );
}
