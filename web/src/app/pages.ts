/** Every page: the shell's own, and those that the domain folders bring. Nothing central is edited for a new one. */
import SheetPage from "@/pages/SheetPage"; // home: in the first bundle, everything else is a chunk of its own
import { lazyPage, type PageRoute } from "./route";

const own: PageRoute[] = [
  { path: "/", title: "Call sheet", component: SheetPage },
  { path: "/findings", title: "Findings", component: lazyPage(() => import("@/pages/FindingsPage")) },
  { path: "/findings/$id", title: "Finding", component: lazyPage(() => import("@/pages/FindingPage")) },
  { path: "/explore/metrics", title: "Metrics", component: lazyPage(() => import("@/pages/MetricsPage")) },
  { path: "/trace/$ref", title: "Trace", component: lazyPage(() => import("@/pages/TracePage")) },
  { path: "/rows", title: "Rows", component: lazyPage(() => import("@/pages/RowsPage")) },
  { path: "/reports", title: "Reports", component: lazyPage(() => import("@/pages/ReportsPage")) },
  { path: "/reports/$name", title: "Report", component: lazyPage(() => import("@/pages/ReportPage")) },
  { path: "/api-docs", title: "API description", component: lazyPage(() => import("@/pages/ApiPage")) },
  { path: "/settings", title: "Settings", component: lazyPage(() => import("@/pages/settings/MembersPage")) },
  { path: "/settings/members", title: "Members", component: lazyPage(() => import("@/pages/settings/MembersPage")) },
  { path: "/settings/keys", title: "API keys", component: lazyPage(() => import("@/pages/settings/KeysPage")) },
  { path: "/settings/audit", title: "Audit", component: lazyPage(() => import("@/pages/settings/AuditPage")) },
  { path: "/settings/imports", title: "Imports", component: lazyPage(() => import("@/pages/settings/ImportsPage")) },
  { path: "/settings/imports/$id", title: "Import", component: lazyPage(() => import("@/pages/settings/ImportPage")) },
  { path: "/settings/sources", title: "Sources", component: lazyPage(() => import("@/pages/settings/SourcesPage")) },
];

const domains = import.meta.glob<{ routes: PageRoute[] }>("../domains/*/index.tsx", { eager: true });

/** All pages; a domain's page takes the place of a shell page with the same path. */
const every: PageRoute[] = [
  ...new Map([...own, ...Object.values(domains).flatMap((domain) => domain.routes ?? [])].map((page) => [page.path, page])).values(),
];

export const registeredPages = every.filter((page) => !page.open);

/** The page at this address that needs no session, if it is one. Such a path is a name and one parameter. */
export function openPage(path: string): PageRoute | undefined {
  return every.find((page) => page.open && path.startsWith(page.path.slice(0, page.path.indexOf("$"))));
}
