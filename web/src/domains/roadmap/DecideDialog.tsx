/** Writes a decision down: options one a line, the chosen one first; figures of today are kept with it. */
import { Modal } from "@mantine/core";
import { makeRoadmapDecision, metrics as allMetrics } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { Button } from "@/components/basics";
import { AreaField, formValues, SelectField, TextField, useSend } from "@/components/Form";

export function DecideDialog({ about, onClose }: { about: string; onClose: () => void }) {
  const { send, busy, error } = useSend();
  const metrics = useAsk(allMetrics, {});
  const submit = async (form: HTMLFormElement) => {
    const { options, evidence, review_at, ...rest } = formValues<"title" | "because" | "options" | "dissent" | "ref" | "review_at" | "evidence">(form);
    const choices = options.split("\n").map((line) => line.trim()).filter(Boolean).map((title, i) => ({ title, chosen: i === 0 }));
    const body = { ...rest, options: choices, evidence: evidence ? [evidence] : [], review_at: review_at || null };
    if (await send(() => ask(makeRoadmapDecision({ body })), "Written down.")) onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Write a decision down" centered size="lg">
      <form className="stack" onSubmit={(event) => { event.preventDefault(); void submit(event.currentTarget); }}>
        <TextField label="What was decided" name="title" required maxLength={300} data-autofocus wrong={error?.message} hint={error?.mend} />
        <AreaField label="Because" name="because" />
        <AreaField label="Options, one a line" name="options" hint="The first line is the one that was chosen." />
        <AreaField label="Who disagreed, and why" name="dissent" />
        <div className="row"><div className="grow"><TextField label="About" name="ref" defaultValue={about} placeholder="initiative:bulk-import" /></div><div className="grow"><TextField label="Look at it again on" name="review_at" type="date" /></div></div>
        <SelectField label="Keep a figure of today with it" name="evidence" options={[{ value: "", label: "none" }, ...(metrics.data ?? []).map((one) => ({ value: one.name, label: one.title }))]} />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Write down</Button></div>
      </form>
    </Modal>
  );
}
