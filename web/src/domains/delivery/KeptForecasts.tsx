/** Forecasts that were kept, and which of their dates held. */
import type { ReactNode } from "react";
import { withdrawForecast } from "@/api/generated";
import { ask } from "@/api/runtime";
import type { Row } from "@/api/types";
import { useMay, useName } from "@/app/session";
import { Button, Pill } from "@/components/basics";
import { ReportChart } from "@/components/Chart";
import { useSend } from "@/components/Form";
import * as format from "@/lib/format";
import { ReportTable } from "./ReportTable";

const held = (key: string) => (row: Row) => (row[key] === null ? <span className="mut">open</span> : <Pill tone={row[key] ? "good" : "bad"}>{row[key] ? "held" : "missed"}</Pill>);

function Withdraw({ row }: { row: Row }) {
  const may = useMay("member");
  const { send, busy } = useSend();
  const by = useName()(String(row.made_by));
  if (row.kept95 !== null) return by;
  return <span className="row">{by}<Button quiet busy={busy} disabled={!may} title={may ? "It stays in the log, and is scored no more" : "Taking a forecast back needs the role member"} onClick={() => void send(() => ask(withdrawForecast({ path: { forecast_id: String(row.id) } })), "Forecast taken back")}>Take back</Button></span>;
}

export function KeptForecasts({ empty }: { empty: ReactNode }) {
  return (
    <>
      <ReportTable report="delivery.forecast_scores" label="Kept forecasts" prefix="kept." only={["subject", "made_at", "p85", "finished", "kept50", "kept85", "kept95", "made_by"]}
          render={{ made_at: (row) => <span className="num">{format.date(String(row.made_at))}</span>, kept50: held("kept50"), kept85: held("kept85"), kept95: held("kept95"), made_by: (row) => <Withdraw row={row} /> }} empty={empty} />
      <div className="card pad" style={{ marginTop: 16, maxWidth: 560 }}><ReportChart report="delivery.forecast_scores" label="How often kept forecasts held" /></div>
    </>
  );
}
