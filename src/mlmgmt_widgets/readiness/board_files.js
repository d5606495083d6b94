// Keeping a review, and files to take home.

import { busy, sentence } from "../ui/parts.js";
import { h } from "../ui/screen.js";
import { takeaway } from "../ui/takeaway.js";
import { unlockForm } from "../ui/unlock.js";
import { shortDay } from "./board_words.js";

const FILES = [
  { format: "yaml", title: "Review", text: "The YAML that “mlmgmt gate” reads in CI, with everything that was ever said.", type: "application/yaml" },
  { format: "html", title: "Report", text: "To print or send: the verdict, what blocks, waivers, signatures, every item with its evidence.", type: "text/html;charset=utf-8" },
  { format: "markdown", title: "Report for a wiki", text: "The same as Markdown.", type: "text/markdown;charset=utf-8" },
  { format: "csv", title: "Items", text: "One row an item, for a spreadsheet.", type: "text/csv;charset=utf-8" },
  { format: "card", title: "Model card", text: "A section for the model’s card, with its metrics in the front matter.", type: "text/markdown;charset=utf-8" },
  { format: "plan", title: "Plan", text: "What is missing, as a plan that the timeline page opens.", type: "application/yaml" },
  { format: "json", title: "For programs", text: "Review and verdict.", type: "application/json" },
];

/** @param {object} options `run`, `edit`, `again`, `asOf` */
export function filesTab({ run, edit, again, asOf }) {
  const place = h("section", { class: "mlm-stack" });
  const wrong = sentence();
  const keep = h("button", { type: "button", class: "mlm-primary", onclick: store }, "Keep it here");
  const unread = sentence();
  const reread = h("button", { type: "button", onclick: readAgain }, "Read the evidence again");
  const reading = h("section", { class: "mlm-stack", hidden: true }, h("h2", {}, "Evidence in files"), h("p", {}, "Metrics, reports and results that the review names are read from this notebook’s folder."), unread.element, h("div", { class: "mlm-row" }, reread));
  const about = h("p", {});
  let state = "";

  async function readAgain() {
    unread.say("");
    try {
      await busy(reread, () => edit("read-evidence"));
    } catch (error) {
      unread.say(error.message);
    }
  }

  async function store() {
    wrong.say("");
    try {
      await busy(keep, () => edit("keep"));
    } catch (error) {
      wrong.say(error.message);
    }
  }

  function said({ kept, keeping }) {
    if (kept) return [h("h2", {}, "Kept with the team’s reviews"), h("p", {}, `Every change is saved as it is made; this is revision ${kept.revision}, by ${kept.by} on ${shortDay(kept.saved.slice(0, 10))}. Colleagues may work on it at the same time.`)];
    if (!keeping.possible) return [h("p", { class: "mlm-small mlm-quiet" }, "This notebook gave the board no workspace, so the review is kept nowhere; the YAML below keeps everything.")];
    if (keeping.locked) return [unlockForm({ title: "Keep this review", text: "Reviews are kept on the server for those who have the facilitator’s key. Files below need no key.", unlock: (key) => run("unlock", { key }, { bare: true }), onopen: again })];
    return [h("h2", {}, "Keep this review"), h("p", {}, "It is on this page only. Kept, colleagues can work on it with you, and every change is saved as it is made."), wrong.element, h("div", { class: "mlm-row" }, keep)];
  }

  return {
    element: h("div", { class: "mlm-stack board-files" }, place, reading, takeaway({ name: "board", about, files: FILES, fetch: (format) => run("export", { format, as_of: asOf() }, { bare: true }) })),
    show(view) {
      about.textContent = `Files say what is asked at “${view.stages.find((each) => each.id === view.head.stage).name}”: its items and those of every stage before. Choose another stage above for more or for less; the review’s YAML always has everything.`;
      // While somebody types a key, an answer that changes nothing here must not take the field away.
      const next = JSON.stringify([view.kept, view.keeping]);
      if (next === state) return;
      state = next;
      reading.hidden = !view.keeping.reads;
      place.replaceChildren(...said(view));
    },
  };
}
