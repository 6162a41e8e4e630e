/** The sections of a sheet, laid out: wide ones one below the other; a chart beside the narrow ones that follow it. */
import type { ForecastItem, ListItem, Report, Row, SheetSection } from "@/api/types";
import { ReportChart } from "@/components/Chart";
import { DataTable } from "@/components/DataTable";
import { Empty, Pill, Section } from "@/components/basics";
import { Figures } from "@/components/Figure";
import { FindingCard } from "@/components/FindingCard";
import { Go, RefLink } from "@/components/Go";
import { RangeBar, span } from "@/components/RangeBar";
import { useGet } from "@/api/client";
import { coverageLine } from "@/lib/figure";
import * as format from "@/lib/format";

type Group = { wide: SheetSection } | { left: SheetSection[]; right: SheetSection[] };

const reportOf = (section: SheetSection) => (section.report && typeof section.report === "object" ? section.report : null);
const reportName = (section: SheetSection) => section.chart ?? (typeof section.report === "string" ? section.report : section.report?.name);

function isNarrow(section: SheetSection): boolean {
  return section.kind === "list" || (section.kind === "table" && (reportOf(section)?.columns.length ?? 9) <= 4);
}

/** A chart takes the narrow sections after it to its right side; everything else has the whole width. */
export function grouped(sections: SheetSection[]): Group[] {
  const groups: Group[] = [];
  for (const section of sections) {
    const last = groups[groups.length - 1];
    if (section.kind === "chart") groups.push({ left: [section], right: [] });
    else if (last && "left" in last && isNarrow(section) && last.right.length < 3) last.right.push(section);
    else groups.push({ wide: section });
  }
  return groups.map((group) => ("left" in group && !group.right.length ? { wide: group.left[0]! } : group));
}

export function SheetSections({ sections }: { sections: SheetSection[] }) {
  return grouped(sections).map((group, i) => {
    if ("wide" in group) {
      const section = group.wide;
      if (section.kind === "figures" && i === 0) return <div key={section.key} style={{ marginTop: 20 }}><Content section={section} /></div>;
      return <Section key={section.key} id={section.key} title={section.title} note={section.note}><Content section={section} /></Section>;
    }
    return (
      <section className="sect two" key={i}>
        {[group.left, group.right].map((side, j) => <div key={j}>{side.map((section) => <div className="half" key={section.key}><header><h2>{section.title}</h2>{section.note && <span className="note">{section.note}</span>}</header><Content section={section} /></div>)}</div>)}
      </section>
    );
  });
}

const nothing = (section: SheetSection, fallback: string) => <div className="card"><Empty title={section.empty ?? fallback} /></div>;

function Content({ section }: { section: SheetSection }) {
  switch (section.kind) {
    case "figures": return section.figures?.length ? <Figures figures={section.figures} /> : nothing(section, "No figures in this period");
    case "decisions": return <Decisions section={section} />;
    case "forecast": return section.items?.length ? <Forecasts items={section.items as ForecastItem[]} /> : nothing(section, "Nothing is promised to a date");
    case "chart": return <ChartCard section={section} />;
    case "table": return <ReportTable section={section} />;
    default: return section.items?.length ? <List items={section.items as ListItem[]} /> : nothing(section, "Nothing to tell");
  }
}

function Decisions({ section }: { section: SheetSection }) {
  if (!section.findings?.length) return <div className="card"><Empty title={section.empty ?? "No decision is waiting"} action={{ label: "See all findings", href: "/findings" }}>Nothing crossed its threshold in this period.</Empty></div>;
  return <div className="card">{section.findings.map((finding) => <FindingCard key={finding.id} finding={finding} />)}</div>;
}

function chanceTone(chance: number): string {
  return chance >= 0.8 ? "good" : chance >= 0.4 ? "warn" : "bad";
}

function Forecasts({ items }: { items: ForecastItem[] }) {
  const dates = span(items.flatMap((item) => [item.low ?? item.p50, item.p95, item.promised]));
  return (
    <div className="card"><div className="scroll" tabIndex={0} role="region" aria-label="Forecasts against promises">
      <table className="tbl" style={{ minWidth: 620 }}>
        <thead><tr><th scope="col">Initiative</th><th scope="col">Team</th><th scope="col" className="r">Left</th><th scope="col">Forecast 50 – 85 – 95% · promised</th><th scope="col" className="r">Chance</th><th scope="col">Why</th></tr></thead>
        <tbody>
          {items.map((item, i) => (
            <tr key={item.ref ?? i}>
              <td>{item.href ? <Go className="plain" href={item.href}>{item.title}</Go> : item.ref ? <RefLink className="plain" of={item.ref}>{item.title}</RefLink> : item.title}</td>
              <td className="mut">{item.team ? item.team.replace(/^team:/, "") : format.NONE}</td>
              <td className="r num">{format.number(item.left)}</td>
              <td><RangeBar {...item} {...dates} /></td>
              <td className="r num">{item.chance === null || item.chance === undefined ? format.NONE : <Pill tone={chanceTone(item.chance)}>{format.share(item.chance)}</Pill>}</td>
              <td className="sub">{item.why}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div></div>
  );
}

function ChartCard({ section }: { section: SheetSection }) {
  const name = reportName(section);
  const report = reportOf(section);
  const params = report?.period ? { since: report.period.since, until: report.period.until, ...report.scope } : undefined;
  return (
    <div className="card pad">
      {name && <ReportChart report={name} params={params} label={`${section.title}${section.note ? `, ${section.note}` : ""}`} />}
      {(section.items as ListItem[] | null | undefined)?.map((item, i) => <div className="sub" style={{ marginTop: 6 }} key={i}><Words item={item} /></div>)}
      {name && <div className="coverage"><Go className="ev" href={`/reports/${name}`}>Open the rows</Go>{report && coverageLine(report) ? ` · ${coverageLine(report)}` : ""}</div>}
    </div>
  );
}

function ReportTable({ section }: { section: SheetSection }) {
  const given = reportOf(section);
  const asked = useGet<Report>(given || !section.report ? null : `/api/reports/${section.report as string}`, { size: 8 });
  const report = given ?? asked.data;
  if (!report && section.items?.length) return <List items={section.items as ListItem[]} />;
  const rows = report?.rows.slice(0, 8);
  return (
    <>
      <DataTable label={section.title} columns={report?.columns ?? []} rows={rows as Row[] | undefined} keys={false} empty={<Empty title={section.empty ?? "No rows in this period"} />} />
      {report && report.total > (rows?.length ?? 0) && <div className="coverage"><Go className="ev" href={`/reports/${report.name}`}>All {format.number(report.total)} rows</Go></div>}
    </>
  );
}

function Words({ item }: { item: ListItem }) {
  const text = item.text ?? item.title ?? "";
  const linked = item.href ? <Go className="ev" href={item.href}>{text}</Go> : item.ref ? <RefLink of={item.ref}>{text}</RefLink> : text;
  return <>{linked}{item.note && <span className="mut"> · {item.note}</span>}</>;
}

function List({ items }: { items: ListItem[] }) {
  return <div className="card list-card">{items.map((item, i) => <div key={i}>{item.severity && <span style={{ marginRight: 8 }}><Pill tone={item.severity}>{item.severity}</Pill></span>}<Words item={item} /></div>)}</div>;
}
