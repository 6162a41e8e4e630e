/** All named reports, by domain. */
import { useGet } from "@/api/client";
import type { ReportEntry } from "@/api/types";
import { Answer, Empty, Section } from "@/components/basics";
import { Go } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import { humanise } from "@/lib/format";

export default function ReportsPage() {
  const asked = useGet<ReportEntry[]>("/api/reports");
  return (
    <Page title="Reports" crumbs={[{ label: "Explore", href: "/explore" }, { label: "Metrics", href: "/explore/metrics" }]}>
      <Head title="Reports" sub="Named tables, the same in pages, commands and detectors." />
      <Answer of={asked}>
        {(reports) => reports.length ? [...Map.groupBy(reports, (one) => one.domain ?? one.name.split(".")[0]!)].map(([domain, all]) => (
          <Section key={domain} title={humanise(domain)}>
            <div className="card list-card">{all.map((one) => <div key={one.name}><Go className="ev" href={`/reports/${one.name}`}>{one.title}</Go><span className="mut"> · {one.definition}</span></div>)}</div>
          </Section>
        )) : <div className="card"><Empty title="No reports are installed" /></div>}
      </Answer>
    </Page>
  );
}
