/** A named report as a section: its chart in a card, and the way to its rows. */
import type { ReactNode } from "react";
import type { Params } from "@/api/client";
import { Section } from "@/components/basics";
import { ReportChart } from "@/components/Chart";
import { Go } from "@/components/Go";
import { changed } from "@/lib/url";

interface ReportCardProps { report: string; title: string; note?: ReactNode; params?: Params; height?: number }

export function ReportCard({ report, title, note, params, height }: ReportCardProps) {
  const query = changed("", Object.fromEntries(Object.entries(params ?? {}).map(([key, value]) => [key, String(value ?? "")])));
  return (
    <Section title={title} note={note} end={<Go className="ev" href={`/reports/${report}${query}`}>rows</Go>}>
      <div className="card pad"><ReportChart report={report} params={params} label={title} height={height} /></div>
    </Section>
  );
}
