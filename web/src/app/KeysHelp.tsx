import { Modal } from "@mantine/core";
import { ALL_ITEMS } from "./nav";

const KEYS: [string, string][] = [["Ctrl K", "Find a page, an object, an action"], ["/", "The same"], ["?", "These keys"], ["j  k", "Next and previous row"], ["Enter", "Open the row"], ["Esc", "Close what is open, leave meeting mode"]];

export default function KeysHelp({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Keys" centered size="lg">
      <div className="two" style={{ gridTemplateColumns: "1fr 1fr" }}>
        <dl className="facts">{KEYS.map(([key, what]) => <Line key={key} keys={key.split("  ")} what={what} />)}</dl>
        <dl className="facts">{ALL_ITEMS.map((item) => <Line key={item.key} keys={["g", item.letter!]} what={item.label} />)}</dl>
      </div>
    </Modal>
  );
}

function Line({ keys, what }: { keys: string[]; what: string }) {
  return <><dt>{keys.map((key, i) => <span key={i}>{i > 0 && " "}<kbd>{key}</kbd></span>)}</dt><dd>{what}</dd></>;
}
