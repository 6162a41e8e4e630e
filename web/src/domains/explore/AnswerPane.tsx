/** The answer: chart, what it rests on, table. Under way it can be taken back; what went wrong stands here with what to do. */
import { useMemo, useState } from "react";
import { Button, Empty, Failed, Skeleton } from "@/components/basics";
import { Chart, type ChartSpot } from "@/components/Chart";
import { AdoptionAnswer } from "./AdoptionAnswer";
import { AnswerTable } from "./AnswerTable";
import { Behind } from "./Behind";
import { drill, type Drill, type Spot } from "./drill";
import { sentence } from "./question";
import { Rests } from "./Rests";
import type { Answered, Question } from "./types";
import { useChart, type Asking } from "./useAnswer";

export function AnswerPane({ asking, scope, why }: { asking: Asking; scope?: string; why: string }) {
  const { asked, answered, slow, stale, takenBack, cancel, shown } = asking;
  if (why) return <div className="card"><Empty title="Not asked yet">{why}</Empty></div>;
  return (
    <div className="ans-pane" aria-busy={asked.isFetching && !answered}>
      {slow && <div className="ans-wait" role="status"><span>Answering…</span><Button onClick={cancel}>Cancel</Button></div>}
      {asked.error ? <Failed error={asked.error} retry={asked.error.status === 422 ? undefined : () => void asked.refetch()} />
        : takenBack ? <div className="card"><Empty title="Taken back" action={{ label: "Ask again", onClick: () => void asked.refetch() }}>The question was not answered.</Empty></div>
        : answered ? <div className={stale ? "ans-stale" : ""}><Shown question={shown} answered={answered} scope={scope} /></div>
        : <div className="card pad"><Skeleton height={240} /></div>}
    </div>
  );
}

function Shown({ question, answered, scope }: { question: Question; answered: Answered; scope?: string }) {
  const [open, setOpen] = useState<Drill | null>(null);
  const drawn = question.kind === "trends" && question.display === "table" ? false : answered.has_chart;
  const chart = useChart(drawn ? question : null, scope);
  const find = (spot: Spot) => drill(question, answered, spot);
  const can = useMemo(() => (spot: Spot) => find(spot) !== null, [question, answered]); // eslint-disable-line react-hooks/exhaustive-deps -- `find` is made of these two
  const press = (spot: ChartSpot) => setOpen(find(spot) ?? open);
  return (
    <>
      {question.kind === "adoption" && <AdoptionAnswer answered={answered} onStage={(column) => setOpen(find({ row: 0, column }))} />}
      {drawn && <div className={`card pad ans-chart${question.kind === "paths" ? " ans-wide" : ""}`} {...(question.kind === "paths" ? { tabIndex: 0, role: "region", "aria-label": "Paths, drawn" } : {})}>{chart.error ? <Failed error={chart.error} /> : chart.data ? <Chart key={question.kind} option={chart.data} label={sentence(question)} onSpot={press} /> : <Skeleton height={240} />}</div>}
      {!answered.has_chart && question.kind !== "adoption" && <div className="card"><Empty title="Nothing happened in this span">Choose a longer span, or fewer conditions.</Empty></div>}
      <Rests answered={answered} question={question} />
      {answered.table.rows.length > 0 && <AnswerTable key={question.kind} table={answered.table} label="The answer as a table" can={can} onSpot={(spot) => setOpen(find(spot))} />}
      {open && <Behind question={question} drill={open} onClose={() => setOpen(null)} />}
    </>
  );
}
