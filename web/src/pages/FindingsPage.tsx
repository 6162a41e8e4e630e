/** All findings, by state; j/k and Enter walk through them. */
import { useRouter } from "@tanstack/react-router";
import { findings } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Answer, Empty, Segments } from "@/components/basics";
import { SearchBox } from "@/components/DataTable";
import { FindingCard } from "@/components/FindingCard";
import { Head, Page } from "@/components/Page";
import * as format from "@/lib/format";
import { useListKeys } from "@/lib/keys";
import { useUrlState } from "@/lib/url";

type State = "open" | "acknowledged" | "snoozed" | "dismissed" | "resolved";
const STATES: { value: State; label: string }[] = [{ value: "open", label: "Open" }, { value: "acknowledged", label: "Acknowledged" }, { value: "snoozed", label: "Snoozed" }, { value: "dismissed", label: "Dismissed" }, { value: "resolved", label: "Went away" }];
const EMPTY: Record<State, string> = {
  open: "Every detector was read and none crossed its threshold. New findings appear here when facts change.",
  acknowledged: "Acknowledge a finding to say that someone has taken it on.",
  snoozed: "Snoozed findings come back here at their date, if they are still true.",
  dismissed: "Dismissed findings are kept with their reason.",
  resolved: "A finding goes away by itself when the facts no longer show it.",
};

export default function FindingsPage() {
  const { history } = useRouter();
  const [state, setState] = useUrlState<State>("state", "open");
  const [q, setQ] = useUrlState("q", "");
  const asked = useAsk(findings, { query: { state, q, size: 200 } });
  const items = asked.data?.items ?? [];
  const [at] = useListKeys(items.length, (index) => history.push(`/findings/${encodeURIComponent(items[index]!.id)}`));
  return (
    <Page title="Findings">
      <Head title="Findings" sub="What the detectors see in the facts. Answer them here; the evidence is kept with the decision." />
      <div className="tools"><Segments label="State" value={state} options={STATES} onChange={setState} /><SearchBox value={q} onChange={setQ} label="Search findings" />{asked.data && <span className="mut small">{format.count(asked.data.total, "finding")}</span>}</div>
      <Answer of={asked}>
        {(page) => page.items.length
          ? <div className="card"><h2 className="vh">{STATES.find((one) => one.value === state)?.label} findings</h2>{page.items.map((finding, i) => <FindingCard key={finding.id} finding={finding} row={i} on={i === at} />)}</div>
          : <div className="card">{q ? <Empty title={`Nothing matches “${q}”`} action={{ label: "Clear the search", onClick: () => setQ("") }} /> : <Empty title={state === "open" ? "Nothing needs a decision" : "None"}>{EMPTY[state]}</Empty>}</div>}
      </Answer>
    </Page>
  );
}
