/** The API as a page: every route by subject, what it takes, and a command to try it. */
import { useMemo } from "react";
import { useGet } from "@/api/client";
import { toast } from "@/app/toast";
import { Answer, Button, Coded, Empty, Pill, Section } from "@/components/basics";
import { SearchBox } from "@/components/DataTable";
import { Go } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import { count, humanise } from "@/lib/format";
import { operations, type OpenApi, type Operation } from "@/lib/openapi";
import { useUrlState } from "@/lib/url";

const TONE: Record<string, string> = { GET: "plain", POST: "info", PUT: "warn", PATCH: "warn", DELETE: "bad" };

export default function ApiPage() {
  const asked = useGet<OpenApi>("/api/openapi.json");
  return (
    <Page title="API description" crumbs={[{ label: "Settings", href: "/settings/members" }]} actions={<a className="btn" href="/api/openapi.json" download>openapi.json</a>}>
      <Head title="API description" sub={<>Everything the pages do, scripts can do. Make a key under <Go className="ev" href="/settings/keys">Settings, API keys</Go> and send it as “Authorization: Bearer …”.</>} />
      <Answer of={asked}>{(api) => <Operations api={api} />}</Answer>
    </Page>
  );
}

function Operations({ api }: { api: OpenApi }) {
  const [q, setQ] = useUrlState("q", "");
  const all = useMemo(() => operations(api, window.location.origin), [api]);
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = all.filter((one) => words.every((word) => `${one.method} ${one.path} ${one.tag} ${one.about}`.toLowerCase().includes(word)));
  const tags = [...new Set(shown.map((one) => one.tag))];
  return (
    <>
      <div className="tools"><SearchBox value={q} onChange={setQ} label="Search routes" /><span className="mut small">{count(shown.length, "route")}</span></div>
      {tags.map((tag) => (
        <Section key={tag} id={tag} title={humanise(tag)} note={count(shown.filter((one) => one.tag === tag).length, "route")}>
          <div className="card">{shown.filter((one) => one.tag === tag).map((one) => <Route key={one.id} operation={one} />)}</div>
        </Section>
      ))}
      {!shown.length && <div className="card"><Empty title={`Nothing matches “${q}”`} action={{ label: "Clear the search", onClick: () => setQ("") }} /></div>}
    </>
  );
}

function Route({ operation: one }: { operation: Operation }) {
  const copy = () => void navigator.clipboard.writeText(one.curl).then(() => toast("Copied"));
  return (
    <details className="route" id={one.id}>
      <summary><Pill tone={TONE[one.method]}>{one.method}</Pill><span className="mono">{one.path}</span><span className="sub"><Coded>{one.about.split(/\.\s/)[0]!.replace(/\.$/, "")}</Coded></span></summary>
      <div className="stack">
        {one.about.includes(". ") && <p className="sub"><Coded>{one.about}</Coded></p>}
        {one.fields.length > 0 && (
          <div className="scroll" tabIndex={0} role="region" aria-label={`What ${one.method} ${one.path} takes`}>
            <table className="tbl"><thead><tr><th scope="col">Name</th><th scope="col">Where</th><th scope="col">Value</th><th scope="col">About</th></tr></thead>
              <tbody>{one.fields.map((field) => <tr key={field.place + field.name}><td className="mono">{field.name}{field.required && <span className="down" title="needed"> *</span>}</td><td className="mut">{field.place}</td><td className="clip">{field.type}</td><td className="sub">{field.about}</td></tr>)}</tbody></table>
          </div>
        )}
        <div className="curl"><pre tabIndex={0} aria-label={`curl for ${one.method} ${one.path}`}>{one.curl}</pre><Button onClick={copy}>Copy</Button></div>
      </div>
    </details>
  );
}
