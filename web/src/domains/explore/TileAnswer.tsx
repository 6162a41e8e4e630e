/** What a tile shows of an answer: its chart, or without one its table, and what it rests on. Needs no session. */
import { Empty, Skeleton } from "@/components/basics";
import { Chart, type ChartOption } from "@/components/Chart";
import { AdoptionAnswer } from "./AdoptionAnswer";
import { AnswerTable } from "./AnswerTable";
import { Rests } from "./Rests";
import type { Answered } from "./types";

export const HEIGHT = 220;
/** Charts whose height follows their rows. */
const GROWING = ["heatmap", "funnel", "sankey"];

interface TileAnswerProps { answered: Answered; name: string; chart?: ChartOption; plain?: boolean; links?: boolean }

export function TileAnswer({ answered, name, chart, plain, links }: TileAnswerProps) {
  const grows = GROWING.includes(chart?.callsheet?.chart ?? "");
  return (
    <>
      {answered.kind === "adoption" && <AdoptionAnswer answered={answered} links={links} />}
      {plain ? <AnswerTable table={answered.table} label={name} /> : !answered.has_chart ? <Empty title="Nothing happened in this span" /> : !chart ? <Skeleton height={HEIGHT} /> : grows ? <Chart option={chart} label={name} /> : <div className="tile-chart"><Chart option={chart} label={name} height="100%" /></div>}
      <Rests answered={answered} />
    </>
  );
}
