/** Making a cohort: described by conditions, and counted while it is described; or listed, from a paste or a CSV file. */
import { Modal } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { addCohort, changeCohort, countCohort } from "@/api/generated";
import { type ApiError } from "@/api/client";
import { ask } from "@/api/runtime";
import { Button, Failed, Segments } from "@/components/basics";
import { AreaField, formValues, TextField, useSend } from "@/components/Form";
import * as format from "@/lib/format";
import { missing, sentCondition, started } from "./condition";
import { ConditionEditor } from "./ConditionEditor";
import { cohortHref, type CohortOut, type Condition, type Unit } from "./types";
import { useVocabulary } from "./vocabulary";

type How = "described" | "listed";
type Many = Extract<Condition, { kind: "all" | "any" }>;
const asMany = (condition: Condition): Many => (condition.kind === "all" || condition.kind === "any" ? condition : { kind: "all", of: [condition] } as Many);

export function CohortDialog({ cohort, onClose }: { cohort?: CohortOut; onClose: () => void }) {
  const { words } = useVocabulary();
  const { history } = useRouter();
  const { send, busy, error } = useSend();
  const [how, setHow] = useState<How>(cohort?.kind === "static" ? "listed" : "described");
  const [unit, setUnit] = useState<Unit>(cohort?.unit ?? "person");
  const [condition, setCondition] = useState<Many | null>(cohort?.kind === "dynamic" ? asMany(cohort.condition as unknown as Condition) : null);
  const [listed, setListed] = useState("");
  const shown = condition ?? asMany(started("did", words, [], unit));
  const lacks = how === "described" ? missing(shown) : !cohort && !listed.trim() ? "Paste ids, or choose a file." : "";
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { name, line } = formValues<"name" | "line">(event.currentTarget);
    const made = how === "described" ? { condition: sentCondition(shown) as never } : { csv: listed };
    const found = await send(() => (cohort ? ask(changeCohort({ path: { cohort_id: cohort.id }, body: { name, line, ...(how === "described" ? { condition: sentCondition(shown) as never } : {}) } })) : ask(addCohort({ body: { name, line, unit, ...made } }))), "Saved");
    if (!found) return;
    onClose();
    if (!cohort) history.push(cohortHref(found.id));
  };
  const file = (files: FileList | null) => void files?.[0]?.text().then(setListed);
  return (
    <Modal opened onClose={onClose} title={cohort ? `Change ${cohort.name}` : "New cohort"} centered size={720} closeOnEscape>
      <form className="stack" onSubmit={(event) => void save(event)}>
        {error && <Failed error={error} />}
        <div className="two even"><TextField label="Name" name="name" required data-autofocus defaultValue={cohort?.name} /><TextField label="Who they are" name="line" defaultValue={cohort?.line} /></div>
        {!cohort && <div className="row wrap"><Segments label="How" value={how} onChange={setHow} options={[{ value: "described", label: "Described" }, { value: "listed", label: "Listed" }]} /><Segments label="Of" value={unit} onChange={(to) => { setUnit(to); setCondition(null); }} options={[{ value: "person", label: "People" }, { value: "account", label: "Accounts" }]} /><span className="mut small">{how === "described" ? "It changes as they do." : "It stays as it is listed."}</span></div>}
        {how === "described" ? <><ConditionEditor value={shown} unit={unit} self={cohort?.id} onChange={(changed) => setCondition(asMany(changed))} /><Size unit={unit} condition={lacks ? null : sentCondition(shown)} why={lacks} /></>
          : !cohort && <><AreaField label="Ids, one a line, or the text of a CSV file" value={listed} onChange={(event) => setListed(event.target.value)} rows={6} hint="Of a CSV, the column named person_id, account_id, distinct_id, user_id or id is taken, else the first." /><label className="btn file-btn">Choose a file…<input type="file" accept=".csv,.txt,text/csv,text/plain" className="vh" onChange={(event) => file(event.target.files)} /></label></>}
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy} disabled={Boolean(lacks)} title={lacks || undefined}>Save</Button></div>
      </form>
    </Modal>
  );
}

function Size({ unit, condition, why }: { unit: Unit; condition: Condition | null; why: string }) {
  const counted = useQuery<{ size: number }, ApiError>({
    queryKey: ["usage-answer", "cohort-size", unit, condition], enabled: condition !== null, retry: false, placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      await new Promise((go) => setTimeout(go, 350));
      signal.throwIfAborted();
      return ask(countCohort({ body: { unit, condition: condition as never }, signal }));
    },
  });
  if (why) return <p className="mut small" role="status">{why}</p>;
  if (counted.error) return <Failed error={counted.error} />;
  return <p className="small" role="status">{counted.data ? <><b className="num">{format.count(counted.data.size, unit === "account" ? "account" : "person", unit === "account" ? "accounts" : "people")}</b> now{counted.isFetching && " …"}</> : "Counting…"}</p>;
}
