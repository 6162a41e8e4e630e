import { describe, expect, it } from "vitest";
import { blocks } from "./Markdown";
import { safe } from "./Go";

describe("Markdown", () => {
  it("finds blocks", () => {
    const source = "# Title\nOne\ntwo\n\n- a\n  more\n- b\n1. c\n\n> said\n\n```\n<b>&\n```\n---\n| a | b |\n|---|---|\n| 1 | 2 |";
    expect(blocks(source).map((block) => block.kind)).toEqual(["heading", "text", "list", "quote", "code", "rule", "table"]);
  });
  it("joins lines of a paragraph and of an item", () => {
    expect(blocks("One\ntwo")).toEqual([{ kind: "text", text: "One two" }]);
    expect(blocks("- a\n  more")).toEqual([{ kind: "list", ordered: false, items: ["a more"] }]);
  });
  it("an unclosed fence ends with the text", () => expect(blocks("```\nx")).toEqual([{ kind: "code", text: "x" }]));
  it("a lone marker still ends", () => expect(blocks("-\n#").length).toBeGreaterThan(0));
  it("links that run code lead nowhere", () => {
    expect(["javascript:alert(1)", "data:text/html,x", "//evil", "https://a.b/", "/findings", "JaVaScript:x"].map(safe)).toEqual(["#", "#", "#", "https://a.b/", "/findings", "#"]);
  });
});
