import { Modal } from "@mantine/core";
import type { ToolIn } from "@/api/generated";
import { Button } from "@/components/basics";
import { formValues, SelectField, TextField, useSend } from "@/components/Form";
import { OwnerField } from "@/components/OwnerField";
import { CAPABILITIES, type Tool } from "./types";

type Field = "title" | "capability" | "owner" | "backup" | "cost" | "seats" | "renewal_at" | "notice_days" | "data_held" | "connector";

/** Empty fields are empty, numbers are numbers, a day is its first moment. */
export function toolValues(raw: Record<Field, string>): ToolIn {
  const number = (text: string) => (text === "" ? null : Number(text));
  return { ...raw, cost: number(raw.cost), seats: number(raw.seats), notice_days: number(raw.notice_days) ?? 30, renewal_at: raw.renewal_at ? `${raw.renewal_at}T00:00:00` : null };
}

/** A tool's entry: a new one, or changes to one. */
export function ToolDialog({ tool, onSave, onClose }: { tool?: Tool; onSave: (values: ToolIn) => Promise<unknown>; onClose: () => void }) {
  const { send, busy, error } = useSend();
  const save = async (form: HTMLFormElement) => {
    if (await send(() => onSave(toolValues(formValues<Field>(form))), tool ? "Saved" : "Added")) onClose();
  };
  const known = tool && !CAPABILITIES.includes(tool.capability) ? [...CAPABILITIES, tool.capability] : CAPABILITIES;
  return (
    <Modal opened onClose={onClose} title={tool ? tool.title : "Add a tool"} centered size="lg">
      <form onSubmit={(event) => { event.preventDefault(); void save(event.currentTarget); }}>
        <div className="grid2">
          <TextField label="Name" name="title" defaultValue={tool?.title} required data-autofocus wrong={error?.message} />
          <SelectField label="What it is for" name="capability" options={known} defaultValue={tool?.capability ?? "delivery"} />
          <OwnerField value={tool?.owner} />
          <OwnerField label="Backup" name="backup" value={tool?.backup} />
          <TextField label="Cost a year" name="cost" type="number" min={0} step="any" defaultValue={tool?.cost ?? ""} />
          <TextField label="Seats" name="seats" type="number" min={0} defaultValue={tool?.seats ?? ""} />
          <TextField label="Renews on" name="renewal_at" type="date" defaultValue={tool?.renewal_at?.slice(0, 10) ?? ""} />
          <TextField label="Days of notice" name="notice_days" type="number" min={0} defaultValue={tool?.notice_days ?? 30} />
          <TextField label="What it holds" name="data_held" defaultValue={tool?.data_held ?? ""} hint="e.g. messages of customers" />
          <TextField label="Source" name="connector" defaultValue={tool?.connector ?? ""} hint="Its source in callsheet.toml, if any" />
        </div>
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>{tool ? "Save" : "Add"}</Button></div>
      </form>
    </Modal>
  );
}
