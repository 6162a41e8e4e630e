import { lazyPage, type PageRoute } from "@/app/route";

export const routes: PageRoute[] = [
  { path: "/explore", title: "Explore", component: lazyPage(() => import("./ExplorePage")) },
  { path: "/explore/reports", title: "Saved reports", component: lazyPage(() => import("./ReportsPage")) },
  { path: "/explore/reports/$id", title: "Saved report", component: lazyPage(() => import("./ReportPage")) },
  { path: "/explore/boards", title: "Boards", component: lazyPage(() => import("./BoardsPage")) },
  { path: "/explore/boards/$id", title: "Board", component: lazyPage(() => import("./BoardPage")) },
  { path: "/explore/cohorts", title: "Cohorts", component: lazyPage(() => import("./CohortsPage")) },
  { path: "/explore/cohorts/$id", title: "Cohort", component: lazyPage(() => import("./CohortPage")) },
  { path: "/explore/alerts", title: "Alerts", component: lazyPage(() => import("./AlertsPage")) },
  { path: "/explore/alerts/$id", title: "Alert", component: lazyPage(() => import("./AlertPage")) },
  { path: "/s/$token", title: "Shared", component: lazyPage(() => import("./SharedPage")), open: true },
];
