/** One item of work: its course, its time in each state, its changes and its links. */
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { item as oneItem } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Answer, Empty, Pill, Section } from "@/components/basics";
import { DataTable, type TableColumn } from "@/components/DataTable";
import { Go, RefLink, safe } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import * as format from "@/lib/format";
import { traceHref } from "@/lib/url";
import type { ItemDetail } from "./types";

const VISITS: TableColumn[] = [
  { key: "state", label: "State" }, { key: "since", label: "From", unit: "time" }, { key: "until", label: "To", unit: "time" }, { key: "days", label: "For", unit: "days" },
];
const CHANGES: TableColumn[] = [
  { key: "title", label: "Change" }, { key: "repo", label: "Repository" }, { key: "author", label: "Author", ref: "person" }, { key: "state", label: "State" },
  { key: "created_at", label: "Opened", unit: "time" }, { key: "first_review_at", label: "First review", unit: "time" }, { key: "merged_at", label: "Merged", unit: "time" }, { key: "deployed_at", label: "Deployed", unit: "time" }, { key: "url", label: "Address", unit: "url" },
];
const WORDS: Record<string, [string, string]> = {
  built_by: ["Builds", "Built by"], blocks: ["Blocked by", "Blocks"], done_in: ["Work", "Done in"], ships_in: ["Contains", "Ships in"],
};

export default function ItemPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const asked = useAsk(oneItem, { path: { item_id: id } });
  return (
    <Page title={asked.data?.title ?? id} crumbs={[{ label: "Delivery", href: "/delivery" }, { label: "Items", href: "/delivery?tab=items" }]} actions={<Go className="btn" href={traceHref(`work:${id}`)}>Trace</Go>}>
      <Answer of={asked}>{(item) => <Shown item={item} />}</Answer>
    </Page>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <><dt>{name}</dt><dd>{children}</dd></>;
}

function Shown({ item }: { item: ItemDetail }) {
  const done = item.category === "done";
  const late = item.due_at && !done && item.due_at < format.now().toISOString();
  return (
    <>
      <Head kicker={item.item_id} title={item.title ?? item.item_id}
        sub={done ? `Finished ${format.date(item.done_at)}${item.days === null ? "; never started" : `, took ${format.days(item.days)}`}` : item.begun_at ? `In progress for ${format.days(item.days)}` : "Not begun"}
        end={<><Pill tone={done ? "good" : item.category === "waiting" ? "warn" : item.category === "doing" ? "info" : "plain"}>{item.state}</Pill>{item.unplanned && <Pill tone="violet">Unplanned</Pill>}</>} />
      <div className="two">
        <div className="card pad">
          <dl className="facts">
            <Fact name="Team">{item.team ? format.spelled(item.team) : format.NONE}</Fact>
            <Fact name="Owner">{item.owner ? <RefLink of={`person:${item.owner}`} /> : "nobody"}</Fact>
            <Fact name="Kind">{item.kind ?? format.NONE}</Fact>
            <Fact name="Created">{format.dateTime(item.created_at)}</Fact>
            <Fact name="Begun">{item.begun_at ? format.dateTime(item.begun_at) : "never"}</Fact>
            {item.due_at && <Fact name="Promised"><span className={late ? "down" : ""}>{format.date(item.due_at)}</span></Fact>}
            {item.url && <Fact name="Source"><Go className="ev" href={safe(item.url)}>open in its tool</Go></Fact>}
          </dl>
        </div>
        <div className="card pad"><TimeInState item={item} /></div>
      </div>
      <Section title="Course" note="every stay counts">
        <DataTable label="Stays" columns={VISITS} rows={item.visits} keys={false} empty={<Empty title="No history of steps">The source gave dates, but not the steps between them.</Empty>} />
      </Section>
      <Section title="Changes"><DataTable label="Changes" columns={CHANGES} rows={item.changes} keys={false} empty={<Empty title="No change is linked">A change that names this item in its title or branch is linked when it is imported.</Empty>} /></Section>
      <Links item={item} />
    </>
  );
}

function TimeInState({ item }: { item: ItemDetail }) {
  const most = Math.max(...item.time_in_state.map((one) => one.days), 0.001);
  if (!item.history) return <Empty title="Time in each state is not known">Its tool gave no history.</Empty>;
  return (
    <div className="stack" style={{ gap: 10 }}>
      <b>Time in each state</b>
      {item.time_in_state.filter((one) => one.days > 0).map((one) => (
        <div key={one.state}><div className="row small"><span className="grow">{one.state}</span><span className="num">{format.days(one.days)}</span></div><div className="bar"><i style={{ width: `${(100 * one.days) / most}%` }} /></div></div>
      ))}
    </div>
  );
}

function Links({ item }: { item: ItemDetail }) {
  const own = `work:${item.item_id}`;
  if (!item.links.length) return null;
  return (
    <Section title="Links">
      <div className="card pad"><dl className="facts">
        {item.links.map((link) => {
          const back = link.to_ref === own;
          const words = WORDS[link.kind];
          return <Fact key={`${link.kind}${link.from_ref}${link.to_ref}`} name={words ? words[back ? 0 : 1] : format.humanise(link.kind)}><RefLink of={back ? link.from_ref : link.to_ref} /></Fact>;
        })}
      </dl></div>
    </Section>
  );
}
