import { Menu } from "@mantine/core";
import { useState } from "react";
import { useRouterState } from "@tanstack/react-router";
import { toastError } from "./toast";
import { Avatar, Segments } from "@/components/basics";
import { Go } from "@/components/Go";
import { Icon } from "@/components/Icon";
import { ChangePassword } from "./ChangePassword";
import { useColors, type Choice } from "./colors";
import { isOn, NAV, SETTINGS } from "./nav";
import { useSession, useSignIn } from "./session";

const THEMES = [
  { value: "light" as Choice, label: <Icon name="sun" />, title: "Light" },
  { value: "dark" as Choice, label: <Icon name="moon" />, title: "Dark" },
  { value: "system" as Choice, label: <Icon name="system" />, title: "As the system" },
];

/** The left rail; in a drawer on narrow screens. */
export function Rail({ onGo, inDrawer }: { onGo?: () => void; inDrawer?: boolean }) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const { rail } = useSession();
  return (
    <nav className="rail" aria-label="Callsheet" onClick={(event) => { if ((event.target as HTMLElement).closest("a")) onGo?.(); }}>
      <Go className="brand" href="/" aria-label="Callsheet, home"><span className="mark" />Callsheet</Go>
      {NAV.map((group, i) => (
        <div key={i} role="group" aria-label={group.label} style={{ display: "contents" }}>
          {group.label && <div className="group" aria-hidden="true">{group.label}</div>}
          {group.items.map((item) => {
            const on = isOn(item, path);
            const count = rail[item.key];
            return (
              <Go key={item.key} className={`rail-link${on ? " on" : ""}`} href={item.href} aria-current={on ? "page" : undefined}>
                <Icon name={item.icon} />{item.label}{Boolean(count) && <span className="n">{count}</span>}
              </Go>
            );
          })}
        </div>
      ))}
      <RailFoot path={path} inDrawer={inDrawer} />
    </nav>
  );
}

function RailFoot({ path, inDrawer }: { path: string; inDrawer?: boolean }) {
  const { choice, choose } = useColors();
  const { actor, workspace } = useSession();
  const [changing, setChanging] = useState(false);
  const { signOut } = useSignIn();
  const where = inDrawer ? "top-start" : "right-end";
  return (
    <div className="rail-foot">
      <Menu position={where} width={230}>
        <Menu.Target><button type="button" className={`rail-link${path.startsWith("/settings") ? " on" : ""}`}><Icon name="settings" />Settings</button></Menu.Target>
        <Menu.Dropdown>{SETTINGS.map((item) => <Menu.Item key={item.href} component={Go} href={item.href}>{item.label}<div className="mut" style={{ fontSize: 12 }}>{item.note}</div></Menu.Item>)}</Menu.Dropdown>
      </Menu>
      <div className="theme"><Segments label="Theme" value={choice} options={THEMES} onChange={choose} /></div>
      <Menu position={where} width={230}>
        <Menu.Target><button type="button" className="rail-link"><Avatar name={actor.name} />{actor.name}<span className="n">{actor.role}</span></button></Menu.Target>
        <Menu.Dropdown>
          {actor.email && <Menu.Label>{actor.email}</Menu.Label>}
          <Menu.Item component={Go} href="/settings/members">Members</Menu.Item>
          <Menu.Item component={Go} href="/settings/keys">API keys</Menu.Item>
          {!workspace.demo && <Menu.Item onClick={() => setChanging(true)}>Change password…</Menu.Item>}
          <Menu.Divider />
          <Menu.Item onClick={() => void signOut().catch(toastError)}>Sign out</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {changing && <ChangePassword onClose={() => setChanging(false)} />}
    </div>
  );
}
