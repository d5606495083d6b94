// How risky the model is: a few questions propose the tier, people choose it.

import { inWords, sentence } from "../ui/parts.js";
import { h } from "../ui/screen.js";

const ANSWERS = [["yes", "Yes"], ["no", "No"], ["unsure", "Unsure"]];

/** @param {object} options `edit`, `checklist` */
export function riskTab({ edit, checklist, choose }) {
  const { risk = [], tiers = [], meanings = {} } = checklist();
  const group = crypto.getRandomValues(new Uint32Array(1))[0]; // radio buttons of two boards on one page stay apart
  const trouble = sentence();
  const questions = risk.map(question);
  const proposal = h("p", { class: "board-proposal" });
  // What can be chosen, and what follows from it, comes with the first answer.
  const options = h("fieldset", { class: "board-tiers", disabled: true }, h("legend", { class: "mlm-quiet-text" }, "Tier"));
  const reason = h("textarea", { rows: 2, maxlength: 10000 });
  const reasonField = h("label", { class: "mlm-field", hidden: true }, "Why not the proposed tier?", reason);
  const save = h("button", { type: "button", class: "mlm-primary", disabled: true, onclick: () => take() }, "Choose this tier");
  const done = h("span", { class: "mlm-small mlm-quiet", role: "status" });
  const added = h("ul", { class: "board-added" });
  const more = h("details", { class: "board-past" }, h("summary", {}, "What a higher tier adds, and why"), added);
  const radios = tiers.map((tier) => {
    const input = h("input", { type: "radio", name: `${group}-tier`, value: tier, onchange: touched });
    const asks = h("small", { class: "mlm-small mlm-quiet" });
    options.append(h("label", { class: "board-choice" }, input, h("span", {}, inWords(tier)), asks));
    return { tier, input, asks };
  });
  let said = null;
  let current = null;
  let dirty = false;

  const element = h("div", { class: "mlm-stack board-risk" },
    questions.length ? h("section", { class: "mlm-stack" }, h("h2", {}, "How risky is it?"), h("p", {}, "“Unsure” counts as yes: who does not know cannot rule it out."), h("ol", { class: "board-questions" }, questions.map((each) => each.element))) : null,
    h("section", { class: "mlm-stack" }, h("h2", {}, "The tier"), proposal, options, reasonField, trouble.element, h("div", { class: "mlm-row" }, save, done), more));

  function question({ id, question: text }) {
    const inputs = ANSWERS.map(([value]) => h("input", { type: "radio", name: `${group}-${id}`, value, onchange: () => answer(id, value) }));
    return { id, inputs, element: h("li", {}, h("fieldset", { class: "board-question-set", disabled: true }, h("legend", {}, text), h("div", { class: "board-answers" }, ANSWERS.map(([, title], i) => h("label", {}, inputs[i], h("span", {}, title)))))) };
  }

  async function answer(id, value) {
    trouble.say("");
    try {
      const answered = await edit("risk", { question: id, answer: value });
      if (!answered || answered.clash) show(answered ?? said);
    } catch (error) {
      trouble.say(error.message);
      show(said);
    }
  }

  function chosen() {
    return radios.find((each) => each.input.checked)?.tier;
  }

  function touched() {
    dirty = true;
    done.textContent = "";
    fields();
  }

  function fields() {
    const tier = chosen();
    reasonField.hidden = !tier || !said.tab.proposed || tier === said.tab.proposed;
    save.disabled = !tier || (tier === current && reason.value.trim() === said.tab.reason);
  }

  async function take() {
    trouble.say("");
    const tier = chosen();
    if (!reasonField.hidden && !reason.value.trim()) {
      trouble.say("Say why: the answers propose another tier.");
      return reason.focus();
    }
    save.setAttribute("aria-busy", "true");
    try {
      const first = current === null;
      const answered = await edit("tier", { tier, reason: reasonField.hidden ? null : reason.value });
      if (!answered || answered.clash) return undefined;
      dirty = false;
      show(answered);
      done.textContent = "Chosen.";
      if (first) choose("items");
    } catch (error) {
      trouble.say(error.message);
    } finally {
      save.removeAttribute("aria-busy");
    }
    return undefined;
  }

  reason.addEventListener("input", () => { dirty = true; fields(); });

  function show(next) {
    if (next?.tab?.name !== "risk") return; // another tab was chosen meanwhile, and the answer is about that
    said = next;
    for (const set of element.querySelectorAll("fieldset")) set.disabled = false;
    const { tab, head } = said;
    current = head.tier;
    for (const { id, inputs } of questions) for (const input of inputs) input.checked = tab.answers[id] === input.value;
    proposal.textContent = tab.sentence;
    for (const { tier, input, asks } of radios) {
      asks.textContent = `${tab.asks[tier]} items${meanings[tier] ? `. ${meanings[tier]}` : ""}`;
      if (!dirty) input.checked = tier === (current ?? tab.proposed);
    }
    if (!dirty) reason.value = tab.reason;
    fields();
    more.hidden = !tab.added.length;
    added.replaceChildren(...tab.added.map((each) => h("li", {}, h("strong", {}, each.title), h("span", { class: "mlm-small mlm-quiet" }, ` from ${each.tiers[0]} on. `), h("span", { class: "mlm-small" }, each.reason))));
  }

  return { element, show };
}
