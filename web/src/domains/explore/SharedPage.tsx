/** What a shared link leads to: one report or a board, to read only, for anybody. Outside of the shell and of any session. */
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { get, type ApiError } from "@/api/client";
import { useColors } from "@/app/colors";
import { Button, Empty, Failed, Later, Skeleton } from "@/components/basics";
import type { ChartOption } from "@/components/Chart";
import { Markdown } from "@/components/Markdown";
import * as format from "@/lib/format";
import { AnswerTable } from "./AnswerTable";
import { TileAnswer } from "./TileAnswer";
import type { SharedPage as Found, SharedTile } from "./types";
import "./explore.css";

export default function SharedPage() {
  const token = decodeURIComponent(window.location.pathname.split("/")[2] ?? "");
  const asked = useQuery<Found, ApiError>({ queryKey: ["shared", token], queryFn: () => get<Found>(`/shared/${encodeURIComponent(token)}`), retry: false });
  useEffect(() => {
    document.title = asked.data ? `${asked.data.name} · ${asked.data.workspace}` : "Callsheet";
  }, [asked.data]);
  if (asked.error) return <main className="status"><div><h1>{asked.error.message}</h1><p className="sub">{asked.error.mend}</p></div></main>;
  if (!asked.data) return <Later><main className="page"><h1 className="vh">A shared page</h1><Skeleton lines={5} /></main></Later>;
  return <Shown page={asked.data} token={token} again={() => void asked.refetch()} />;
}

function Shown({ page, token, again }: { page: Found; token: string; again: () => void }) {
  const { dark, choose } = useColors();
  return (
    <div className="app alone">
      <main className="page shared">
        <header className="pagehead"><div><div className="kicker">{page.workspace}</div><h1>{page.name}</h1>{page.line && <div className="sub">{page.line}</div>}</div><div className="row"><Button quiet onClick={again}>Refresh</Button><Button quiet icon={dark ? "sun" : "moon"} aria-label={dark ? "Light" : "Dark"} onClick={() => choose(dark ? "light" : "dark")} /></div></header>
        <div className="tiles">{page.tiles.map((tile, i) => <SharedCard key={i} tile={tile} place={i} token={token} alone={page.kind === "report"} />)}</div>
        <footer className="coverage">Read only, until {format.date(page.expires_at)} · made with Callsheet</footer>
      </main>
    </div>
  );
}

function SharedCard({ tile, place, token, alone }: { tile: SharedTile; place: number; token: string; alone: boolean }) {
  const drawn = tile.answered?.has_chart ?? false;
  const chart = useQuery<ChartOption, ApiError>({ queryKey: ["shared", token, place], enabled: drawn, retry: false, queryFn: () => get<ChartOption>(`/shared/${encodeURIComponent(token)}/chart`, { tile: place, format: "json" }) });
  if (tile.kind === "text") return <section className={`tile text ${tile.size}`}><Markdown>{tile.text ?? ""}</Markdown></section>;
  return (
    <section className={`card tile ${tile.size}`} aria-label={tile.name}>
      {!alone && <header><h2>{tile.name}</h2>{tile.line && <span className="mut small">{tile.line}</span>}</header>}
      {tile.answered ? <TileAnswer answered={tile.answered} name={tile.name ?? "The answer"} chart={chart.data} links={false} /> : <Empty title="No answer">{tile.error}</Empty>}
      {chart.error && <Failed error={chart.error} />}
      {alone && tile.answered && <AnswerTable table={tile.answered.table} label="The answer as a table" />}
    </section>
  );
}
