/** A question and its answer side by side. The whole question lives in the address. */
import { useRouter, useRouterState } from "@tanstack/react-router";
import { useCallback, useEffect, useState, type ReactNode } from "react";
import { Segments } from "@/components/basics";
import { changed } from "@/lib/url";
import { AnswerPane } from "./AnswerPane";
import { BreakdownChoice } from "./BreakdownChoice";
import { Group } from "./Controls";
import { FunnelSettings } from "./FunnelSettings";
import { Conditions } from "./Conditions";
import { PathsSettings } from "./PathsSettings";
import { read, sentence, turned, written } from "./question";
import { AdoptionSettings, LifecycleSettings, RetentionSettings, RhythmSettings, SessionsSettings, StickinessSettings, TrendsSettings } from "./Settings";
import { Toolbar } from "./Toolbar";
import { KINDS, OF_PROPERTY, type Kind, type Question } from "./types";
import { useAnswer } from "./useAnswer";
import { useVocabulary } from "./vocabulary";

const EDITORS: Record<Kind, (props: never) => ReactNode> = {
  trends: TrendsSettings, funnel: FunnelSettings, retention: RetentionSettings, paths: PathsSettings, lifecycle: LifecycleSettings, stickiness: StickinessSettings, sessions: SessionsSettings, rhythm: RhythmSettings, adoption: AdoptionSettings,
};

/** The question of the address, else the one given; each change is a step of Back. */
export function useQuestion(start: Question): [Question, (question: Question) => void, boolean] {
  const { history } = useRouter();
  const search = useRouterState({ select: (state) => state.location.searchStr });
  const text = new URLSearchParams(search).get("ask");
  const found = text ? read(text) : null;
  const set = useCallback((question: Question) => {
    const { pathname, search: before } = history.location;
    const next = pathname + changed(before, { ask: written(question) });
    if (next !== pathname + before) history.push(next);
  }, [history]);
  return [found ?? start, set, Boolean(text) && !found];
}

/** Why a question cannot be asked as it stands; empty when it can. */
function lacking(question: Question): string {
  if (question.kind === "adoption" && !question.feature) return "Choose a feature of the catalogue that has been released.";
  if (question.kind === "funnel" && question.steps.length < 2) return "A funnel needs at least two steps.";
  if (question.kind === "trends" && question.series.some((one) => OF_PROPERTY.has(one.math ?? "count") && !one.property)) return "Choose the property that is counted.";
  return question.kind === "trends" && !question.series.length ? "Add a series." : "";
}

export function Builder({ question, onChange, scope }: { question: Question; onChange: (question: Question) => void; scope?: string }) {
  const { words } = useVocabulary();
  const [open, setOpen] = useState(() => matchMedia("(min-width: 901px)").matches);
  useEffect(() => {
    const wide = matchMedia("(min-width: 901px)");
    const tell = () => setOpen(wide.matches);
    wide.addEventListener("change", tell);
    return () => wide.removeEventListener("change", tell);
  }, []);
  const change = (patch: Partial<Question>) => onChange({ ...question, ...patch } as Question);
  const why = lacking(question);
  const asking = useAnswer(why ? null : question);
  const Editor = EDITORS[question.kind] as (props: { question: Question; change: (patch: Partial<Question>) => void }) => ReactNode;
  return (
    <>
      <Segments className="q-kinds" label="Kind of question" value={question.kind} options={KINDS.map((one) => ({ value: one.kind, label: one.label, title: undefined }))} onChange={(kind) => onChange(turned(question, kind, words))} />
      <p className="q-about">{KINDS.find((one) => one.kind === question.kind)?.line}</p>
      <div className="q-both">
        <section className="q-panel card" aria-label="Question">
          <button type="button" className="q-fold" aria-expanded={open} onClick={() => setOpen(!open)}><b>Question</b><span className="mut small">{sentence(question)}</span></button>
          {open && (
            <div className="q-body">
              <Editor question={question} change={change} />
              <Group title={question.kind === "adoption" ? "Only those" : "Only where"}><Conditions value={question.where} onChange={(where) => change({ where })} add="Condition" /></Group>
              {question.kind !== "paths" && question.kind !== "rhythm" && <BreakdownChoice question={question} change={change} />}
            </div>
          )}
        </section>
        <section className="q-answer" aria-label="Answer">
          <Toolbar question={question} change={change} />
          <AnswerPane asking={asking} scope={scope} why={why} />
        </section>
      </div>
    </>
  );
}
