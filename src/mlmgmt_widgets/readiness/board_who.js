// Who is at this page: every change is recorded with a name, and signed in a role.

import { remembered } from "../ui/key.js";
import { inWords } from "../ui/parts.js";
import { h } from "../ui/screen.js";

const KEY = "mlmgmt:who";

/** @param {HTMLElement} root @param {() => object} checklist */
export function whoAmI(root, checklist) {
  let me = read();
  const listeners = new Set();

  function read() {
    try {
      return JSON.parse(sessionStorage.getItem(KEY)) ?? { name: "", role: "" };
    } catch {
      return { name: "", role: "" };
    }
  }

  function set(name, role) {
    me = { name: name.trim(), role };
    try {
      sessionStorage.setItem(KEY, JSON.stringify(me));
    } catch { /* Then it is asked again after a reload. */ }
    for (const each of listeners) each(me);
  }

  const roles = () => checklist().roles ?? [];

  /**
   * Who it is, asked once. Null if nobody says.
   * @param {{anew?: boolean, known?: string[]}} [how] `anew` asks again; `known` are the roles to choose from
   */
  function ask({ anew = false, known = roles() } = {}) {
    if (me.name && !anew) return Promise.resolve(me);
    return new Promise((resolve) => {
      const name = h("input", { type: "text", maxlength: 80, autocomplete: "name", required: true, value: me.name });
      const role = h("select", {}, h("option", { value: "" }, "No particular role"), known.map((each) => h("option", { value: each, selected: each === me.role }, inWords(each))));
      const dialog = h("dialog", { class: "mlm-dialog", "aria-labelledby": "board-who-title", onclose: () => { dialog.remove(); resolve(me.name ? me : null); } },
        h("form", { class: "mlm-stack", onsubmit: (event) => { event.preventDefault(); if (!name.value.trim()) return name.focus(); set(name.value, role.value); return dialog.close(); } },
          h("h2", { id: "board-who-title" }, "Who are you?"),
          h("p", {}, "Every change is recorded with the name you give. Nobody checks it: this is a record among colleagues."),
          h("label", { class: "mlm-field" }, "Name", name),
          h("label", { class: "mlm-field" }, "Role", role),
          h("div", { class: "mlm-row mlm-dialog-actions" }, h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), h("button", { class: "mlm-primary" }, "Continue"))));
      root.append(dialog);
      dialog.showModal();
    });
  }

  return {
    ask,
    me: () => me,
    roles,
    follow(listener) {
      listeners.add(listener);
      listener(me);
      return () => listeners.delete(listener);
    },
    /** Give the kernel the key that was given in this tab before. */
    async unlocked(run) {
      const key = remembered();
      if (!key) return false;
      try {
        await run("unlock", { key }, { bare: true });
        return true;
      } catch {
        return false; // asked for where it is needed
      }
    },
  };
}
