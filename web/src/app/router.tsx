import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { registeredPages } from "./pages";
import { Shell } from "./Shell";
import { ErrorPage, NotFound } from "./status";

const root = createRootRoute({ component: Shell, notFoundComponent: () => <NotFound />, errorComponent: ({ error }) => <ErrorPage error={error instanceof Error ? error : new Error(String(error))} /> });

const routes = registeredPages.map((page) => createRoute({ getParentRoute: () => root, path: page.path, component: () => <page.component /> }));

/** Queries stay plain text ("?page=2&sort=-age"); pages read them with useUrlState. */
export const router = createRouter({
  routeTree: root.addChildren(routes),
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(Object.entries(search).map(([key, value]) => [key, String(value)])).toString();
    return text ? `?${text}` : "";
  },
  defaultPreload: false,
});
