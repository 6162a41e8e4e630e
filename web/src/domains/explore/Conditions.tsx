/** Conditions: one below the other, and in groups of which any or all have to hold. */
import { Button } from "@/components/basics";
import { Picker } from "@/components/Picker";
import { swapped } from "./Cleaning";
import { Clear } from "./Controls";
import { FieldPicker } from "./Parts";
import { OPS, type Op, type Where } from "./types";
import { Values } from "./Values";
import { shownField, useCohorts, useFieldChoices } from "./vocabulary";
import { begun, isGroup, operated, opsOf, whereWords } from "./where";

interface Of<T> { value: T; onChange: (value: T) => void }

/** How deep groups are shown as forms; what stands deeper is said in words and kept. */
const DEEPEST = 2;

/** Field, operator and values of one condition. */
export function OneWhere({ value, onChange, cohort, only }: Of<Where> & { cohort?: boolean; only?: (field: string) => boolean }) {
  const op = value.op ?? "is";
  return (
    <>
      <FieldPicker label="Field" cohort={cohort} only={only} value={value.field} onChange={(field) => onChange({ ...value, ...begun(field) })} />
      <select className="q-select" aria-label="Operator" value={op} onChange={(event) => onChange(operated(value, event.target.value as Op))}>
        {opsOf(value.field, op).map(([name, ops]) => (name ? <optgroup key={name} label={name}>{ops.map((one) => <option key={one} value={one}>{OPS[one]}</option>)}</optgroup> : ops.map((one) => <option key={one} value={one}>{OPS[one]}</option>)))}
      </select>
      <Values key={value.field} value={value} onChange={onChange} />
    </>
  );
}

interface ManyProps extends Of<Where[]> { add: string; word: (place: number) => string; deep?: number }

function Many({ value, onChange, add, word, deep = 0 }: ManyProps) {
  const choices = useFieldChoices("cohort");
  const set = (place: number, one: Where | null) => onChange(swapped(value, place, one));
  return (
    <>
      {value.map((one, i) => <Part key={i} value={one} word={word(i)} deep={deep} onChange={(changed) => set(i, changed)} />)}
      <span className="q-adds">
        <Picker label={deep ? "Add to the group" : `Add a condition: ${add}`} className="q-add" choices={choices} onPick={(field) => onChange([...value, begun(field)])} width={280}>+ {add}</Picker>
        {deep < DEEPEST && <button type="button" className="q-add" title="Conditions of which one suffices, or all have to hold" onClick={() => onChange([...value, { field: deep ? "all" : "any", of: [] }])}>+ {deep ? "all of" : "any of"}</button>}
      </span>
    </>
  );
}

interface PartProps { value: Where; word: string; deep: number; onChange: (value: Where | null) => void }

/** A condition in its place: plain, a group, or what is too deep for a form. */
function Part({ value, word, deep, onChange }: PartProps) {
  const cohorts = useCohorts();
  if (!isGroup(value)) {
    return <div className="q-where"><span className="q-word">{word}</span><OneWhere cohort value={value} onChange={onChange} /><Clear label={`Remove the condition on ${shownField(value.field)}`} onClick={() => onChange(null)} /></div>;
  }
  const words = whereWords(value, cohorts);
  if (deep >= DEEPEST) return <div className="q-where"><span className="q-word">{word}</span><span className="q-deep">{words}</span><Clear label={`Remove the conditions ${words}`} onClick={() => onChange(null)} /></div>;
  const any = value.field === "any";
  const of = value.of ?? [];
  return (
    <div className="q-together" role="group" aria-label={any ? "Any of these conditions" : "All of these conditions"}>
      <div className="q-where">
        <span className="q-word">{word}</span>
        <select className="q-select" aria-label="Any or all of the group" autoFocus={!of.length} value={value.field} onChange={(event) => onChange({ ...value, field: event.target.value })}><option value="any">any of</option><option value="all">all of</option></select>
        <Button quiet className="icon q-x" icon="close" aria-label={words ? `Remove the group: ${words}` : "Remove the group"} onClick={() => onChange(null)} />
      </div>
      <Many value={of} add="condition" deep={deep + 1} word={(place) => (place ? (any ? "or" : "and") : "")} onChange={(all) => onChange({ ...value, of: all })} />
    </div>
  );
}

export function Conditions({ value, onChange, add = "Where" }: Of<Where[] | undefined> & { add?: string }) {
  return <Many value={value ?? []} onChange={onChange} add={add} word={(place) => (place ? "and" : "where")} />;
}
