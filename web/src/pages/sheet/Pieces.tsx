import type { Piece } from "@/api/types";
import { Go } from "@/components/Go";

/** Running text in which the words that rest on a finding lead to it. */
export function Pieces({ pieces }: { pieces: Piece[] }) {
  return pieces.map((piece, i) => <One key={i} piece={piece} />);
}

function One({ piece }: { piece: Piece }) {
  const href = piece.href || (piece.finding ? `/findings/${encodeURIComponent(piece.finding)}` : null);
  return href ? <Go className="ev" href={href}>{piece.text}</Go> : <>{piece.text}</>;
}
