/** One colleague: what they answer for, and what they were told. */
import { useParams } from "@tanstack/react-router";
import { onePerson } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Answer, Empty, Pill, Section } from "@/components/basics";
import { DataTable, type TableColumn } from "@/components/DataTable";
import { Go, RefLink } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import * as format from "@/lib/format";
import { traceHref } from "@/lib/url";
import { OWNED, STATE_TONES, type Owned } from "./types";

const OWNS: TableColumn[] = [
  { key: "title", label: "What", render: (row) => <Go className="ev" href={traceHref(String(row.ref))}>{String(row.title)}</Go> },
  { key: "kind", label: "Kind" },
  { key: "state", label: "State", render: (row) => { const [tone, word] = OWNED[row.state as Owned["state"]]; return <Pill tone={tone}>{word}</Pill>; } },
  { key: "since_at", label: "Since", unit: "date" },
  { key: "source", label: "From" },
];
const TOLD: TableColumn[] = [
  { key: "created_at", label: "Made", unit: "time" },
  { key: "subject", label: "Subject", href: "/people?tab=deliveries&delivery={delivery}" },
  { key: "ref", label: "About", ref: "any" },
  { key: "state", label: "State", render: (row) => <Pill tone={STATE_TONES[String(row.state)]}>{String(row.state)}</Pill> },
];

export default function PersonPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const asked = useAsk(onePerson, { path: { person_id: id } });
  return (
    <Page title={asked.data?.name ?? id} crumbs={[{ label: "People", href: "/people" }]}>
      <Answer of={asked}>{(person) => (
        <>
          <Head title={person.name} sub={[person.role, person.team_title, person.email].filter(Boolean).join(" · ")} end={<Go className="btn" href={traceHref(`person:${person.person}`)}>Trace</Go>} />
          <Section title="Answers for" note={format.count(person.owns.length, "object")}>
            <DataTable label="Answers for" columns={OWNS} rows={person.owns} href={(row) => traceHref(String(row.ref))} empty={<Empty title="Nothing" action={{ label: "See what has no owner", href: "/people?tab=ownership&state=unowned" }}>{person.name} is accountable for nothing that is active.</Empty>} />
          </Section>
          {person.history.length > 0 && <Section title="Decided here"><div className="card pad md"><ul>{person.history.map((one, i) => <li key={i}>{format.humanise(one.role)} for <RefLink of={one.ref} /> from {format.date(one.since)}{one.until ? ` to ${format.date(one.until)}` : ""}, decided by {one.by}</li>)}</ul></div></Section>}
          <Section title="Was told" note={format.count(person.told.length, "message")}>
            <DataTable label="Was told" columns={TOLD} rows={person.told} keys={false} empty={<Empty title="Nothing yet" action={{ label: "Subscriptions", href: "/people?tab=subscriptions&whose=all" }}>Messages to {person.name} appear here.</Empty>} />
          </Section>
        </>
      )}</Answer>
    </Page>
  );
}
