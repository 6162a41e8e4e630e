/** How the parts of a sheet stand: wide ones one below the other, narrow ones side by side. */

export type Group<T> = { wide: T } | { left: T[]; right: T[]; even?: true };
interface Part { kind: string; wide?: boolean; columns?: unknown[]; rows?: unknown[] }

const small = (part: Part) => part.kind === "table" && (part.columns?.length ?? 9) <= 5 && (part.rows?.length ?? 99) <= 8;

/** Two small tables that follow each other share a row. */
function paired<T extends Part>(groups: Group<T>[]): Group<T>[] {
  const [first, second, ...rest] = groups;
  if (!first || !second) return groups;
  if ("wide" in first && "wide" in second && small(first.wide) && small(second.wide)) return [{ left: [first.wide], right: [second.wide], even: true }, ...paired(rest)];
  return [first, ...paired(groups.slice(1))];
}

/** The narrow parts share two columns where the first of them stands: charts left, the others right. One alone is wide. */
export function grouped<T extends Part>(sections: T[]): Group<T>[] {
  const narrow = sections.filter((section) => section.wide === false);
  if (narrow.length < 2) return paired(sections.map((wide) => ({ wide })));
  const charts = narrow.filter((section) => section.kind === "chart");
  const left = charts.length && charts.length < narrow.length ? charts : narrow.slice(0, Math.ceil(narrow.length / 2));
  const pair = { left, right: narrow.filter((section) => !left.includes(section)) };
  return paired(sections.flatMap<Group<T>>((section) => (section.wide !== false ? [{ wide: section }] : section === narrow[0] ? [pair] : [])));
}
