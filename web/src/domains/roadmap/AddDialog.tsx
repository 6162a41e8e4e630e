/** Adds an initiative to the board. */
import { Modal } from "@mantine/core";
import { addRoadmapInitiative, roadmapGoals } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { Button } from "@/components/basics";
import { AreaField, formValues, SelectField, TextField, useSend } from "@/components/Form";
import { COLUMNS } from "./types";

export function AddDialog({ onClose }: { onClose: () => void }) {
  const { send, busy, error } = useSend();
  const goals = useAsk(roadmapGoals, {});
  const options = [{ value: "", label: "none yet" }, ...(goals.data ?? []).map((one) => ({ value: one.goal, label: one.title }))];
  const submit = async (form: HTMLFormElement) => {
    if (await send(() => ask(addRoadmapInitiative({ body: formValues<"title" | "why" | "stage" | "team" | "owner" | "goal">(form) })), "Added at the end of its column.")) onClose();
  };
  return (
    <Modal opened onClose={onClose} title="New initiative" centered size="md">
      <form className="stack" onSubmit={(event) => { event.preventDefault(); void submit(event.currentTarget); }}>
        <TextField label="Title" name="title" required data-autofocus wrong={error?.message} hint={error?.mend} />
        <AreaField label="Why" name="why" hint="The problem it solves, in a sentence." />
        <div className="row"><div className="grow"><SelectField label="Stage" name="stage" defaultValue="later" options={[...COLUMNS]} /></div><div className="grow"><TextField label="Team" name="team" /></div><div className="grow"><TextField label="Owner" name="owner" /></div></div>
        <SelectField label="Goal it serves" name="goal" options={options} />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Add</Button></div>
      </form>
    </Modal>
  );
}
