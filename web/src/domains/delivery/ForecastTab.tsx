/** Forecast: initiatives with their ranges, a question of one's own, and how kept forecasts turned out. */
import { Empty, Section } from "@/components/basics";
import { HowManyCard } from "./HowManyCard";
import { Initiatives } from "./Initiatives";
import { KeptForecasts } from "./KeptForecasts";
import { WhenCard } from "./WhenCard";

export default function ForecastTab({ team }: { team: string }) {
  return (
    <>
      <Section title="Initiatives" note="simulated from 7-day blocks of the team’s last 180 days"><Initiatives team={team} /></Section>
      <Section title="When will it be done?" note="for a number of items, or for an initiative">
        <WhenCard team={team} key={team} />
      </Section>
      <Section title="How many by a day?"><HowManyCard team={team} /></Section>
      <Section title="Kept forecasts" note="what was promised, and what came of it"><KeptForecasts empty={<Empty title="No forecast was kept yet">Ask above and keep the answer; it is scored when its dates come.</Empty>} /></Section>
    </>
  );
}
