/** The delivery page: five parts, the team and the part in the address. */
import { useRouterState } from "@tanstack/react-router";
import { teams as allTeams } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Tabs } from "@/components/basics";
import { Head, Page } from "@/components/Page";
import { changed, useUrlState } from "@/lib/url";
import * as format from "@/lib/format";
import ChangesTab from "./ChangesTab";
import FlowTab from "./FlowTab";
import ForecastTab from "./ForecastTab";
import IncidentsTab from "./IncidentsTab";
import ItemsTab from "./ItemsTab";

const PARTS = { flow: "Flow", forecast: "Forecast", items: "Items", changes: "Changes", incidents: "Incidents" };
const SAYS: Record<string, string> = {
  flow: "How much is finished, how long it takes, and what stands still.",
  forecast: "When it will be done, from the teams’ own past; beside each forecast, how often such forecasts held.",
  items: "Every item of work, with its course.",
  changes: "Where changes wait on their way from the first commit to production.",
  incidents: "What broke, and after which deployment.",
};

function TeamSelect() {
  const [team, setTeam] = useUrlState("team", "");
  const teams = useAsk(allTeams, {});
  const known = teams.data ?? [];
  return (
    <select className="input" style={{ minWidth: 130 }} aria-label="Team" value={team} onChange={(event) => setTeam(event.target.value)}>
      <option value="">All teams</option>
      {[...new Set([...known, ...(team ? [team] : [])])].map((one) => <option key={one} value={one}>{format.spelled(one)}</option>)}
    </select>
  );
}

export default function DeliveryPage() {
  const [part] = useUrlState("tab", "flow");
  const [team] = useUrlState("team", "");
  const at = part in PARTS ? part : "flow";
  const path = useRouterState({ select: (state) => state.location.pathname });
  const href = (tab: string) => path + changed("", { tab: tab === "flow" ? null : tab, team: team || null });
  return (
    <Page title="Delivery">
      <Head title="Delivery" sub={SAYS[at]} end={<TeamSelect />} />
      <Tabs items={Object.entries(PARTS).map(([key, label]) => ({ label, href: href(key), on: key === at }))} />
      {at === "flow" && <FlowTab team={team} />}
      {at === "forecast" && <ForecastTab team={team} />}
      {at === "items" && <ItemsTab team={team} />}
      {at === "changes" && <ChangesTab team={team} />}
      {at === "incidents" && <IncidentsTab team={team} />}
    </Page>
  );
}
