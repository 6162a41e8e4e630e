import { lazyPage, type PageRoute } from "@/app/route";

export const routes: PageRoute[] = [
  { path: "/stack", title: "Stack", component: lazyPage(() => import("./StackPage")) },
];
