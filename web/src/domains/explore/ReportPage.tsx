/** A saved question with its answer; what is changed here is not saved until “Update”. */
import { useParams } from "@tanstack/react-router";
import { restoreReport, savedReport } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { Answer, Button } from "@/components/basics";
import { useSend } from "@/components/Form";
import { Head, Page } from "@/components/Page";
import { useName } from "@/app/session";
import * as format from "@/lib/format";
import { Actions } from "./Actions";
import { Builder, useQuestion } from "./Builder";
import { sentence } from "./question";
import type { Question, SavedOut } from "./types";
import { useVocabulary } from "./vocabulary";
import "./explore.css";

export default function ReportPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const asked = useAsk(savedReport, { path: { report_id: id } });
  const { asked: words } = useVocabulary();
  return (
    <Answer of={asked} loading={<Page title="Report" width="wide"><h1 className="vh">Report</h1></Page>}>
      {(report) => <Answer of={words}>{() => <Report key={report.id} report={report} />}</Answer>}
    </Answer>
  );
}

function Report({ report }: { report: SavedOut }) {
  const nameOf = useName();
  const { send, busy } = useSend();
  const [question, setQuestion] = useQuestion(report.question as unknown as Question);
  return (
    <Page title={report.name} width="wide" crumbs={[{ label: "Explore", href: "/explore" }, { label: "Reports", href: "/explore/reports" }]} actions={<Actions question={question} report={report} />}>
      <Head title={report.name} sub={<>{report.line || sentence(question)} <span className="mut small">· {nameOf(report.owner)}, {format.ago(report.changed_at)}{report.shared_until ? ` · shared until ${format.date(report.shared_until)}` : ""}</span></>} />
      {report.archived_at && <div className="alert warn" style={{ marginBottom: 14 }}><div className="grow">This report was deleted {format.ago(report.archived_at)}.</div><Button busy={busy} onClick={() => void send(() => ask(restoreReport({ path: { report_id: report.id } })), "Restored")}>Restore</Button></div>}
      <Builder question={question} onChange={setQuestion} scope={`report:${report.id}`} />
    </Page>
  );
}
