/** What a page of the UI is to the router. Apart from pages.ts, which imports every domain: the domains import this. */
import { lazy, type ComponentType, type LazyExoticComponent } from "react";

export interface PageRoute {
  /** TanStack Router path; parameters as $name, e.g. "/releases/$id". */
  path: string;
  title: string;
  component: ComponentType | LazyExoticComponent<ComponentType>;
  /** For strangers: shown without the shell and without a session, so it may use neither, nor links of the app. */
  open?: boolean;
}

/** A page in a chunk of its own: `lazyPage(() => import("./BoardPage"))`, with the page as default export. */
export function lazyPage(load: () => Promise<{ default: ComponentType }>): LazyExoticComponent<ComponentType> {
  return lazy(load);
}
