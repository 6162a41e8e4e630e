/** The chain of one object, from who asked to who was told, with its gaps. */
import { useParams, useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import { trace as traceOf } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import type { Trace, TraceCard, TracePerson } from "@/api/types";
import { ErrorPage } from "@/app/status";
import { Answer, Button, Pill } from "@/components/basics";
import { Go } from "@/components/Go";
import { Page } from "@/components/Page";
import { humanise } from "@/lib/format";
import { download } from "@/lib/table";
import { traceHref } from "@/lib/url";

const HOME: Record<string, [string, string]> = { initiative: ["Roadmap", "/roadmap"], release: ["Releases", "/releases"], experiment: ["Experiments", "/experiments"], feedback: ["Feedback", "/feedback"], request: ["Feedback", "/feedback"], feature: ["Usage", "/usage"], work: ["Delivery", "/delivery"], change: ["Delivery", "/delivery"] };

export default function TracePage() {
  const { ref } = useParams({ strict: false }) as { ref: string };
  const asked = useAsk(traceOf, { path: { ref } });
  if (asked.error && !asked.data) return <ErrorPage error={asked.error} retry={() => void asked.refetch()} />;
  const [section, href] = HOME[ref.split(":")[0]!] ?? ["Trace", undefined];
  const crumbs = [{ label: section, href }, { label: asked.data?.title ?? ref }];
  return (
    <Page title="Trace" width="wide" crumbs={crumbs} actions={asked.data && <Button onClick={() => download(`trace-${ref.replace(/\W+/g, "-")}.json`, JSON.stringify(asked.data, null, 2), "application/json")}>Export</Button>}>
      <Answer of={asked}>{(trace) => <TraceView trace={trace} />}</Answer>
    </Page>
  );
}

function TraceView({ trace }: { trace: Trace }) {
  return (
    <>
      <h1>{trace.headline}</h1>
      {trace.sub && <div className="sub">{trace.sub}</div>}
      <div className="chain" tabIndex={0} role="region" aria-label="The chain, from asked to told">
        {trace.stages.map((stage) => (
          <section className="stage" key={stage.key} aria-label={stage.title}>
            <h2>{stage.title}</h2>
            <div className="lag">{stage.note}</div>
            {(stage.cards ?? []).map((card, i) => <Node key={i} card={card} here={trace.ref} />)}
            {!stage.cards?.length && <div className="node none">nothing known</div>}
          </section>
        ))}
      </div>
      <div className="cols">
        <div>
          <People title="Who has not been told" people={trace.untold} empty="Everyone who asked has been told." />
          {trace.told.length > 0 && <div style={{ marginTop: 18 }}><People title="Who has been told" people={trace.told} empty="" /></div>}
        </div>
        <div>
          <h2>Rests on</h2>
          <div className="card pad sub">
            {trace.rests_on.map((one, i) => <span key={i}>{i > 0 && " · "}{one.href ? <Go className="ev" href={one.href}>{one.label}</Go> : one.label}</span>)}
            {!trace.rests_on.length && "No linked rows yet. Links come from the tools (a change that names its item) or are drawn on the initiative's page."}
          </div>
        </div>
      </div>
    </>
  );
}

function Node({ card, here }: { card: TraceCard; here: string }) {
  const trace = useRouterState({ select: (state) => state.location.pathname.startsWith("/trace") });
  const href = card.href || (card.ref && card.ref !== here && trace ? traceHref(card.ref) : null);
  const look = `node${card.focus ? " hot" : ""}${card.gap ? " gap" : ""}`;
  const body = <>{card.title && <b>{card.title}</b>}{card.note && <span className="mut">{card.note}</span>}</>;
  return href ? <Go className={look} href={href} aria-current={card.focus ? "true" : undefined}>{body}</Go> : <div className={look} aria-current={card.focus ? "true" : undefined}>{body}</div>;
}

const TONE: Record<string, string> = { held: "plain", draft: "info", bounced: "bad", none: "warn", read: "good", sent: "info", delivered: "info", told: "good" };

const FIRST = 8;

function People({ title, people, empty }: { title: string; people: TracePerson[]; empty: string }) {
  const [all, setAll] = useState(false);
  const shown = all || people.length <= FIRST + 2 ? people : people.slice(0, FIRST);
  return (
    <>
      <h2>{title}{people.length > 0 && <span className="mut"> {people.length}</span>}</h2>
      <div className="card whos">
        {shown.map((person) => (
          <div className="who-row" key={person.ref}><span>{person.name}{person.note && <span className="mut"> · {person.note}</span>}</span><Pill tone={TONE[person.state] ?? "plain"}>{person.state === "none" ? "no draft" : humanise(person.state).toLowerCase()}</Pill></div>
        ))}
        {!people.length && <span className="mut">{empty}</span>}
        {shown.length < people.length && <Button quiet className="more" onClick={() => setAll(true)}>Show all {people.length}</Button>}
      </div>
    </>
  );
}
