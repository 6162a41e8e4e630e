/** What one wants to hear of; members see everyone's. */
import { subscribe, subscriptions, unsubscribe } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay, useSession } from "@/app/session";
import { Answer, Button, Empty, Failed, Segments } from "@/components/basics";
import { DataTable, useView, type TableColumn } from "@/components/DataTable";
import { formValues, SelectField, TextField, useSend } from "@/components/Form";
import { useUrlState } from "@/lib/url";

const TOPICS = [{ value: "release", label: "Every release" }, { value: "sheet:daily", label: "Call sheet, daily" }, { value: "sheet:weekly", label: "Call sheet, weekly" }, { value: "sheet:monthly", label: "Call sheet, monthly" }, { value: "ref", label: "One object…" }];
const WORDS = Object.fromEntries(TOPICS.map((one) => [one.value, one.label]));

export function Subscriptions() {
  const may = useMay("member");
  const { actor } = useSession();
  const { send } = useSend();
  const [whose, setWhose] = useUrlState("whose", "mine");
  const [view, setView] = useView("", 50);
  const asked = useAsk(subscriptions, { query: { everyone: whose === "all" && may, size: 500 } });
  const columns: TableColumn[] = [
    { key: "topic", label: "Of", render: (row) => WORDS[String(row.topic)] ?? String(row.topic) },
    { key: "email", label: "To", render: (row) => String(row.channel === "webhook" ? row.target : row.email) },
    { key: "channel", label: "By" },
    { key: "cadence", label: "How often" },
    { key: "created_at", label: "Since", unit: "date" },
    { key: "end", label: "", fixed: true, align: "right", render: (row) => <Button quiet disabled={!may && row.email !== actor.email} onClick={() => void send(() => ask(unsubscribe({ path: { subscription_id: String(row.id) } })), "Ended")}>End</Button> },
  ];
  return (
    <div className="two">
      <div>
        {may && <div className="tools"><Segments label="Whose" value={whose} onChange={setWhose} options={[{ value: "mine", label: "Mine" }, { value: "all", label: "Everyone's" }]} /></div>}
        <Answer of={asked}>{(page) => <DataTable label="Subscriptions" columns={columns} rows={page.items} view={view} onView={setView} keys={false} empty={<Empty title={whose === "all" ? "No subscriptions" : "You get nothing yet"}>Choose what you want to hear of on this page.</Empty>} />}</Answer>
      </div>
      <Subscribe />
    </div>
  );
}

function Subscribe() {
  const may = useMay("member");
  const { actor } = useSession();
  const { send, busy, error } = useSend();
  const [topic, setTopic] = useUrlState("topic", "release");
  const [channel, setChannel] = useUrlState("channel", "mail");
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { ref, email, target } = formValues<"ref" | "email" | "target">(form);
    const cadence = topic.startsWith("sheet:") ? topic.slice(6) : "at once";
    const given = { topic: topic === "ref" ? ref : topic, cadence, channel, email: channel === "mail" ? email : "", target: channel === "webhook" ? target : "" };
    if (await send(() => ask(subscribe({ body: given })), "Subscribed")) form.reset();
  };
  return (
    <form className="card pad stack" onSubmit={(event) => void submit(event)}>
      <b>Hear of something</b>
      {error && <Failed error={error} />}
      <SelectField label="Of" options={TOPICS} value={topic} onChange={(event) => setTopic(event.target.value)} />
      {topic === "ref" && <TextField label="Object" name="ref" required placeholder="initiative:bulk-import" hint="Its kind and id, as on its trace." />}
      <SelectField label="By" options={may ? ["mail", "webhook"] : ["mail"]} value={channel} onChange={(event) => setChannel(event.target.value)} />
      {channel === "webhook" ? <TextField label="Address" name="target" type="url" required placeholder="https://example.org/hook" hint="Gets signed JSON (X-Callsheet-Signature)." /> : <TextField label="Mail address" name="email" type="email" required defaultValue={actor.email ?? ""} readOnly={!may} />}
      <div className="form-foot"><Button primary type="submit" busy={busy}>Subscribe</Button></div>
    </form>
  );
}
