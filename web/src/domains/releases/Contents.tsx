/** What a release holds, and the way back to who asked for it. */
import { Empty, Section } from "@/components/basics";
import { Go, RefLink } from "@/components/Go";
import * as format from "@/lib/format";
import { traceHref } from "@/lib/url";
import type { Release } from "./types";

export function Contents({ release }: { release: Release }) {
  return (
    <div className="two">
      <div>
        {release.groups.length === 0 && <div className="card"><Empty title="Its contents are not known" action={{ label: "Bring in a changelog", href: "/settings/imports" }}>They come from a changelog, or from the changes merged since the release before.</Empty></div>}
        {release.groups.map((group) => (
          <Section key={group.kind} title={group.title} note={format.count(group.entries.length, "entry", "entries")}>
            <div className="card pad md"><ul>
              {group.entries.map((entry) => <li key={entry.entry_id}>{entry.text} {entry.item_id && <Go className="ev small" href={traceHref(`work:${entry.item_id}`)}>{entry.item_id}</Go>}</li>)}
            </ul></div>
          </Section>
        ))}
      </div>
      <div>
        <Section title="Carries">
          <div className="card pad stack">
            {release.carries.length === 0 && <p className="mut">No initiative is linked to this release.</p>}
            {release.carries.map((one) => <div key={one.ref}><RefLink of={one.ref}>{one.title}</RefLink></div>)}
            {release.features.length > 0 && <div className="sub">Features: {release.features.map((one, i) => <span key={one}>{i > 0 && ", "}<RefLink of={`feature:${one}`} /></span>)}</div>}
          </div>
        </Section>
        <Section title="Asked for" note={release.requesters ? `${format.count(release.requesters, "requester")}` : undefined}>
          <div className="card pad stack">
            {release.requests.length === 0 && <p className="mut">No request leads here.</p>}
            {release.requests.map((one) => <div key={one.ref} className="row"><span className="grow"><RefLink of={one.ref}>{one.title}</RefLink></span><span className="mut num">{format.count(one.requesters, "requester")}</span></div>)}
          </div>
        </Section>
      </div>
    </div>
  );
}
