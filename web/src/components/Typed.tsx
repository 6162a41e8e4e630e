/** An input whose text is taken when it is left or Enter is pressed, so that half a word asks nothing. Escape gives it back. */
import { useEffect, useState, type InputHTMLAttributes } from "react";

type TypedProps = Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value"> & { value: string; onTake: (text: string) => void; label: string };

export function Typed({ value, onTake, label, className = "", ...rest }: TypedProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const take = () => { if (text !== value) onTake(text); };
  return (
    <input {...rest} className={`input ${className}`} aria-label={label} title={rest.title ?? label} value={text} onChange={(event) => setText(event.target.value)} onBlur={take}
      onKeyDown={(event) => {
        if (event.key === "Enter") { event.preventDefault(); take(); }
        if (event.key === "Escape" && text !== value) { event.stopPropagation(); setText(value); }
      }} />
  );
}

/** A whole number; what is none, or out of bounds, is put right. `nothing` is what an empty text means. */
export function TypedNumber({ value, onTake, min, max, nothing, ...rest }: Omit<TypedProps, "value" | "onTake" | "min" | "max"> & { value: number | undefined; onTake: (amount: number | undefined) => void; min: number; max: number; nothing?: number }) {
  const take = (text: string) => {
    const amount = Math.round(Number(text));
    if (!text.trim() || !Number.isFinite(amount)) onTake(nothing);
    else onTake(Math.min(max, Math.max(min, amount)));
  };
  return <Typed {...rest} inputMode="numeric" value={value === undefined ? "" : String(value)} onTake={take} />;
}
