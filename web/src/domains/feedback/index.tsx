import { lazyPage, type PageRoute } from "@/app/route";

export const routes: PageRoute[] = [
  { path: "/feedback", title: "Feedback", component: lazyPage(() => import("./FeedbackPage")) },
  { path: "/feedback/requests/$id", title: "Request", component: lazyPage(() => import("./RequestPage")) },
];
