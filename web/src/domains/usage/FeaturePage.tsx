/** One feature: what it is, what became of it, and what to do about it. */
import { useParams } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { oneFeature, restoreFeature, retireFeature } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import type { Row } from "@/api/types";
import { useMay, useName } from "@/app/session";
import { toast, toastError } from "@/app/toast";
import { ErrorPage } from "@/app/status";
import { Answer, Button, Empty, Pill, Section } from "@/components/basics";
import { AskedChart } from "@/components/AskedChart";
import { DataTable } from "@/components/DataTable";
import { useSend } from "@/components/Form";
import { Go, RefLink } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import { ReasonDialog } from "@/components/ReasonDialog";
import * as format from "@/lib/format";
import { traceHref, useUrlState } from "@/lib/url";
import { FeatureForm } from "./FeatureForm";
import { ShareBar } from "./ShareBar";
import { against, chartPath, NO_RIGHT, type Adoption, type FeaturePage as Shape } from "./types";

export default function FeaturePage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const asked = useAsk(oneFeature, { path: { feature_id: id } });
  if (asked.error && !asked.data) return <ErrorPage error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <Page title={asked.data?.name ?? "Feature"} crumbs={[{ label: "Usage", href: "/usage" }]} actions={asked.data && <Actions feature={asked.data} />}>
      <Answer of={asked}>{(feature) => <Body feature={feature} />}</Answer>
    </Page>
  );
}

function Actions({ feature }: { feature: Shape }) {
  const may = useMay("member");
  const cache = useQueryClient();
  const { send, busy } = useSend();
  const [tab, setTab] = useUrlState("tab", "");
  const [changing, setChanging] = useState(false);
  const path = { feature_id: feature.id };
  const undo = () => void ask(restoreFeature({ path })).then(() => cache.invalidateQueries()).catch(toastError);
  const retire = async (reason: string) => {
    setTab("");
    if (await send(() => ask(retireFeature({ path, body: { reason } })))) toast(`${feature.name} is retired.`, { undo });
  };
  const title = may ? undefined : NO_RIGHT;
  return (
    <>
      <Button disabled={!may} title={title} onClick={() => setChanging(true)}>Change</Button>
      {feature.stage === "retired" ? <Button disabled={!may} title={title} onClick={undo}>Restore</Button> : <Button disabled={!may} title={title} busy={busy} onClick={() => setTab("stage")}>Retire…</Button>}
      {changing && <FeatureForm feature={feature} onClose={() => setChanging(false)} />}
      {tab === "stage" && may && feature.stage !== "retired" && <ReasonDialog title={`Retire ${feature.name}`} hint="It stays in the catalogue with your reason; you can restore it." confirm="Retire" onConfirm={(reason) => void retire(reason)} onClose={() => setTab("")} />}
    </>
  );
}

const STAGE_TONE: Record<string, string> = { released: "good", beta: "info", retired: "warn", planned: "plain" };

function Body({ feature }: { feature: Shape }) {
  const { adoption, use } = feature;
  return (
    <>
      <Head title={feature.name} end={<Go className="btn" href={traceHref(`feature:${feature.id}`)}>Trace</Go>}
        sub={<span className="row wrap"><Pill tone={STAGE_TONE[feature.stage]}>{feature.stage}</Pill><span>{feature.line || "No description yet."}</span></span>} />
      {feature.retired_at && <div className="alert warn"><span>Retired {format.date(feature.retired_at, "long")}: {feature.retired_why}</span></div>}
      {adoption ? <Reached adoption={adoption} by={feature.predicted_by} /> : <div className="card"><Empty title="Not released yet">Its adoption is counted from the release date on. Set it with “Change” when it is out.</Empty></div>}
      <div className="two">
        <Section title="How adoption grew" note="share of eligible accounts, by days since the release">
          <div className="card pad"><AskedChart path={chartPath(feature.id)} label={`Adoption of ${feature.name}`} empty="The curve begins at the release." /></div>
        </Section>
        <Section title="About it">
          <div className="card pad"><dl className="facts">
            <dt>Owner</dt><dd>{feature.owner ? <RefLink of={`person:${feature.owner}`} /> : <span className="warn">nobody yet</span>}</dd>
            <dt>Released</dt><dd>{feature.released_at ? `${format.dateTime(feature.released_at)}, ${format.ago(feature.released_at)}` : "not yet"}</dd>
            <dt>Counted by</dt><dd>{feature.events.length ? <span className="mono">{feature.events.join(", ")}</span> : "events that carry its id"}</dd>
            {use && <><dt>Last 28 days</dt><dd className="num">{format.count(use.uses, "use")} by {format.count(use.persons, "person", "people")} of {format.count(use.accounts, "account")}{use.change !== null && `, ${format.signed(Math.round(use.change * 100))}% on before`}</dd></>}
            {feature.flag && <><dt>Flag</dt><dd className="mono">{feature.flag}</dd></>}
            {feature.docs_url && <><dt>Documentation</dt><dd><Go className="ev" href={feature.docs_url}>{feature.docs_url.replace(/^https?:\/\//, "")}</Go></dd></>}
          </dl></div>
        </Section>
      </div>
      {adoption && <Section title="By segment"><DataTable label="Adoption by segment" keys={false} rows={adoption.segments as unknown as Row[]} columns={[{ key: "segment", label: "Segment" }, { key: "could_use", label: "Could use", unit: "accounts" }, { key: "tried", label: "Tried", unit: "accounts" }, { key: "share", label: "Share", unit: "share" }]} empty={<Empty title="No account has been active since the release" />} /></Section>}
    </>
  );
}

function Reached({ adoption, by }: { adoption: Adoption; by: string }) {
  const said = against(adoption);
  const nameOf = useName();
  return (
    <div className="card figs">
      <div className="fig" style={{ cursor: "default" }}><span className="l">Tried it</span><span className="v num">{format.share(adoption.tried_share)}</span><span className="d num">{adoption.tried} of {adoption.could_use} accounts</span><div style={{ marginTop: 8 }}><ShareBar row={adoption} bare /></div></div>
      <div className="fig" style={{ cursor: "default" }}><span className="l">Predicted{by && ` by ${nameOf(by)}`}</span><span className="v num">{format.share(adoption.predicted_share)}</span><span className="d num">{adoption.predicted_low !== null ? `${format.share(adoption.predicted_low)} to ${format.share(adoption.predicted_high)}` : "no range"}</span>{said && <div style={{ marginTop: 8 }}><Pill tone={said.tone}>{said.word}</Pill></div>}</div>
      <div className="fig" style={{ cursor: "default" }}><span className="l">Kept it</span><span className="v num">{adoption.kept === null ? format.NONE : format.share(adoption.kept / adoption.kept_of)}</span><span className="d num">{adoption.kept === null ? "too early: 7 days after first use" : `${adoption.kept} of ${adoption.kept_of}, again after 7 days`}</span></div>
      <div className="fig" style={{ cursor: "default" }}><span className="l">First use after</span><span className="v num">{format.days(adoption.first_use_hours === null ? null : adoption.first_use_hours / 24)}</span><span className="d num">median of {adoption.tried} · {format.money(adoption.revenue_tried)} a year tried it</span></div>
    </div>
  );
}
