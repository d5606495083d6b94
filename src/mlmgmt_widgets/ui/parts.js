// Small pieces that screens share: words, dialogs, buttons.

import { h } from "./screen.js";

/** "1 person", "3 people". */
export const count = (n, one, many) => `${n} ${n === 1 ? one : many}`;

/** An id as words: "ml-engineer" is "ML engineer". What is no id stays as it is. */
export function inWords(id) {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) return id;
  const words = id.replaceAll("-", " ").replace(/\b(mlops|ml|llm|api|auc)\b/g, (short) => (short === "mlops" ? "MLOps" : short.toUpperCase()));
  return words[0].toUpperCase() + words.slice(1);
}

/** At most two decimals. */
export const decimal = (number) => String(Math.round(number * 100) / 100);

/** A day as people here write it. */
export function day(iso, style = "long") {
  return new Date(iso).toLocaleDateString("en-GB", { day: "numeric", month: style, year: "numeric" });
}

/**
 * Run `action` with the button busy and no second click.
 * @template T
 * @param {HTMLElement|null} button
 * @param {() => Promise<T>} action
 * @returns {Promise<T|undefined>}
 */
export async function busy(button, action) {
  if (button?.getAttribute("aria-busy") === "true") return undefined;
  button?.setAttribute("aria-busy", "true");
  try {
    return await action();
  } finally {
    button?.removeAttribute("aria-busy");
  }
}

/** A place for one sentence about what went wrong; empty and hidden until then. */
export function sentence() {
  const element = h("p", { class: "mlm-error", role: "alert", hidden: true });
  return {
    element,
    say(text) {
      element.textContent = text;
      element.hidden = !text;
    },
  };
}

/**
 * Ask the person before something that cannot be taken back.
 * @param {HTMLElement} root
 * @param {{title: string, text: string[], action: string, danger?: boolean, typed?: string, run: () => Promise<void>}} options
 *   with `typed`, that text has to be typed first; `run` may reject with a sentence, which is shown
 * @returns {Promise<boolean>} whether it was done
 */
export function confirm(root, { title, text, action, danger = false, typed = "", run }) {
  return new Promise((resolve) => {
    const trouble = sentence();
    const field = typed ? h("input", { type: "text", autocomplete: "off", spellcheck: "false", oninput: check }) : null;
    const go = h("button", { class: danger ? "mlm-danger" : "mlm-primary", disabled: Boolean(typed) }, action);
    let done = false;
    const dialog = h("dialog", { class: "mlm-dialog", "aria-labelledby": "mlm-dialog-title", onclose: close },
      h("form", { class: "mlm-stack", onsubmit: submit },
        h("h2", { id: "mlm-dialog-title" }, title),
        text.map((each) => h("p", {}, each)),
        field ? h("label", { class: "mlm-field" }, `Type “${typed}” to confirm`, field) : null,
        trouble.element,
        h("div", { class: "mlm-row mlm-dialog-actions" },
          h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), go)));

    function check() {
      go.disabled = field.value.trim().toLowerCase() !== typed.trim().toLowerCase();
    }

    async function submit(event) {
      event.preventDefault();
      trouble.say("");
      try {
        await busy(go, run);
        done = true;
        dialog.close();
      } catch (error) {
        trouble.say(error.message);
      }
    }

    function close() {
      dialog.remove();
      resolve(done);
    }

    root.append(dialog);
    dialog.showModal();
  });
}

/** Copy a text; where the browser does not allow it, say what to do instead. */
export function copyButton(text, label = "Copy link") {
  const said = h("span", { class: "mlm-small mlm-quiet", role: "status" });
  const button = h("button", { type: "button", onclick: copy }, label);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text());
      said.textContent = "Copied.";
    } catch {
      // Browsers refuse it on pages that come without TLS.
      said.textContent = copyOldWay(text()) ? "Copied." : "Select the link and copy it.";
    }
    setTimeout(() => { said.textContent = ""; }, 4000);
  }
  return [button, said];
}

function copyOldWay(text) {
  const area = h("textarea", { readonly: true, class: "mlm-quiet-text" });
  area.value = text;
  document.body.append(area);
  area.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    area.remove();
  }
}
