/** Delivery: how work flows, where it waits, when it will be done. */
import { lazyPage, type PageRoute } from "@/app/route";

const item = lazyPage(() => import("./ItemPage"));

export const routes: PageRoute[] = [
  { path: "/delivery", title: "Delivery", component: lazyPage(() => import("./DeliveryPage")) },
  { path: "/delivery/items/$id", title: "Work item", component: item },
  // Refs of work (work:ID) lead here.
  { path: "/delivery/work/$id", title: "Work item", component: item },
];
