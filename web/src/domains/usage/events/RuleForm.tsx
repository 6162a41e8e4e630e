/** Making or changing a rule, with what it would have done to the newest events. */
import { Modal } from "@mantine/core";
import { useState } from "react";
import { addEventRule, changeEventRule, eventSources, type EventRuleIn } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { Button } from "@/components/basics";
import { SelectField, TextField, useSend } from "@/components/Form";
import { RuleTrial } from "./RuleTrial";
import { opWords, type EventRule } from "./types";

const ACTIONS = [
  { value: "block", label: "Keep the event out" }, { value: "sample", label: "Keep the events of some people only" }, { value: "rename", label: "Rename the event" },
  { value: "drop_property", label: "Drop a property" }, { value: "hash_property", label: "Hash a property" }, { value: "set_property", label: "Set a property" },
];
const OPS = ["set", "not_set", "is", "is_not", "contains", "not_contains"].map((value) => ({ value, label: opWords(value) }));
type Action = NonNullable<EventRuleIn["action"]>;
type Op = NonNullable<EventRuleIn["op"]>;

const EMPTY: EventRuleIn = { source: "", event: "*", property: "", op: "set", value: "", action: "block", target: "", argument: null, share: 1, reason: "" };

/** What is typed as a value: JSON where it is some, else text. */
function asValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function RuleForm({ rule, onClose }: { rule?: EventRule; onClose: () => void }) {
  const [given, setGiven] = useState<EventRuleIn>(() => (rule ? { source: rule.source, event: rule.event, property: rule.property, op: rule.op as Op, value: rule.value, action: rule.action as Action, target: rule.target, argument: rule.argument, share: rule.share, reason: rule.reason } : EMPTY));
  const { send, busy, error } = useSend();
  const sources = useAsk(eventSources, { query: { size: 500 } });
  const set = (changes: Partial<EventRuleIn>) => setGiven((now) => ({ ...now, ...changes }));
  const save = async () => {
    const done = await send(() => (rule ? ask(changeEventRule({ path: { rule_id: rule.id }, body: given })) : ask(addEventRule({ body: given }))), "It holds from now on");
    if (done) onClose();
  };
  const ofProperty = ["drop_property", "hash_property", "set_property"].includes(given.action ?? "");
  return (
    <Modal opened onClose={onClose} title={rule ? "Change the rule" : "Add a rule"} centered size="xl">
      <form className="stack" onSubmit={(event) => { event.preventDefault(); void save(); }}>
        {error && <div className="alert" role="alert"><div><b>{error.message}</b><div className="sub">{error.mend}</div></div></div>}
        <div className="two even">
          <SelectField label="What it does" options={ACTIONS} value={given.action} data-autofocus onChange={(event) => set({ action: event.target.value as Action, target: "", argument: null, share: 1 })} />
          {given.action === "rename" && <TextField label="New name" required maxLength={400} value={String(given.argument ?? "")} onChange={(event) => set({ argument: event.target.value })} />}
          {given.action === "sample" && <TextField label="People kept, %" type="number" min={0} max={100} step="any" required value={Math.round((given.share ?? 1) * 1000) / 10} onChange={(event) => set({ share: Number(event.target.value) / 100 })} hint="All matching events of a person, or none; the same people each time." />}
          {ofProperty && <TextField label="Property" required maxLength={400} value={given.target} onChange={(event) => set({ target: event.target.value })} hint="A dot leads into an object: $set.email." />}
          {given.action === "set_property" && <TextField label="Value" value={typeof given.argument === "string" ? given.argument : given.argument == null ? "" : JSON.stringify(given.argument)} onChange={(event) => set({ argument: asValue(event.target.value) })} hint="Numbers, true and false are taken as such." />}
        </div>
        <div className="two even">
          <TextField label="Of which events" required maxLength={400} value={given.event} onChange={(event) => set({ event: event.target.value })} hint="A name; * stands for anything, ? for one letter." />
          <SelectField label="From" options={[{ value: "", label: "All sources" }, ...(sources.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))]} value={given.source} onChange={(event) => set({ source: event.target.value })} />
        </div>
        <div className="two even three">
          <TextField label="Only where the property" maxLength={400} value={given.property} onChange={(event) => set({ property: event.target.value })} placeholder="any event" />
          <SelectField label="Condition" options={OPS} value={given.op} disabled={!given.property} onChange={(event) => set({ op: event.target.value as Op })} />
          <TextField label="Value" value={given.value} disabled={!given.property || ["set", "not_set"].includes(given.op ?? "")} onChange={(event) => set({ value: event.target.value })} />
        </div>
        <TextField label="Why" required maxLength={2000} value={given.reason} onChange={(event) => set({ reason: event.target.value })} hint="Whoever misses the events will look for it." />
        <RuleTrial rule={given} />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>{rule ? "Save" : "Add"}</Button></div>
      </form>
    </Modal>
  );
}
