import { useState } from "react";
import { listSources, type SourceOut, syncSource, type SyncOut } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { Answer, Button, Empty, Pill } from "@/components/basics";
import { useSend } from "@/components/Form";
import { Head, Page } from "@/components/Page";
import { Progress } from "@/components/Progress";
import * as format from "@/lib/format";
import { CRUMBS, SettingsTabs } from "./tabs";

const TONES: Record<SourceOut["state"], string> = { fresh: "good", stale: "warn", failed: "bad", never: "plain" };

/** The tools that Callsheet reads, how fresh they are, and a sync with its progress. */
export default function SourcesPage() {
  const asked = useAsk(listSources, {});
  return (
    <Page title="Sources" crumbs={CRUMBS}>
      <SettingsTabs />
      <Head title="Sources" sub="Named in callsheet.toml, one [[source]] each. A sync brings in what changed since the last one." />
      <Answer of={asked}>
        {({ items }) => items.length
            ? <div className="card"><h2 className="vh">All sources</h2>{items.map((source) => <SourceRow key={source.name} source={source} />)}</div>
            : <div className="card"><Empty title="No sources are named yet" action={{ label: "Import a file instead", href: "/settings/imports" }}>Add a [[source]] to callsheet.toml, for example name = "git", kind = "git", path = ".", then run “callsheet sync git”.</Empty></div>}
      </Answer>
    </Page>
  );
}

function SourceRow({ source }: { source: SourceOut }) {
  const may = useMay("member");
  const { send, busy } = useSend();
  const [job, setJob] = useState<string | null>(null);
  const [done, setDone] = useState<SyncOut | null>(null);
  const sync = async () => {
    const answer = await send(() => ask(syncSource({ path: { name: source.name } })));
    if (!answer) return;
    setJob(answer.job_id);
    setDone(answer.job_id ? null : answer);
  };
  return (
    <div className="dec">
      <div>
        <h3><Pill tone={TONES[source.state]}>{source.state}</Pill>{source.name}</h3>
        <p>{[source.kind, source.path, source.synced_at ? `synced ${format.ago(source.synced_at)}` : "never synced", source.rows === null ? "" : `${format.count(source.rows, "row")} read`, source.schedule ? `by schedule ${source.schedule}` : "by hand"].filter(Boolean).join(" · ")}</p>
        {source.error && !job && <p className="down">{source.error}</p>}
        {done && <p>{done.counts.rows ? `${format.count(done.counts.rows, "row")} read: ${format.number(done.counts.inserted)} new, ${format.number(done.counts.updated)} changed, ${format.number(done.counts.quarantined)} set aside.` : "Nothing new."} {done.notes.join(" ")}</p>}
        {job && <div style={{ maxWidth: 460, marginTop: 8 }}><Progress job={job} label="Sync" /></div>}
      </div>
      <div className="act"><Button busy={busy} disabled={!may} title={may ? undefined : "Members may sync; ask an owner for the role."} onClick={() => void sync()}>Sync now</Button></div>
    </div>
  );
}
