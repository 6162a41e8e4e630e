/** One person: who they are, by which ids, what they did, and what may be done with their data. */
import { useParams, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { exportPerson, person as onePerson, personCohorts, type PersonPage as Shape, type RemovalAsked } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { toastError } from "@/app/toast";
import { ErrorPage } from "@/app/status";
import { Answer, Button, Empty, Section } from "@/components/basics";
import { DataTable, useView, type TableColumn } from "@/components/DataTable";
import { Go } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import * as format from "@/lib/format";
import { DeleteDialog, Removing } from "./Deletions";
import { useSourceName } from "./events/names";
import { JoinDialog, MergeAction, MergeState, MergeWords } from "./Merges";
import { PersonTimeline } from "./PersonTimeline";
import { NO_RIGHT } from "./types";

const IDS: TableColumn[] = [{ key: "distinct_id", label: "Id", render: (row) => <span className="mono small" style={{ overflowWrap: "anywhere" }}>{String(row.distinct_id)}</span> }, { key: "events", label: "Events", unit: "events" }, { key: "first_at", label: "First seen", unit: "date" }, { key: "last_at", label: "Last seen", unit: "time" }];
const FEATURES: TableColumn[] = [{ key: "title", label: "Feature", href: "/usage/features/{used}" }, { key: "uses", label: "Uses", unit: "events" }, { key: "last_at", label: "Last", unit: "time" }];
const TRAITS: TableColumn[] = [
  { key: "name", label: "Trait", render: (row) => <span className="mono small">{String(row.name)}</span> },
  { key: "value", label: "Value", render: (row) => <span style={{ overflowWrap: "anywhere", display: "inline-block", minWidth: "min(100%, 22ch)", width: "22ch" }}>{typeof row.value === "object" ? JSON.stringify(row.value) : String(row.value)}</span> },
  { key: "since_at", label: "Since", render: (row) => <span className="stack tight"><span className="nowrap" title={format.dateTime(String(row.since_at))}>{format.date(String(row.since_at))}</span><span className="sub small"><SourceName id={String(row.source ?? "")} /></span></span> },
];
function SourceName({ id }: { id: string }) {
  return <>{useSourceName()(id)}</>;
}

/** Cohorts that list the person, and those whose condition they satisfy: asked beside the page, as that may take a while. */
function Cohorts({ id }: { id: string }) {
  const found = useAsk(personCohorts, { path: { person_id: id } }).data;
  if (!found?.length) return null;
  return <> · in {found.map((one, at) => <span key={one.id}>{at ? ", " : ""}<Go className="ev" href={`/explore/cohorts/${encodeURIComponent(one.id)}`}>{one.name}</Go></span>)}</>;
}

const title = (page: Shape) => String(page.person.name ?? page.person.email ?? page.person.person_id);

const CRUMBS = [{ label: "Usage", href: "/usage" }, { label: "People", href: "/usage/persons" }];

export default function PersonPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const [removal, setRemoval] = useState<RemovalAsked | null>(null);
  const { history } = useRouter();
  if (!removal) return <Known id={id} onRemoval={setRemoval} />;
  return (
    <Page title="Person" crumbs={CRUMBS}>
      <div className="card"><Empty title="This person is removed">What was kept of them goes; the proof stays under People, Removed.</Empty></div>
      <Removing asked={removal} onClose={() => history.push("/usage/persons?tab=removed")} />
    </Page>
  );
}

function Known({ id, onRemoval }: { id: string; onRemoval: (asked: RemovalAsked) => void }) {
  const asked = useAsk(onePerson, { path: { person_id: id } });
  if (asked.error && !asked.data) return <ErrorPage error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <Page title={asked.data ? title(asked.data) : "Person"} crumbs={CRUMBS} actions={asked.data && <Actions page={asked.data} onRemoval={onRemoval} />}>
      <Answer of={asked}>{(page) => <Body page={page} />}</Answer>
    </Page>
  );
}

function Actions({ page, onRemoval }: { page: Shape; onRemoval: (asked: RemovalAsked) => void }) {
  const member = useMay("member");
  const owner = useMay("owner");
  const [open, setOpen] = useState<"" | "merge" | "remove">("");
  const [busy, setBusy] = useState(false);
  const id = page.person.person_id;
  const save = async () => {
    setBusy(true);
    try {
      const url = URL.createObjectURL((await ask(exportPerson({ path: { person_id: id }, parseAs: "blob" }))) as Blob);
      Object.assign(document.createElement("a"), { href: url, download: `person-${id.replace(/[^\w.@-]+/g, "-").slice(0, 80)}.zip` }).click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    } catch (problem) {
      toastError(problem);
    } finally {
      setBusy(false);
    }
  };
  const close = () => setOpen("");
  return (
    <>
      <Button disabled={!member} title={member ? undefined : NO_RIGHT} onClick={() => setOpen("merge")}>Merge…</Button>
      <Button icon="download" disabled={!member} busy={busy} title={member ? "Everything that is kept of this person" : NO_RIGHT} onClick={() => void save()}>Export</Button>
      {owner && <Button danger onClick={() => setOpen("remove")}>Remove…</Button>}
      {open === "merge" && <JoinDialog id={id} onClose={close} />}
      {open === "remove" && <DeleteDialog id={id} onClose={close} onAsked={onRemoval} />}
    </>
  );
}

function Body({ page }: { page: Shape }) {
  const { person } = page;
  const [view, setView] = useView("i.", 10);
  const [traits, setTraits] = useView("t.", 15);
  return (
    <>
      <Head title={title(page)} sub={<span>{person.email && person.email !== title(page) ? `${person.email} · ` : ""}{person.account_id ? <><Go className="ev" href={`/usage/accounts/${encodeURIComponent(person.account_id)}`}>{page.account_name ?? person.account_id}</Go> · </> : null}{format.count(page.events, "event")}{page.first_at ? ` since ${format.date(page.first_at, "long")}` : ""}{page.last_at ? `, last seen ${format.ago(page.last_at)}` : ""}<Cohorts id={person.person_id} /></span>} />
      <div className="two">
        <Section title="What they did"><PersonTimeline id={person.person_id} /></Section>
        <div className="stack">
          <Section title="Traits" note="as they are now"><DataTable label="Traits" keys={false} columns={TRAITS} rows={page.traits} view={traits} onView={setTraits} empty={<Empty title="Nothing was said of this person">Traits come with identify calls.</Empty>} /></Section>
          <Section title="Features used"><DataTable label="Features used" keys={false} columns={FEATURES} rows={page.features} empty={<Empty title="No feature used yet" />} /></Section>
        </div>
      </div>
      <div className="two">
        <Section title="Ids" note={format.count(page.ids.length, "id")}><DataTable label="Ids" keys={false} columns={IDS} rows={page.ids} view={view} onView={setView} empty={<Empty title="No event carries an id of this person" />} /></Section>
        <Section title="Merges" note="who said that the ids are one person">
          {page.merges.length ? <div className="card whos">{page.merges.map((one) => (
            <div className="who-row" key={one.merge_id}>
              <span className="stack tight"><MergeWords one={one} /><span className="sub">{one.source ? <SourceName id={one.source} /> : "unknown source"}, {format.dateTime(one.merged_at)}{one.why && `. ${one.why}`}</span></span>
              <span className="row"><MergeState one={one} /><MergeAction one={one} /></span>
            </div>
          ))}</div> : <div className="card"><Empty title="One id, never merged" /></div>}
        </Section>
      </div>
    </>
  );
}
