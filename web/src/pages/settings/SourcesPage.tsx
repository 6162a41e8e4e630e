import { useState } from "react";
import { post, useGet } from "@/api/client";
import type { Page as PageOf } from "@/api/types";
import { useMay } from "@/app/session";
import { Answer, Button, Empty, Pill } from "@/components/basics";
import { useSend } from "@/components/Form";
import { Head, Page } from "@/components/Page";
import { Progress } from "@/components/Progress";
import * as format from "@/lib/format";
import { CRUMBS, SettingsTabs } from "./tabs";

interface Source { name: string; id?: string; kind?: string; connector?: string; synced_at?: string | null; last_sync?: string | null; rows?: number | null; state?: string | null; stale?: boolean; error?: string | null; job?: string | null }

/** The tools that Callsheet reads, how fresh they are, and a sync with its progress. */
export default function SourcesPage() {
  const asked = useGet<PageOf<Source> | Source[]>("/api/sources");
  return (
    <Page title="Sources" crumbs={CRUMBS}>
      <SettingsTabs />
      <Head title="Sources" sub="Named in callsheet.toml under [sources]. A sync brings in what changed since the last one." />
      <Answer of={asked}>
        {(answer) => {
          const sources = Array.isArray(answer) ? answer : answer.items;
          return sources.length
            ? <div className="card"><h2 className="vh">All sources</h2>{sources.map((source) => <SourceRow key={source.id ?? source.name} source={source} />)}</div>
            : <div className="card"><Empty title="No sources are named yet" action={{ label: "Import a file instead", href: "/settings/imports" }}>Add one to callsheet.toml, for example [sources.git] with path = ".", then run “callsheet sync git”.</Empty></div>;
        }}
      </Answer>
    </Page>
  );
}

function SourceRow({ source }: { source: Source }) {
  const may = useMay("owner");
  const { send, busy } = useSend();
  const [job, setJob] = useState<string | null>(source.job ?? null);
  const synced = source.synced_at ?? source.last_sync;
  const sync = async () => {
    const answer = await send(() => post<{ id?: string; job?: string }>(`/api/sources/${encodeURIComponent(source.id ?? source.name)}/syncs`));
    setJob(answer?.job ?? answer?.id ?? null);
  };
  return (
    <div className="dec">
      <div>
        <h3>{source.stale ? <Pill tone="warn">Stale</Pill> : source.error ? <Pill tone="bad">Failed</Pill> : <Pill tone="good">Fresh</Pill>}{source.name}</h3>
        <p>{[source.connector ?? source.kind, synced ? `synced ${format.ago(synced)}` : "never synced", typeof source.rows === "number" ? format.count(source.rows, "row") : ""].filter(Boolean).join(" · ")}</p>
        {source.error && <p className="down">{source.error}</p>}
        {job && <div style={{ maxWidth: 460, marginTop: 8 }}><Progress job={job} label="Sync" /></div>}
      </div>
      {may && <div className="act"><Button busy={busy} onClick={() => void sync()}>Sync now</Button></div>}
    </div>
  );
}
