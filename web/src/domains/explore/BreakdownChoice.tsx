/** Broken down by: a field, several together, ranges of numbers, or cohorts. */
import { Picker } from "@/components/Picker";
import { TypedNumber } from "@/components/Typed";
import { Cleaning, MOST_PARTS } from "./Cleaning";
import { Clear, Group, Tick } from "./Controls";
import { FieldPicker } from "./Parts";
import type { Breakdown, Question } from "./types";
import { shownField, useCohorts, useFieldChoices } from "./vocabulary";
import { finer, otherField, withoutField, withRanges } from "./where";

const ADOPTION_FIELDS = /^(account\.(segment|plan|owner|revenue|name)|person\.(role|segment|name))$/;
const forAdoption = (field: string) => ADOPTION_FIELDS.test(field);
const EVERYBODY = "all";

export function BreakdownChoice({ question, change }: { question: Question; change: (patch: Partial<Question>) => void }) {
  const now = question.breakdown ?? undefined;
  const adoption = question.kind === "adoption";
  const pick = (by: string) => change({ breakdown: by === "cohort" ? { by, cohorts: [EVERYBODY] } : { by, limit: now?.limit, largest_only: now?.largest_only, ...finer(by, now) } });
  const set = (patch: Partial<Breakdown>) => change({ breakdown: { ...now!, ...patch } });
  const cohorts = now?.by === "cohort";
  return (
    <Group title="Broken down by">
      <div className="q-row">
        <FieldPicker label="Broken down by" cohort={!adoption} empty={adoption ? "account segment" : "nothing"} only={adoption ? forAdoption : undefined} value={now?.by ?? ""} onChange={pick} />
        {now && !cohorts && <><span className="q-word">the</span><TypedNumber className="q-num" label="Values shown" min={1} max={250} nothing={undefined} value={now.limit ?? 8} onTake={(limit) => set({ limit: limit === 8 ? undefined : limit })} /><span className="q-word">largest</span></>}
        {now && <Clear label="No breakdown" onClick={() => change({ breakdown: undefined })} />}
      </div>
      {now && cohorts && <WhichCohorts now={now} set={set} />}
      {now && !cohorts && !adoption && <Finer now={now} set={set} />}
    </Group>
  );
}

interface Part { now: Breakdown; set: (patch: Partial<Breakdown>) => void }

/** A line for each combination of up to three fields, or for each range of numbers. */
function Finer({ now, set }: Part) {
  const also = now.also ?? [];
  const clean = now.clean ?? [];
  const free = useFieldChoices().filter((one) => one.value !== now.by && !also.includes(one.value));
  return (
    <>
      {!clean.length && <Ranges bins={now.bins} onChange={(bins) => set({ bins })} />}
      {also.map((one, i) => (
        <div className="q-row" key={one}>
          <span className="q-word">and</span>
          <Picker label={`And by: ${shownField(one)}`} className="q-field" choices={free} width={280} onPick={(field) => set(otherField(now, i, field))}><span className="q-name">{shownField(one)}</span></Picker>
          <Clear label={`Not by ${shownField(one)}`} onClick={() => set(withoutField(now, i))} />
          {!clean.length && <Ranges of={shownField(one)} bins={now.also_bins?.[i]} onChange={(bins) => set(withRanges(now, i, bins ?? 0))} />}
        </div>
      ))}
      <Cleaning clean={clean} onChange={(parts) => set({ clean: parts.length ? parts : undefined })} />
      <div className="q-row">
        {also.length < 2 && <Picker label="And by another field" className="q-add" choices={free} width={280} onPick={(field) => set({ also: [...also, field] })}>+ and by</Picker>}
        {!now.bins && !now.also_bins?.some(Boolean) && clean.length < MOST_PARTS && <button type="button" className="q-add" title="Values that are called the same once parts of them are replaced stand together" onClick={() => set({ clean: [...clean, { pattern: "" }] })}>+ part replaced</button>}
        <Tick label="without the rest" on={Boolean(now.largest_only)} title="What is beyond the largest has no line, not even one together" onChange={(largest_only) => set({ largest_only })} />
      </div>
      {clean.length > 0 && <p className="q-note">Parts are patterns (RE2), replaced from first to last; values that are called the same then stand together.</p>}
    </>
  );
}

/** Numbers of a field in ranges of equal width, or each by itself. */
function Ranges({ of = "", bins, onChange }: { of?: string; bins: number | undefined; onChange: (bins: number | undefined) => void }) {
  const whose = of && ` of ${of}`;
  return bins
    ? <div className="q-row"><span className="q-word">numbers in</span><TypedNumber className="q-num" label={`Ranges${whose}`} min={1} max={50} nothing={undefined} value={bins} onTake={onChange} /><span className="q-word">equal ranges</span><Clear label={`Each number${whose} by itself`} onClick={() => onChange(undefined)} /></div>
    : <button type="button" className="q-add" aria-label={`Ranges of numbers${whose}`} title="Ranges of equal width, from the least to the greatest number" onClick={() => onChange(5)}>+ ranges of numbers</button>;
}

function WhichCohorts({ now, set }: Part) {
  const chosen = now.cohorts ?? [];
  const choices = [{ value: EVERYBODY, label: "Everybody" }, ...useCohorts().map((one) => ({ value: one.id, label: one.name, note: one.unit }))];
  const words = chosen.map((id) => choices.find((one) => one.value === id)?.label ?? id).join(", ");
  const toggle = (id: string) => set({ cohorts: chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id] });
  return (
    <>
      <div className="q-row"><Picker label={`Cohorts: ${words || "none"}`} className={`q-values${words ? "" : " none"}`} choices={choices} chosen={chosen} stay width={260} onPick={toggle}><span className="q-name">{words || "choose cohorts"}</span></Picker></div>
      <p className="q-note">A line for each. Whoever is in several counts in each.</p>
    </>
  );
}
