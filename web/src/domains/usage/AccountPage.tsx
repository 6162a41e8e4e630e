/** One customer: who is there, what they use, what happened lately. */
import { useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { account as oneAccount } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { ErrorPage } from "@/app/status";
import { Answer, Empty, Section } from "@/components/basics";
import { Chart, type ChartOption } from "@/components/Chart";
import { DataTable, useView, type TableColumn } from "@/components/DataTable";
import { Go, RefLink } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import * as format from "@/lib/format";
import { AccountCourse } from "./AccountCourse";
import { eventWords, personHref, type AccountPage as Shape } from "./types";

const PEOPLE: TableColumn[] = [{ key: "name", label: "Person", href: "/usage/persons/{person_id}" }, { key: "role", label: "Role" }, { key: "events", label: "Events", unit: "events" }, { key: "last_at", label: "Last active", unit: "time" }];
const FEATURES: TableColumn[] = [{ key: "title", label: "Feature", href: "/usage/features/{used}" }, { key: "uses", label: "Uses", unit: "events" }, { key: "first_at", label: "First", unit: "date" }, { key: "last_at", label: "Last", unit: "time" }];

export default function AccountPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const asked = useAsk(oneAccount, { path: { account_id: id } });
  if (asked.error && !asked.data) return <ErrorPage error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <Page title={asked.data ? String(asked.data.account.name) : "Account"} crumbs={[{ label: "Usage", href: "/usage" }, { label: "Accounts", href: "/usage?tab=accounts" }]}>
      <Answer of={asked}>{(page) => <Body page={page} />}</Answer>
    </Page>
  );
}

function weeks(page: Shape): ChartOption {
  return {
    callsheet: { unit: "events", height: 190 },
    grid: { left: 8, right: 12, top: 14, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: { trigger: "axis" },
    xAxis: { type: "category", data: page.weeks.map((one) => format.date(one.week)), axisLine: { lineStyle: { color: "@line" } }, axisTick: { show: false }, axisLabel: { color: "@ink-3", fontSize: 11 } },
    yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: "@line-soft" } }, axisLabel: { color: "@ink-3", fontSize: 11 } },
    series: [{ type: "bar", name: "Events", data: page.weeks.map((one, place) => (place === page.weeks.length - 1 ? { value: one.events, itemStyle: { opacity: 0.45 } } : one.events)), itemStyle: { color: "@accent/80", borderRadius: [3, 3, 0, 0] }, barMaxWidth: 26 }],
  };
}

function Body({ page }: { page: Shape }) {
  const { account } = page;
  const option = useMemo(() => weeks(page), [page]);
  const [view, setView] = useView("p.", 10);
  const said = page.feedback ? <Go className="ev" href={`/feedback?q=${encodeURIComponent(String(account.account_id))}`}>{format.count(page.feedback, "piece", "pieces")} of feedback</Go> : "no feedback yet";
  return (
    <>
      <Head title={String(account.name)} sub={<span>{[account.segment, account.plan].filter(Boolean).join(", ")}{account.revenue ? ` · ${format.money(Number(account.revenue))} a year` : ""}{account.created_at ? ` · customer since ${format.date(String(account.created_at), "long")}` : ""} · {said}{account.owner ? <> · looked after by <RefLink of={`person:${String(account.owner)}`} /></> : null}</span>} />
      {account.churned_at ? <div className="alert warn">Left {format.date(String(account.churned_at), "long")}.</div> : null}
      <div className="two">
        <Section title="Events by week" note="12 weeks; the last is not over"><div className="card pad">{page.weeks.length ? <Chart option={option} label={`Events of ${String(account.name)} by week`} /> : <Empty title="Nobody was there in the last 12 weeks" />}</div></Section>
        <Section title="Features"><DataTable label="Features used" keys={false} columns={FEATURES} rows={page.features} empty={<Empty title="No feature used yet" />} /></Section>
      </div>
      <AccountCourse course={page.course ?? []} name={String(account.name)} />
      <div className="two">
        <Section title="People" note={format.count(page.people.length, "person", "people")}><DataTable label="People" keys={false} columns={PEOPLE} rows={page.people} view={view} onView={setView} empty={<Empty title="No people known">Bring in persons with their account.</Empty>} /></Section>
        <Section title="Lately" note={`the newest ${page.events.length}`}><Timeline events={page.events} people={page.people} /></Section>
      </div>
    </>
  );
}

function Timeline({ events, people }: { events: Shape["events"]; people: Shape["people"] }) {
  const names = new Map(people.map((one) => [one.person_id, String(one.name)]));
  if (!events.length) return <div className="card"><Empty title="No events yet" /></div>;
  return (
    <div className="card whos scroll" style={{ maxHeight: 420, overflowY: "auto" }} tabIndex={0} role="region" aria-label="Newest events">
      {events.map((one) => (
        <div className="who-row" key={one.event_id}>
          <span>{eventWords(one.event)} {one.person_id ? <Go className="sub" href={personHref(one.person_id)}>{names.get(one.person_id) ?? one.person_id}</Go> : <span className="sub">somebody</span>}</span>
          <span className="mut small num">{format.dateTime(one.occurred_at)}</span>
        </div>
      ))}
    </div>
  );
}
