// Asking for the facilitator's key where something on a served page needs it.

import { remember, remembered } from "./key.js";
import { busy, sentence } from "./parts.js";
import { NoAnswer, h } from "./screen.js";

/**
 * A form for the key. One that was given in this tab before is tried by itself.
 * @param {{title: string, text: string, unlock: (key: string) => Promise<any>, onopen: () => void}} options
 * @returns {HTMLElement}
 */
export function unlockForm({ title, text, unlock, onopen }) {
  const wrong = sentence();
  const field = h("input", { type: "password", autocomplete: "off", required: true });
  const go = h("button", { class: "mlm-primary" }, "Open");

  async function attempt(given, button) {
    wrong.say("");
    try {
      await busy(button, () => unlock(given));
      remember(given);
      onopen();
    } catch (error) {
      if (!(error instanceof NoAnswer)) remember(null); // a right key stays right while the server is away
      wrong.say(error.message);
    }
  }

  const known = remembered();
  if (known) attempt(known, null);
  return h("form", { class: "mlm-card mlm-stack mlm-unlock", onsubmit: (event) => { event.preventDefault(); attempt(field.value.trim(), go); } },
    h("h2", {}, title), h("p", { class: "mlm-small" }, text),
    h("label", { class: "mlm-field" }, "Facilitator’s key", field), wrong.element, h("div", { class: "mlm-row" }, go));
}
