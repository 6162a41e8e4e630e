/** The forecast against the promise, and moving the promise with a reason. */
import { useState } from "react";
import { promiseRoadmapInitiative } from "@/api/generated";
import { ask } from "@/api/runtime";
import { useMay } from "@/app/session";
import { Button, Pill } from "@/components/basics";
import { AreaField, formValues, TextField, useSend } from "@/components/Form";
import { RangeBar, span } from "@/components/RangeBar";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { Modal } from "@mantine/core";
import { chanceTone } from "./BoardCard";
import { VIEWER, type Full } from "./types";
import "./roadmap.css";

export function PromiseCard({ full }: { full: Full }) {
  const [tab, setTab] = useUrlState("tab", "");
  const [asked, setAsked] = useState(false);
  const may = useMay("member");
  const ahead = full.forecast;
  const open = may && (asked || tab === "promise" || tab === "scope");
  const close = () => { setAsked(false); setTab(""); };
  return (
    <div className="card pad">
      <div className="row wrap">
        <h2 className="grow">{full.promised_at ? `Promised for ${format.date(full.promised_at, "long")}` : "Nothing promised"}</h2>
        {ahead && ahead.chance !== null && <Pill tone={chanceTone(ahead.chance)}>{format.chance(ahead.chance)} likely</Pill>}
        <Button disabled={!may} title={may ? undefined : VIEWER} onClick={() => setAsked(true)}>{full.promised_at ? "Move the date" : "Promise a date"}</Button>
      </div>
      {ahead?.p50_at ? (
        <>
          <span className="promise-range"><RangeBar p50={ahead.p50_at} p85={ahead.p85_at} p95={ahead.p95_at} promised={full.promised_at} {...span([ahead.p50_at, ahead.p85_at, ahead.p95_at], [full.promised_at])} /></span>
          <div className="sub num">50% by {format.date(ahead.p50_at)}, 85% by {format.date(ahead.p85_at)}, 95% by {format.date(ahead.p95_at)} · {ahead.left} left, {ahead.done} done{ahead.why && ` · ${ahead.why}`}</div>
          <div className="coverage">From {ahead.sample_days ?? "the"} days of the team's own history{ahead.coverage85 !== null && `; its 85% dates held ${format.share(ahead.coverage85)} of the time (n = ${ahead.origins})`}.{ahead.moves > 0 && ` The promise has moved ${["", "once", "twice"][ahead.moves] ?? `${ahead.moves} times`}, by ${format.days(ahead.moved_days)} in all.`}</div>
        </>
      ) : <div className="sub">{full.done_at ? `Done on ${format.date(full.done_at, "long")}.` : ahead?.why_not ? `No forecast: ${ahead.why_not}.` : "A forecast appears when it is promised or being worked on."}</div>}
      {open && <PromiseDialog full={full} onClose={close} scope={tab === "scope"} />}
    </div>
  );
}

function PromiseDialog({ full, onClose, scope }: { full: Full; onClose: () => void; scope: boolean }) {
  const { send, busy, error } = useSend();
  const submit = async (form: HTMLFormElement) => {
    if (await send(() => ask(promiseRoadmapInitiative({ path: { initiative_id: full.initiative }, body: formValues<"promised_at" | "reason">(form) })), "The promise is kept with its history.")) onClose();
  };
  return (
    <Modal opened onClose={onClose} title={scope ? "Cut scope, and promise again" : full.promised_at ? "Move the promised date" : "Promise a date"} centered size="md">
      <form className="stack" onSubmit={(event) => { event.preventDefault(); void submit(event.currentTarget); }}>
        {scope && <p className="sub">Close or move out what is not needed in the tracker ({full.forecast?.left ?? 0} items are left); the forecast follows at the next sync. Write down here what was cut.</p>}
        <TextField label="Promised day" name="promised_at" type="date" required defaultValue={(full.promised_at ?? full.forecast?.p85_at ?? "").slice(0, 10)} hint={full.forecast?.p85_at ? `85% of the simulations are done by ${format.date(full.forecast.p85_at)}.` : undefined} />
        <AreaField label="Why" name="reason" required={Boolean(full.promised_at)} hint="Those who rely on the date will read it." wrong={error?.message} />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Promise</Button></div>
      </form>
    </Modal>
  );
}
