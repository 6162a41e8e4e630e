/** Who stands at a stage of a feature's adoption, beside the page. */
import { Drawer } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { adoptionPeople } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import type { Row } from "@/api/types";
import { Empty, Failed } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import * as format from "@/lib/format";
import type { Stage, Unit } from "./types";

const TITLES: Record<Stage, string> = {
  could_use: "Could use it", exposed: "Saw it", tried: "Tried it", repeated: "Came back to it", kept: "Kept it",
  not_exposed: "Did not see it", not_tried: "Have not tried it", not_kept: "Tried it and did not come back",
};
const ACCOUNTS: TableColumn[] = [{ key: "name", label: "Account", render: (row) => String(row.name ?? row.unit_id) }, { key: "segment", label: "Segment" }];
const PEOPLE: TableColumn[] = [{ key: "name", label: "Person", render: (row) => String(row.name ?? row.unit_id) }, { key: "account", label: "Account" }, { key: "email", label: "E-mail" }];

export function StageDrawer({ id, unit, by, stage, label, onClose }: { id: string; unit: Unit; by: string; stage: Stage; label?: string; onClose: () => void }) {
  const [view, setView] = useView("who.", 50);
  const query = { unit, by, stage, label, page: view.page, size: view.size, sort: view.sort, q: view.q };
  const asked = useAsk(adoptionPeople, by ? { path: { feature_id: id }, query } : null, { placeholderData: keepPreviousData });
  const home = unit === "account" ? "/usage/accounts/" : "/usage/persons/";
  return (
    <Drawer opened onClose={onClose} position="right" size="min(720px, 96vw)" title={`${TITLES[stage]}${label ? ` · ${label}` : ""}`}>
      {asked.error && !asked.data ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : (
        <>
          <div className="tools"><SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search" /><span className="grow" />{asked.data && <span className="mut small num">{format.count(asked.data.total, unit, unit === "person" ? "people" : "accounts")}</span>}</div>
          <DataTable label={TITLES[stage]} columns={unit === "account" ? ACCOUNTS : PEOPLE} rows={asked.data?.items as Row[] | undefined} total={asked.data?.total} view={view} onView={setView} href={(row) => home + encodeURIComponent(String(row.unit_id))} empty={<Empty title="Nobody stands here" />} />
        </>
      )}
    </Drawer>
  );
}
