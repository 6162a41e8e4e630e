/** Colours in chart options are tokens: "@accent", or "@accent/55" for 55% of it over the surface. */

export type Tokens = (name: string) => string;

/** The page's CSS variables, as the current theme has them. */
export function cssTokens(root: HTMLElement = document.documentElement): Tokens {
  const style = getComputedStyle(root);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

function channels(code: string): [number, number, number] {
  const short = code.length === 4 ? `#${[...code.slice(1)].map((c) => c + c).join("")}` : code;
  return [1, 3, 5].map((from) => parseInt(short.slice(from, from + 2), 16)) as [number, number, number];
}

/** The colour of one token; text that names no token stays as it is. */
export function colour(token: string, tokens: Tokens): string {
  const match = /^@([a-z0-9-]+)(?:\/(\d{1,3}))?$/.exec(token);
  const over = match && tokens(match[1]!);
  if (!match || !over) return token;
  if (!match[2]) return over;
  const part = Math.min(100, Number(match[2])) / 100;
  const under = channels(tokens("surface"));
  return `#${channels(over).map((one, i) => Math.round(one * part + under[i]! * (1 - part)).toString(16).padStart(2, "0")).join("")}`;
}

/** Strings under these keys of an option are colours; elsewhere an "@" is data. */
export function isColourKey(key: string): boolean {
  return key === "fill" || key === "stroke" || key.toLowerCase().endsWith("color");
}

/** A copy of an option with its tokens replaced. */
export function resolve<T>(option: T, tokens: Tokens, key = ""): T {
  if (Array.isArray(option)) return option.map((one) => resolve(one as unknown, tokens, key)) as T;
  if (option && typeof option === "object") {
    return Object.fromEntries(Object.entries(option).map(([name, one]) => [name, resolve(one as unknown, tokens, name)])) as T;
  }
  return (typeof option === "string" && option.startsWith("@") && isColourKey(key) ? colour(option, tokens) : option) as T;
}
