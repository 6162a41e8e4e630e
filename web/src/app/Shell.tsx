import { Drawer } from "@mantine/core";
import { Outlet, useRouter, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Button, Later, Skeleton } from "@/components/basics";
import { SlotContext } from "@/components/Page";
import { readAs } from "@/lib/url";
import { useFocusBack } from "./focus";
import { useKeys } from "./useKeys";
import { Rail } from "./Rail";
import { useSession } from "./session";
import { Boundary } from "./status";

const Palette = lazy(() => import("./Palette"));
const KeysHelp = lazy(() => import("./KeysHelp"));

/** Milliseconds until a page that gives the focus to something of its own has done so. */
const FOUND = 300;

/** The frame of every signed-in page: rail, top bar, content, palette. Meeting mode hides the rail. */
export function Shell() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const search = useRouterState({ select: (state) => state.location.searchStr });
  const { history } = useRouter();
  const { workspace } = useSession();
  const [crumbs, setCrumbs] = useState<HTMLElement | null>(null);
  const [actions, setActions] = useState<HTMLElement | null>(null);
  const [menu, setMenu] = useState(false);
  const [overlay, setOverlay] = useState<"find" | "keys" | null>(null);
  const main = useRef<HTMLElement>(null);
  const meeting = path === "/" && readAs(new URLSearchParams(search).get("meeting"), false);
  useKeys({ find: () => setOverlay("find"), help: () => setOverlay("keys"), go: (href) => history.push(href) });
  useFocusBack();
  useEffect(() => {
    window.scrollTo(0, 0);
    setMenu(false);
    const lost = setTimeout(() => { // what led here may have gone with its page
      if (!document.activeElement || document.activeElement === document.body) main.current?.focus({ preventScroll: true });
    }, FOUND);
    return () => clearTimeout(lost);
  }, [path]);
  const close = useCallback(() => setOverlay(null), []);
  const slots = useMemo(() => ({ crumbs, actions, workspace: workspace.name }), [crumbs, actions, workspace.name]);
  return (
    <SlotContext value={slots}>
      <a className="skip" href="#content" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>To the content</a>
      <div className={`app${meeting ? " alone meeting" : ""}`}>
        {!meeting && <Rail />}
        <main id="content" ref={main} tabIndex={-1}>
          <header className="top">
            {!meeting && <Button className="menu-btn icon" quiet icon="menu" aria-label="Menu" onClick={() => setMenu(true)} />}
            <div className="crumbs" ref={setCrumbs} />
            <div className="actions">
              <div ref={setActions} style={{ display: "contents" }} />
              {!meeting && <Button quiet className="hide" onClick={() => setOverlay("find")}>Find <kbd>Ctrl K</kbd></Button>}
              {!meeting && <Button quiet icon="search" className="narrow" aria-label="Find" onClick={() => setOverlay("find")} />}
            </div>
          </header>
          <Boundary key={path}><Suspense fallback={<div className="page"><Later><Skeleton lines={5} /></Later></div>}><Outlet /></Suspense></Boundary>
        </main>
      </div>
      {menu && <Drawer.Root opened onClose={() => setMenu(false)} size={252} className="navdrawer"><Drawer.Overlay /><Drawer.Content aria-label="Menu"><Drawer.Body><Rail inDrawer onGo={() => setMenu(false)} /></Drawer.Body></Drawer.Content></Drawer.Root>}
      <Suspense fallback={null}>
        {overlay === "find" && <Palette onClose={close} onKeys={() => setOverlay("keys")} />}
        {overlay === "keys" && <KeysHelp onClose={close} />}
      </Suspense>
    </SlotContext>
  );
}
