/** One finding: its sentence, its evidence, its threshold, and the answers. */
import { useParams } from "@tanstack/react-router";
import { finding as oneFinding } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import type { Finding, FindingEvent } from "@/api/types";
import { ErrorPage } from "@/app/status";
import { Answer, Coded, Pill, Section } from "@/components/basics";
import { FindingActions, FindingMeta } from "@/components/FindingCard";
import { Go, RefLink } from "@/components/Go";
import { Page } from "@/components/Page";
import * as format from "@/lib/format";

export default function FindingPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const asked = useAsk(oneFinding, { path: { finding_id: id } });
  if (asked.error && !asked.data) return <ErrorPage error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <Page title={asked.data?.pill ?? "Finding"} crumbs={[{ label: "Findings", href: "/findings" }]}>
      <Answer of={asked}>{(finding) => <FindingView finding={finding} />}</Answer>
    </Page>
  );
}

function FindingView({ finding }: { finding: Finding }) {
  return (
    <>
      <div className="finding-head">
        <div className="kicker row" style={{ marginBottom: 4 }}><Pill tone={finding.severity}>{finding.pill}</Pill>first seen {format.date(finding.first_seen, "long")}{finding.last_seen ? `, last seen ${format.ago(finding.last_seen)}` : ""}</div>
        <h1>{finding.title}</h1>
        <p className="lead">{finding.sentence}</p>
        <FindingMeta finding={finding} />
        <FindingActions finding={finding} />
      </div>
      <div className="cols">
        <div>
          <h2>Evidence</h2>
          <div className="card whos">
            {finding.evidence.map((one, i) => <div className="who-row" key={i}><span>{one.href ? <Go className="ev" href={one.href}>{one.label}</Go> : one.label}</span><span className="num">{one.value ? format.value(one.value) : one.href && <Go className="ev" href={one.href}>open</Go>}</span></div>)}
            {!finding.evidence.length && <span className="mut">This finding names no separate evidence.</span>}
          </div>
        </div>
        <div>
          <h2>About it</h2>
          <div className="card pad">
            <dl className="facts">
              <dt>State</dt><dd><Pill tone={finding.state === "open" ? finding.severity : "plain"}>{finding.state}</Pill>{finding.reason && <span className="sub"> {finding.reason}</span>}</dd>
              {finding.subject && <><dt>Subject</dt><dd><RefLink of={finding.subject} /> · <RefLink of={finding.subject} to="trace">trace</RefLink></dd></>}
              {finding.try_this && <><dt>Try</dt><dd><Coded>{finding.try_this}</Coded></dd></>}
              <dt>Detector</dt><dd>{finding.symptom ? `${finding.symptom} · ` : ""}<span className="mono">{finding.detector}</span></dd>
              {finding.threshold && <><dt>Threshold</dt><dd><Coded>{finding.threshold}</Coded></dd></>}
              {finding.snoozed_until && <><dt>Snoozed until</dt><dd>{format.date(finding.snoozed_until, "long")}</dd></>}
            </dl>
          </div>
        </div>
      </div>
      <Section title="What happened to it"><History events={finding.history ?? []} /></Section>
    </>
  );
}

function History({ events }: { events: FindingEvent[] }) {
  const told = events.filter((event) => event.actor_name);
  if (!told.length) return <div className="card pad mut">Nobody has answered yet. Every answer is kept here with who, when and why.</div>;
  return (
    <div className="card whos">
      {told.map((event, i) => (
        <div className="who-row" key={i}>
          <span>{event.verb.split(".").pop()!.replace(/_/g, " ")} by {event.actor_name}{event.details?.reason ? <span className="sub"> · {String(event.details.reason)}</span> : null}</span>
          <span className="mut" title={format.dateTime(event.done_at)}>{format.ago(event.done_at)}</span>
        </div>
      ))}
    </div>
  );
}
