/** How the parts of a sheet stand: wide ones one below the other, narrow ones side by side. */

export type Group<T> = { wide: T } | { left: T[]; right: T[] };
interface Part { kind: string; wide?: boolean }

/** The narrow parts share two columns where the first of them stands: charts left, the others right. One alone is wide. */
export function grouped<T extends Part>(sections: T[]): Group<T>[] {
  const narrow = sections.filter((section) => section.wide === false);
  if (narrow.length < 2) return sections.map((wide) => ({ wide }));
  const charts = narrow.filter((section) => section.kind === "chart");
  const left = charts.length && charts.length < narrow.length ? charts : narrow.slice(0, Math.ceil(narrow.length / 2));
  const pair = { left, right: narrow.filter((section) => !left.includes(section)) };
  return sections.flatMap<Group<T>>((section) => (section.wide !== false ? [{ wide: section }] : section === narrow[0] ? [pair] : []));
}
