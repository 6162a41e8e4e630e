/** Who answers for something: chosen by name among the people known here; typed where none are. */
import { useSession } from "@/app/session";
import { SelectField, TextField } from "./Form";

interface OwnerFieldProps { value?: string | null; hint?: string; label?: string; name?: string }

export function OwnerField({ value, hint, label = "Owner", name = "owner" }: OwnerFieldProps) {
  const { names } = useSession();
  const people = Object.entries(names ?? {}).map(([id, name]) => ({ value: id, label: name })).sort((one, other) => one.label.localeCompare(other.label));
  if (!people.length) return <TextField label={label} name={name} maxLength={200} defaultValue={value ?? ""} hint={hint} />;
  const other = value && !people.some((one) => one.value === value) ? [{ value, label: value }] : [];
  return <SelectField label={label} name={name} defaultValue={value ?? ""} hint={hint} options={[{ value: "", label: "nobody yet" }, ...other, ...people]} />;
}
