/** Values of a condition: chosen among those seen, or typed as what the field holds. */
import { useState } from "react";
import { Picker } from "@/components/Picker";
import { Typed } from "@/components/Typed";
import { Choose } from "./Controls";
import { MomentChoice } from "./MomentChoice";
import { TAKES, type Where } from "./types";
import { useCohorts, useValues } from "./vocabulary";
import { isDated, sortOf, valuesFrom } from "./where";

interface ValuesProps { value: Where; onChange: (value: Where) => void }

export function Values({ value, onChange }: ValuesProps) {
  const op = value.op ?? "is";
  const takes = TAKES[op];
  const values = (value.values ?? []).map(String);
  const put = (place: number) => (text: string) => onChange({ ...value, values: Array.from({ length: takes ?? 1 }, (_, i) => (i === place ? text : (values[i] ?? ""))) });
  if (takes === 0) return null;
  if (sortOf(value.field) === "yes") return <Choose label="Value" value={Number(values[0] ?? 1) ? "1" : "0"} options={[["1", "yes"], ["0", "no"]]} onChange={put(0)} />;
  if (!takes) return <Several value={value} onChange={onChange} />;
  if (isDated(op)) return <MomentChoice label="When" value={values[0] ?? ""} onChange={put(0)} kinds={op === "on" ? ["day"] : undefined} />;
  const Field = sortOf(value.field) === "length" ? Length : OneValue;
  const example = op.startsWith("version_") ? "2.10.1" : undefined;
  return (
    <span className="q-events q-ends">
      {Array.from({ length: takes }, (_, i) => <span key={i} className="q-end">{i > 0 && <span className="q-word">and</span>}<Field label={takes > 1 ? (i ? "To" : "From") : "Value"} value={values[i] ?? ""} onTake={put(i)} example={example} /></span>)}
    </span>
  );
}

interface FieldProps { label: string; value: string; onTake: (text: string) => void; example?: string }

const OneValue = ({ example, ...rest }: FieldProps) => <Typed className="q-typed" placeholder={example} {...rest} />;

const UNITS = [["1", "seconds"], ["60", "minutes"], ["3600", "hours"]] as const;
type Unit = (typeof UNITS)[number][0];
/** The largest unit in which a length is a whole number; minutes before there is one. */
const unitOf = (value: string): Unit => (value ? [...UNITS].reverse().find(([size]) => Number(value) % Number(size) === 0)?.[0] : "60") ?? "1";

/** A length of time, which is asked in seconds. */
function Length({ label, value, onTake }: FieldProps) {
  const [unit, setUnit] = useState<Unit>(() => unitOf(value));
  const inSeconds = (text: string, of: Unit) => (text.trim() && Number(text) >= 0 ? String(Math.round(Number(text) * Number(of) * 1000) / 1000) : "");
  const shown = value && String(Number((Number(value) / Number(unit)).toFixed(3)));
  return <><Typed className="q-num" inputMode="decimal" label={label} value={shown} onTake={(text) => onTake(inSeconds(text, unit))} /><Choose label={`${label}: unit`} value={unit} options={UNITS} onChange={(to) => { setUnit(to); if (shown) onTake(inSeconds(shown, to)); }} /></>;
}

const HINTS: Partial<Record<NonNullable<Where["op"]>, string>> = { contains: "type a part", not_contains: "type a part", regex: "type a pattern", not_regex: "type a pattern" };

/** Any number of values, of which one suffices. Patterns are typed; other values are chosen among those seen as well. */
function Several({ value, onChange }: ValuesProps) {
  const [words, setWords] = useState("");
  const cohorts = useCohorts();
  const op = value.op ?? "is";
  const isCohort = value.field === "cohort";
  const pattern = op === "regex" || op === "not_regex";
  const seen = useValues(pattern ? "" : valuesFrom(value.field), words);
  const values = (value.values ?? []).map(String);
  const nameOf = (one: string) => (isCohort ? (cohorts.find((cohort) => cohort.id === one)?.name ?? one) : one);
  const typed = values.filter((one) => !seen.includes(one) && one.toLowerCase().includes(words.toLowerCase()));
  const choices = isCohort ? cohorts.map((one) => ({ value: one.id, label: one.name, note: one.unit })) : [...typed, ...seen].map((one) => ({ value: one, label: one }));
  const toggle = (one: string) => onChange({ ...value, values: values.includes(one) ? values.filter((other) => other !== one) : [...values, one] });
  const shown = values.map(nameOf).join(HINTS[op] ? " or " : ", ");
  return (
    <Picker label={`Values: ${shown || "none"}`} className={`q-values${shown ? "" : " none"}`} choices={choices} chosen={values} onPick={toggle} stay free={!isCohort} onSearch={isCohort ? undefined : setWords} width={260}>
      <span className="q-name">{shown || HINTS[op] || "choose"}</span>
    </Picker>
  );
}
