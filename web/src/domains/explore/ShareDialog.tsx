/** A link under which anybody may read a report or a board: made, copied, ended. The address is told once. */
import { Modal } from "@mantine/core";
import { useState } from "react";
import { board, savedReport, shareBoard, shareReport, unshareBoard, unshareReport } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { toast } from "@/app/toast";
import { Button, Failed } from "@/components/basics";
import { SelectField, useSend } from "@/components/Form";
import * as format from "@/lib/format";

const LASTING = [["7", "7 days"], ["30", "30 days"], ["90", "90 days"], ["366", "a year"]].map(([value, label]) => ({ value: value!, label: label! }));

export function ShareDialog({ noun, of, onClose }: { noun: "report" | "board"; of: { id: string; name: string }; onClose: () => void }) {
  const isReport = noun === "report";
  const report = useAsk(savedReport, isReport ? { path: { report_id: of.id } } : null);
  const shown = useAsk(board, isReport ? null : { path: { board_id: of.id } });
  const until = (isReport ? report.data : shown.data)?.shared_until;
  const { send, busy, error } = useSend();
  const [days, setDays] = useState("30");
  const [url, setUrl] = useState("");
  const make = async () => {
    const body = { days: Number(days) };
    const made = await send(() => (isReport ? ask(shareReport({ path: { report_id: of.id }, body })) : ask(shareBoard({ path: { board_id: of.id }, body }))));
    if (made) setUrl(new URL(`/s/${made.token}`, window.location.origin).href);
  };
  const end = async () => {
    await send(() => (isReport ? ask(unshareReport({ path: { report_id: of.id } })) : ask(unshareBoard({ path: { board_id: of.id } }))), "The link has ended");
    setUrl("");
  };
  const copy = () => void navigator.clipboard.writeText(url).then(() => toast("Copied"));
  return (
    <Modal opened onClose={onClose} title={`Share “${of.name}”`} centered size="md">
      <div className="stack">
        {error && <Failed error={error} />}
        <p className="sub small">Anybody who has the link may read this {noun}, without signing in. Nobody behind a number is shown.</p>
        {url ? (
          <>
            <div className="row"><input className="input grow mono" readOnly aria-label="Link" value={url} onFocus={(event) => event.target.select()} data-autofocus /><Button primary onClick={copy}>Copy</Button></div>
            <p className="mut small">Shown this once: keep it now. A new link ends this one.</p>
          </>
        ) : (
          <>
            {until && <p className="small">There is a link until <b>{format.date(until)}</b>. Its address is not kept here; a new link ends it.</p>}
            <SelectField label="Lasts" options={LASTING} value={days} onChange={(event) => setDays(event.target.value)} />
          </>
        )}
        <div className="form-foot" style={{ marginTop: 4 }}>{(until || url) && <Button danger onClick={() => void end()} disabled={busy}>End the link</Button>}<span className="grow" />{url ? <Button onClick={onClose}>Done</Button> : <Button primary busy={busy} onClick={() => void make()}>{until ? "New link" : "Make a link"}</Button>}</div>
      </div>
    </Modal>
  );
}
