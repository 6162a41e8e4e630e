/** What the rule says, and the decision, taken in place and taken back with one click. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { decide as decideIt, reopen } from "@/api/generated";
import { ask } from "@/api/runtime";
import { useMay } from "@/app/session";
import { toast, toastError } from "@/app/toast";
import { Button, Pill } from "@/components/basics";
import { useSend } from "@/components/Form";
import { ReasonDialog } from "@/components/ReasonDialog";
import * as format from "@/lib/format";
import { effect, NO_RIGHT, TONES, VERDICTS, type Experiment, type Readout } from "./types";

interface DecisionProps { experiment: Experiment; readout: Readout; asking: boolean }

export function Decision({ experiment, readout, asking }: DecisionProps) {
  if (experiment.state === "running") return <Open experiment={experiment} readout={readout} asking={asking} />;
  return <Taken experiment={experiment} unit={readout.unit} />;
}

function Taken({ experiment, unit }: { experiment: Experiment; unit: string }) {
  const may = useMay("member");
  const { send, busy } = useSend();
  const measured = experiment.measured as { difference?: number; low?: number; high?: number };
  const kept = measured.difference === undefined ? "" : ` · measured ${effect({ difference: measured.difference, low: measured.low ?? null, high: measured.high ?? null }, unit)}${unit ? ` ${unit}` : ""}`;
  return (
    <div className="card" style={{ marginBottom: 20 }}><article className="dec"><div>
      <h3><Pill tone="plain">{experiment.state}</Pill>{VERDICTS[experiment.decision] ?? "Stopped without a verdict"}</h3>
      <p>{experiment.reason || "With the rule; no reason was needed."}</p>
      <div className="meta">{experiment.decided_by && `by ${experiment.decided_by}, `}{format.date(experiment.decided_at ?? experiment.ended_at, "long")}{kept}</div>
    </div>{experiment.decision && <div className="act"><Button disabled={!may || busy} title={may ? undefined : NO_RIGHT} onClick={() => void send(() => ask(reopen({ path: { experiment_id: experiment.id } })), "Taken back; it runs again")}>Take back</Button></div>}</article></div>
  );
}

function Open({ experiment, readout, asking }: DecisionProps) {
  const may = useMay("member");
  const cache = useQueryClient();
  const { send, busy, error } = useSend();
  const [against, setAgainst] = useState<string | null>(null);
  const path = { experiment_id: experiment.id };
  useEffect(() => { if (asking) document.getElementById("decision")?.querySelector("button")?.focus(); }, [asking]);
  const decide = async (verdict: string, reason = "") => {
    setAgainst(null);
    const undo = () => void ask(reopen({ path })).then(() => cache.invalidateQueries()).catch(toastError);
    if (await send(() => ask(decideIt({ path, body: { verdict, reason } })))) toast(`${VERDICTS[verdict]}: decided.`, { undo });
  };
  const shown = ["ship", "roll_back", "inconclusive", "keep_running"].sort((a, b) => Number(b === readout.verdict) - Number(a === readout.verdict));
  return (
    <div className="card" id="decision" style={{ marginBottom: 20 }}>
      <article className="dec">
        <div>
          <h3><Pill tone={TONES[readout.verdict]}>{readout.verdict_label}</Pill>{readout.refused ? "No winner can be named" : readout.verdict === "waiting" ? "Nothing to decide yet" : `The rule says: ${readout.verdict_label.toLowerCase()}`}</h3>
          <p>{readout.verdict_words}</p>
          {error && <p className="down">{error.message} {error.mend}</p>}
          {experiment.decision === "keep_running" && <div className="meta">Kept running by {experiment.decided_by}, {format.date(experiment.decided_at, "long")}{experiment.reason && `: ${experiment.reason}`}</div>}
        </div>
        <div className="act" style={{ flexWrap: "wrap" }}>
          {shown.map((verdict) => (
            <Button key={verdict} primary={verdict === readout.verdict} disabled={!may || busy} title={may ? (readout.needs_reason[verdict] ? "Against the rule: asks for a reason" : undefined) : NO_RIGHT} onClick={() => (readout.needs_reason[verdict] ? setAgainst(verdict) : void decide(verdict))}>{VERDICTS[verdict]}{readout.needs_reason[verdict] ? "…" : ""}</Button>
          ))}
        </div>
      </article>
      {against && <ReasonDialog title={`${VERDICTS[against]}, against the rule`} hint={readout.verdict_words} confirm={VERDICTS[against]!} onConfirm={(reason) => void decide(against, reason)} onClose={() => setAgainst(null)} />}
    </div>
  );
}
