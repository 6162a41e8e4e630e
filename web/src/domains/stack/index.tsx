import { lazyPage, type PageRoute } from "@/app/pages";

export const routes: PageRoute[] = [
  { path: "/stack", title: "Stack", component: lazyPage(() => import("./StackPage")) },
];
