import { lazyPage, type PageRoute } from "@/app/route";

export const routes: PageRoute[] = [
  { path: "/roadmap", title: "Roadmap", component: lazyPage(() => import("./RoadmapPage")) },
  { path: "/roadmap/initiatives/$id", title: "Initiative", component: lazyPage(() => import("./InitiativePage")) },
  { path: "/decisions", title: "Decisions", component: lazyPage(() => import("./DecisionsPage")) },
  { path: "/decisions/$id", title: "Decision", component: lazyPage(() => import("./DecisionPage")) },
];
