/** One release: its contents, its notes, whether it is ready, and what came after it. */
import { useParams } from "@tanstack/react-router";
import { oneRelease, setTier } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { Answer, Tabs } from "@/components/basics";
import { SelectField, useSend } from "@/components/Form";
import { Go } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import * as format from "@/lib/format";
import { traceHref, useUrlState } from "@/lib/url";
import { After } from "./After";
import { Checklist } from "./Checklist";
import { Contents } from "./Contents";
import { Notes } from "./Notes";
import { Publish } from "./Publish";
import { StatePill } from "./ReleasesPage";
import { NO_RIGHT, TIERS, type Release } from "./types";

const PARTS = [["contents", "Contents"], ["notes", "Notes"], ["checklist", "Checklist"], ["after", "After"]] as const;

export default function ReleasePage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const asked = useAsk(oneRelease, { path: { release_id: id } });
  return (
    <Page title={asked.data?.version ?? id} crumbs={[{ label: "Releases", href: "/releases" }]} actions={asked.data && <Publish release={asked.data} />}>
      <Answer of={asked}>{(release) => <Body release={release} />}</Answer>
    </Page>
  );
}

function Body({ release }: { release: Release }) {
  const [tab] = useUrlState("tab", "contents");
  const note: Record<string, string> = { contents: String(release.items), checklist: release.ready_total ? `${release.ready_done} of ${release.ready_total}` : "", after: release.incidents ? format.count(release.incidents, "incident") : "" };
  return (
    <>
      <Head title={release.title || release.version}
        sub={<span className="row wrap"><StatePill state={release.state} /><span>{release.version}{release.line ? `, ${release.line}` : ""} · released {format.date(release.released_at, "long")}{release.published_at ? ` · notes published ${format.ago(release.published_at)}${release.published_by ? ` by ${release.published_by}` : ""}` : ""}</span></span>}
        end={<><Tier release={release} /><Go className="btn" href={traceHref(`release:${release.release}`)}>Trace</Go></>} />
      <Tabs items={PARTS.map(([key, label]) => ({ label: note[key] ? <>{label} <span className="mut num">{note[key]}</span></> : label, href: `/releases/${encodeURIComponent(release.release)}${key === "contents" ? "" : `?tab=${key}`}`, on: tab === key }))} />
      {tab === "notes" ? <Notes release={release} /> : tab === "checklist" ? <Checklist release={release} /> : tab === "after" ? <After release={release} /> : <Contents release={release} />}
    </>
  );
}

function Tier({ release }: { release: Release }) {
  const may = useMay("member");
  const { send, busy } = useSend();
  const options = [...(release.tier ? [] : [{ value: "", label: "not set" }]), ...Object.entries(TIERS).map(([value, label]) => ({ value, label }))];
  return (
    <SelectField label="Tier" value={String(release.tier ?? "")} options={options} disabled={!may || busy} title={may ? undefined : NO_RIGHT}
      onChange={(event) => event.target.value && void send(() => ask(setTier({ path: { release_id: release.release }, body: { tier: Number(event.target.value) } })), "The checklist follows the tier")} />
  );
}
