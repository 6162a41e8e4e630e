/** A text to be pasted elsewhere, with a button that copies it. */
import { toast, toastError } from "@/app/toast";
import { Button } from "@/components/basics";

export function CopyButton({ text, what, quiet }: { text: string; what: string; quiet?: boolean }) {
  const copy = () => navigator.clipboard.writeText(text).then(() => toast(`${what} copied`), () => toastError(new Error("The browser does not let the page copy. Mark the text and copy it.")));
  return <Button quiet={quiet} aria-label={`Copy ${what.toLowerCase()}`} onClick={(event) => { event.stopPropagation(); void copy(); }}>Copy</Button>;
}

export function CopyBlock({ text, what }: { text: string; what: string }) {
  return <div className="curl"><pre tabIndex={0} role="region" aria-label={what}>{text}</pre><CopyButton text={text} what={what} /></div>;
}
