/** A button that opens a searchable list: for choices too many for a select. Type to narrow, arrows and Enter to choose. */
import { Combobox, useCombobox } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";

export interface Choice { value: string; label: string; note?: ReactNode; group?: string }

interface PickerProps {
  /** What is chosen, for screen readers and as the name of the search box. */
  label: string;
  children: ReactNode;
  choices: Choice[];
  onPick: (value: string) => void;
  /** What is typed may be taken as it is. */
  free?: boolean;
  /** Asks elsewhere for what is typed; else the choices are searched here. */
  onSearch?: (words: string) => void;
  chosen?: readonly string[];
  className?: string;
  width?: number;
  stay?: boolean;
  disabled?: boolean;
}

const MOST = 100;

export function searchedChoices(choices: Choice[], words: string): Choice[] {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  return choices.filter((one) => parts.every((part) => `${one.label} ${one.value}`.toLowerCase().includes(part))).slice(0, MOST);
}

export function Picker({ label, children, choices, onPick, free, onSearch, chosen, className = "", width = 300, stay, disabled }: PickerProps) {
  const [words, setWords] = useState("");
  const box = useCombobox({
    onDropdownClose: () => { box.resetSelectedOption(); box.focusTarget(); type(""); },
    onDropdownOpen: () => { box.focusSearchInput(); },
  });
  const type = (text: string) => {
    setWords(text);
    onSearch?.(text);
  };
  const shown = onSearch ? choices.slice(0, MOST) : searchedChoices(choices, words);
  const listed = shown.map((one) => one.value).join("\n");
  const { dropdownOpened, selectFirstOption } = box;
  useEffect(() => {
    if (!dropdownOpened) return;
    const frame = requestAnimationFrame(() => selectFirstOption());
    return () => cancelAnimationFrame(frame);
  }, [dropdownOpened, listed, words]); // eslint-disable-line react-hooks/exhaustive-deps -- the store is new at each render
  const own = free && words.trim() && !shown.some((one) => one.value === words.trim());
  const pick = (value: string) => {
    onPick(value);
    if (stay) type("");
    else box.closeDropdown();
  };
  return (
    <Combobox store={box} onOptionSubmit={pick} width={width} position="bottom-start" offset={4} withinPortal shadow="none" zIndex={320} keepMounted={false}>
      <Combobox.Target targetType="button">
        <button type="button" className={`pick ${className}`} aria-label={label} disabled={disabled} onClick={() => box.toggleDropdown()}>{children}</button>
      </Combobox.Target>
      <Combobox.Dropdown className="pick-drop">
        <Combobox.Search value={words} onChange={(event) => type(event.currentTarget.value)} placeholder={free ? "Search or type" : "Search"} aria-label={`Search: ${label}`} />
        <Combobox.Options className="pick-list" aria-label={label} tabIndex={0}>
          {own && <Combobox.Option value={words.trim()}>“{words.trim()}”</Combobox.Option>}
          {[...Map.groupBy(shown, (one) => one.group ?? "")].map(([group, all]) => group
            ? <Combobox.Group key={group} label={group}>{all.map((one) => <Line key={one.value} one={one} on={chosen?.includes(one.value)} />)}</Combobox.Group>
            : all.map((one) => <Line key={one.value} one={one} on={chosen?.includes(one.value)} />))}
          {!shown.length && !own && <Combobox.Empty>{words ? `Nothing matches “${words}”` : "Nothing to choose from yet"}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

function Line({ one, on }: { one: Choice; on?: boolean }) {
  return <Combobox.Option value={one.value} active={on}><span className="pick-name">{one.label}</span>{on && <span aria-label="chosen" className="pick-on">✓</span>}{one.note !== undefined && <span className="pick-note num">{one.note}</span>}</Combobox.Option>;
}
