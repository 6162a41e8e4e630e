/** Parts of a question: events and fields. Each tells its change, and holds nothing itself. */
import { Picker } from "@/components/Picker";
import type { Series } from "./types";
import { shownField, useEventChoices, useFieldChoices, useVocabulary } from "./vocabulary";

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
