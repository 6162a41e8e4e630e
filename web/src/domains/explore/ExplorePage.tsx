/** Ask: a question about what people do, built here, answered beside it. */
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { Answer, Empty, Failed, Skeleton } from "@/components/basics";
import { Page } from "@/components/Page";
import { useUrlState } from "@/lib/url";
import { Actions } from "./Actions";
import { Builder, useQuestion } from "./Builder";
import { ExploreTabs } from "@/components/ExploreTabs";
import { first, sentence } from "./question";
import type { Vocabulary } from "./types";
import { useVocabulary } from "./vocabulary";
import "./explore.css";

export default function ExplorePage() {
  const { asked } = useVocabulary();
  const { history } = useRouter();
  const [metric] = useUrlState("metric", "");
  useEffect(() => {
    if (metric) history.replace(`/explore/metrics${history.location.search}`); // where links to a metric led before
  }, [metric, history]);
  return (
    <Answer of={asked} loading={<Page title="Explore" width="wide"><h1 className="vh">Explore</h1><ExploreTabs on="ask" /><Skeleton lines={8} /></Page>}>
      {(words) => words.events.length ? <Ask words={words} /> : (
        <Page title="Explore" width="wide">
          <h1 className="vh">Explore</h1>
          <ExploreTabs on="ask" />
          <div className="card"><Empty title="No events yet" action={{ label: "Make an event source", href: "/usage/sources" }}>Questions are answered from events. Point the library you use, or the browser snippet, at an event source; or bring in a file under Settings, Imports.</Empty></div>
        </Page>
      )}
    </Answer>
  );
}

function Ask({ words }: { words: Vocabulary }) {
  const [question, setQuestion, unreadable] = useQuestion(first(words));
  return (
    <Page title="Explore" width="wide" actions={<Actions question={question} />}>
      <h1 className="vh">Explore: {sentence(question)}</h1>
      <ExploreTabs on="ask" />
      {unreadable && <div style={{ marginBottom: 12 }}><Failed error={new Error("The address holds no question that can be read. This is the usual one instead.")} /></div>}
      <Builder question={question} onChange={setQuestion} />
    </Page>
  );
}
