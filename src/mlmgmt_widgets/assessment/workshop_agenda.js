// Where talking pays most: what was said about a question, and what the team decides, alone or large for the room.

import { h } from "../ui/screen.js";
import { count, decimal } from "../ui/parts.js";
import { fullScreenButton } from "./parts.js";

const SHOWN_FIRST = 7;
const QUIET = 700;
const LONGEST_NOTE = 2000;

/**
 * Decisions by question, kept in step between the list and the discussion.
 * @param {Function} ask
 */
export function decisionStore(ask) {
  const kept = new Map();
  const listeners = new Set();
  return {
    /** @param {object[]} items */
    take(items) { for (const item of items) kept.set(item.question, { agreed: null, note: "", owner: "", ...item.decision }); },
    get: (question) => kept.get(question),
    async save(question, decision, from) {
      kept.set(question, decision);
      for (const listener of listeners) listener(question, decision, from);
      await ask("decide", { question, ...decision });
    },
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The form in which a question's decision is written; it saves itself. */
export function decisionForm(item, scale, store) {
  const id = `decide-${item.question}-${Math.random().toString(36).slice(2, 8)}`;
  const agreed = h("select", { onchange: save }, h("option", { value: "" }, "Not agreed yet"),
    scale.map((choice) => h("option", { value: choice.value }, `${decimal(choice.value)} – ${choice.label}`)));
  const note = h("textarea", { rows: 2, maxlength: LONGEST_NOTE, oninput: later, onblur: flush });
  const owner = h("input", { type: "text", maxlength: 80, autocomplete: "off", oninput: later, onblur: flush });
  const status = h("p", { class: "workshop-saved mlm-small", role: "status", id });
  const element = h("form", { class: "workshop-decide", "aria-label": `Decision: ${item.title}`, onsubmit: (event) => { event.preventDefault(); flush(); } },
    h("label", { class: "mlm-field" }, "Agreed answer", agreed),
    h("label", { class: "mlm-field" }, "Owner", owner),
    h("label", { class: "mlm-field workshop-decide-note" }, "What we will do", note),
    status);
  let timer = null;

  function fill({ agreed: value, note: text, owner: name }) {
    const known = value === null || scale.some((choice) => choice.value === value);
    if (!known && ![...agreed.options].some((option) => Number(option.value) === value)) agreed.append(h("option", { value }, decimal(value)));
    agreed.value = value === null ? "" : String(value);
    if (document.activeElement !== note) note.value = text;
    if (document.activeElement !== owner) owner.value = name;
  }

  function later() {
    say("saving…", "saving");
    clearTimeout(timer);
    timer = setTimeout(save, QUIET);
  }

  function flush() {
    if (timer !== null) save();
  }

  async function save() {
    clearTimeout(timer);
    timer = null;
    say("saving…", "saving");
    try {
      await store.save(item.question, { agreed: agreed.value === "" ? null : Number(agreed.value), note: note.value, owner: owner.value }, element);
      if (timer === null) say("saved", "saved");
    } catch (error) {
      say(`Not saved: ${error.message} Your text is still here.`, "failed");
    }
  }

  function say(text, state) {
    status.textContent = text;
    status.dataset.state = state;
  }

  /**
   * Put a text at the end of the note, as if somebody had typed it there: what stands there stays.
   * @returns {string} what became of it
   */
  function addToNote(text) {
    note.focus();
    const before = note.value.trimEnd();
    const after = before ? `${before}\n${text}` : text;
    if (before.includes(text)) return "It is in the note already.";
    if (after.length > LONGEST_NOTE) return "The note has no room left for it.";
    note.value = after;
    note.setSelectionRange(after.length, after.length);
    later();
    return "It is in the note now; change it as you like.";
  }

  fill(store.get(item.question));
  const unfollow = store.follow((question, decision, from) => { if (question === item.question && from !== element) fill(decision); });
  return { element, flush, addToNote, destroy() { flush(); unfollow(); } };
}

/**
 * What the team's record says of a question, and a button that puts it into the note. It is no answer: the team gives that.
 * @param {object} item
 * @param {(text: string) => string} use puts a text into the note, and says what became of it
 */
function recordOf(item, use) {
  if (!item.record?.length) return null;
  const said = h("span", { class: "mlm-small mlm-quiet", role: "status" });
  return h("div", { class: "workshop-record", role: "group", "aria-label": "Record" },
    h("p", {}, h("strong", {}, "From your readiness reviews: "), item.record.join(" ")),
    h("div", { class: "mlm-row" },
      h("button", { type: "button", class: "mlm-plain mlm-small", "aria-label": `Put the record into the note: ${item.title}`, onclick: () => { said.textContent = use(item.record.join("\n")); } }, "Put it into the note"),
      said));
}

/** A decision on one line, or the invitation to write one down. */
function inBrief({ agreed, note, owner }, scale) {
  if (agreed === null && !note && !owner) return ["Write down a decision"];
  const choice = scale.find((each) => each.value === agreed);
  const parts = [agreed === null ? null : `agreed on ${choice ? choice.label : decimal(agreed)}`, note, owner];
  return [h("strong", {}, "Decision: "), h("span", { class: "workshop-decision-text" }, parts.filter(Boolean).join(" · "))];
}

/** How many gave each answer, as bars with their numbers. */
export function answerBars(item, scale, { descriptors = false } = {}) {
  const most = Math.max(1, ...item.counts, item.dont_know ?? 0);
  const row = (label, number, text, level) => h("li", { class: "workshop-bar", "data-none": String(number === 0) },
    h("span", { class: "workshop-bar-label" }, h("strong", {}, label), text ? h("span", { class: "workshop-bar-text mlm-quiet" }, text) : null),
    h("span", { class: "workshop-bar-track", "aria-hidden": "true" }, h("i", { style: `width:${(100 * number) / most}%`, "data-level": level })),
    h("span", { class: "workshop-bar-number" }, number, h("span", { class: "mlm-quiet-text" }, number === 1 ? " person" : " people")));
  return h("ul", { class: "workshop-bars", "data-large": String(descriptors), "aria-label": "Answers" },
    scale.map((choice, i) => row(choice.label, item.counts[i], descriptors ? item.descriptors?.[i] : null, Math.round((4 * i) / (scale.length - 1)))),
    item.dont_know ? row("Don’t know", item.dont_know, null, "dk") : null,
    besides(item) ? h("li", { class: "workshop-bar-besides mlm-small mlm-quiet" }, besides(item)) : null);
}

/** Who is in none of the bars, so that the numbers add up to the room. */
function besides({ not_applicable: na, unanswered: left }) {
  return [na ? `${na} not applicable` : "", left ? `${left} did not answer` : ""].filter(Boolean).join(", ");
}

/** How far people agree, in words first. */
export function agreement(item) {
  const value = item.consensus;
  if (value === null || value === undefined) return "Nobody gave an answer on the scale.";
  return `${inWords(value)} · consensus ${value.toFixed(2)} · score ${decimal(item.score)}`;
}

function inWords(consensus) {
  if (consensus >= 0.999) return "Everybody agrees";
  if (consensus >= 0.8) return "Mostly agreed";
  if (consensus >= 0.6) return "Views differ";
  if (consensus >= 0.4) return "Views differ widely";
  return "The team is split";
}

/** What people wrote, word for word. */
export function comments(item) {
  if (!item.comments?.length) return null;
  return h("div", { class: "workshop-comments", role: "group", "aria-label": "Comments" },
    item.comments.map((text) => h("blockquote", {}, h("p", {}, text))));
}

/**
 * The agenda as a list.
 * @param {{items: object[], scale: object[], store: ReturnType<typeof decisionStore>, discuss: (index: number) => void}} options
 */
export function agendaList({ items, scale, store, discuss }) {
  let forms = [];
  const list = h("ol", { class: "workshop-agenda" });
  const more = h("button", { type: "button", onclick: () => fill(items.length) }, `Show all ${items.length} questions`);
  const element = h("div", { class: "mlm-stack" },
    h("div", { class: "workshop-title-row" },
      h("div", {}, h("h2", { tabindex: -1 }, "Where talking pays most"),
        h("p", { class: "mlm-quiet" }, "First come questions on which views differ, that count for much, and that stand between the team and the next level.")),
      items.length ? h("button", { type: "button", class: "mlm-primary", onclick: () => discuss(0) }, "Discuss one by one") : null),
    items.length ? list : h("p", {}, "There is nothing to talk about yet: no question has an answer."),
    h("div", { class: "mlm-row" }, more));

  function card(item, index) {
    const form = decisionForm(item, scale, store);
    const summary = h("summary", {});
    const tell = (decision) => summary.replaceChildren(...inBrief(decision, scale));
    tell(store.get(item.question));
    const decision = h("details", { class: "workshop-decision" }, summary, form.element);
    forms.push(form, { destroy: store.follow((question, decision) => { if (question === item.question) tell(decision); }) });
    return h("li", { class: "mlm-card workshop-card" },
      h("div", { class: "workshop-card-head" },
        h("div", {}, h("p", { class: "mlm-small mlm-quiet" }, `${index + 1} · ${item.section_title}`), h("h3", {}, item.title),
          h("p", { class: "mlm-small" }, agreement(item))),
        h("button", { type: "button", class: "mlm-plain", "aria-label": `Discuss: ${item.title}`, onclick: () => discuss(index) }, "Discuss")),
      h("div", { class: "workshop-card-body" }, answerBars(item, scale), comments(item)),
      recordOf(item, (text) => { decision.open = true; return form.addToNote(text); }),
      decision);
  }

  function fill(number) {
    const start = list.children.length;
    list.append(...items.slice(start, number).map((item, i) => card(item, start + i)));
    more.hidden = list.children.length >= items.length;
    if (start) list.children[start]?.querySelector("button")?.focus();
  }

  fill(SHOWN_FIRST);
  return { element, destroy() { for (const form of forms) form.destroy(); forms = []; } };
}

/**
 * One question at a time, large, for the room. Escape ends it; arrow keys turn the page unless someone is typing.
 * @param {HTMLElement} root
 * @param {{items: object[], scale: object[], store: ReturnType<typeof decisionStore>, start: number}} options
 */
export function discussion(root, { items, scale, store, start }) {
  let at = start;
  let form = null;
  const where = h("p", { class: "mlm-quiet" });
  const body = h("div", { class: "workshop-room-body" });
  const back = h("button", { type: "button", onclick: () => turn(-1) }, "‹ Previous");
  const next = h("button", { type: "button", class: "mlm-primary", onclick: () => turn(1) }, "Next ›");
  const dialog = h("dialog", { class: "workshop-room", "aria-label": "Discussion", onclose: closed, onkeydown: pressed },
    h("div", { class: "workshop-room-head" }, where, h("div", { class: "mlm-row" }, fullScreenButton(() => dialog), h("button", { type: "button", onclick: () => dialog.close() }, "Back to the list"))),
    body,
    h("div", { class: "workshop-room-foot" }, back, next));

  function show() {
    form?.destroy();
    const item = items[at];
    form = decisionForm(item, scale, store);
    where.textContent = `${at + 1} of ${items.length} · ${item.section_title}`;
    const heading = h("h2", { tabindex: -1 }, item.title);
    const said = comments(item);
    body.replaceChildren(
      h("div", { class: "workshop-room-question" }, heading, h("p", { class: "workshop-room-agreement" }, agreement(item))),
      answerBars(item, scale, { descriptors: true }),
      h("div", { class: "workshop-room-side" },
        said ?? h("p", { class: "mlm-quiet" }, "Nobody left a comment here."),
        h("section", { class: "workshop-room-decide" }, h("h3", {}, "What we decide"), recordOf(item, form.addToNote), form.element)));
    back.disabled = at === 0;
    next.disabled = at === items.length - 1;
    body.scrollTop = 0;
    heading.focus({ preventScroll: true });
  }

  function turn(by) {
    const to = at + by;
    if (to < 0 || to >= items.length) return;
    at = to;
    show();
  }

  function pressed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    if (event.key === "ArrowRight" || event.key === "PageDown") turn(1);
    else if (event.key === "ArrowLeft" || event.key === "PageUp") turn(-1);
    else return;
    event.preventDefault();
  }

  function closed() {
    form?.destroy();
    if (document.fullscreenElement) document.exitFullscreen();
    dialog.remove();
  }

  root.append(dialog);
  dialog.showModal();
  show();
  return { destroy() { if (dialog.open) dialog.close(); } };
}

/** What has been decided so far, in one sentence. */
export function decided(items, store) {
  const n = items.filter((item) => {
    const { agreed, note, owner } = store.get(item.question);
    return agreed !== null || note || owner;
  }).length;
  return n ? `${count(n, "question has", "questions have")} a decision.` : "Nothing has been decided yet.";
}
