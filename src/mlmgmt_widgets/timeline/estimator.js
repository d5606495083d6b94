// The timeline estimator: a plan as controls beside its forecast, and everything that keeps the two in step.

import { loadVega } from "../ui/figure.js";
import { fragment, remember } from "../ui/key.js";
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
  let saved = null; // the saved version that the plan goes on from
  let confirmed = JSON.stringify(plan); // the plan that the kernel has, in its words
  let revision = model.get("_revision"); // of that plan: a later one that no answer brought was set in code
  let refused = false; // the plan on the page is not the one that the kernel has: it has faults, or did not get there
  let edited = false; // there is an edit to send; only the latest counts
  let looking = false; // there is a view to ask for
  const jobs = []; // other things to ask for, in order
  let asking = false;
  let timer = 0;
  let ended = false;

  const undo = undoable({ onchange: showUndo });
  const editor = planEditor({ edit, change, plan: () => plan, say: (text) => announce(root, text) });
  const pane = forecastPane({ root, run, vega, plan: () => plan, edit, reveal: (path) => { showPlan(); editor.reveal(path); }, again });

  const undoButton = h("button", { type: "button", class: "mlm-plain", title: "Ctrl+Z", onclick: () => step(undo.back({ plan, saved })) }, "Undo");
  const redoButton = h("button", { type: "button", class: "mlm-plain", title: "Ctrl+Shift+Z", onclick: () => step(undo.forth({ plan, saved })) }, "Redo");
  const lost = h("div", { class: "mlm-note estimator-lost", "data-tone": "attention", role: "status", hidden: true });
  const restored = h("div", { class: "mlm-note estimator-restored", hidden: true });
  const left = h("div", { class: "estimator-left" },
    h("div", { class: "estimator-bar" }, startMenu({ root, templates: model.get("templates"), run, plan: () => plan, say: (text) => announce(root, text) }), h("span", { class: "estimator-steps" }, undoButton, redoButton)),
    restored, editor.element);
  root.append(h("h1", { class: "mlm-quiet-text" }, "Timeline estimator"), lost, h("div", { class: "estimator-panes" }, left, pane.element));

  // -- editing ------------------------------------------------------------------------------------------

  /** One value changed; `rest` says that a control was let go. */
  function edit(path, value, { rest = false } = {}) {
    const next = put(plan, path, value);
    if (JSON.stringify(next) === JSON.stringify(plan)) {
      if (rest) {
        undo.rest();
        editor.show();
      }
      return;
    }
    restored.hidden = true;
    undo.note({ plan, saved }, path);
    if (rest) undo.rest();
    plan = next;
    editor.fields.show(plan);
    if (rest) editor.show();
    send();
  }

  /** The plan as a whole changed. */
  function change(next, label) {
    restored.hidden = true;
    undo.note({ plan, saved }, null);
    plan = next;
    editor.show();
    announce(root, label);
    send();
  }

  function step(to) {
    if (!to) return;
    ({ plan, saved } = to);
    editor.show();
    send();
  }

  /** Show a plan that the kernel has already, as one step that can be undone. */
  function adopt(next) {
    restored.hidden = true;
    undo.note({ plan, saved }, null);
    plan = next;
    confirmed = JSON.stringify(next);
    refused = false;
    editor.show();
    draft.keep(plan);
  }

  function showUndo() {
    undoButton.disabled = !undo.canGoBack;
    redoButton.disabled = !undo.canGoForth;
  }

  // -- asking: one thing at a time, and edits before whatever builds on them ------------------------------

  function send() {
    edited = true;
    pump();
  }

  function again() {
    looking = true;
    pump();
  }

  /**
   * Ask for something else than an edit. Rejects with the kernel's sentence.
   * @param {string} kind
   * @param {object} [payload]
   * @param {{uses?: boolean, replaces?: boolean, bare?: boolean}} [how] whether it uses the plan as it stands, brings
   *   another, or shows nothing
   */
  function run(kind, payload = {}, { uses = false, replaces = false, bare = false } = {}) {
    return new Promise((resolve, reject) => {
      const job = async () => {
        if (uses && refused) throw new Error("A value of the plan cannot be used. Mend it first; beside it stands why.");
        const said = await kernel.ask(kind, { ...payload, ...(bare ? {} : pane.wants()) }, { timeout: LONGEST });
        const known = replaces ? JSON.stringify(plan) : confirmed;
        if (said.plan && JSON.stringify(said.plan) !== known) adopt(said.plan);
        if (said.answer) take(said);
        return said;
      };
      jobs.push(() => job().then(resolve, reject));
      pump();
    });
  }

  async function pump() {
    if (asking || ended) return;
    asking = true;
    try {
      while (!ended && (edited || jobs.length || looking)) {
        if (edited) await edition();
        else if (jobs.length) await jobs.shift()();
        else await look();
        followed();
      }
    } finally {
      asking = false; // whatever happened, the next edit must get through
    }
  }

  async function edition() {
    edited = false;
    const sent = plan;
    try {
      const said = await kernel.ask("edit", { plan: sent, saved, ...pane.wants() }, { timeout: 20_000 });
      lost.hidden = true;
      refused = Boolean(said.faults);
      if (said.faults) return blame(said.faults);
      confirmed = JSON.stringify(said.plan);
      draft.keep(sent);
      take(said);
    } catch (error) {
      refused = true;
      if (ended) return;
      if (error instanceof Passing) sayLost(error);
      else pane.stale([error.message], 1); // this plan cannot be used: asking again would not help
    }
  }

  function blame(faults) {
    pane.stale(editor.fields.blame(faults), faults.length);
  }

  async function look() {
    looking = false;
    try {
      const said = await kernel.ask("look", pane.wants(), { timeout: 20_000 });
      if (!edited && JSON.stringify(said.plan) !== confirmed) adopt(said.plan);
      take(said);
    } catch (error) {
      if (!ended) sayLost(error);
    }
  }

  function sayLost({ message }) {
    lost.replaceChildren(h("span", {}, `${message} What you changed is kept here.`), h("button", { type: "button", onclick: refused ? send : again }, "Try again"));
    lost.hidden = false;
  }

  /** Show an answer. */
  function take(said) {
    revision = Math.max(revision, said.revision);
    if (!edited) saved = said.answer.saved; // an undo that waits to be sent knows better
    pane.show(said);
    editor.annotate(said.answer.tasks);
    editor.slots(said.answer);
    if (!refused) {
      editor.fields.blame([]);
      pane.fresh();
    }
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

  // -- what comes from code, keys and another visit -------------------------------------------------------

  /** Code set the plan: show it, as one step that can be undone. */
  function followed() {
    if (edited || model.get("_revision") <= revision) return;
    revision = model.get("_revision");
    adopt(model.get("plan"));
    looking = true;
  }

  function planSet() {
    if (asking) return; // looked at when the answer is there: it may be that answer's own plan
    followed();
    pump();
  }

  function keys(event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    // In a field for text, the browser's own undo is what people expect.
    if (event.target.matches("input[type=text], input[type=number], input[type=date], textarea")) return;
    event.preventDefault();
    step(event.shiftKey ? undo.forth({ plan, saved }) : undo.back({ plan, saved }));
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
    again();
    const kept = draft.restore();
    if (!kept) return;
    const fresh = plan;
    try {
      plan = kept;
      editor.show();
    } catch {
      plan = fresh; // what was kept is no plan that this page could show
      editor.show();
      return;
    }
    restored.replaceChildren(h("span", {}, "This is the plan as you left it here."), h("button", { type: "button", class: "mlm-plain", onclick: () => change(fresh, "Started over") }, "Start over"));
    restored.hidden = false;
    send();
  }

  model.on("change:_revision", planSet);
  model.on("change:scenario", again);
  root.addEventListener("keydown", keys);
  begin();
  announce(root, "");

  return () => {
    ended = true;
    clearTimeout(timer);
    pane.destroy();
    model.off("change:_revision", planSet);
    model.off("change:scenario", again);
    kernel.dispose();
    dispose();
  };
}

export default { render };
