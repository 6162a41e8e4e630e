import { lazyPage, type PageRoute } from "@/app/route";

export const routes: PageRoute[] = [
  { path: "/people", title: "People", component: lazyPage(() => import("./PeoplePage")) },
  { path: "/people/$id", title: "Person", component: lazyPage(() => import("./PersonPage")) },
];
