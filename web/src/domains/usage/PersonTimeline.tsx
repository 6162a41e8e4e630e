/** What a person did, newest first, a page at a time, by day. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { personTimeline, type Moment } from "@/api/generated";
import { ask } from "@/api/runtime";
import { Button, Empty, Failed, Skeleton } from "@/components/basics";
import * as format from "@/lib/format";
import { useSourceName } from "./events/names";
import { eventPlace, eventWords } from "./types";

const HIDDEN = new Set(["$set", "$set_once", "$groups", "$session_id", "$lib", "$anon_distinct_id"]);
const shown = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));

export function PersonTimeline({ id }: { id: string }) {
  const asked = useInfiniteQuery({
    queryKey: ["person-timeline", id],
    queryFn: ({ pageParam }) => ask(personTimeline({ path: { person_id: id }, query: { size: 50, ...(pageParam ? { before: pageParam } : {}) } })),
    initialPageParam: "",
    getNextPageParam: (page) => page.before ?? undefined,
  });
  if (asked.error) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  if (!asked.data) return <Skeleton lines={6} />;
  const rows = asked.data.pages.flatMap((page) => page.items);
  if (!rows.length) return <div className="card"><Empty title="No events" /></div>;
  return (
    <>
      <div className="card whos scroll" style={{ maxHeight: 620, overflowY: "auto" }} tabIndex={0} role="region" aria-label="What the person did">
        {rows.map((one, at) => (
          <div key={one.event_id}>
            {(at === 0 || day(rows[at - 1]!) !== day(one)) && <div className="who-row mut small" style={{ paddingBottom: 2 }}>{format.date(one.occurred_at, "long")}</div>}
            <Line one={one} />
          </div>
        ))}
      </div>
      {asked.hasNextPage && <div className="form-foot"><Button busy={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>Earlier</Button></div>}
    </>
  );
}

const day = (one: Moment) => format.date(one.occurred_at, "long");

function Line({ one }: { one: Moment }) {
  const place = eventPlace(one.properties);
  const nameOf = useSourceName();
  const told = Object.entries(one.properties).filter(([name]) => !HIDDEN.has(name));
  return (
    <details>
      <summary className="who-row" style={{ cursor: "pointer" }}><span title={one.event}>{eventWords(one.event)} {place && <span className="sub" style={{ overflowWrap: "anywhere" }}>{place}</span>}</span><span className="mut small num" title={format.dateTime(one.occurred_at)}>{format.clock(one.occurred_at)}</span></summary>
      <dl className="facts small" style={{ padding: "0 14px 10px" }}>
        <dt>Id</dt><dd className="mono" style={{ overflowWrap: "anywhere" }}>{one.distinct_id || "not told"}</dd>
        <dt>Source</dt><dd>{nameOf(one.source) || "unknown"}</dd>
        {one.account_id && <><dt>Account</dt><dd>{one.account_id}</dd></>}
        {told.map(([name, value]) => <div key={name} style={{ display: "contents" }}><dt className="mono">{name}</dt><dd style={{ overflowWrap: "anywhere" }}>{shown(value)}</dd></div>)}
      </dl>
    </details>
  );
}
