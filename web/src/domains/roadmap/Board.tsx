/** Now, next, later: drag a card, or pick it up with Space and move it with the arrow keys. Every move can be undone. */
import { DragDropContext, Draggable, Droppable, type DropResult } from "@hello-pangea/dnd";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { moveRoadmapInitiative, oneReport, type PageInitiativeOut, roadmapInitiatives } from "@/api/generated";
import { ask, askQuery, useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { toast, toastError } from "@/app/toast";
import { Answer, Empty } from "@/components/basics";
import * as format from "@/lib/format";
import { useListKeys } from "@/lib/keys";
import { BoardCard } from "./BoardCard";
import { COLUMNS, initiativeHref, type Forecast } from "./types";
import "./roadmap.css";

const ALL = { query: { size: 500 } };
const KEY = askQuery(roadmapInitiatives, ALL).queryKey;
const ROOM: Record<string, string> = { now: "being worked on", next: "decided, not begun", later: "worth doing one day" };

export function Board() {
  const cache = useQueryClient();
  const may = useMay("member");
  const asked = useAsk(roadmapInitiatives, ALL);
  const ahead = useAsk(oneReport, { path: { name: "roadmap.promises" }, query: { size: 500 } });
  const forecasts = new Map(((ahead.data?.rows ?? []) as unknown as Forecast[]).map((row) => [row.initiative, row]));
  const columns = COLUMNS.map((stage) => [stage, (asked.data?.items ?? []).filter((card) => card.stage === stage)] as const);
  const order = columns.flatMap(([, cards]) => cards);
  const { history } = useRouter();
  const [at] = useListKeys(order.length, (index) => history.push(initiativeHref(order[index]!.initiative)));

  const show = (id: string, stage: string, index: number) => cache.setQueryData<PageInitiativeOut>(KEY, (now) => {
    const card = now?.items.find((one) => one.initiative === id);
    if (!now || !card) return now;
    const rest = now.items.filter((one) => one !== card);
    const before = rest.filter((one) => one.stage === stage)[index];
    const items = before ? rest.flatMap((one) => (one === before ? [{ ...card, stage }, one] : [one])) : [...rest, { ...card, stage }];
    return { ...now, items };
  });
  const place = async (id: string, stage: string, index: number, silent = false) => {
    show(id, stage, index);
    try {
      const { before } = await ask(moveRoadmapInitiative({ path: { initiative_id: id }, body: { stage, index } }));
      if (!silent) toast(before.stage === stage ? "Order kept." : `Moved to ${stage}.`, { undo: () => void place(id, before.stage, before.index ?? 0, true) });
    } catch (error) {
      toastError(error);
    }
    await cache.invalidateQueries();
  };
  const drop = ({ destination, source, draggableId }: DropResult) => {
    if (!destination || (destination.droppableId === source.droppableId && destination.index === source.index)) return;
    void place(draggableId, destination.droppableId, destination.index);
  };

  return (
    <Answer of={asked}>
      {(page) => page.total ? (
        <DragDropContext onDragEnd={drop}>
          <div className="board">
            {columns.map(([stage, cards]) => (
              <section key={stage} className="board-col" aria-label={format.humanise(stage)}>
                <header><h2>{format.humanise(stage)}</h2><span className="mut small">{cards.length} · {ROOM[stage]}</span></header>
                <Droppable droppableId={stage} isDropDisabled={!may}>
                  {(drop_) => (
                    <div ref={drop_.innerRef} {...drop_.droppableProps} className="board-drop">
                      {cards.map((card, i) => (
                        <Draggable key={card.initiative} draggableId={card.initiative} index={i} isDragDisabled={!may}>
                          {(drag, state) => (
                            <div ref={drag.innerRef} {...drag.draggableProps} {...drag.dragHandleProps} role="group" data-row={order.indexOf(card)}>
                              <BoardCard card={card} ahead={forecasts.get(card.initiative)} on={order.indexOf(card) === at} lifted={state.isDragging} />
                            </div>
                          )}
                        </Draggable>
                      ))}
                      {drop_.placeholder}
                      {!cards.length && <div className="node none">nothing {stage}</div>}
                    </div>
                  )}
                </Droppable>
              </section>
            ))}
          </div>
          <div className="coverage">{page.items.filter((card) => card.stage === "done").length} done{page.items.some((card) => card.stage === "dropped") ? `, ${page.items.filter((card) => card.stage === "dropped").length} dropped` : ""}. Drag a card, or focus it, press Space and use the arrow keys{may ? "" : " (a member may)"}; <kbd>j</kbd> <kbd>k</kbd> <kbd>Enter</kbd> open.</div>
        </DragDropContext>
      ) : (
        <div className="card"><Empty title="The roadmap is empty" action={{ label: "Import a roadmap", href: "/settings/imports" }}>Add an initiative, or import the roadmap of another tool: its items appear here.</Empty></div>
      )}
    </Answer>
  );
}
