// Saving plans in the workspace, opening earlier versions, and files to take home.

import { busy, confirm, day, sentence } from "../ui/parts.js";
import { h } from "../ui/screen.js";
import { takeaway } from "../ui/takeaway.js";
import { unlockForm } from "../ui/unlock.js";
import { figures } from "./estimator_tabs.js";

const FILES = [
  { format: "html", title: "Decision memo", text: "A few pages to print or send: the answer, what it hangs on, every assumption.", type: "text/html;charset=utf-8" },
  { format: "markdown", title: "Memo for a wiki", text: "The same as Markdown.", type: "text/markdown;charset=utf-8" },
  { format: "ics", title: "Calendar", text: "Research gates, P50, P80 and the deadline as days in a calendar program.", type: "text/calendar;charset=utf-8" },
  { format: "yaml", title: "Plan", text: "The YAML that “mlmgmt forecast” reads back to the same numbers.", type: "application/yaml" },
  { format: "csv", title: "Trials", text: "Every simulated future as a row.", type: "text/csv;charset=utf-8" },
  { format: "json", title: "Forecast", text: "The numbers, for programs.", type: "application/json" },
];

/** @param {{root: HTMLElement, run: Function, again: () => void, plan: () => object, choose: Function, figure: Function}} options */
export function keepTab({ root, run, again, plan, choose, figure }) {
  const drawn = h("div", { class: "estimator-figures" });
  const draw = figures(drawn, figure);
  const place = h("section", { class: "mlm-stack" });
  const done = h("span", { class: "mlm-small mlm-quiet", role: "status" }); // outlives the form around it
  let name = "";
  let base = null;

  const files = takeaway({ name: "estimator", files: FILES, fetch: (format) => run("export", { format }, { uses: true, bare: true }) });

  // -- saved plans --------------------------------------------------------------------------------------

  const locked = () => unlockForm({ title: "Saved plans", text: "Plans are saved on the server for those who have the facilitator’s key. Files below need no key.", unlock: (key) => run("unlock", { key }, { bare: true }), onopen: again });

  function saved({ plans }, current) {
    const wrong = sentence();
    const note = h("input", { type: "text", autocomplete: "off", maxlength: 2000 });
    const called = h("input", { type: "text", autocomplete: "off", maxlength: 80, required: true });
    const go = h("button", { class: "mlm-primary" }, "Save");
    called.value = name || current?.name || plan().title || "";
    base = current && current.name.toLowerCase() === called.value.trim().toLowerCase() ? current.version : null;
    called.addEventListener("input", () => {
      name = called.value;
      base = current && current.name.toLowerCase() === name.trim().toLowerCase() ? current.version : null;
    });

    async function save(button) {
      wrong.say("");
      try {
        done.textContent = "";
        const said = await busy(button, () => run("save", { name: called.value, note: note.value, base }, { uses: true }));
        if (!said) return undefined;
        if (said.conflict) return conflict(said);
        name = "";
        done.textContent = said.unchanged ? "Nothing has changed since it was saved." : "Saved.";
        place.querySelector("form button.mlm-primary")?.focus();
      } catch (error) {
        wrong.say(error.message);
      }
      return undefined;
    }

    function conflict({ conflict: words, newest }) {
      return confirm(root, {
        title: base === null ? "This name is taken" : "There is a newer version", action: newest === null ? "Save as a new plan" : "Save mine as the next version", text: [words, "Nothing is overwritten: every version stays."],
        run: async () => { base = newest; await save(null); },
      });
    }

    return h("div", { class: "mlm-stack" }, h("h2", {}, "Save this plan"),
      h("form", { class: "mlm-stack", onsubmit: (event) => { event.preventDefault(); save(go); } },
        h("div", { class: "estimator-pair" }, h("label", { class: "mlm-field" }, "Name", called), h("label", { class: "mlm-field" }, "What changed (optional)", note)),
        wrong.element, h("div", { class: "mlm-row" }, go, done)),
      plans.length ? h("div", { class: "mlm-stack" }, h("h2", {}, "Saved plans"), h("ul", { class: "estimator-saved" }, plans.map(row))) : h("p", { class: "mlm-small mlm-quiet" }, "Nothing is saved yet. A saved plan keeps all its versions, so that last month’s forecast can be laid over today’s."));
  }

  function row({ name: called, title, versions }) {
    const wrong = sentence();
    const act = (use, version, text) => h("button", { type: "button", class: "mlm-plain mlm-small", "aria-label": `${text}: ${called}, version ${version}`, onclick: async (event) => {
      wrong.say("");
      try {
        const said = await busy(event.currentTarget, () => run("saved", { name: called, version, use }, { replaces: use === "open" }));
        if (said) choose(use === "compare" ? "compare" : "when");
      } catch (error) { wrong.say(error.message); }
    } }, text);
    const remove = () => confirm(root, {
      title: "Delete this plan?", danger: true, action: "Delete for good", typed: called, text: [`${called} and all its ${versions.length} saved versions are deleted. This cannot be undone.`],
      run: () => run("delete", { name: called }),
    });
    return h("li", {}, h("div", { class: "estimator-saved-head" }, h("strong", {}, called), title === called ? null : h("span", { class: "mlm-small mlm-quiet" }, title), h("button", { type: "button", class: "mlm-plain mlm-small estimator-quiet", "aria-label": `Delete ${called}`, onclick: remove }, "Delete")),
      h("ol", {}, versions.map((each) => h("li", {}, h("span", {}, `Version ${each.version}, ${day(each.saved)}`), each.note ? h("span", { class: "mlm-small mlm-quiet" }, each.note) : null, act("open", each.version, "Open"), act("compare", each.version, "Lay under")))), wrong.element);
  }

  let state = "";
  return {
    element: h("div", { class: "mlm-stack estimator-keep" }, place, drawn, files),
    show({ saving, figures: all }, { saved: current }) {
      draw(all);
      // While somebody types a name, an answer that changes nothing here must not take the field away.
      const next = JSON.stringify([saving, current]);
      if (next === state) return;
      state = next;
      if (!saving.possible) place.replaceChildren(h("p", { class: "mlm-small mlm-quiet" }, "This notebook gave the estimator no workspace, so plans cannot be saved on the server; files below keep everything."));
      else place.replaceChildren(saving.locked ? locked() : saved(saving, current));
    },
  };
}
