// Work from a file, such as what a readiness review leaves open, added to the plan instead of replacing it.

import { busy, inWords, sentence } from "../ui/parts.js";
import { h } from "../ui/screen.js";

/**
 * Ask which task waits for the work, and add it.
 * @param {HTMLElement} root
 * @param {{name: string, text: string, tasks: {id: string, title?: string, after?: string[]}[], run: Function}} options
 * @returns {Promise<string|null>} what was added, in words; null if nothing was
 */
export function addWork(root, { name, text, tasks, run }) {
  return new Promise((resolve) => {
    const trouble = sentence();
    const before = h("select", {}, tasks.map((task) => h("option", { value: task.id }, task.title ?? inWords(task.id))), h("option", { value: "" }, "Nothing: it runs beside the plan"));
    before.value = last(tasks)?.id ?? "";
    const go = h("button", { class: "mlm-primary" }, "Add");
    let added = null;
    const dialog = h("dialog", { class: "mlm-dialog", "aria-labelledby": "estimator-work-title", onclose: closed },
      h("form", { class: "mlm-stack", onsubmit: submit },
        h("h2", { id: "estimator-work-title" }, "Add work to this plan"),
        h("p", {}, `The tasks and risks of ${name} are added. What the plan has under the same ids is replaced; everything else stays.`),
        h("label", { class: "mlm-field" }, "What waits for them", before),
        trouble.element,
        h("div", { class: "mlm-row mlm-dialog-actions" }, h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), go)));

    async function submit(event) {
      event.preventDefault();
      trouble.say("");
      try {
        const said = await busy(go, () => run("work", { name, text, before: before.value || null }, { uses: true, replaces: true }));
        if (!said) return;
        ({ added } = said);
        dialog.close();
      } catch (error) {
        trouble.say(error.message);
      }
    }

    function closed() {
      dialog.remove();
      resolve(added);
    }

    root.append(dialog);
    dialog.showModal();
  });
}

/** The task that nothing comes after; of several, the one that stands last. */
function last(tasks) {
  const waitedFor = new Set(tasks.flatMap((task) => task.after ?? []));
  return tasks.filter((task) => !waitedFor.has(task.id)).at(-1);
}
