// Figures on a page that are sent their drawing once, and their numbers as often as they move.

import { showFigure } from "./figure.js";

const MOST = 150;

/** @param {() => Promise<{vegaEmbed: Function}>} vega */
export function keptDrawings(vega) {
  const shown = new Map(); // figure id -> { host, name, figure }
  const drawn = new Map(); // drawing name -> how to draw it

  return {
    /** Show a figure in `host`, or move the one that is there. */
    figure(host, payload) {
      if (payload.spec) drawn.set(payload.drawing, payload);
      const kept = shown.get(payload.id);
      const full = () => ({ ...drawn.get(payload.drawing), ...payload });
      if (kept && kept.host === host && host.isConnected) {
        const done = kept.figure.update(kept.name === payload.drawing ? payload : full());
        kept.name = payload.drawing;
        return done;
      }
      kept?.figure.destroy();
      shown.set(payload.id, { host, name: payload.drawing, figure: showFigure(host, full(), vega) });
      return undefined;
    },
    /** The names of the drawings that need not be sent again. */
    known: () => [...drawn.keys()].slice(-MOST),
    /** Take all figures away; their drawings stay known. */
    clear() {
      for (const { figure } of shown.values()) figure.destroy();
      shown.clear();
    },
  };
}
