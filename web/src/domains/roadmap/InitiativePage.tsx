/** One initiative: why, forecast against promise, who asked, inputs of its score, prediction, slips, decisions. */
import { useParams } from "@tanstack/react-router";
import { moveRoadmapInitiative, roadmapInitiative } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { ErrorPage } from "@/app/status";
import { Answer, Pill, Section, Segments } from "@/components/basics";
import { useSend } from "@/components/Form";
import { Go, RefLink } from "@/components/Go";
import { Page } from "@/components/Page";
import { useTitle } from "@/components/useTitle";
import * as format from "@/lib/format";
import { traceHref } from "@/lib/url";
import { Inputs } from "./Inputs";
import { Predicted } from "./Predicted";
import { PromiseCard } from "./PromiseCard";
import type { Full } from "./types";

const STAGES = ["now", "next", "later", "done", "dropped"];
const HREF: Record<string, string> = { done: "good", dropped: "warn", now: "violet", next: "info" };

export default function InitiativePage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const asked = useAsk(roadmapInitiative, { path: { initiative_id: id } });
  if (asked.error && !asked.data) return <ErrorPage error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <Page title={asked.data?.title ?? "Initiative"} crumbs={[{ label: "Roadmap", href: "/roadmap" }]} actions={<Go className="btn" href={traceHref(`initiative:${id}`)}>Trace</Go>}>
      <Answer of={asked}>{(full) => <InitiativeView full={full} />}</Answer>
    </Page>
  );
}

function InitiativeView({ full }: { full: Full }) {
  const may = useMay("member");
  const { send } = useSend();
  const move = (stage: string) => may && stage !== full.stage && void send(() => ask(moveRoadmapInitiative({ path: { initiative_id: full.initiative }, body: { stage } })), `Moved to ${stage}.`);
  return (
    <>
      <div className="pagehead">
        <div><h1>{full.title}</h1><div className="sub">{full.why || "Nobody has written down why yet."}</div></div>
        {may ? <Segments label="Stage" value={full.stage} options={STAGES.map((one) => ({ value: one, label: format.humanise(one) }))} onChange={move} /> : <Pill tone={HREF[full.stage]}>{full.stage}</Pill>}
      </div>
      <div className="two">
        <div>
          <PromiseCard full={full} />
          {full.score && <Section title="What its score is made of" note={`place ${full.score.place} · ${format.number(full.score.score)} [${format.number(full.score.low)}, ${format.number(full.score.high)}]`}><Inputs initiative={full.initiative} inputs={full.score.inputs} /></Section>}
          <Section title="Slips" note="promised dates that moved, statuses that went back">
            {full.slips.length ? (
              <div className="card whos">{full.slips.map((slip, i) => <div className="who-row" key={i}><span>{slip.kind === "promise" ? `Promise: ${slip.before} → ${slip.after}` : `Status: ${slip.before} → ${slip.after}`}, {slip.words}{slip.reason && <span className="sub"> · {slip.reason}</span>}</span><span className="mut">{slip.actor && `${slip.actor}, `}{format.date(slip.changed_at)}</span></div>)}</div>
            ) : <div className="card pad mut">No promised date of it has moved.</div>}
          </Section>
        </div>
        <div>
          <About full={full} />
          <Predicted full={full} />
          <Section title="Decisions">
            {full.decisions.length ? (
              <div className="card list-card">{full.decisions.map((one) => <div key={one.decision}><Go className="ev" href={`/decisions/${encodeURIComponent(one.decision)}`}>{one.title}</Go><span className="mut"> · {one.by}, {format.date(one.decided_at)}</span></div>)}</div>
            ) : <div className="card pad mut">None written down. <Go className="ev" href={`/decisions?about=initiative:${encodeURIComponent(full.initiative)}`}>Write one</Go>.</div>}
          </Section>
        </div>
      </div>
    </>
  );
}

function About({ full }: { full: Full }) {
  const demand = full.demand;
  const goal = useTitle(`goal:${full.goal}`, Boolean(full.goal));
  return (
    <div className="card pad">
      <dl className="facts">
        <dt>Owner</dt><dd>{full.owner ? <RefLink of={`person:${full.owner}`} /> : <span className="down">nobody</span>}</dd>
        <dt>Team</dt><dd>{full.team ? <RefLink of={`team:${full.team}`} /> : <span className="mut">{format.NONE}</span>}</dd>
        <dt>Goal</dt><dd>{full.goal ? <Go className="ev" href="/roadmap?tab=goals">{goal}</Go> : <span className="mut">serves none</span>}</dd>
        <dt>Asked for by</dt>
        <dd>{demand ? <><span className="num">{format.count(demand.requesters, "person", "people")}, {format.count(demand.accounts, "account")}, {format.money(demand.revenue)} a year</span>{demand.request_ids.map((one) => <div key={one}><RefLink of={`request:${one}`} /></div>)}</> : <span className="mut">no request is linked to it</span>}</dd>
        <dt>Delivers</dt><dd>{full.features?.length ? full.features.map((one) => <div key={one}><RefLink of={`feature:${one}`} /></div>) : <span className="mut">no feature of the catalogue yet</span>}</dd>
        <dt>Began</dt><dd>{format.date(full.started_at, "long")}</dd>
        {full.done_at && <><dt>Done</dt><dd>{format.date(full.done_at, "long")}</dd></>}
        {full.source_ref && <><dt>Comes from</dt><dd><RefLink of={full.source_ref} /></dd></>}
      </dl>
    </div>
  );
}
