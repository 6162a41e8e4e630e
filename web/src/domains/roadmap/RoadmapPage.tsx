/** The roadmap: board, timeline with forecasts, scores with their doubt, measured goals, slips. */
import { useState } from "react";
import { useMay } from "@/app/session";
import { Button, Tabs } from "@/components/basics";
import { Figures } from "@/components/Figure";
import { Head, Page } from "@/components/Page";
import { useUrlState } from "@/lib/url";
import { AddDialog } from "./AddDialog";
import { Board } from "./Board";
import { Goals } from "./Goals";
import { Scores } from "./Scores";
import { Slips } from "./Slips";
import { Timeline } from "./Timeline";
import { VIEWER } from "./types";

const TABS = { board: ["Board", Board], timeline: ["Timeline", Timeline], scores: ["Scores", Scores], goals: ["Goals", Goals], slips: ["Slips", Slips] } as const;
const METRICS = ["roadmap.initiatives", "roadmap.at_risk", "roadmap.promises_kept", "roadmap.slipped"];

export default function RoadmapPage() {
  const [tab] = useUrlState<string>("tab", "board");
  const [adding, setAdding] = useState(false);
  const may = useMay("member");
  const Shown = (TABS[tab as keyof typeof TABS] ?? TABS.board)[1];
  return (
    <Page title="Roadmap" width="wide" actions={<Button primary disabled={!may} title={may ? undefined : VIEWER} onClick={() => setAdding(true)}>New initiative</Button>}>
      <Head title="Roadmap" sub="What we do now, next and later, what was promised, and what the teams' own pace says about it." />
      <Figures metrics={METRICS} params={{ cadence: "weekly" }} />
      <div style={{ height: 18 }} />
      <Tabs items={Object.entries(TABS).map(([key, [label]]) => ({ label, href: key === "board" ? "/roadmap" : `/roadmap?tab=${key}`, on: tab === key }))} />
      <Shown />
      {adding && <AddDialog onClose={() => setAdding(false)} />}
    </Page>
  );
}
