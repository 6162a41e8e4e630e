/** Rows, choices and ticks that the settings of all kinds of question are made of. */
import { useEffect, useState, type ReactNode } from "react";
import { Button } from "@/components/basics";
import type { Question } from "./types";

export interface Editing<Q extends Question> { question: Q; change: (patch: Partial<Q>) => void }

export function Group({ title, end, children }: { title: string; end?: ReactNode; children: ReactNode }) {
  return <section className="q-group"><header><h2>{title}</h2>{end}</header>{children}</section>;
}

export function Choose<T extends string>({ label, value, options, onChange }: { label: string; value: T; options: readonly (readonly [T, string])[]; onChange: (value: T) => void }) {
  return <select className="q-select" aria-label={label} value={value} onChange={(event) => onChange(event.target.value as T)}>{options.map(([one, words]) => <option key={one} value={one}>{words}</option>)}</select>;
}

/** Empties one field. */
export function Clear({ label, onClick }: { label: string; onClick: () => void }) {
  return <Button quiet className="icon q-x" icon="close" aria-label={label} onClick={onClick} />;
}

export function Tick({ label, on, onChange, disabled, title }: { label: string; on: boolean; onChange: (on: boolean) => void; disabled?: boolean; title?: string }) {
  return <label className="q-tick" title={title}><input type="checkbox" checked={on} disabled={disabled} onChange={(event) => onChange(event.target.checked)} />{label}</label>;
}

export const Row = ({ word, children }: { word: string; children: ReactNode }) => <div className="q-row"><span className="q-word">{word}</span>{children}</div>;

/** What is rarely asked for: folded, unless something in it is set. */
export function Fold({ label, used, children }: { label: string; used: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(used);
  useEffect(() => { if (used) setOpen(true); }, [used]);
  return <details className="q-more" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}><summary>{label}</summary>{children}</details>;
}
