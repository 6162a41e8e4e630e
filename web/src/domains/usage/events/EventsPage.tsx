/** Events on their way in: where from, as they come, what was refused, what they look like, and the rules on them. */
import { Tabs } from "@/components/basics";
import { Head, Page } from "@/components/Page";
import { useUrlState } from "@/lib/url";
import { Refused } from "./Refused";
import { Rules } from "./Rules";
import { Schema } from "./Schema";
import { Sources } from "./Sources";
import { Tail } from "./Tail";
import { tabHref } from "./types";
import "./events.css";

const PARTS = [["sources", "Sources"], ["tail", "Live tail"], ["refused", "Refused"], ["schema", "Schema"], ["rules", "Rules"]] as const;
const PAGES = { sources: Sources, tail: Tail, refused: Refused, schema: Schema, rules: Rules };

export default function EventsPage() {
  const [tab] = useUrlState("tab", "sources");
  const Part = PAGES[tab as keyof typeof PAGES] ?? Sources;
  return (
    <Page title="Events" crumbs={[{ label: "Usage", href: "/usage" }]}>
      <Head title="Events" sub="Where they come from, what was stored and what was not, and what they look like." />
      <Tabs items={PARTS.map(([key, label]) => ({ label, href: key === "sources" ? "/usage/events" : tabHref(key), on: PAGES[key] === Part }))} />
      <Part key={tab} />
    </Page>
  );
}
