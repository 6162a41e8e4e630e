/** Inputs of a score: what the evidence says, and beside it what a person set instead. */
import { Modal } from "@mantine/core";
import { useState } from "react";
import { clearRoadmapInput, overrideRoadmapInput } from "@/api/generated";
import { ask } from "@/api/runtime";
import { useMay } from "@/app/session";
import { Button } from "@/components/basics";
import { AreaField, formValues, TextField, useSend } from "@/components/Form";
import * as format from "@/lib/format";
import { VIEWER, type ScoreInput } from "./types";

const UNIT: Record<string, string> = { confidence: "share", demand: "money" };
const said = (one: ScoreInput, amount: number | null) => format.value(amount, UNIT[one.input] ?? "");
const range = (one: ScoreInput, low: number | null, high: number | null) => (low !== null && high !== null && low < high ? ` [${said(one, low)}, ${said(one, high)}]` : "");

export function Inputs({ initiative, inputs }: { initiative: string; inputs: ScoreInput[] }) {
  const [setting, setSetting] = useState<ScoreInput | null>(null);
  const may = useMay("member");
  const { send } = useSend();
  const clear = (name: string) => void send(() => ask(clearRoadmapInput({ path: { initiative_id: initiative, name } })), "The evidence speaks again.");
  return (
    <div className="card scroll" tabIndex={0} role="region" aria-label="Inputs of the score">
      <table className="tbl">
        <thead><tr><th scope="col">Input</th><th scope="col">From evidence</th><th scope="col">Set by hand</th><th scope="col"><span className="vh">Change</span></th></tr></thead>
        <tbody>
          {inputs.map((one) => (
            <tr key={one.input}>
              <td>{format.humanise(one.input)}</td>
              <td><span className={`num${one.override ? " mut" : ""}`}>{said(one, one.amount)} {one.unit !== "money" && one.unit}{range(one, one.low, one.high)}</span><div className="mut small">{one.evidence}{one.sample > 0 && ` (n = ${one.sample})`}</div></td>
              <td>{one.override ? <><span className="num">{said(one, one.override.amount)}{range(one, one.override.low, one.override.high)}</span><div className="mut small">{one.override.by}, {format.date(one.override.set_at)}: {one.override.reason}</div></> : <span className="mut">{format.NONE}</span>}</td>
              <td className="r">{one.override ? <Button quiet disabled={!may} title={may ? undefined : VIEWER} onClick={() => clear(one.input)}>Clear</Button> : <Button quiet disabled={!may} title={may ? undefined : VIEWER} onClick={() => setSetting(one)}>Set</Button>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {setting && <InputDialog initiative={initiative} input={setting} onClose={() => setSetting(null)} />}
    </div>
  );
}

function InputDialog({ initiative, input, onClose }: { initiative: string; input: ScoreInput; onClose: () => void }) {
  const { send, busy, error } = useSend();
  const submit = async (form: HTMLFormElement) => {
    const given = formValues<"amount" | "low" | "high" | "reason">(form);
    const body = { amount: Number(given.amount), low: given.low ? Number(given.low) : null, high: given.high ? Number(given.high) : null, reason: given.reason };
    if (await send(() => ask(overrideRoadmapInput({ path: { initiative_id: initiative, name: input.input }, body })), "Set. What the evidence said stays beside it.")) onClose();
  };
  return (
    <Modal opened onClose={onClose} title={`Set ${input.input} by hand`} centered size="md">
      <form className="stack" onSubmit={(event) => { event.preventDefault(); void submit(event.currentTarget); }}>
        <p className="sub">The evidence says {said(input, input.amount)}: {input.evidence}.</p>
        <div className="row"><div className="grow"><TextField label="Low" name="low" type="number" step="any" min={0} /></div><div className="grow"><TextField label={input.input === "confidence" ? "Amount, 0 to 1" : `Amount ${input.unit}`} name="amount" type="number" step="any" min={0} required data-autofocus /></div><div className="grow"><TextField label="High" name="high" type="number" step="any" min={0} /></div></div>
        <AreaField label="What do you know that the evidence does not?" name="reason" required wrong={error?.message} hint={error?.mend ?? "Low and high hold it with 90% chance."} />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Set</Button></div>
      </form>
    </Modal>
  );
}
