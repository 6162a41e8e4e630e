/** The tiles of a board as a list: dragged, or lifted with Space and moved with the arrow keys; sized, written, taken off. */
import { DragDropContext, Draggable, Droppable, type DropResult } from "@hello-pangea/dnd";
import { useState } from "react";
import { Button, Segments } from "@/components/basics";
import { Icon } from "@/components/Icon";
import { Picker } from "@/components/Picker";
import { KINDS, type SavedOut, type Tile } from "./types";

const SIZES = [{ value: "small", label: "⅓" , title: "A third wide" }, { value: "wide", label: "⅔", title: "Two thirds wide" }, { value: "full", label: "1", title: "As wide as the board" }] as const;
type Keyed = Tile & { key: number };
let next = 0;
const keyed = (tile: Tile): Keyed => ({ ...tile, key: next++ });

export function Arrange({ tiles, reports, busy, onDone }: { tiles: Tile[]; reports: SavedOut[]; busy: boolean; onDone: (tiles: Tile[] | null) => void }) {
  const [all, setAll] = useState<Keyed[]>(() => tiles.map(keyed));
  const set = (key: number, patch: Partial<Tile>) => setAll(all.map((one) => (one.key === key ? { ...one, ...patch } : one)));
  const drop = ({ source, destination }: DropResult) => {
    if (!destination) return;
    const rest = all.filter((_, i) => i !== source.index);
    setAll([...rest.slice(0, destination.index), all[source.index]!, ...rest.slice(destination.index)]);
  };
  const kindOf = (report: SavedOut | undefined) => KINDS.find((one) => one.kind === report?.kind)?.label ?? "";
  return (
    <>
      <DragDropContext onDragEnd={drop}>
        <Droppable droppableId="tiles">
          {(room) => (
            <div className="card arrange" ref={room.innerRef} {...room.droppableProps}>
              {all.map((tile, i) => {
                const report = reports.find((one) => one.id === tile.report);
                const name = tile.kind === "text" ? "Text" : (report?.name ?? "A deleted report");
                return (
                  <Draggable key={tile.key} draggableId={String(tile.key)} index={i}>
                    {(drag, state) => (
                      <div ref={drag.innerRef} {...drag.draggableProps} className={`arrange-row${state.isDragging ? " lifted" : ""}`}>
                        <span {...drag.dragHandleProps} className="arrange-grip" aria-label={`Move ${name}`}><Icon name="menu" /></span>
                        {tile.kind === "text" ? <textarea className="input grow" aria-label="Text" rows={2} maxLength={5000} placeholder="Words between the reports; Markdown" value={tile.text ?? ""} onChange={(event) => set(tile.key, { text: event.target.value })} />
                          : <span className="grow"><b>{name}</b> <span className="mut small">{kindOf(report)}</span></span>}
                        <Segments label={`Width of ${name}`} value={tile.size ?? "small"} options={SIZES as never} onChange={(size: NonNullable<Tile["size"]>) => set(tile.key, { size })} />
                        <Button quiet className="icon" icon="close" aria-label={`Take ${name} off the board`} onClick={() => setAll(all.filter((one) => one.key !== tile.key))} />
                      </div>
                    )}
                  </Draggable>
                );
              })}
              {room.placeholder}
              {!all.length && <p className="mut small arrange-none">Nothing is on the board yet.</p>}
            </div>
          )}
        </Droppable>
      </DragDropContext>
      <div className="row wrap arrange-foot">
        <Picker label="Add a report" className="btn" choices={reports.map((one) => ({ value: one.id, label: one.name, note: kindOf(one) }))} onPick={(report) => setAll([...all, keyed({ kind: "report", report, size: "wide" })])} width={340}>Add a report</Picker>
        <Button onClick={() => setAll([...all, keyed({ kind: "text", text: "", size: "full" })])}>Add a text</Button>
        <span className="mut small arrange-keys"><kbd>Tab</kbd> to a handle, <kbd>Space</kbd> lifts, <kbd>↑</kbd> <kbd>↓</kbd> move</span>
        <span className="grow" />
        <Button onClick={() => onDone(null)}>Cancel</Button>
        <Button primary busy={busy} onClick={() => onDone(all.filter((one) => one.kind === "report" || one.text?.trim()).map(({ key: _, ...tile }) => tile))}>Done</Button>
      </div>
    </>
  );
}
