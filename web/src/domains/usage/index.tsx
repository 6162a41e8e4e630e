import { lazyPage, type PageRoute } from "@/app/route";

export const routes: PageRoute[] = [
  { path: "/usage", title: "Usage", component: lazyPage(() => import("./UsagePage")) },
  { path: "/usage/features/$id", title: "Feature", component: lazyPage(() => import("./FeaturePage")) },
  { path: "/usage/accounts/$id", title: "Account", component: lazyPage(() => import("./AccountPage")) },
];
