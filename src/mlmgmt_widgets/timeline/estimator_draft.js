// What somebody changed on a served page outlives a reload, which brings a new kernel with the plan of the notebook.
// It stays in this tab: the next visitor of this computer must not find it.

/** @param {any} model */
export function keptDraft(model) {
  const served = model.get("served");
  const key = `mlmgmt:plan:${location.pathname}`;
  const first = JSON.stringify(model.get("plan"));

  return {
    keep(plan) {
      if (!served) return;
      try {
        sessionStorage.setItem(key, JSON.stringify({ first, plan }));
      } catch { /* A browser that keeps nothing starts over. */ }
    },
    /** The plan as it was left, unless it is the notebook's own, or the notebook has another one since. */
    restore() {
      if (!served) return null;
      try {
        const kept = JSON.parse(sessionStorage.getItem(key));
        return kept && kept.first === first && JSON.stringify(kept.plan) !== first ? kept.plan : null;
      } catch {
        return null;
      }
    },
  };
}
