// What a participant's screens look like. Each function builds one and calls back; none of them knows the kernel.

import { h } from "../ui/screen.js";
import { copyButton, count, decimal, inWords, sentence } from "../ui/parts.js";
import { minutes } from "./parts.js";
import { ASIDE } from "./question.js";

/** One screen for each node that has questions, with the titles above it. */
export function pagesOf(rubric) {
  const walk = (node, above) => [
    ...(node.questions?.length ? [{ ...node, above }] : []),
    ...(node.sections ?? []).flatMap((section) => walk(section, node === rubric ? [] : [...above, node.title])),
  ];
  return walk(rubric, []);
}

export const answeredIn = (questions, answers) => questions.filter((q) => answers[q.id] !== undefined).length;

/** Nothing in the address says which workshop: a code to type, and rubrics to answer alone. */
export function welcomeScreen({ typed, problem, offers, onjoin, onbegin }) {
  const trouble = sentence();
  const field = h("input", { type: "text", id: "join-code", value: typed, autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 12, required: true });
  const go = h("button", { class: "mlm-primary" }, "Join");
  const submit = (event) => { event.preventDefault(); onjoin(field.value, go, say); };
  function say(text) {
    trouble.say(text);
    field.setAttribute("aria-invalid", String(Boolean(text)));
    if (text) field.focus();
  }
  const element = h("div", {},
    h("form", { class: "mlm-card mlm-stack", onsubmit: submit },
      h("h1", { tabindex: -1 }, "Join a workshop"),
      h("label", { class: "mlm-field survey-code", for: "join-code" }, "Join code", h("small", {}, "Six letters and digits, on the facilitator’s screen."), field),
      trouble.element, h("div", { class: "mlm-row" }, go)),
    offers.length ? h("section", { class: "mlm-stack survey-offers" },
      h("h2", {}, "Or answer alone"),
      h("p", { class: "mlm-quiet" }, "See where you stand before you ask the team. Your answers stay in this browser."),
      h("ul", {}, offers.map((offer) => h("li", {}, h("button", { type: "button", class: "survey-offer", onclick: (event) => onbegin(offer.name, event.currentTarget) },
        h("strong", {}, offer.title), h("span", { class: "mlm-quiet mlm-small" }, `${offer.questions} questions, about ${minutes(offer.questions)}`)))))) : null);
  if (problem) queueMicrotask(() => say(problem));
  return element;
}

/** What this is, how answers are used, and the little that is asked of a person. */
export function entranceScreen({ workshop, rubric, questions, onenter }) {
  const trouble = sentence();
  const name = h("input", { type: "text", maxlength: 80, autocomplete: "name", required: true });
  const role = workshop.roles.length
    ? h("select", { required: true }, h("option", { value: "" }, "Choose…"), workshop.roles.map((each) => h("option", { value: each }, inWords(each))))
    : h("input", { type: "text", maxlength: 80, autocomplete: "organization-title" });
  const go = h("button", { class: "mlm-primary" }, "Start");
  return h("form", { class: "mlm-stack", onsubmit: (event) => { event.preventDefault(); onenter(role.value, workshop.anonymous ? "" : name.value, go, trouble.say); } },
    h("div", {}, h("p", { class: "mlm-quiet" }, workshop.team), h("h1", { tabindex: -1 }, rubric.title)),
    rubric.description ? h("p", {}, rubric.description) : null,
    h("p", {}, `${questions} questions, about ${minutes(questions)}. Stop whenever you like: every answer is kept.`),
    privacy(workshop),
    workshop.anonymous ? null : h("label", { class: "mlm-field" }, "Your name", name),
    h("label", { class: "mlm-field" }, workshop.roles.length ? "Your role" : "Your role (optional)", role),
    trouble.element, h("div", { class: "mlm-row" }, go));
}

/** A personal link was opened. Whoever made it can read what is answered under it, so it is asked for. */
export function linkScreen({ workshop, participant, answered, replaces, onyes, onno }) {
  return h("div", { class: "mlm-card mlm-stack" },
    h("h1", { tabindex: -1 }, "Go on where you stopped?"),
    h("p", {}, `This link continues answers that were begun on another device: ${[participant.name, participant.role && inWords(participant.role), count(answered, "answer", "answers")].filter(Boolean).join(", ")}.`),
    h("p", {}, "Go on only if they are yours. Did somebody send you this link? Then that person can see what you answer here."),
    replaces ? h("p", {}, "Other answers of yours were begun in this browser; they stay stored, but this browser then goes on with those of the link.") : null,
    h("div", { class: "mlm-row" },
      h("button", { type: "button", class: "mlm-primary", onclick: (event) => onyes(event.currentTarget) }, "Yes, they are mine"),
      h("button", { type: "button", onclick: (event) => onno(event.currentTarget) }, replaces ? "No, go on with mine" : "No, start afresh")),
    h("p", { class: "mlm-small mlm-quiet" }, workshop.team));
}

/** What is left, part by part, with links to it. */
export function reviewScreen({ pages, answers, alone, standing, onopen }) {
  const questions = pages.flatMap((page) => page.questions);
  const left = questions.length - answeredIn(questions, answers);
  const unknown = questions.filter((q) => answers[q.id] === "dk").length;
  const heading = h("h2", { tabindex: -1, class: "survey-title" }, left ? `${count(left, "question is", "questions are")} left` : "Every question is answered");
  return [
    h("header", { class: "survey-header" }, h("p", { class: "mlm-quiet mlm-small" }, "Review"), heading,
      h("p", { class: "mlm-quiet" }, left
        ? "You can leave them out; they are then counted as unanswered, not as zero."
        : alone ? "Every answer can still be changed." : "Have a last look, or finish now."),
      unknown ? h("p", { class: "mlm-quiet" }, `${count(unknown, "time", "times")} “don’t know”. That is a finding too, and is shown as one.`) : null),
    h("ul", { class: "survey-left" }, pages.map((page, i) => h("li", {},
      h("div", { class: "survey-left-head" },
        h("button", { type: "button", class: "mlm-plain", onclick: () => onopen(i) }, page.title),
        h("span", { class: "mlm-small mlm-quiet" }, `${answeredIn(page.questions, answers)} of ${page.questions.length}`)),
      h("ul", {}, page.questions.filter((q) => answers[q.id] === undefined).map((q) => h("li", {},
        h("button", { type: "button", class: "mlm-plain survey-missing", onclick: () => onopen(i, q.id) }, q.question))))))),
    alone ? h("section", { class: "mlm-card mlm-stack survey-result" }, standing) : null,
  ];
}

/** The answers that the server would not take, word for word, and why. */
export function turnedAway({ refusals, questions, choices, closed, ondismiss }) {
  const label = (answer) => [...choices, ...ASIDE].find((choice) => choice.value === answer)?.label ?? "no answer";
  const sentences = [...new Set(refusals.map((each) => each.sentence))];
  const many = count(refusals.length, "answer", "answers");
  return [
    h("p", {}, h("strong", {}, closed ? `The workshop was closed before ${many} arrived. What is listed here does not count:` : `The server did not take ${many}:`)),
    h("ul", {}, refusals.map(({ id, answer, comment }) => h("li", {},
      `${questions.find((q) => q.id === id)?.question ?? id} – `, h("strong", {}, label(answer)), comment ? ` (${comment})` : ""))),
    closed ? null : h("p", {}, sentences.join(" ")),
    h("button", { type: "button", class: "mlm-plain", onclick: ondismiss }, "I have read this"),
  ].filter(Boolean);
}

/** The end, until the facilitator closes the workshop. */
export function doneScreen({ workshop, answered, questions, link, onreopen, onother }) {
  const closed = workshop.state === "closed";
  return h("div", { class: "mlm-stack survey-done" },
    h("div", { class: "survey-tick", "aria-hidden": "true" }, "✓"),
    h("h1", { tabindex: -1 }, "Thank you"),
    h("p", {}, `${answered} of ${questions} questions answered, and all of it is stored. The facilitator shows the results to everyone at once.`),
    h("p", { class: "mlm-quiet" }, closed
      ? "The workshop is closed: answers can no longer be changed."
      : "Until the facilitator closes the workshop you can come back to this page and change an answer."),
    closed ? null : h("div", { class: "mlm-row" }, h("button", { type: "button", onclick: onreopen }, "Change an answer")),
    h("details", {}, h("summary", {}, "Go on with another device"),
      h("div", { class: "mlm-stack" },
        h("p", { class: "mlm-small mlm-quiet" }, `This link is yours alone: whoever has it sees and changes your answers${workshop.anonymous ? ", and knows that they are yours" : ""}.`),
        h("input", { type: "text", readonly: true, value: link, "aria-label": "Your personal link", onfocus: (event) => event.target.select() }),
        h("div", { class: "mlm-row" }, copyButton(() => link)))),
    h("details", {}, h("summary", {}, "Somebody else answers on this device"),
      h("div", { class: "mlm-stack" },
        h("p", { class: "mlm-small mlm-quiet" }, "Your answers stay stored. This browser forgets that they are yours, so keep the link above if you want to come back to them."),
        h("div", { class: "mlm-row" }, h("button", { type: "button", onclick: onother }, "Start as somebody else")))));
}

/** Where one's own answers put the team: the level in words, and every part on its own scale. */
export function standing({ rubric, pages, result, explanation }) {
  return [
    h("p", { class: "mlm-quiet mlm-small" }, "Where you see the team"),
    h("h2", {}, explanation.level ?? (result.score === null ? "No answers yet" : `Score ${decimal(result.score)}`)),
    h("p", {}, explanation.sentence),
    h("table", { class: "survey-scores" }, h("tbody", {}, pages.map((page) => {
      const { score } = page.id === rubric.id ? result : result.nodes[page.id];
      const [low, high] = explanation.reach[page.id];
      const share = score === null ? 0 : (score - low) / (high - low || 1);
      return h("tr", {}, h("th", { scope: "row" }, page.title),
        h("td", { class: "survey-bar" }, h("div", { "aria-hidden": "true" }, h("i", { style: `width:${100 * share}%` }))),
        h("td", { class: "mlm-number" }, score === null ? "–" : `${decimal(score)} of ${decimal(high)}`));
    }))),
  ];
}

/** The parts as a line of steps, each filled as far as it is answered. */
export function stepsBar({ pages, at, onopen }) {
  const buttons = [...pages, { title: "Review" }].map((page, i) => h("button", { type: "button", title: page.title, "aria-current": i === at ? "step" : null, onclick: () => onopen(i) }, h("span", {}, h("i", {}))));
  return {
    element: h("nav", { class: "survey-steps", "aria-label": "Parts of the survey" }, h("ol", {}, buttons.map((button) => h("li", {}, button)))),
    update(answers) {
      buttons.forEach((button, i) => {
        const questions = pages[i]?.questions ?? [];
        const done = answeredIn(questions, answers);
        button.setAttribute("aria-label", questions.length ? `${pages[i].title}, ${done} of ${questions.length} answered` : "Review");
        button.querySelector("i").style.width = `${questions.length ? (100 * done) / questions.length : 0}%`;
      });
    },
  };
}

function privacy(workshop) {
  return h("div", { class: "mlm-note" }, workshop.anonymous
    ? `Anonymous: your name is not asked. Results are shown only when at least ${workshop.smallest_group} people have answered, and a role only when nobody in it can be singled out. Comments are shown word for word, without your role.`
    : "Named: the facilitator sees who has answered what, and exports carry your name.");
}
