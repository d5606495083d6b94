// The facilitator's key: from the address of a served page, kept for this tab.

const KEY = "mlmgmt:key";

/** A value in the address's fragment, which is never sent to a server. */
export function fragment(name) {
  return new URLSearchParams(location.hash.slice(1)).get(name);
}

/** The key stays in this tab: a reload needs it, another visitor of this computer must not find it. */
export function remember(key) {
  try {
    if (key) sessionStorage.setItem(KEY, key);
    else sessionStorage.removeItem(KEY);
  } catch { /* A browser that keeps nothing asks again. */ }
}

/** The key that was given in this tab, if one was. */
export function remembered() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}
