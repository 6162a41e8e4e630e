/** Watching a line of a trend: a bound, or what the weeks before make one expect. Shown before it is kept: when it would have fired. */
import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { addAlert, changeAlert, previewAlert } from "@/api/generated";
import { type ApiError } from "@/api/client";
import { ask } from "@/api/runtime";
import { toast } from "@/app/toast";
import { Button, Failed, Later, Skeleton } from "@/components/basics";
import { formValues, SelectField, TextField, useSend } from "@/components/Form";
import * as format from "@/lib/format";
import { useRouter } from "@tanstack/react-router";
import { seriesWords } from "./question";
import { useValues } from "./vocabulary";
import { alertHref, letter, type AlertPage, type Judged, type TrendsQuestion } from "./types";
import { fieldWords } from "./where";

type Rule = "anomaly" | "amount" | "change";
interface Form { series: string; group: string; rule: Rule; direction: "above" | "below" | "both"; bound: string; width: string }

const RULES = [{ value: "anomaly", label: "is unusual for the season" }, { value: "amount", label: "passes a bound" }, { value: "change", label: "changes from one interval to the next" }];
const WIDTHS = [{ value: "2.5", label: "soon: small surprises too" }, { value: "3.5", label: "usual" }, { value: "5", label: "late: only large surprises" }];

/** What is watched, as the server takes it; null while something is missing. */
function watched(form: Form, grouped: boolean) {
  const of = { series: form.series, group: grouped ? form.group : "" };
  if (grouped && !form.group) return null;
  if (form.rule === "anomaly") return { ...of, rule: { kind: "anomaly" as const, direction: form.direction, width: Number(form.width) } };
  const bound = Number(form.bound.replace(",", "."));
  if (!form.bound.trim() || !Number.isFinite(bound)) return null;
  const direction = form.direction === "above" ? "above" as const : "below" as const;
  const change = form.rule === "change";
  return { ...of, rule: { kind: "threshold" as const, of: form.rule as "amount" | "change", direction, bound: change ? (direction === "below" ? -1 : 1) * Math.abs(bound) / 100 : bound } };
}

/** What is watched, with what an alert says beside what the form shows. */
function kept(what: ReturnType<typeof watched>, alert: AlertPage | undefined) {
  if (!what || !alert || what.rule.kind !== alert.watched.rule.kind) return what;
  return { ...what, rule: { ...alert.watched.rule, ...what.rule } } as typeof what;
}

/** The form of what is watched already. */
function formOf({ watched: { series, group, rule } }: AlertPage): Form {
  if (rule.kind === "anomaly") return { series: series ?? "A", group: group ?? "", rule: "anomaly", direction: rule.direction ?? "both", bound: "", width: String(rule.width ?? 3.5) };
  const change = rule.of === "change";
  return { series: series ?? "A", group: group ?? "", rule: change ? "change" : "amount", direction: rule.direction ?? "below", bound: String(change ? Math.abs(rule.bound) * 100 : rule.bound), width: "3.5" };
}

/** With `alert`: changes it, else makes one. What the form does not show, such as seasons, stays as it is. */
export function AlertDialog({ question, alert, onClose }: { question: TrendsQuestion; alert?: AlertPage; onClose: () => void }) {
  const { send, busy, error } = useSend();
  const { history } = useRouter();
  const grouped = Boolean(question.breakdown);
  const [form, setForm] = useState<Form>(() => (alert ? formOf(alert) : { series: question.formulas?.[0] ?? "A", group: "", rule: "anomaly", direction: "both", bound: "", width: "3.5" }));
  const set = (patch: Partial<Form>) => setForm({ ...form, ...patch });
  const groups = useValues(grouped ? question.breakdown!.by : "", form.group);
  const what = kept(watched(form, grouped), alert);
  const widths = WIDTHS.some((one) => one.value === form.width) ? WIDTHS : [...WIDTHS, { value: form.width, label: `beyond ${form.width} times the usual spread` }];
  const series = [...question.series.map((one, i) => ({ value: letter(i), label: `${letter(i)}: ${seriesWords(one)}` })), ...(question.formulas ?? []).map((one) => ({ value: one, label: one }))];
  const seen = useQuery<Judged[], ApiError>({ queryKey: ["usage-answer", "alert", question, what], enabled: what !== null, retry: false, queryFn: ({ signal }) => ask(previewAlert({ body: { question: question as never, watched: what! }, signal })) });
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { name, line } = formValues<"name" | "line">(event.currentTarget);
    if (alert) {
      if (await send(() => ask(changeAlert({ path: { alert_id: alert.id }, body: { name, line, watched: what! } })), "Changed")) onClose();
      return;
    }
    const made = await send(() => ask(addAlert({ body: { name, line, question: question as never, watched: what! } })));
    if (!made) return;
    toast("It is watched.", { undo: () => history.push(alertHref(made.id)), undoLabel: "Open" });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={alert ? `Change ${alert.name}` : "Tell when…"} centered size="lg">
      <form className="stack" onSubmit={(event) => void save(event)}>
        {error && <Failed error={error} />}
        <TextField label="Name" name="name" required data-autofocus maxLength={200} defaultValue={alert?.name ?? `${seriesWords(question.series[0])} is unusual`} />
        <TextField label="For what" name="line" maxLength={500} defaultValue={alert?.line} placeholder="What it may mean, and what to do then" />
        <div className="two even">
          <SelectField label="Series" options={series} value={form.series} onChange={(event) => set({ series: event.target.value })} />
          {grouped && <><TextField label={`Value of ${fieldWords(question.breakdown!.by)}`} required list="alert-groups" value={form.group} onChange={(event) => set({ group: event.target.value })} /><datalist id="alert-groups">{groups.map((one) => <option key={one} value={one} />)}</datalist></>}
          <SelectField label="Tell when it" options={RULES} value={form.rule} onChange={(event) => set({ rule: event.target.value as Rule, direction: event.target.value === "anomaly" ? "both" : "below" })} />
          <SelectField label="Direction" value={form.direction} onChange={(event) => set({ direction: event.target.value as Form["direction"] })} options={[...(form.rule === "anomaly" ? [{ value: "both", label: "above or below" }] : []), { value: "below", label: form.rule === "change" ? "falls by more than" : "below" }, { value: "above", label: form.rule === "change" ? "rises by more than" : "above" }]} />
          {form.rule === "anomaly" ? <SelectField label="How soon" options={widths} value={form.width} onChange={(event) => set({ width: event.target.value })} /> : <TextField label={form.rule === "change" ? "Per cent" : "Bound"} inputMode="decimal" required value={form.bound} onChange={(event) => set({ bound: event.target.value })} />}
        </div>
        {what && (seen.error ? <Failed error={seen.error} /> : seen.data ? <Seen judged={seen.data} /> : <Later><Skeleton lines={2} /></Later>)}
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy} disabled={!what || Boolean(seen.error)}>{alert ? "Change" : "Watch it"}</Button></div>
      </form>
    </Modal>
  );
}

/** One square an interval that is over: whether it would have been told. */
export function Seen({ judged }: { judged: Judged[] }) {
  const fired = judged.filter((one) => one.state === "firing");
  const known = judged.filter((one) => one.state !== "no_data");
  return (
    <div>
      <div className="seen-row" aria-hidden="true">{judged.map((one) => <i key={one.since} className={one.state} title={`${one.label}: ${format.number(one.amount)}${one.low !== null && one.high !== null ? `, expected ${format.number(one.low)} to ${format.number(one.high)}` : ""}`} />)}</div>
      <p className="small sub">{known.length ? <>It would have told you <b>{fired.length ? format.count(fired.length, "time") : "never"}</b> in the last {format.count(known.length, "interval")} that {known.length === 1 ? "is" : "are"} over{fired.length ? `: ${fired.slice(-4).map((one) => one.label).join(", ")}${fired.length > 4 ? " and before" : ""}` : ""}.</> : judged.at(-1)?.why ? `Too little is known yet: ${judged.at(-1)!.why}.` : "Nothing is over yet."}</p>
    </div>
  );
}
