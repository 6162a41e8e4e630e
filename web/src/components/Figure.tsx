/** One number with all that makes it believable: unit, sample, change, course; a click opens what it means and its rows. */
import { Popover } from "@mantine/core";
import { useState } from "react";
import { useGet, type Params } from "@/api/client";
import type { Figure as FigureShape } from "@/api/types";
import { arrow, coverage, interval, rowsHref, tone } from "@/lib/figure";
import * as format from "@/lib/format";
import { Skeleton } from "./basics";
import { Go } from "./Go";
import { Sparkline } from "./Sparkline";

const CLASS = { good: "up", bad: "down", "ink-3": "" } as const;

function Change({ figure }: { figure: FigureShape }) {
  if (!figure.change) return null;
  const words = arrow(figure.change, figure.unit);
  return <span className={words === "no change" ? "" : CLASS[tone(figure.change, figure.better)]}>{words}</span>;
}

/** What stands under the value: sample and what was left out, or that the period is not over. */
function detail(figure: FigureShape): string {
  if (figure.amount === null) return figure.note || figure.left_out_why || "no data in this period";
  return [coverage(figure), figure.note].filter(Boolean).join(" · ");
}

/** What a figure means, how sure it is, and the way to its rows. `here`: it stands on the Explore page already. */
export function Meaning({ figure, here }: { figure: FigureShape; here?: boolean }) {
  const [amount, unit] = format.split(figure.amount, figure.unit);
  const range = interval(figure);
  return (
    <div className="figpop">
      <div>
        <div className="row"><b className="grow">{figure.title}</b><span className="mut small">{figure.period.label ?? format.periodText(figure.period.since, figure.period.until)}</span></div>
        <div className="big num">{amount} <span className="mut unit">{unit} {range}</span></div>
      </div>
      {figure.definition && <p className="sub">{figure.definition}</p>}
      <dl className="facts">
        {figure.change && <><dt>Change</dt><dd className="num"><Change figure={figure} /> from {format.split(figure.change.before, figure.unit).join(" ")} in {figure.change.label}</dd></>}
        {figure.sample !== null && <><dt>Rests on</dt><dd className="num">{format.count(figure.sample, "row")}</dd></>}
        {Boolean(figure.left_out) && <><dt>Left out</dt><dd className="num">{format.number(figure.left_out, 0)}{figure.left_out_why ? `, ${figure.left_out_why}` : ""}</dd></>}
        {range && <><dt>Interval</dt><dd className="num">{range} {unit}</dd></>}
        {figure.source && <><dt>Source</dt><dd>{figure.source}</dd></>}
        <dt>Name</dt><dd className="mono">{figure.name}</dd>
      </dl>
      <div className="row"><Go className="btn p" href={rowsHref(figure)}>Open the rows</Go>{!here && <Go className="btn" href={`/explore/metrics?metric=${figure.name}`}>Explore</Go>}</div>
    </div>
  );
}

function Face({ figure }: { figure: FigureShape }) {
  const [amount, unit] = format.split(figure.amount, figure.unit);
  return (
    <>
      <span className="l">{figure.title}</span>
      <span className="v num">{amount} {unit && <small>{unit}</small>}</span>
      <span className="d num"><Change figure={figure} /><span>{detail(figure)}</span></span>
      {figure.series && figure.series.length > 1 && <Sparkline series={figure.series} tone={tone(figure.change, figure.better)} />}
    </>
  );
}

interface FigureProps {
  /** A figure that came with the page … */
  figure?: FigureShape;
  /** … or the name of a metric to ask for, with `since`, `until`, `team`, `product`, `segment`. */
  metric?: string;
  params?: Params;
  /** Only the value, in a sentence. */
  inline?: boolean;
}

export function Figure({ figure, metric, params, inline }: FigureProps) {
  const asked = useGet<FigureShape>(figure || !metric ? null : `/api/metrics/${encodeURIComponent(metric)}`, params);
  const [open, setOpen] = useState(false);
  const shown = figure ?? asked.data;
  if (asked.error) return <div className="fig"><span className="l">{metric}</span><span className="down small">{asked.error.message}</span></div>;
  if (!shown) return <div className="fig" aria-busy="true"><span className="l">&nbsp;</span><Skeleton height={26} /></div>;
  const [amount, unit] = format.split(shown.amount, shown.unit);
  return (
    <Popover opened={open} onChange={setOpen} width={380} position="bottom-start" trapFocus returnFocus withRoles={false}>
      <Popover.Target>
        <button type="button" className={inline ? "fig-inline" : "fig"} aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(!open)}>
          {inline ? `${amount}${unit === "%" ? "%" : unit && ` ${unit}`}` : <Face figure={shown} />}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={16} role="dialog" aria-label={`What ${shown.title} means`}>{open && <Meaning figure={shown} />}</Popover.Dropdown>
    </Popover>
  );
}

/** A card of figures side by side, as on the call sheet. */
export function Figures({ figures, metrics, params }: { figures?: FigureShape[]; metrics?: string[]; params?: Params }) {
  const amount = figures?.length ?? metrics?.length ?? 0;
  return (
    <div className={`card figs${amount === 5 ? " five" : ""}`}>
      {figures?.map((figure) => <Figure key={figure.name + JSON.stringify(figure.scope ?? {})} figure={figure} />)}
      {metrics?.map((metric) => <Figure key={metric} metric={metric} params={params} />)}
    </div>
  );
}
