/** Who asked, each person once, with account, revenue and whether they have been told. */
import { useMemo } from "react";
import { feedbackRequesters } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import type { Trace } from "@/api/types";
import { Answer, Empty, Pill } from "@/components/basics";
import { DataTable, useView, type TableColumn } from "@/components/DataTable";
import * as format from "@/lib/format";

function columns(told: Map<string, string>): TableColumn[] {
  const all: TableColumn[] = [
    { key: "name", label: "Who", render: (row) => <><div>{String(row.name)}</div><div className="mut small">{String(row.account_name ?? row.account ?? "no account")}{row.segment ? ` · ${String(row.segment)}` : ""}</div></> },
    { key: "revenue", label: "Revenue", unit: "money" },
    { key: "words", label: "In their words", fixed: true, render: (row) => <span className="sub">“{String(row.words ?? "")}”{Number(row.messages) > 1 && <span className="mut"> and {Number(row.messages) - 1} more</span>}</span> },
    { key: "asked_at", label: "Asked", unit: "date" },
  ];
  if (told.size) all.push({ key: "told", label: "Told", fixed: true, render: (row) => <Told state={told.get(`person:${row.person}`)} /> });
  return all;
}

function Told({ state }: { state?: string }) {
  if (!state) return <span className="mut">{format.NONE}</span>;
  return <Pill tone={state === "told" ? "good" : state === "bounced" ? "bad" : "warn"}>{state === "none" ? "not yet" : state}</Pill>;
}

export function Requesters({ id, trace }: { id: string; trace?: Trace }) {
  const [view, setView] = useView("who.");
  const asked = useAsk(feedbackRequesters, { path: { request_id: id }, query: { size: 500 } });
  const told = useMemo(() => new Map([...(trace?.told ?? []).map((one) => [one.ref, "told"] as const), ...(trace?.untold ?? []).map((one) => [one.ref, one.state] as const)]), [trace]);
  return (
    <Answer of={asked}>
      {(page) => <DataTable label="Who asked" columns={columns(told)} rows={page.items} view={view} onView={setView} empty={<Empty title="Nobody stands behind it yet" action={{ label: "Open the inbox", href: "/feedback" }}>File feedback to this request in the inbox.</Empty>} />}
    </Answer>
  );
}
