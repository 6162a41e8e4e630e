/** Asks for a reason before something that people will want to understand later. */
import { Modal } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Button } from "./basics";

interface ReasonDialogProps { title: string; label?: string; hint?: ReactNode; confirm: string; required?: boolean; onConfirm: (reason: string) => void; onClose: () => void }

export function ReasonDialog({ title, label = "Why?", hint, confirm, required = true, onConfirm, onClose }: ReasonDialogProps) {
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const missing = required && !reason.trim();
  const send = () => (missing ? setTried(true) : onConfirm(reason.trim()));
  return (
    <Modal opened onClose={onClose} title={title} centered size="md">
      <form onSubmit={(event) => { event.preventDefault(); send(); }}>
        <div className="field">
          <label htmlFor="reason">{label}</label>
          <textarea id="reason" className="input" data-autofocus value={reason} onChange={(event) => setReason(event.target.value)} aria-invalid={tried && missing} onKeyDown={(event) => { if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send(); }} />
          {tried && missing ? <span className="wrong">Say why in a few words; it is kept with the decision.</span> : <span className="hint">{hint ?? "Kept with the decision, for those who ask later."}</span>}
        </div>
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit">{confirm}</Button></div>
      </form>
    </Modal>
  );
}
