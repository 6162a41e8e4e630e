/** Promised dates that moved and statuses that went back, over a period. */
import { PeriodPicker, usePeriod } from "@/components/PeriodPicker";
import { Empty } from "@/components/basics";
import { Rows } from "@/components/Rows";
import { now } from "@/lib/format";

const DAYS = 365;

export function Slips() {
  const period = usePeriod();
  const since = period.since || new Date(now().getTime() - (DAYS - 1) * 86_400_000).toISOString().slice(0, 10);
  return (
    <Rows path="/api/reports/roadmap.slips" params={{ ...period, since }} tools={<PeriodPicker scopes={["team"]} length={DAYS} />}
      onTable={(table) => <p className="sub" style={{ marginBottom: 12 }}>{table.definition}</p>}
      empty={<Empty title="Nothing slipped in this period">Dates that move are kept here with their reason; so are statuses that go back in the tool your roadmap comes from.</Empty>} />
  );
}
