// Small pieces that the screens of this capability share: words and a button.

import { count } from "../ui/parts.js";
import { h } from "../ui/screen.js";

/** How long so many questions take, in words. */
export const minutes = (questions) => count(Math.max(1, Math.round(questions * 0.3)), "minute", "minutes");

/** Join code in two groups of three, which is how people read it aloud. */
export const grouped = (code) => `${code.slice(0, 3)} ${code.slice(3)}`;

/** A button that shows `target` on the whole screen and back; nothing where the browser cannot. */
export function fullScreenButton(target) {
  if (!document.fullscreenEnabled) return null;
  const button = h("button", { type: "button", onclick: () => (document.fullscreenElement ? document.exitFullscreen() : target().requestFullscreen()) }, "Full screen");
  queueMicrotask(() => target().addEventListener("fullscreenchange", () => {
    button.textContent = document.fullscreenElement ? "Leave full screen" : "Full screen";
  }));
  return button;
}
