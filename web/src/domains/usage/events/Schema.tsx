/** What events look like: names, how often, since when, who owns them, and what has changed. */
import { keepPreviousData } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Modal } from "@mantine/core";
import { describeEvent, eventSources, schema } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay, useName } from "@/app/session";
import { Button, Empty, Failed, Pill, Segments } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { AreaField, formValues, TextField, useSend } from "@/components/Form";
import { OwnerField } from "@/components/OwnerField";
import { Sparkline } from "@/components/Sparkline";
import * as format from "@/lib/format";
import { useSetUrl, useUrlState } from "@/lib/url";
import { NO_RIGHT } from "../types";
import { DriftPills, STATE_TONES } from "./drift";
import { SchemaDrawer } from "./SchemaDrawer";
import { tabHref, type SchemaEvent } from "./types";

type Shown = "all" | "drifting" | "hidden";

export function Schema() {
  const [view, setView] = useView("", 50);
  const [source, setSource] = useUrlState("source", "");
  const [drifting] = useUrlState("drifting", false);
  const [state] = useUrlState("state", "");
  const [event] = useUrlState("event", "");
  const [planning, setPlanning] = useState(false);
  const setUrl = useSetUrl();
  const may = useMay("member");
  const sources = useAsk(eventSources, { query: { size: 500, removed: true } });
  const shown: Shown = state === "hidden" ? "hidden" : drifting ? "drifting" : "all";
  const show = (next: Shown) => setUrl({ drifting: next === "drifting" ? true : null, state: next === "hidden" ? "hidden" : null, page: null });
  const asked = useAsk(schema, { query: { source, drifting, state: state || undefined, page: view.page, size: view.size, sort: view.sort, q: view.q } }, { placeholderData: keepPreviousData, refetchInterval: 5_000 });
  if (asked.error && !asked.data) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  const page = asked.data;
  return (
    <>
      <div className="tools">
        <SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search events" />
        <select className="input" aria-label="Source" value={source} onChange={(change) => setSource(change.target.value)}><option value="">All sources</option>{sources.data?.items.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}</select>
        <Segments label="Show" value={shown} onChange={show} options={[{ value: "all", label: "All" }, { value: "drifting", label: page?.drifting ? `Changed (${page.drifting})` : "Changed" }, { value: "hidden", label: "Hidden" }]} />
        <span className="grow" />
        {page && <span className="mut small num">{format.count(page.total, "event")}</span>}
        <Button disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => setPlanning(true)}>Plan an event</Button>
      </div>
      {page && page.behind > 0 && <p className="coverage" role="status" style={{ margin: "0 0 8px" }}>{format.count(page.behind, "row")} are still being counted; until then nothing is said to have changed.</p>}
      <DataTable label="Events" columns={COLUMNS} rows={page?.items as unknown as Record<string, unknown>[] | undefined} total={page?.total} view={view} onView={setView} keys={!event}
        href={(row) => tabHref("schema", { ...(source && { source }), ...(drifting && { drifting: "1" }), ...(state && { state }), event: String(row.event) })}
        empty={shown === "drifting" ? <Empty title="Nothing has changed">New names, types that changed, properties that vanished and what is not in the plan would stand here.</Empty> : <Empty title={shown === "hidden" ? "Nothing is hidden" : "No events yet"}>{shown === "all" && "Each event and property is listed here by itself when it is first seen."}</Empty>} />
      {page && page.unlisted > 0 && <p className="coverage">{format.count(page.unlisted, "row")} of events beyond the first {format.number(page.most)} names are counted, but not listed: names that hold an id or a time should become properties.</p>}
      {event && <SchemaDrawer event={event} onClose={() => setUrl({ event: null })} />}
      {planning && <PlanDialog onClose={() => setPlanning(false)} />}
    </>
  );
}

const COLUMNS: TableColumn[] = [
  { key: "event", label: "Event", render: (row) => <Name one={row as unknown as SchemaEvent} /> },
  { key: "days", label: "28 days", fixed: true, render: (row) => <span className="cellspark"><Sparkline series={(row.days as number[]).map((amount, place) => ({ since: String(place), amount, partial: place === 27 }))} /></span> },
  { key: "week", label: "7 days", unit: "events", render: (row) => format.number(Number(row.week)) },
  { key: "amount", label: "In all", unit: "events", render: (row) => format.number(Number(row.amount)) },
  { key: "drift", label: "Changed", fixed: true, render: (row) => <DriftPills of={(row as unknown as SchemaEvent).drift} /> },
  { key: "properties", label: "Properties", unit: "properties", render: (row) => <>{format.number(Number(row.properties))}{Number(row.cut) > 0 && <span className="warn" title={`${format.count(Number(row.cut), "row")} had more properties than are listed`}> +</span>}</> },
  { key: "owner", label: "Owner", render: (row) => (row.owner ? <Owner id={String(row.owner)} /> : <span className="mut">{format.NONE}</span>) },
  { key: "first_seen", label: "First seen", unit: "date" },
  { key: "last_seen", label: "Last seen", render: (row) => (row.last_seen ? <span title={format.dateTime(String(row.last_seen))}>{format.ago(String(row.last_seen))}</span> : <span className="mut">not yet</span>) },
];

function Owner({ id }: { id: string }) {
  return <span className="nowrap">{useName()(id)}</span>;
}

function Name({ one }: { one: SchemaEvent }) {
  return <span className="stack tight schema-name"><span className="row"><b>{one.event || "(no name)"}</b>{one.state && <Pill tone={STATE_TONES[one.state]}>{one.state}</Pill>}</span>{one.description && <span className="sub small" title={one.description}>{one.description}</span>}</span>;
}

function PlanDialog({ onClose }: { onClose: () => void }) {
  const { send, busy, error } = useSend();
  const setUrl = useSetUrl();
  const save = async (submitted: FormEvent<HTMLFormElement>) => {
    submitted.preventDefault();
    const given = formValues<"event" | "owner" | "description">(submitted.currentTarget);
    const done = await send(() => ask(describeEvent({ query: { name: given.event }, body: { owner: given.owner, description: given.description, state: "expected" } })), "Planned");
    if (done) onClose();
    if (done) setUrl({ event: given.event });
  };
  return (
    <Modal opened onClose={onClose} title="Plan an event" centered size="md">
      <form className="stack" onSubmit={(submitted) => void save(submitted)}>
        {error && <div className="alert" role="alert"><div><b>{error.message}</b><div className="sub">{error.mend}</div></div></div>}
        <TextField label="Name, as it will be sent" name="event" required maxLength={400} data-autofocus />
        <AreaField label="When it is sent, and what it means" name="description" maxLength={2000} />
        <OwnerField hint="Once something is planned, events that are not are marked." />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Plan</Button></div>
      </form>
    </Modal>
  );
}
