import { expect, it } from "vitest";
import { keepFocus } from "./focus";

const turn = () => new Promise((done) => setTimeout(done, 5));

it("gives the focus back to what opened a dialog, and to nothing that has gone", async () => {
  document.body.innerHTML = "<button id=opener></button><div role=dialog><button id=inside></button></div>";
  const stop = keepFocus(document);
  const [opener, inside] = ["opener", "inside"].map((id) => document.getElementById(id)!);
  opener!.focus();
  inside!.focus();
  document.querySelector("[role=dialog]")!.remove();
  (document.activeElement as HTMLElement | null)?.blur();
  await turn();
  expect(document.activeElement).toBe(opener);
  opener!.blur();
  document.body.append(document.createElement("p"));
  document.querySelector("p")!.remove();
  await turn();
  expect(document.activeElement).toBe(document.body);
  stop();
});

it("gives it back past what has gone since, such as an undo at the foot of the page", async () => {
  document.body.innerHTML = "<button id=opener></button><button id=undo></button><div role=dialog></div>";
  const stop = keepFocus(document);
  document.getElementById("opener")!.focus();
  document.getElementById("undo")!.focus();
  document.getElementById("undo")!.remove();
  document.querySelector("[role=dialog]")!.remove();
  await turn();
  expect(document.activeElement?.id).toBe("opener");
  stop();
});
