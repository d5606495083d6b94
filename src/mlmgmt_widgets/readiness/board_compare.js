// Two versions of a model side by side.

import { busy, confirm, sentence } from "../ui/parts.js";
import { h } from "../ui/screen.js";
import { mark } from "./board_words.js";

/** @param {object} options `run`, `root`, `who`, `reveal` */
export function compareTab({ run, root, who, reveal }) {
  const trouble = sentence();
  const wrong = sentence();
  const version = h("select", { onchange: () => beside(version, { version: version.value || null }) });
  const kept = h("label", { class: "mlm-field", hidden: true }, "Another version", version);
  const file = h("input", { type: "file", accept: ".yaml,.yml", hidden: true, onchange: read });
  const own = h("button", { type: "button", onclick: () => file.click() }, "Compare with a file …");
  const verdict = h("p", { class: "board-compared" });
  const table = h("div", { class: "mlm-scroll", tabindex: "0", role: "region", "aria-label": "Two versions side by side" });
  const next = h("input", { type: "text", maxlength: 80, autocomplete: "off", required: true });
  const go = h("button", {}, "Begin its review");

  const element = h("div", { class: "mlm-stack board-compare" }, h("h2", {}, "Two versions side by side"),
    h("div", { class: "mlm-row board-choose" }, kept, own, file), trouble.element, verdict, table,
    h("section", { class: "mlm-stack board-next" }, h("h2", {}, "The next version"),
      h("p", {}, "A new version begins with what carries over; everything else is asked anew."),
      h("form", { class: "mlm-row", onsubmit: begin }, h("label", { class: "mlm-field" }, "Version", next), go), wrong.element));

  let isKept = false;

  async function beside(button, payload) {
    trouble.say("");
    try {
      await busy(button, () => run("beside", payload));
    } catch (error) {
      trouble.say(error.message);
    }
  }

  async function read() {
    const [chosen] = file.files;
    file.value = "";
    if (chosen) await beside(own, { name: chosen.name, text: await chosen.text() });
  }

  async function begin(event) {
    event.preventDefault();
    wrong.say("");
    const me = await who.ask();
    if (!me) return;
    const begun = () => run("next", { version: next.value, who: me.name });
    if (!isKept) {
      await confirm(root, { title: "Leave this review?", action: "Begin the next", danger: true, text: ["This one is kept nowhere but on this page. Download its YAML under Files first, if you want to come back to it."], run: begun });
      return;
    }
    try {
      await busy(go, begun);
    } catch (error) {
      wrong.say(error.message);
    }
  }

  function cell(each) {
    if (!each) return h("td", { class: "mlm-quiet" }, "not asked");
    return h("td", {}, mark(each.outcome, each.blocks), " ", each.words, each.said ? h("div", { class: "mlm-small mlm-quiet" }, each.said) : null);
  }

  return {
    element,
    show({ tab, head, kept: is }) {
      isKept = Boolean(is);
      kept.hidden = !tab.versions.length;
      if (document.activeElement !== version) version.replaceChildren(h("option", { value: "" }, "Choose …"), ...tab.versions.map((each) => h("option", { value: each, selected: each === tab.beside }, `Version ${each}`)));
      verdict.textContent = tab.beside ? tab.sentence : "Choose another version of this model, or open its file.";
      table.hidden = !tab.rows.length;
      table.replaceChildren(h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Item"), h("th", { scope: "col" }, `Version ${tab.beside}`), h("th", { scope: "col" }, `Version ${head.version}`))),
        h("tbody", {}, tab.rows.map((row) => h("tr", { "data-changed": String(row.changed) }, h("th", { scope: "row" }, h("button", { type: "button", class: "mlm-plain", onclick: () => reveal(row.id) }, row.title)), cell(row.a), cell(row.b))))));
    },
  };
}
