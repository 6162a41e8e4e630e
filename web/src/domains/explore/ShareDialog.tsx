/** A link under which anybody may read a report or a board: what strangers see is said and chosen first; the address is told once. */
import { Modal } from "@mantine/core";
import { useState } from "react";
import { boardShare, reportShare, shareBoard, shareReport, unshareBoard, unshareReport, type ShareField } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useName } from "@/app/session";
import { toast } from "@/app/toast";
import { Answer, Button, Failed } from "@/components/basics";
import { useFocusBack } from "@/components/focus";
import { SelectField, useSend } from "@/components/Form";
import * as format from "@/lib/format";
import { fieldLabel } from "./where";

const LASTING = [["1", "a day"], ["7", "7 days"], ["30", "30 days"], ["90", "90 days"], ["366", "a year"]].map(([value, label]) => ({ value: value!, label: label! }));

interface ShareProps { noun: "report" | "board"; of: { id: string; name: string }; onClose: () => void }

export function ShareDialog({ noun, of, onClose }: ShareProps) {
  const isReport = noun === "report";
  const ofReport = useAsk(reportShare, isReport ? { path: { report_id: of.id } } : null);
  const ofBoard = useAsk(boardShare, isReport ? null : { path: { board_id: of.id } });
  const asked = isReport ? ofReport : ofBoard;
  const nameOf = useName();
  const { send, busy, error } = useSend();
  const [days, setDays] = useState("30");
  const [chosen, setChosen] = useState<string[] | null>(null);
  const [url, setUrl] = useState("");
  const fields = chosen ?? asked.data?.fields.filter((one) => one.shown).map((one) => one.field) ?? [];
  const until = asked.data?.expires_at;
  const maker = useFocusBack<HTMLButtonElement>(Boolean(until || url) || busy);
  const make = async () => {
    const body = { days: Number(days), fields };
    const made = await send(() => (isReport ? ask(shareReport({ path: { report_id: of.id }, body })) : ask(shareBoard({ path: { board_id: of.id }, body }))));
    if (made) setUrl(new URL(`/s/${made.token}`, window.location.origin).href);
  };
  const end = async () => {
    await send(() => (isReport ? ask(unshareReport({ path: { report_id: of.id } })) : ask(unshareBoard({ path: { board_id: of.id } }))), "The link has ended");
    setUrl("");
  };
  const copy = () => void navigator.clipboard.writeText(url).then(() => toast("Copied"), () => toast("Select the address and copy it"));
  return (
    <Modal opened onClose={onClose} title={`Share “${of.name}”`} centered size="md">
      <div className="stack">
        {error && <Failed error={error} />}
        <p className="sub small">Anybody who has the link may read this {noun} without signing in: its name, its line, its charts and tables, kept up to date. Nobody behind a number is shown, and no notes of yours.</p>
        {url ? (
          <>
            <div className="row"><input className="input grow mono" readOnly aria-label="Link" value={url} onFocus={(event) => event.target.select()} autoFocus /><Button primary onClick={copy}>Copy</Button></div>
            <p className="mut small">Shown this once: keep it now. It ends on {until ? format.date(until, "long") : "its last day"}; a new link ends it at once.</p>
          </>
        ) : (
          <Answer of={asked}>{(state) => (
            <>
              {state.expires_at && <p className="small">There is a link until <b>{format.date(state.expires_at)}</b>, made by {nameOf(state.made_by)} {format.ago(state.made_at)}. Its address is not kept here; a new link ends it.</p>}
              <Fields fields={state.fields} board={!isReport} chosen={fields} onChange={setChosen} />
              <SelectField label="Lasts" options={LASTING} value={days} onChange={(event) => setDays(event.target.value)} />
            </>
          )}</Answer>
        )}
        <div className="form-foot" style={{ marginTop: 4 }}>{(until || url) && <Button danger onClick={() => void end()} disabled={busy}>End the link</Button>}<span className="grow" />{url ? <Button onClick={onClose}>Done</Button> : <Button ref={maker} primary busy={busy} disabled={!asked.data} onClick={() => void make()}>{until ? "New link" : "Make a link"}</Button>}</div>
      </div>
    </Modal>
  );
}

interface FieldsProps { fields: ShareField[]; board: boolean; chosen: string[]; onChange: (fields: string[]) => void }

/** What the reports are divided by and no link shows by itself: each is shown only where whoever shares says so. */
function Fields({ fields, board, chosen, onChange }: FieldsProps) {
  const may = fields.filter((one) => !one.personal);
  const never = fields.filter((one) => one.personal);
  const named = (one: ShareField) => (board ? one.reports.map((name) => `“${name}”`).join(", ") : "this report");
  const toggle = (field: string) => onChange(chosen.includes(field) ? chosen.filter((one) => one !== field) : [...chosen, field]);
  return (
    <>
      {may.length > 0 && (
        <fieldset className="share-fields">
          <legend>Show to strangers</legend>
          {may.map((one) => (
            <label key={one.field} className="share-field">
              <input type="checkbox" checked={chosen.includes(one.field)} onChange={() => toggle(one.field)} />
              <span><b>{fieldLabel(one.field)}</b><span className="sub small">{chosen.includes(one.field) ? `Whoever has the link reads every value in ${named(one)}, also if one names a customer.` : `Hidden: it may name customers, and strangers do not see ${named(one)}.`}</span></span>
            </label>
          ))}
        </fieldset>
      )}
      {never.map((one) => <p key={one.field} className="alert warn small"><span>{fieldLabel(one.field)} tells of persons, so no link shows {named(one)}. Take it out of the breakdown to share the rest.</span></p>)}
    </>
  );
}
