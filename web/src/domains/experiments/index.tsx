import { lazyPage, type PageRoute } from "@/app/route";

export const routes: PageRoute[] = [
  { path: "/experiments", title: "Experiments", component: lazyPage(() => import("./ExperimentsPage")) },
  { path: "/experiments/$id", title: "Experiment", component: lazyPage(() => import("./ExperimentPage")) },
];
