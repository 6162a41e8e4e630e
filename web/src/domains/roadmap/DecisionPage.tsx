/** One decision with its options, evidence, dissent and outcome. */
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { reviewRoadmapDecision, roadmapDecision } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { ErrorPage } from "@/app/status";
import { Answer, Button, Pill, Section } from "@/components/basics";
import { useSend } from "@/components/Form";
import { RefLink } from "@/components/Go";
import { Page } from "@/components/Page";
import { ReasonDialog } from "@/components/ReasonDialog";
import * as format from "@/lib/format";
import { VIEWER, type Decision } from "./types";
import "./roadmap.css";

export default function DecisionPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const asked = useAsk(roadmapDecision, { path: { decision_id: id } });
  if (asked.error && !asked.data) return <ErrorPage error={asked.error} retry={() => void asked.refetch()} />;
  return <Page title={asked.data?.title ?? "Decision"} width="narrow" crumbs={[{ label: "Decisions", href: "/decisions" }]}><Answer of={asked}>{(one) => <DecisionView decision={one} />}</Answer></Page>;
}

function DecisionView({ decision }: { decision: Decision }) {
  const said = decision.prediction;
  return (
    <>
      <h1>{decision.title}</h1>
      <div className="sub">{decision.by}, {format.date(decision.decided_at, "long")}{decision.ref && <> · about <RefLink of={decision.ref} /></>}</div>
      {decision.because && <p style={{ marginTop: 12 }}>{decision.because}</p>}
      {decision.options.length > 0 && (
        <Section title="Options">
          <div className="card pad">{decision.options.map((one, i) => <div className="choice" key={i}><Pill tone={one.chosen ? "good" : "plain"}>{one.chosen ? "chosen" : "not"}</Pill><b>{one.title}</b>{(one.for || one.against) && <span className="sub">{[one.for && `for: ${one.for}`, one.against && `against: ${one.against}`].filter(Boolean).join("; ")}</span>}</div>)}</div>
        </Section>
      )}
      {decision.dissent && <Section title="Dissent"><div className="card pad">{decision.dissent}</div></Section>}
      {decision.evidence.length > 0 && (
        <Section title="Evidence" note="as it stood that day">
          <div className="card whos">{decision.evidence.map((one, i) => <div className="who-row" key={i}><span>{one.title ?? one.metric}</span><span className="num">{format.split(one.amount, one.unit).join(" ")} <span className="mut">n = {one.sample}</span></span></div>)}</div>
        </Section>
      )}
      {said.metric && <Section title="Prediction"><div className="card pad num">{said.metric}: {format.signed(said.effect)} <span className="mut">[{format.number(said.low)}, {format.number(said.high)}]</span></div></Section>}
      <Section title="How it came out"><Outcome decision={decision} /></Section>
    </>
  );
}

function Outcome({ decision }: { decision: Decision }) {
  const [reviewing, setReviewing] = useState(false);
  const may = useMay("member");
  const { send } = useSend();
  const review = async (outcome: string) => {
    setReviewing(false);
    await send(() => ask(reviewRoadmapDecision({ path: { decision_id: decision.decision }, body: { outcome } })), "The outcome is kept with the decision.");
  };
  return (
    <div className="card pad row wrap">
      <span className="grow">{decision.outcome ? <>{decision.outcome} <span className="mut">· {format.date(decision.reviewed_at)}</span></> : <span className="mut">{decision.due ? "Due for review since " : decision.review_at ? "To be reviewed on " : "Not reviewed yet."}{decision.review_at && format.date(decision.review_at, "long")}</span>}</span>
      <Button primary={decision.due} disabled={!may} title={may ? undefined : VIEWER} onClick={() => setReviewing(true)}>{decision.outcome ? "Review again" : "Review"}</Button>
      {reviewing && <ReasonDialog title={decision.title} label="What came of it, and was it right?" confirm="Keep the outcome" onConfirm={(outcome) => void review(outcome)} onClose={() => setReviewing(false)} />}
    </div>
  );
}
