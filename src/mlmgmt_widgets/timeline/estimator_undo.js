// Steps back and forth through plans, each with the saved version that it goes on from. A control that is moved makes one step, however far it is moved.

const MOST = 200;

/** @param {{onchange: () => void}} options called when there is something to undo or no more */
export function undoable({ onchange }) {
  let past = [];
  let future = [];
  let moving = null; // the path of the value that is being moved

  return {
    get canGoBack() { return past.length > 0; },
    get canGoForth() { return future.length > 0; },
    /** Remember a step, `{ plan, saved }`, that is about to change; `path` says which value, or that it is more than one. */
    note(step, path) {
      if (path !== null && path === moving) return;
      moving = path;
      past = [...past.slice(1 - MOST), step];
      future = [];
      onchange();
    },
    /** The control was let go: the next move is a step of its own. */
    rest() { moving = null; },
    back(step) {
      const before = past.at(-1);
      if (!before) return null;
      past = past.slice(0, -1);
      future = [...future, step];
      moving = null;
      onchange();
      return before;
    },
    forth(step) {
      const after = future.at(-1);
      if (!after) return null;
      future = future.slice(0, -1);
      past = [...past, step];
      moving = null;
      onchange();
      return after;
    },
  };
}
