/** "When will it be done?": a question in the address, the answer with its back-test, and keeping it. */
import { useRef } from "react";
import { keepForecast, when, whenChart, withdrawForecast } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { toast } from "@/app/toast";
import { Answer, Button, Empty } from "@/components/basics";
import { Chart, type ChartOption } from "@/components/Chart";
import { formValues, TextField, useSend } from "@/components/Form";
import { useTitle } from "@/components/useTitle";
import * as format from "@/lib/format";
import { useSetUrl, useUrlState } from "@/lib/url";
import { Held, RestsOn } from "./Held";
import type { When } from "./types";

function useQuestion(team: string) {
  const [initiative] = useUrlState("ask", "");
  const [items] = useUrlState("items", 0);
  const [low] = useUrlState("split_low", 1);
  const [high] = useUrlState("split_high", 1);
  const [by] = useUrlState("by", "");
  return { team: initiative ? "" : team, initiative, items: items || null, split_low: low, split_high: Math.max(low, high), by };
}

export function WhenCard({ team }: { team: string }) {
  const question = useQuestion(team);
  const asked = Boolean(question.items || question.initiative);
  const answer = useAsk(when, asked ? { query: question } : null);
  const chart = useAsk(whenChart, asked ? { query: question } : null);
  const curve = chart.data as ChartOption | undefined;
  return (
    <div className="two">
      <div className="card pad">
        <Question question={question} />
        {asked ? <Answer of={answer}>{(found) => <Found found={found} question={question} />}</Answer> : <p className="sub" style={{ marginTop: 10 }}>Say how many items, or choose an initiative above. Items often split while they are worked on: “1 to 1.3” counts up to three tenths more.</p>}
      </div>
      <div className="card pad">
        {curve && !curve.callsheet?.empty ? <Chart option={curve} label="Chance to be done by each day" /> : <Empty title="No question yet">The chance of being done by each day is drawn here.</Empty>}
      </div>
    </div>
  );
}

function Question({ question }: { question: ReturnType<typeof useQuestion> }) {
  const setUrl = useSetUrl();
  const form = useRef<HTMLFormElement>(null);
  const title = useTitle(`initiative:${question.initiative}`, Boolean(question.initiative));
  const send = () => {
    const given = formValues(form.current!);
    setUrl({ items: given.items || null, split_low: given.split_low === "1" ? null : given.split_low!, split_high: given.split_high === "1" ? null : given.split_high!, by: given.by || null });
  };
  return (
    <form ref={form} key={question.initiative} onSubmit={(event) => { event.preventDefault(); send(); }}>
      {question.initiative && <div className="row" style={{ marginBottom: 10 }}><b className="grow">{title}</b><Button quiet onClick={() => setUrl({ ask: null, items: null, by: null })}>Ask about a team</Button></div>}
      <div className="row wrap" style={{ alignItems: "flex-end" }}>
        <TextField label="Items" name="items" type="number" min={1} max={100000} style={{ width: 86 }} defaultValue={question.items ?? ""} placeholder={question.initiative ? "left" : "17"} />
        <TextField label="Each grows ×" name="split_low" type="number" min={0.1} max={10} step={0.1} style={{ width: 92 }} defaultValue={question.split_low} />
        <TextField label="to" name="split_high" type="number" min={0.1} max={10} step={0.1} style={{ width: 92 }} defaultValue={question.split_high} />
        <TextField label="Promised" name="by" type="date" style={{ width: 150 }} defaultValue={question.by} />
        <Button type="submit" primary>Ask</Button>
      </div>
    </form>
  );
}

function Found({ found, question }: { found: When; question: ReturnType<typeof useQuestion> }) {
  const may = useMay("member");
  const { send, busy } = useSend();
  if (found.why_not) return <div className="alert" style={{ marginTop: 12 }}><div><b>No forecast</b><div className="sub">{found.why_not}.</div></div></div>;
  const keep = async () => {
    const { by: _day, ...body } = question;
    const kept = await send(() => ask(keepForecast({ body })));
    if (kept) toast("Forecast kept", { undo: () => void send(() => ask(withdrawForecast({ path: { forecast_id: kept.id } })), "Forecast taken back") });
  };
  const someone = Boolean(found.initiative || found.team);
  const why = !may ? "Keeping a forecast needs the role member" : !someone ? "Choose a team first: somebody has to answer for it" : undefined;
  return (
    <>
      <div className="scroll"><table className="tbl" style={{ marginTop: 12 }}>
        <thead><tr><th scope="col">Chance</th><th scope="col">Done by</th><th scope="col" className="r">From now</th><th scope="col" className="r">Such dates held</th></tr></thead>
        <tbody>
          {found.percentiles.map((one) => (
            <tr key={one.chance}><td className="num">{one.chance}%</td><td>{one.date ? format.date(one.date) : "beyond ten years"}</td><td className="r num">{one.days === null ? format.NONE : format.days(one.days)}</td><td className="r"><Held kept={found.backtest.coverage[one.chance]} /></td></tr>
          ))}
        </tbody>
      </table></div>
      {found.by && <p style={{ marginTop: 10 }}>Done by {format.date(found.by)}: <b className="num">{format.chance(found.chance)}</b></p>}
      {found.share < 1 && <p className="sub" style={{ marginTop: 10 }}>Gets {format.share(found.share)} of what {format.spelled(found.team)} finishes, as among the items begun in the last 28 days.</p>}
      <RestsOn of={found} />
      <div className="form-foot"><Button busy={busy} disabled={Boolean(why)} title={why} onClick={() => void keep()}>Keep this forecast</Button></div>
    </>
  );
}
