// Where a plan comes from: a template, or a file of one's own.

import { busy, sentence } from "../ui/parts.js";
import { h } from "../ui/screen.js";

/** @param {{templates: {name: string, title: string}[], run: Function, say: (text: string) => void}} options */
export function startMenu({ templates, run, say }) {
  const trouble = sentence();
  const menu = h("details", { class: "estimator-menu" }, h("summary", {}, "Start from …"));
  const file = h("input", { type: "file", accept: ".yaml,.yml", hidden: true, onchange: read });
  const choices = templates.map(({ name, title }) => h("button", { type: "button", class: "mlm-plain", onclick: (event) => take(event.currentTarget, "template", { name }, title) }, title));
  const own = h("button", { type: "button", class: "mlm-plain", onclick: () => file.click() }, "A YAML file of your own …");
  menu.append(h("div", { class: "estimator-menu-list" }, choices, own, file, trouble.element));

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
    if (chosen) await take(own, "read", { name: chosen.name, text: await chosen.text() }, chosen.name);
  }

  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("focusout", ({ relatedTarget }) => { if (relatedTarget && !menu.contains(relatedTarget)) menu.open = false; });
  return menu;
}
