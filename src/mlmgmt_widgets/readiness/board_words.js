// Words and marks that the board's parts share.

import { inWords } from "../ui/parts.js";
import { h } from "../ui/screen.js";

/** The mark of an outcome: a sign that differs by form, beside a word. */
export function mark(outcome, blocks) {
  const sign = { passed: "✓", na: "–", waived: "◷", open: blocks ? "✕" : "!", "not-asked": "·" }[outcome];
  return h("span", { class: "board-mark", "data-outcome": outcome, "data-blocks": blocks ? "true" : null, "aria-hidden": "true" }, sign);
}

/** A day as "24 Nov 2026". */
export function shortDay(iso) {
  return new Date(`${iso}T12:00:00`).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

/** Who and when, as far as they are known. */
export function byline({ by, role, on, version }) {
  return [by && role ? `${by} (${inWords(role)})` : by, on && shortDay(on), version && `for version ${version}`].filter(Boolean).join(", ");
}
