/** What the catalogue says of a feature, and what the loop joins to it. */
import { Section } from "@/components/basics";
import { Go, RefLink } from "@/components/Go";
import * as format from "@/lib/format";
import type { Belonging, FeaturePage } from "./types";

export function FeatureAbout({ feature }: { feature: FeaturePage }) {
  const { use } = feature;
  return (
    <Section title="About it">
      <div className="card pad"><dl className="facts">
        <dt>Owner</dt><dd>{feature.owner ? <RefLink of={`person:${feature.owner}`} /> : <span className="warn">nobody yet</span>}</dd>
        <dt>Released</dt><dd>{feature.released_at ? `${format.dateTime(feature.released_at)}, ${format.ago(feature.released_at)}` : "not yet"}</dd>
        <dt>Counted by</dt><dd>{feature.events.length ? <span className="mono">{feature.events.join(", ")}</span> : "events that carry its id"}</dd>
        <dt>Seen by</dt><dd>{feature.exposed_by.length || feature.flag ? <span className="mono">{[...feature.exposed_by, ...(feature.flag ? [`flag ${feature.flag}`] : [])].join(", ")}</span> : <span className="mut">nothing tells who saw it</span>}</dd>
        <dt>Could use it</dt><dd>{feature.could_use.length ? feature.could_use.map(said).join("; ") : "every account active since the release"}</dd>
        {feature.activation !== null && <><dt>Way to value</dt><dd>step {feature.activation}</dd></>}
        {use && <><dt>Last 28 days</dt><dd className="num">{format.count(use.uses, "use")} by {format.count(use.persons, "person", "people")} of {format.count(use.accounts, "account")}{use.change !== null && `, ${format.signed(Math.round(use.change * 100))}% on before`}</dd></>}
        {feature.docs_url && <><dt>Documentation</dt><dd><Go className="ev" href={feature.docs_url}>{feature.docs_url.replace(/^https?:\/\//, "")}</Go></dd></>}
        <Joined label="Releases" kind="release" of={feature.releases} none="none delivered it" />
        <Joined label="Initiatives" kind="initiative" of={feature.initiatives} none="none led to it" />
        <Joined label="Experiments" kind="experiment" of={feature.experiments} none="none on it" />
      </dl></div>
    </Section>
  );
}

function Joined({ label, kind, of, none }: { label: string; kind: string; of: Belonging[]; none: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{of.length ? of.map((one, place) => <span key={one.id}>{place > 0 && ", "}<RefLink of={`${kind}:${one.id}`}>{one.title}</RefLink>{one.note && <span className="mut"> {kind === "release" ? format.date(one.note) : format.humanise(one.note).toLowerCase()}</span>}</span>) : <span className="mut">{none}</span>}</dd>
    </>
  );
}

const OPS: Record<string, string> = { is: "is", is_not: "is not", contains: "contains", not_contains: "does not contain", gt: "above", gte: "at least", lt: "below", lte: "at most", between: "between", set: "is known", not_set: "is not known" };
/** "plan is business or enterprise". */
function said(one: FeaturePage["could_use"][number]): string {
  const joined = (one.values ?? []).join(one.op === "between" ? " and " : " or ");
  return `${one.field.split(".")[1] ?? one.field} ${OPS[one.op ?? "is"] ?? one.op} ${joined}`.trim();
}
