// The plan as controls: its frame, its team, research, tasks and risks.

import { h } from "../ui/screen.js";
import { controls } from "./estimator_controls.js";
import { SHAPES, reshaped, shapeOf } from "./estimator_shapes.js";

const GUIDE = { from: 0.2, to: 0.3 };

/**
 * @param {{edit: Function, change: (plan: object, label: string) => void, plan: () => object, say: (text: string) => void}} options
 *   `edit(path, value)` changes one value; `change(plan, label)` the plan as a whole
 */
export function planEditor({ edit, change, plan, say }) {
  const fields = controls({ edit });
  const element = h("div", { class: "estimator-plan" });
  const open = new Set();
  let built = "";
  let criticals = new Map();
  let paces = new Map();
  let naming = [];
  let summaries = [];

  /** Show a plan; only what has another structure is built anew. */
  function show() {
    const structure = structureOf(plan());
    if (structure !== built) {
      const focused = document.activeElement?.closest?.("[data-key]")?.dataset.key;
      built = structure;
      fields.clear();
      criticals = new Map();
      paces = new Map();
      naming = [];
      summaries = [];
      element.replaceChildren(frame(), team(), research(), tasks(), risks());
      if (focused) element.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    }
    fields.show(plan());
    const titles = titlesOf(plan());
    for (const { id, name } of naming) name(titles.get(id) ?? id);
    for (const write of summaries) write();
  }

  /** Have `name` called with a title, now and when it changes. */
  function named(id, name) {
    naming.push({ id, name });
  }

  function nameOption(id) {
    const option = h("option", { value: id });
    named(id, (title) => { option.textContent = title; });
    return option;
  }

  /** Show what the forecast says of single tasks. */
  function annotate(said) {
    for (const [id, place] of criticals) {
      const share = said[id]?.critical;
      place.textContent = share === undefined ? "" : `critical ${Math.round(100 * share)} %`;
      place.title = "How often it is on the longest path";
    }
    for (const [id, place] of paces) place.textContent = said[id]?.pace ?? "";
  }

  // -- the parts ----------------------------------------------------------------------------------------

  function frame() {
    return h("section", { class: "estimator-part", "aria-label": "Plan" },
      fields.text("title", "Title of the plan", { hidden: true, className: "estimator-title", long: true }),
      h("div", { class: "estimator-pair" }, fields.day("start", "Start"), fields.day("deadline", "Deadline", { optional: true })));
  }

  function team() {
    const key = "part-team";
    if (!plan().team) {
      return h("section", { class: "estimator-part" }, h("div", { class: "estimator-part-head" }, h("h2", {}, "Team"),
        button("Add team", "add-team", () => change({ ...plan(), team: { people: 5, availability: 0.8, research_share: 0.25 } }, "Team added"))));
    }
    return section(key, "Team", () => teamInWords(plan().team ?? {}), () => [
      h("div", { class: "estimator-pair" },
        fields.number("team.people", "People", { min: 0, step: 0.5, optional: true }),
        fields.text("team.holidays", "Holidays of", { placeholder: "GB, DE-BY, US-CA …", optional: true })),
      fields.share("team.availability", "Available", { note: "What is left beside meetings, support and leave." }),
      fields.share("team.research_share", "Kept for research", { max: 0.9, band: GUIDE, note: "The guide’s 20–30 % is marked." }),
      daysOff(),
      button("Remove team", "remove-team", () => change(without(plan(), "team"), "Team removed"), "estimator-quiet"),
    ]);
  }

  function daysOff() {
    const place = fields.trouble();
    const list = h("ul", { class: "estimator-chips" });
    const added = h("input", { type: "date", "aria-label": "Another day off" });
    const all = () => plan().team.days_off ?? [];
    const set = (days, label) => change({ ...plan(), team: { ...plan().team, days_off: days } }, label);
    fields.watch("team.days_off", [added], (days = []) => {
      list.replaceChildren(...days.map((each, i) => h("li", {}, each, h("button", { type: "button", "aria-label": `Remove ${each}`, onclick: () => set(all().toSpliced(i, 1), "Day off removed") }, "×"))));
    }, place);
    const add = () => { if (added.value && !all().includes(added.value)) set([...all(), added.value].sort(), "Day off added"); };
    return h("div", { class: "mlm-field" }, h("span", {}, "Days off"), list,
      h("div", { class: "estimator-add" }, added, h("button", { type: "button", onclick: add }, "Add")), place);
  }

  function research() {
    const part = plan().research;
    if (!part) {
      return h("section", { class: "estimator-part" }, h("div", { class: "estimator-part-head" }, h("h2", {}, "Research"),
        button("Add research", "add-research", addResearch)),
        h("p", { class: "mlm-small mlm-quiet" }, "Timeboxed experiments until one passes its gate. Without research, delivery is only a question of when."));
    }
    const learned = part.success && typeof part.success === "object";
    const mark = h("span", { class: "estimator-critical mlm-small mlm-quiet" });
    criticals.set("research", mark);
    return h("section", { class: "estimator-part", "aria-label": "Research" },
      h("div", { class: "estimator-part-head" }, h("h2", {}, "Research"), mark),
      h("div", { class: "mlm-field" }, h("span", {}, "Timebox of one experiment, weeks"), fields.duration("research.timebox_weeks", "Timebox of one experiment", part.timebox_weeks)),
      learned
        ? h("div", { class: "estimator-pair" }, fields.number("research.success.successes", "Passed so far", { whole: true }), fields.number("research.success.trials", "of experiments", { whole: true }))
        : fields.share("research.success", "Chance that one passes"),
      h("div", { class: "estimator-pair" },
        fields.number("research.max_experiments", "Experiments at most", { whole: true, min: 1 }),
        fields.number("research.parallel", "Side by side", { whole: true, min: 1, optional: true })),
      h("p", { class: "mlm-small mlm-quiet estimator-slots" }),
      section("part-research", "Shape", () => SHAPES.find(([name]) => name === shapeOf(plan().research?.timebox_weeks))[1], () => [
        shape("research.timebox_weeks", "Shape of the timebox"),
        fields.choice("research.success", "Chance that one passes", [["number", "An estimate"], ["learned", "Learned from past experiments"]], {
          read: (value) => (value && typeof value === "object" ? "learned" : "number"),
          write: (chosen) => asSuccess(plan().research.success, chosen),
        }),
        button("Remove research", "remove-research", removeResearch, "estimator-quiet"),
      ], "mlm-small"));
  }

  /** What waits for nothing waits for the research: before it nobody knows whether an approach works. */
  function addResearch() {
    const old = plan();
    const tasks = (old.tasks ?? []).map((task) => (task.after?.length ? task : { ...task, after: ["research"] }));
    const part = removed ?? { timebox_weeks: { low: 2, likely: 3, high: 4 }, success: 0.3, max_experiments: 4 };
    change({ ...old, research: part, tasks }, "Research added; tasks that waited for nothing come after it.");
  }

  let removed = null;

  function removeResearch() {
    const old = plan();
    removed = old.research;
    const tasks = old.tasks?.map((task) => unlinked(task, "research", []));
    const risks = old.risks?.filter((risk) => risk.delays !== "research");
    change({ ...without(old, "research"), tasks, ...(risks ? { risks } : {}) }, "Research removed");
  }

  function tasks() {
    const all = plan().tasks ?? [];
    return h("section", { class: "estimator-part", "aria-label": "Tasks" },
      h("div", { class: "estimator-part-head" }, h("h2", {}, "Tasks"), h("span", { class: "mlm-small mlm-quiet" }, "weeks")),
      h("ol", { class: "estimator-list" }, all.map((task, i) => item(task, i))),
      button("Add task", "add-task", addTask));
  }

  function item(task, i) {
    const path = `tasks[${i}]`;
    const effort = task.effort_weeks !== undefined;
    const amount = effort ? "effort_weeks" : "weeks";
    const name = task.title ?? words(task.id);
    const mark = h("span", { class: "estimator-critical mlm-small mlm-quiet" });
    criticals.set(task.id, mark);
    const more = details(`task-${task.id}`, task.id, () => [
      shape(`${path}.${amount}`, "Shape"),
      h("div", { class: "mlm-field" }, h("label", { class: "mlm-field" }, "Given as", givenAs(task, i))),
      effort ? people(task, path) : null,
      links(task, i),
      button("Remove task", `remove-${task.id}`, () => removeTask(i), "estimator-quiet"),
    ]);
    return h("li", { class: "estimator-item", "data-id": task.id },
      h("div", { class: "estimator-item-head" }, fields.text(`${path}.title`, `Title of task ${i + 1}`, { hidden: true, className: "estimator-name", long: true, placeholder: words(task.id), optional: true }), mark, more.button),
      fields.duration(`${path}.${amount}`, name, task[amount], { unit: effort ? "person-weeks" : "weeks" }),
      more.panel);
  }

  function people(task, path) {
    const pace = h("small", {});
    paces.set(task.id, pace);
    const field = fields.number(`${path}.people`, "People on it", { step: 0.5, optional: true });
    field.append(h("small", {}, "Left empty: all of the team whose time is not kept for research."), pace);
    return field;
  }

  const shared = new Map(); // how many people shared a task's effort, should it be given as effort again

  function givenAs(task, i) {
    const select = h("select", { "data-key": `given-${task.id}` }, h("option", { value: "weeks" }, "Weeks"), h("option", { value: "effort_weeks" }, "Effort in person-weeks"));
    select.value = task.effort_weeks !== undefined ? "effort_weeks" : "weeks";
    select.addEventListener("change", () => {
      const { weeks, effort_weeks: effort, people: sharing, ...rest } = plan().tasks[i];
      const next = { ...rest, [select.value]: weeks ?? effort };
      if (sharing) shared.set(task.id, sharing);
      const many = shared.get(task.id) ?? (plan().team?.people ? undefined : 1);
      if (select.value === "effort_weeks" && many) next.people = many;
      replaceTask(i, next, "Task given another way");
    });
    return select;
  }

  function links(task, i) {
    const place = fields.trouble();
    const others = [...titlesOf(plan()).keys()].filter((id) => id !== task.id && !(plan().risks ?? []).some((risk) => risk.id === id));
    const boxes = others.map((id) => {
      const box = h("input", { type: "checkbox", value: id, "data-key": `link-${task.id}-${id}` });
      box.addEventListener("change", () => edit(`tasks[${i}].after`, boxes.filter((each) => each.checked).map((each) => each.value), { rest: true }));
      return box;
    });
    fields.watch(`tasks[${i}].after`, boxes, (after = []) => { for (const box of boxes) box.checked = after.includes(box.value); }, place);
    return h("fieldset", { class: "estimator-links" }, h("legend", {}, "Starts after"),
      others.length ? h("div", { class: "estimator-boxes" }, others.map((id, place) => h("label", {}, boxes[place], label(id)))) : h("p", { class: "mlm-small mlm-quiet" }, "There is nothing else to wait for."), place);
  }

  function label(id) {
    const text = h("span", {});
    named(id, (title) => { text.textContent = title; });
    return text;
  }

  function addTask() {
    const old = plan();
    const id = fresh("task", old);
    open.add(`task-${id}`);
    change({ ...old, tasks: [...(old.tasks ?? []), { id, title: "New task", weeks: { low: 1, likely: 2, high: 4 }, ...(old.research ? { after: ["research"] } : {}) }] }, "Task added");
    const field = element.querySelector(`[data-id="${id}"] textarea`);
    field?.focus();
    field?.select();
  }

  /** Whoever waited for the task now waits for what it waited for. */
  function removeTask(i) {
    const old = plan();
    const gone = old.tasks[i];
    const left = old.tasks.toSpliced(i, 1).map((task) => unlinked(task, gone.id, gone.after ?? []));
    const risks = (old.risks ?? []).filter((risk) => risk.delays !== gone.id);
    const lost = (old.risks ?? []).length - risks.length;
    change({ ...old, tasks: left, ...(old.risks ? { risks } : {}) }, "Task removed");
    say(`Removed ${gone.title ?? words(gone.id)}${lost ? ` and ${lost === 1 ? "the risk that delays" : `${lost} risks that delay`} it` : ""}. Undo brings it back.`);
    (element.querySelectorAll(".estimator-name")[Math.max(0, i - 1)] ?? element.querySelector('[data-key="add-task"]'))?.focus();
  }

  function risks() {
    const all = plan().risks ?? [];
    const targets = [...(plan().research ? ["research"] : []), ...(plan().tasks ?? []).map((task) => task.id)];
    return h("section", { class: "estimator-part", "aria-label": "Risks" },
      h("div", { class: "estimator-part-head" }, h("h2", {}, "Risks"), h("span", { class: "mlm-small mlm-quiet" }, "weeks they would add")),
      all.length ? h("ol", { class: "estimator-list" }, all.map((risk, i) => risky(risk, i, targets))) : null,
      targets.length ? button("Add risk", "add-risk", () => addRisk(targets)) : null);
  }

  function risky(risk, i, targets) {
    const path = `risks[${i}]`;
    const name = risk.title ?? words(risk.id);
    const more = details(`risk-${risk.id}`, risk.id, () => [
      shape(`${path}.weeks`, "Shape"),
      fields.choice(`${path}.delays`, "Delays", targets.map(nameOption)),
      button("Remove risk", `remove-${risk.id}`, () => change({ ...plan(), risks: plan().risks.toSpliced(i, 1) }, "Risk removed"), "estimator-quiet"),
    ]);
    return h("li", { class: "estimator-item", "data-id": risk.id },
      h("div", { class: "estimator-item-head" }, fields.text(`${path}.title`, `Title of risk ${i + 1}`, { hidden: true, className: "estimator-name", long: true, placeholder: words(risk.id), optional: true }), more.button),
      fields.share(`${path}.probability`, "Happens", { about: name }),
      fields.duration(`${path}.weeks`, `${name}, delay`, risk.weeks),
      more.panel);
  }

  function addRisk(targets) {
    const old = plan();
    const id = fresh("risk", old);
    open.add(`risk-${id}`);
    change({ ...old, risks: [...(old.risks ?? []), { id, title: "New risk", probability: 0.2, weeks: { low: 1, likely: 2, high: 4 }, delays: targets.at(-1) }] }, "Risk added");
    const field = element.querySelector(`[data-id="${id}"] textarea`);
    field?.focus();
    field?.select();
  }

  // -- pieces -------------------------------------------------------------------------------------------

  function shape(path, label) {
    return fields.choice(path, label, SHAPES, { read: shapeOf, write: (chosen) => reshaped(valueAt(path), chosen) });
  }

  function valueAt(path) {
    return path.match(/[^.[\]]+/g).reduce((value, step) => value?.[step], plan());
  }

  function replaceTask(i, task, label) {
    change({ ...plan(), tasks: plan().tasks.with(i, task) }, label);
  }

  /** A part that opens; what is in it is built when it does. */
  function section(key, title, summary, build, className = "") {
    const body = h("div", { class: "estimator-part-body" });
    const words = h("span", { class: "mlm-small mlm-quiet" });
    summaries.push(() => { words.textContent = summary(); });
    const element = h("details", { class: `estimator-part estimator-details ${className}`, open: open.has(key) }, h("summary", { "data-key": key }, h("span", { class: "estimator-summary-title" }, title), words), body);
    body.append(...build().filter(Boolean));
    element.addEventListener("toggle", () => { if (element.open) open.add(key); else open.delete(key); });
    return element;
  }

  function details(key, id, build) {
    const panel = h("div", { class: "estimator-more", hidden: !open.has(key) }, build().filter(Boolean));
    const toggle = h("button", { type: "button", class: "mlm-plain estimator-toggle", "aria-expanded": String(open.has(key)), "data-key": `toggle-${key}` }, h("span", { "aria-hidden": "true" }, "⋯"));
    named(id, (title) => toggle.setAttribute("aria-label", `Details of ${title}`));
    toggle.addEventListener("click", () => {
      panel.hidden = !panel.hidden;
      toggle.setAttribute("aria-expanded", String(!panel.hidden));
      if (panel.hidden) open.delete(key);
      else open.add(key);
    });
    return { button: toggle, panel };
  }

  return {
    element, show, annotate, fields,
    /** Open what is closed around a path, and go there. */
    reveal(path) {
      for (const panel of element.querySelectorAll("details")) if (path.startsWith("team") && panel.querySelector("summary[data-key=part-team]")) panel.open = true;
      fields.focus(path);
    },
    slots({ slots: number, research_people: paid }) {
      const place = element.querySelector(".estimator-slots");
      if (!place) return;
      const open = plan().research?.parallel === undefined && number !== null;
      place.hidden = !open;
      if (!open) return;
      place.textContent = paid === null ? "Side by side is left open: one at a time, since nobody says how many people there are."
        : paid < 1 ? "The research share pays for less than one person. One experiment at a time runs all the same; whoever does it is missing elsewhere."
          : `Side by side is left open: the research share pays for ${Math.round(10 * paid) / 10} people, so ${number} at a time.`;
    },
  };
}

function button(text, key, action, className = "") {
  return h("button", { type: "button", class: `mlm-plain ${className}`, "data-key": key, onclick: action }, text);
}

/** What the page is built from: another structure needs other controls. */
function structureOf(plan) {
  const shapeIn = (value) => shapeOf(value);
  return JSON.stringify([
    Boolean(plan.team), plan.research && [shapeIn(plan.research.timebox_weeks), typeof plan.research.success],
    (plan.tasks ?? []).map((task) => [task.id, shapeIn(task.weeks ?? task.effort_weeks), "effort_weeks" in task]),
    (plan.risks ?? []).map((risk) => [risk.id, shapeIn(risk.weeks)]),
  ]);
}

/** A chance as an estimate, or as a record of experiments, near to what it was. */
function asSuccess(value, chosen) {
  const learned = value && typeof value === "object";
  if (chosen === "learned") return learned ? value : { successes: Math.round(10 * value), trials: 10 };
  return learned ? Math.round((100 * (value.successes + 1)) / (value.trials + 2)) / 100 : value;
}

function unlinked(task, id, instead) {
  if (!task.after?.includes(id)) return task;
  const after = [...new Set(task.after.flatMap((each) => (each === id ? instead : [each])))];
  return { ...task, after };
}

function without(plan, name) {
  const { [name]: _, ...rest } = plan;
  return rest;
}

function fresh(kind, plan) {
  const taken = new Set([...(plan.tasks ?? []), ...(plan.risks ?? [])].map((each) => each.id));
  let number = 1;
  while (taken.has(`${kind}-${number}`)) number += 1;
  return `${kind}-${number}`;
}

/** The titles of the research, the tasks and the risks, by id. */
function titlesOf(plan) {
  const titled = [...(plan.tasks ?? []), ...(plan.risks ?? [])].map((each) => [each.id, each.title || words(each.id)]);
  return new Map([...(plan.research ? [["research", "Research"]] : []), ...titled]);
}

const words = (id) => id.replaceAll("-", " ").replace(/^./, (letter) => letter.toUpperCase());

function teamInWords({ people, availability = 1, research_share: share = 0, holidays }) {
  const percent = (value) => `${Math.round(100 * value)} %`;
  return [people ? `${people} people` : null, `${percent(availability)} available`, `${percent(share)} research`, holidays].filter(Boolean).join(" · ");
}
