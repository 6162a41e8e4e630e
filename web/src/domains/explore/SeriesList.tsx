/** Series of a trend or a stickiness, steps of a funnel: events with their conditions, one below the other. */
import { Menu } from "@mantine/core";
import type { ReactNode } from "react";
import { Button } from "@/components/basics";
import { Typed } from "@/components/Typed";
import { Conditions } from "./Conditions";
import { EventsPicker, FieldPicker } from "./Parts";
import { countsOf, letter, MATHS, measured, OF_PROPERTY, propertyField, type Math, type Series, type TrendSeries } from "./types";

interface ListProps<S extends Series> {
  value: S[];
  onChange: (value: S[]) => void;
  noun: "series" | "step";
  least?: number;
  most?: number;
  add: () => S;
  more?: (one: S, change: (patch: Partial<S>) => void, place: number) => ReactNode;
  /** What is rare, in the menu of a series. */
  menu?: (one: S, change: (patch: Partial<S>) => void) => ReactNode;
}

function moved<T>(all: T[], from: number, to: number): T[] {
  const rest = all.filter((_, i) => i !== from);
  return [...rest.slice(0, to), all[from]!, ...rest.slice(to)];
}

export function SeriesList<S extends Series>({ value, onChange, noun, least = 1, most = 30, add, more, menu }: ListProps<S>) {
  const change = (place: number) => (patch: Partial<S>) => onChange(value.map((one, i) => (i === place ? { ...one, ...patch } : one)));
  return (
    <div className="q-list">
      {value.map((one, i) => {
        const name = noun === "step" ? String(i + 1) : letter(i);
        return (
          <div className="q-item" key={i} role="group" aria-label={`${noun === "step" ? "Step" : "Series"} ${name}`}>
            <div className="q-line">
              <span className="q-letter" aria-hidden="true">{name}</span>
              <EventsPicker label={`${noun === "step" ? "Step" : "Series"} ${name}`} value={one} onChange={(changed) => change(i)(changed as Partial<S>)} />
              <span className="grow" />
              <Menu position="bottom-end" withinPortal zIndex={320}>
                <Menu.Target><Button quiet className="icon q-x" icon="more" aria-label={`More for ${noun} ${name}`} /></Menu.Target>
                <Menu.Dropdown>
                  {i > 0 && <Menu.Item onClick={() => onChange(moved(value, i, i - 1))}>Move up</Menu.Item>}
                  {i < value.length - 1 && <Menu.Item onClick={() => onChange(moved(value, i, i + 1))}>Move down</Menu.Item>}
                  {value.length < most && <Menu.Item onClick={() => onChange([...value.slice(0, i + 1), { ...one }, ...value.slice(i + 1)])}>Duplicate</Menu.Item>}
                  <Menu.Item onClick={() => change(i)({ label: one.label || `${noun === "step" ? "Step" : "Series"} ${name}` } as Partial<S>)}>Give it a name</Menu.Item>
                  {menu?.(one, change(i))}
                  {value.length > least && <Menu.Item color="red" onClick={() => onChange(value.filter((_, k) => k !== i))}>Remove</Menu.Item>}
                </Menu.Dropdown>
              </Menu>
            </div>
            {one.label !== undefined && one.label !== "" && <div className="q-sub"><span className="q-word">called</span><Typed className="q-typed" label={`Name of ${noun} ${name}`} value={one.label} onTake={(label) => change(i)({ label: label.trim() || undefined } as Partial<S>)} /></div>}
            {more && <div className="q-sub">{more(one, change(i), i)}</div>}
            <div className="q-sub"><Conditions value={one.where} onChange={(where) => change(i)({ where } as Partial<S>)} add="where" /></div>
          </div>
        );
      })}
      {value.length < most && <button type="button" className="q-add" onClick={() => onChange([...value, add()])}>+ {noun === "step" ? "Step" : "Series"}</button>}
    </div>
  );
}

const hasValues = (field: string) => measured(field) || field.startsWith("session.");

/** What is taken of a series: counts, units, or numbers of a property. */
export function MathChoice({ value, onChange, unit }: { value: TrendSeries; onChange: (patch: Partial<TrendSeries>) => void; unit: string }) {
  const math = value.math ?? "count";
  const words = (one: Math) => (one === "unique" ? `unique ${unit === "account" ? "accounts" : "people"}` : one === "count" ? "total events" : one === "per_unit" ? `events per ${unit}` : MATHS[one]);
  return (
    <>
      <select className="q-select" aria-label="What is counted" value={math} onChange={(event) => {
        const next = event.target.value as Math;
        onChange({ math: next === "count" ? undefined : next, property: OF_PROPERTY.has(next) ? value.property : undefined });
      }}>
        <optgroup label="Counts">{countsOf(unit, value.math).map((one) => <option key={one} value={one}>{words(one)}</option>)}</optgroup>
        <optgroup label={`Events of each ${unit}`}>{(Object.keys(MATHS) as Math[]).filter((one) => one.startsWith("per_unit_")).map((one) => <option key={one} value={one}>{words(one)}</option>)}</optgroup>
        <optgroup label="Of a property">{(Object.keys(MATHS) as Math[]).filter((one) => OF_PROPERTY.has(one)).map((one) => <option key={one} value={one}>{words(one)}</option>)}</optgroup>
      </select>
      {OF_PROPERTY.has(math) && <FieldPicker label="Property" value={propertyField(value.property)} only={value.math === "unique_values" ? hasValues : measured} onChange={(field) => onChange({ property: field.replace(/^properties\./, "") })} />}
    </>
  );
}

/** One series of its own, as in a lifecycle: events and conditions. */
export function OneSeries({ value, onChange, label }: { value: Series | undefined; onChange: (value: Series) => void; label: string }) {
  const one = value ?? {};
  return (
    <div className="q-item" role="group" aria-label={label}>
      <div className="q-line"><EventsPicker label={label} value={one} onChange={onChange} /></div>
      <div className="q-sub"><Conditions value={one.where} onChange={(where) => onChange({ ...one, where })} add="where" /></div>
    </div>
  );
}
