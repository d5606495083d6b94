// One question as a fieldset: large rows for the answers, quieter ones for "not applicable" and "don't know".

import { h } from "../ui/screen.js";

/** What may stand beside the scale: the contract's words and the screen's. */
export const ASIDE = [
  { value: "na", label: "Not applicable", key: "n" },
  { value: "dk", label: "Don’t know", key: "d" },
];

/**
 * @param {{id: string, question: string, descriptors: string[]|null, evidence: string}} question
 * @param {{value: number, label: string}[]} choices
 * @param {{name: string, number: number, limit: number, onchange: (answer: number|string|null, comment: string) => void, ontyping: () => void, onenter: () => void}} options
 */
export function questionField(question, choices, { name, number, limit, onchange, ontyping, onenter }) {
  const descriptors = question.descriptors ?? [];
  const rows = [
    ...choices.map((choice, i) => ({ ...choice, key: String(i + 1), descriptor: descriptors[i] })),
    ...ASIDE,
  ];
  const inputs = rows.map((row) => h("input", { type: "radio", name, value: String(row.value), onchange: changed }));
  const problem = h("p", { class: "mlm-error mlm-small", role: "alert", hidden: true });
  const comment = h("textarea", {
    id: `${name}-comment`, rows: 3, maxlength: limit, "aria-label": `Comment on: ${question.question}`,
    placeholder: "What would someone need to know to understand this answer?", oninput: commented, onblur: flush,
  });
  const box = h("div", { class: "question-comment", hidden: true }, comment,
    h("p", { class: "mlm-small mlm-quiet" }, `Shown word for word in the results. At most ${limit.toLocaleString("en")} characters.`));
  const opener = h("button", { type: "button", class: "mlm-plain mlm-small", "aria-expanded": "false", "aria-controls": `${name}-comment`, onclick: toggle }, "Comment");
  const clearer = h("button", { type: "button", class: "mlm-plain mlm-small", hidden: true, onclick: clear }, "Clear answer");
  const hint = question.evidence
    ? h("p", { class: "question-evidence mlm-small mlm-quiet", id: `${name}-evidence` }, "Could be shown: ", question.evidence)
    : null;
  const element = h("fieldset", { class: "question", "aria-describedby": hint ? `${name}-evidence` : null, onkeydown: pressed },
    h("legend", {}, h("span", { class: "question-number", "aria-hidden": "true" }, number), h("span", {}, question.question)),
    hint,
    h("div", { class: "question-answers" }, rows.slice(0, choices.length).map(largeRow)),
    h("div", { class: "question-aside" }, ASIDE.map((row, i) => h("label", { class: "question-small" }, inputs[choices.length + i], row.label)), h("span", { class: "question-tools" }, clearer, opener)),
    box, problem);
  let timer = null;

  function largeRow(row, i) {
    return h("label", { class: "question-row" }, inputs[i],
      h("span", { class: "question-key", "aria-hidden": "true" }, row.key),
      h("span", {}, h("strong", {}, row.label), row.descriptor ? h("span", { class: "question-descriptor" }, row.descriptor) : null));
  }

  const chosen = () => inputs.findIndex((input) => input.checked);

  function value() {
    const i = chosen();
    return i < 0 ? null : rows[i].value;
  }

  function changed() {
    clearer.hidden = chosen() < 0;
    onchange(value(), comment.value);
  }

  function commented() {
    ontyping();
    clearTimeout(timer);
    timer = setTimeout(flush, 600);
  }

  function flush() {
    if (timer === null) return;
    clearTimeout(timer);
    timer = null;
    onchange(value(), comment.value);
  }

  function clear() {
    for (const input of inputs) input.checked = false;
    changed();
    inputs[0].focus();
  }

  function toggle() {
    show(box.hidden);
    if (!box.hidden) comment.focus();
  }

  function show(open) {
    box.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    opener.textContent = open ? "Close comment" : comment.value ? "Edit comment" : "Comment";
  }

  function pressed(event) {
    if (event.target.type !== "radio") return;
    if (event.key === "Enter") onenter();
    else if (!press(event)) return;
    event.preventDefault();
  }

  /** Choose by key. @returns {boolean} whether the key means an answer */
  function press(event) {
    const i = rows.findIndex((row) => row.key === event.key.toLowerCase());
    if (i < 0 || element.disabled || event.altKey || event.ctrlKey || event.metaKey) return false;
    inputs[i].checked = true;
    inputs[i].focus();
    changed();
    return true;
  }

  return {
    element,
    /** Show an answer that came from elsewhere; a comment that is being typed stays. */
    set(answer, text) {
      inputs.forEach((input, i) => { input.checked = answer !== null && answer !== undefined && rows[i].value === answer; });
      clearer.hidden = chosen() < 0;
      if (document.activeElement !== comment) {
        comment.value = text ?? "";
        if (comment.value) show(true);
        else if (!box.hidden) show(false);
      }
    },
    /** @param {string} text a sentence, or "" to take it away */
    problem(text) {
      problem.textContent = text;
      problem.hidden = !text;
    },
    focus() {
      (inputs[Math.max(chosen(), 0)]).focus();
      element.scrollIntoView({ block: "nearest", behavior: "smooth" });
    },
    flush,
    press,
    disable(off) {
      element.disabled = off;
    },
  };
}
