// Where a plan comes from: a template, or a file of one's own; or where more work for it comes from.

import { busy, sentence } from "../ui/parts.js";
import { h } from "../ui/screen.js";
import { addWork } from "./estimator_work.js";

/** @param {{root: HTMLElement, templates: {name: string, title: string}[], run: Function, plan: () => object, say: (text: string) => void}} options */
export function startMenu({ root, templates, run, plan, say }) {
  const trouble = sentence();
  const menu = h("details", { class: "estimator-menu" }, h("summary", {}, "Start from …"));
  const file = h("input", { type: "file", accept: ".yaml,.yml", hidden: true, onchange: read });
  let adding = false; // whether the file that is chosen next is added to the plan, or replaces it
  const choices = templates.map(({ name, title }) => h("button", { type: "button", class: "mlm-plain", onclick: (event) => take(event.currentTarget, "template", { name }, title) }, title));
  const choose = (more) => () => { adding = more; file.click(); };
  const own = h("button", { type: "button", class: "mlm-plain", onclick: choose(false) }, "A YAML file of your own …");
  const more = h("button", { type: "button", class: "mlm-plain", onclick: choose(true) }, "Add a file’s work to this plan …");
  menu.append(h("div", { class: "estimator-menu-list" }, choices, own, more, file, trouble.element));

  async function take(button, kind, payload, title) {
    trouble.say("");
    try {
      if (!(await busy(button, () => run(kind, payload, { replaces: true })))) return;
      menu.open = false;
      menu.querySelector("summary").focus();
      say(`${title} is open. Undo brings the plan before it back.`);
    } catch (error) {
      trouble.say(error.message);
    }
  }

  async function read() {
    const [chosen] = file.files;
    file.value = "";
    if (!chosen) return;
    const given = { name: chosen.name, text: await chosen.text() };
    if (!adding) {
      await take(own, "read", given, chosen.name);
      return;
    }
    adding = false;
    trouble.say("");
    const added = await addWork(root, { ...given, tasks: plan().tasks ?? [], run });
    if (!added) return;
    menu.open = false;
    menu.querySelector("summary").focus();
    say(`Added: ${added}. Undo takes it out again.`);
  }

  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("focusout", ({ relatedTarget }) => { if (relatedTarget && !menu.contains(relatedTarget)) menu.open = false; });
  return menu;
}
