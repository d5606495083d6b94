// Before a review is open: go on with one, begin one, or bring a file.

import { busy, confirm, inWords, sentence } from "../ui/parts.js";
import { h } from "../ui/screen.js";
import { unlockForm } from "../ui/unlock.js";
import { shortDay } from "./board_words.js";

/** @param {{said: object, run: Function, unlocked: () => void, root: HTMLElement, who: object}} options */
export function startScreen({ said, run, unlocked, root, who }) {
  const { keeping, checklists, reviews } = said;

  // -- those that are kept --------------------------------------------------------------------------------

  function row(each) {
    const wrong = sentence();
    const open = async (event) => {
      wrong.say("");
      try {
        await busy(event.currentTarget, () => run("open", { subject: each.subject, version: each.version }));
      } catch (error) {
        wrong.say(error.message);
      }
    };
    const remove = () => confirm(root, {
      title: "Delete this review?", danger: true, action: "Delete for good", typed: each.subject,
      text: [`${each.subject}, version ${each.version}: everything that was ever said in it is deleted. This cannot be undone.`],
      run: () => run("delete", { subject: each.subject, version: each.version }),
    });
    return h("li", {},
      h("button", { type: "button", class: "board-open", onclick: open }, h("strong", {}, each.subject), h("span", {}, `Version ${each.version}`), h("span", { class: "mlm-small mlm-quiet" }, `${each.tier ? `${inWords(each.tier)} risk` : "Risk not chosen"} · ${each.by}, ${shortDay(each.saved.slice(0, 10))}`)),
      h("button", { type: "button", class: "mlm-plain mlm-small board-delete", "aria-label": `Delete ${each.subject}, version ${each.version}`, onclick: remove }, "Delete"), wrong.element);
  }

  function kept() {
    if (!keeping.possible) return null;
    if (keeping.locked) return unlockForm({ title: "The team’s reviews", text: "Reviews are kept on the server for those who have the facilitator’s key. A file of your own needs no key.", unlock: (key) => run("unlock", { key }, { bare: true }), onopen: unlocked });
    if (!reviews.length) return null;
    return h("section", { class: "mlm-stack" }, h("h2", {}, "Go on with a review"), h("ul", { class: "board-reviews" }, reviews.map(row)));
  }

  // -- a new one ------------------------------------------------------------------------------------------

  const trouble = sentence();
  const subject = h("input", { type: "text", maxlength: 80, required: true, autocomplete: "off", placeholder: "churn-model" });
  const version = h("input", { type: "text", maxlength: 80, required: true, autocomplete: "off", placeholder: "3" });
  const checklist = h("select", {}, checklists.map((each) => h("option", { value: each.name }, `${each.title} (${each.items} items)`)));
  const go = h("button", { class: "mlm-primary" }, "Begin");

  async function begin(event) {
    event.preventDefault();
    trouble.say("");
    if (!subject.value.trim()) return subject.focus();
    if (!version.value.trim()) return version.focus();
    const { roles } = checklists.find((each) => each.name === checklist.value);
    const me = await who.ask({ known: roles });
    if (!me) return undefined;
    try {
      await busy(go, () => run("begin", { subject: subject.value, version: version.value, checklist: checklist.value, who: me.name }));
    } catch (error) {
      trouble.say(error.message);
    }
    return undefined;
  }

  const fresh = h("section", { class: "mlm-stack" }, h("h2", {}, "Begin a review"),
    h("form", { class: "mlm-card mlm-stack", novalidate: true, onsubmit: begin },
      h("div", { class: "board-pair" }, h("label", { class: "mlm-field" }, "Model", subject), h("label", { class: "mlm-field" }, "Version", version)),
      h("label", { class: "mlm-field" }, "Checklist", checklist),
      keeping.possible && !keeping.locked ? null : h("p", { class: "mlm-small mlm-quiet" }, "It stays on this page; download it as a file before you leave."),
      trouble.element, h("div", { class: "mlm-row" }, go)));

  // -- a file ---------------------------------------------------------------------------------------------

  const broken = sentence();
  const file = h("input", { type: "file", accept: ".yaml,.yml", hidden: true, onchange: read });
  const own = h("button", { type: "button", onclick: () => file.click() }, "Open a review’s YAML …");

  async function read() {
    const [chosen] = file.files;
    file.value = "";
    if (!chosen) return;
    broken.say("");
    try {
      const text = await chosen.text();
      await busy(own, () => run("read", { name: chosen.name, text }));
    } catch (error) {
      broken.say(error.message);
    }
  }

  return h("div", { class: "board-start mlm-stack" },
    h("div", { class: "mlm-stack board-intro" }, h("h1", {}, "May this model go on?"),
      h("p", {}, "A review asks what has to be true before a model version goes to the next stage, collects the evidence, and says what is missing. Nothing that was said is ever overwritten.")),
    kept(), fresh, h("section", { class: "mlm-stack" }, h("h2", {}, "Or bring a file"), h("p", {}, "What “mlmgmt gate” reads in CI opens here, and what is downloaded here is what it reads."), broken.element, h("div", { class: "mlm-row" }, own, file)));
}
