/** Parts of names that are replaced, so that what is called the same stands together. */
import { Typed } from "@/components/Typed";
import { Clear } from "./Controls";
import type { Clean } from "./types";

export const MOST_PARTS = 30;

/** A list without one of its members, or with another in its place. */
export const swapped = <T,>(all: T[], place: number, one: T | null) => all.flatMap((other, i) => (i !== place ? [other] : one === null ? [] : [one]));

export function Cleaning({ clean, onChange }: { clean: Clean[]; onChange: (clean: Clean[]) => void }) {
  return clean.map((one, i) => (
    <div className="q-row" key={i}>
      <span className="q-word">Each</span><Typed className="q-typed mono" label={`Part of names ${i + 1}`} placeholder="[0-9]+" value={one.pattern} autoFocus={!one.pattern} onTake={(pattern) => onChange(swapped(clean, i, pattern ? { ...one, pattern } : null))} />
      <span className="q-word">becomes</span><Typed className="q-typed mono" label={`What part ${i + 1} becomes`} placeholder="nothing" value={one.by ?? ""} onTake={(by) => onChange(swapped(clean, i, { ...one, by }))} />
      <Clear label={`Do not replace part ${i + 1}`} onClick={() => onChange(swapped(clean, i, null))} />
    </div>
  ));
}
