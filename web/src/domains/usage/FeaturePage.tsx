/** One feature: what it is, what became of it, and what to do about it. */
import { useParams } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { oneFeature, restoreFeature, retireFeature } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay, useName } from "@/app/session";
import { toast, toastError } from "@/app/toast";
import { ErrorPage } from "@/app/status";
import { Answer, Button, Empty, Pill } from "@/components/basics";
import { useSend } from "@/components/Form";
import { Go } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import { ReasonDialog } from "@/components/ReasonDialog";
import * as format from "@/lib/format";
import { traceHref, useUrlState } from "@/lib/url";
import { AdoptionStages } from "./AdoptionStages";
import { FeatureAbout } from "./FeatureAbout";
import { FeatureForm } from "./FeatureForm";
import { ShareBar } from "./ShareBar";
import { against, NO_RIGHT, STAGE_TONE, type Adoption, type FeaturePage as Shape } from "./types";

export default function FeaturePage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const asked = useAsk(oneFeature, { path: { feature_id: id } });
  if (asked.error && !asked.data) return <ErrorPage error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <Page title={asked.data?.name ?? "Feature"} crumbs={[{ label: "Usage", href: "/usage" }, { label: "Features", href: "/usage?tab=features" }]} actions={asked.data && <Actions feature={asked.data} />}>
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

function Body({ feature }: { feature: Shape }) {
  const { adoption } = feature;
  return (
    <>
      <Head title={feature.name} end={<Go className="btn" href={traceHref(`feature:${feature.id}`)}>Trace</Go>}
        sub={<span className="row wrap"><Pill tone={STAGE_TONE[feature.stage]}>{feature.stage}</Pill><span>{feature.line || "No description yet."}</span></span>} />
      {feature.retired_at && <div className="alert warn"><span>Retired {format.date(feature.retired_at, "long")}: {feature.retired_why}</span></div>}
      {adoption ? <Reached adoption={adoption} by={feature.predicted_by} /> : <div className="card"><Empty title="Not released yet">Its adoption is counted from the release date on. Set it with “Change” when it is out.</Empty></div>}
      {adoption && <AdoptionStages id={feature.id} name={feature.name} />}
      <FeatureAbout feature={feature} />
    </>
  );
}

function Reached({ adoption, by }: { adoption: Adoption; by: string }) {
  const said = against(adoption);
  const nameOf = useName();
  return (
    <div className="card figs">
      <div className="fig" style={{ cursor: "default" }}><span className="l">Tried it</span><span className="v num">{format.share(adoption.tried_share)}</span><span className="d num">{adoption.tried} of {adoption.could_use} accounts</span><div style={{ marginTop: 8 }}><ShareBar row={adoption} bare /></div></div>
      <div className="fig" style={{ cursor: "default" }}><span className="l">Predicted{by && ` by ${nameOf(by)}`}</span><span className="v num">{format.share(adoption.predicted_share)}</span><span className="d num">{adoption.predicted_share === null ? "not predicted" : `${adoption.predicted_low !== null ? `${format.share(adoption.predicted_low)} to ${format.share(adoption.predicted_high)}` : "no range"} by day ${adoption.predicted_days}; ${format.share(adoption.due_low)} due by now`}</span>{said && <div style={{ marginTop: 8 }}><Pill tone={said.tone}>{said.word}</Pill></div>}</div>
      <div className="fig" style={{ cursor: "default" }}><span className="l">Kept it</span><span className="v num">{adoption.kept === null ? format.NONE : format.share(adoption.kept / adoption.kept_of)}</span><span className="d num">{adoption.kept === null ? "too early: 7 days after first use" : `${adoption.kept} of ${adoption.kept_of}, again after 7 days`}</span></div>
      <div className="fig" style={{ cursor: "default" }}><span className="l">First use after</span><span className="v num">{format.days(adoption.first_use_hours === null ? null : adoption.first_use_hours / 24)}</span><span className="d num">median of {adoption.tried} · {format.money(adoption.revenue_tried)} a year tried it{adoption.revenue_share !== null && ` (${format.share(adoption.revenue_share)})`}</span></div>
    </div>
  );
}
