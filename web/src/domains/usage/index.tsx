import { lazyPage, type PageRoute } from "@/app/route";

export const routes: PageRoute[] = [
  { path: "/usage", title: "Usage", component: lazyPage(() => import("./UsagePage")) },
  { path: "/usage/features/$id", title: "Feature", component: lazyPage(() => import("./FeaturePage")) },
  { path: "/usage/persons", title: "People", component: lazyPage(() => import("./PersonsPage")) },
  { path: "/usage/persons/$id", title: "Person", component: lazyPage(() => import("./PersonPage")) },
  { path: "/usage/events", title: "Events", component: lazyPage(() => import("./events/EventsPage")) },
  { path: "/usage/sources", title: "Sources of events", component: lazyPage(() => import("./events/EventsPage")) },
  { path: "/usage/sources/$id", title: "Source of events", component: lazyPage(() => import("./events/SourcePage")) },
  { path: "/usage/accounts/$id", title: "Account", component: lazyPage(() => import("./AccountPage")) },
];
