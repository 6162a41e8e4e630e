import { lazyPage, type PageRoute } from "@/app/route";

export const routes: PageRoute[] = [
  { path: "/releases", title: "Releases", component: lazyPage(() => import("./ReleasesPage")) },
  { path: "/releases/$id", title: "Release", component: lazyPage(() => import("./ReleasePage")) },
];
