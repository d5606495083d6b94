// The timeline estimator: a plan as controls beside its forecast, and everything that keeps the two in step.

import { loadVega } from "../ui/figure.js";
import { fragment, remember, remembered } from "../ui/key.js";
import { Passing, announce, connect, h, mount } from "../ui/screen.js";
import { put } from "./estimator_controls.js";
import { keptDraft } from "./estimator_draft.js";
import { planEditor } from "./estimator_plan.js";
import { startMenu } from "./estimator_start.js";
import { forecastPane } from "./estimator_forecast.js";
import { undoable } from "./estimator_undo.js";

const HINTS_AFTER = 250; // milliseconds without an edit
const LONGEST = 60_000;

function render({ model, el }) {
  const { root, dispose } = mount(el, "estimator");
  const kernel = connect(model);
  const vega = () => loadVega(model.get("_vega"), () => kernel.ask("vega", {}, { timeout: LONGEST }));
  const draft = keptDraft(model);
  let plan = model.get("plan");
  let confirmed = JSON.stringify(plan); // the plan that the forecast on the page belongs to, in the kernel's words
  let asking = false;
  let waiting = null; // what is to be asked next; only the latest edit counts
  let timer = 0;
  let ended = false;

  const undo = undoable({ onchange: showUndo });
  const editor = planEditor({ edit, change, plan: () => plan, say: (text) => announce(root, text) });
  const pane = forecastPane({ root, ask: kernel.ask, run, vega, plan: () => plan, edit, reveal: (path) => { showPlan(); editor.reveal(path); }, key: { remember, remembered }, again });

  const undoButton = h("button", { type: "button", class: "mlm-plain", title: "Ctrl+Z", onclick: () => step(undo.back(plan)) }, "Undo");
  const redoButton = h("button", { type: "button", class: "mlm-plain", title: "Ctrl+Shift+Z", onclick: () => step(undo.forth(plan)) }, "Redo");
  const lost = h("div", { class: "mlm-note estimator-lost", "data-tone": "attention", role: "status", hidden: true });
  const restored = h("div", { class: "mlm-note estimator-restored", hidden: true });
  const left = h("div", { class: "estimator-left" },
    h("div", { class: "estimator-bar" }, startMenu({ templates: model.get("templates"), run, say: (text) => announce(root, text) }), h("span", { class: "estimator-steps" }, undoButton, redoButton)),
    restored, editor.element);
  root.append(h("h1", { class: "mlm-quiet-text" }, "Timeline estimator"), lost, h("div", { class: "estimator-panes" }, left, pane.element));

  // -- editing ------------------------------------------------------------------------------------------

  /** One value changed; `rest` says that a control was let go. */
  function edit(path, value, { rest = false } = {}) {
    const next = put(plan, path, value);
    if (JSON.stringify(next) === JSON.stringify(plan)) {
      if (rest) undo.rest();
      return;
    }
    undo.note(plan, path);
    if (rest) undo.rest();
    plan = next;
    editor.fields.show(plan);
    if (rest) editor.show();
    send();
  }

  /** The plan as a whole changed. */
  function change(next, label) {
    undo.note(plan, null);
    plan = next;
    editor.show();
    announce(root, label);
    send();
  }

  function step(next) {
    if (!next) return;
    plan = next;
    editor.show();
    send();
  }

  function showUndo() {
    undoButton.disabled = !undo.canGoBack;
    redoButton.disabled = !undo.canGoForth;
  }

  // -- asking -------------------------------------------------------------------------------------------

  function send() {
    draft.keep(plan, model.get("scenario"));
    waiting = { kind: "edit", payload: { plan } };
    next();
  }

  /** Ask for what waits; while an answer is on its way, later edits replace each other. */
  async function next() {
    if (asking || !waiting || ended) return;
    const { kind, payload } = waiting;
    waiting = null;
    asking = true;
    try {
      take(await kernel.ask(kind, { ...payload, ...pane.wants() }, { timeout: 20_000 }));
      lost.hidden = true;
    } catch (error) {
      if (ended) return;
      if (error instanceof Passing) sayLost(error);
      else pane.stale([error.message], 1); // this plan cannot be used: asking again would not help
    } finally {
      asking = false;
    }
    next();
  }

  function sayLost({ message }) {
    lost.replaceChildren(h("span", {}, `${message} What you changed is kept here.`), h("button", { type: "button", onclick: send }, "Try again"));
    lost.hidden = false;
  }

  /** Show an answer. */
  function take(said) {
    if (said.faults) {
      const elsewhere = editor.fields.blame(said.faults);
      pane.stale([...elsewhere], said.faults.length);
      return;
    }
    confirmed = JSON.stringify(said.plan);
    editor.fields.blame([]);
    pane.show(said);
    editor.annotate(said.answer.tasks);
    editor.slots(said.answer.slots);
    clearTimeout(timer);
    timer = setTimeout(hints, HINTS_AFTER);
  }

  async function hints() {
    if (asking || ended) return;
    try {
      pane.hints(await kernel.ask("hints", {}, { timeout: LONGEST }));
    } catch {
      // Hints are no answer to anything that was asked; the next edit asks again.
    }
  }

  /** Ask for something that brings another plan, or another view of this one. Rejects with the kernel's sentence. */
  async function run(kind, payload = {}, { replaces = false } = {}) {
    const before = plan;
    const said = await kernel.ask(kind, { ...payload, ...pane.wants() }, { timeout: LONGEST });
    if (said.plan && (replaces || JSON.stringify(said.plan) !== confirmed)) {
      undo.note(before, null);
      plan = said.plan;
      editor.show();
      draft.keep(plan, model.get("scenario"));
    }
    if (said.answer) take(said);
    return said;
  }

  function again() {
    waiting ??= { kind: "look", payload: {} };
    next();
  }

  // -- what comes from code, keys and another visit -------------------------------------------------------

  /** Code set the plan: show it, as one step that can be undone. */
  function followed() {
    const set = model.get("plan");
    if (asking || JSON.stringify(set) === confirmed) return;
    if (JSON.stringify(set) === JSON.stringify(plan)) return;
    undo.note(plan, null);
    plan = set;
    editor.show();
    again();
  }

  function keys(event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    // In a field for text, the browser's own undo is what people expect.
    if (event.target.matches("input[type=text], input[type=number], input[type=date], textarea")) return;
    event.preventDefault();
    step(event.shiftKey ? undo.forth(plan) : undo.back(plan));
  }

  function showPlan() {
    pane.leave();
  }

  /** The key in the facilitator's link leaves the address at once, and stays in this tab. */
  function takeKey() {
    const given = model.get("served") ? fragment("key") : null;
    if (!given) return;
    remember(given);
    history.replaceState(null, "", location.pathname + location.search);
  }

  function begin() {
    takeKey();
    showUndo();
    editor.show();
    const kept = draft.restore();
    if (kept) {
      const fresh = plan;
      plan = kept;
      editor.show();
      restored.replaceChildren(h("span", {}, "This is the plan as you left it here."), h("button", { type: "button", class: "mlm-plain", onclick: () => { restored.hidden = true; change(fresh, "Started over"); } }, "Start over"));
      restored.hidden = false;
      send();
    } else again();
  }

  model.on("change:plan", followed);
  model.on("change:scenario", again);
  root.addEventListener("keydown", keys);
  begin();
  announce(root, "");

  return () => {
    ended = true;
    clearTimeout(timer);
    pane.destroy();
    model.off("change:plan", followed);
    model.off("change:scenario", again);
    kernel.dispose();
    dispose();
  };
}

export default { render };
