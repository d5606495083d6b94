// Readiness over time, by theme, and what will lapse.

import { h } from "../ui/screen.js";

/** @param {object} options `drawings` */
export function timeTab({ drawings }) {
  const hosts = new Map();
  const drawn = h("div", { class: "board-figures" });
  return {
    element: h("div", { class: "mlm-stack" }, h("h2", { class: "mlm-quiet-text" }, "Over time"), drawn),
    show({ tab }) {
      for (const payload of tab.figures) {
        if (!hosts.has(payload.id)) hosts.set(payload.id, drawn.appendChild(h("div", { class: "board-figure" })));
        drawings.figure(hosts.get(payload.id), payload);
      }
    },
  };
}
