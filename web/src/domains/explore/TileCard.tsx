/** A tile of a board: a report with its chart and what it rests on, or a text. Asked for when it comes into sight. */
import { useEffect, useRef, useState } from "react";
import { Empty, Failed, Skeleton } from "@/components/basics";
import { Go } from "@/components/Go";
import { Markdown } from "@/components/Markdown";
import { sentence } from "./question";
import { HEIGHT, TileAnswer } from "./TileAnswer";
import { reportHref, type Question, type SavedOut, type Tile } from "./types";
import { useAnswer, useChart } from "./useAnswer";

function useSeen<T extends HTMLElement>() {
  const box = useRef<T>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (seen || !box.current) return;
    const eye = new IntersectionObserver((all) => { if (all.some((one) => one.isIntersecting)) setSeen(true); }, { rootMargin: "200px" });
    eye.observe(box.current);
    return () => eye.disconnect();
  }, [seen]);
  return [box, seen] as const;
}

export function TileCard({ tile, report }: { tile: Tile; report?: SavedOut }) {
  const [box, seen] = useSeen<HTMLElement>();
  if (tile.kind === "text") return <section className={`tile text ${tile.size}`}><Markdown>{tile.text ?? ""}</Markdown></section>;
  if (!report) return <section className={`card tile ${tile.size}`}><Empty title="This report was deleted">It can be restored under Reports, or taken off the board.</Empty></section>;
  return (
    <section ref={box} className={`card tile ${tile.size}`} aria-label={report.name}>
      <header><h2><Go className="plain" href={reportHref(report.id)}>{report.name}</Go></h2><span className="mut small">{report.line || sentence(report.question as unknown as Question)}</span></header>
      {seen ? <Asked report={report} /> : <div style={{ height: HEIGHT }} />}
    </section>
  );
}

function Asked({ report }: { report: SavedOut }) {
  const { asked, answered, shown } = useAnswer(report.question as unknown as Question);
  const chart = useChart(answered?.has_chart ? shown : null, `report:${report.id}`);
  if (asked.error) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  if (!answered) return <Skeleton height={HEIGHT} />;
  return <TileAnswer answered={answered} name={report.name} chart={chart.data} plain={"display" in shown && shown.display === "table"} />;
}
