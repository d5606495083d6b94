// A review that is kept nowhere outlives a reload of a served page, which brings a new kernel.
// It stays in this tab: the next visitor of this computer must not find it.

/** @param {any} model */
export function keptDraft(model) {
  const served = model.get("served");
  const key = `mlmgmt:review:${location.pathname}`;

  return {
    /** @param {object|null} review as plain values; null forgets it */
    keep(review) {
      if (!served) return;
      try {
        if (review) sessionStorage.setItem(key, JSON.stringify(review));
        else sessionStorage.removeItem(key);
      } catch { /* A browser that keeps nothing starts over. */ }
    },
    restore() {
      if (!served) return null;
      try {
        return JSON.parse(sessionStorage.getItem(key));
      } catch {
        return null;
      }
    },
  };
}
