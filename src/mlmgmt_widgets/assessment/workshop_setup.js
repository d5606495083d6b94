// A new workshop: which rubric, which team, named or not, which roles.

import { h } from "../ui/screen.js";
import { busy, inWords, sentence } from "../ui/parts.js";
import { minutes } from "./parts.js";

const LEAST_GROUP = 3; // of two people, each knows what the other said

/**
 * @param {{rubrics: object[], broken: object[], teams: string[], usual_group: number, ask: Function, oncreated: (code: string) => void, oncancel: () => void}} options
 * @returns {HTMLElement}
 */
export function setupForm({ rubrics, broken, teams, usual_group: usual, ask, oncreated, oncancel }) {
  let roles = [];
  let touched = false;
  const trouble = sentence();
  const problems = {};

  const rubric = h("select", { onchange: rubricChosen }, rubrics.map((each) => h("option", { value: each.name }, each.title)));
  const about = h("small", {});
  const team = h("input", { type: "text", list: "workshop-teams", maxlength: 80, autocomplete: "off", "aria-required": "true" });
  const anonymous = radio("kind", "anonymous", true);
  const named = radio("kind", "named", false);
  const group = h("input", { type: "number", min: LEAST_GROUP, max: 50, step: 1, value: usual, inputmode: "numeric" });
  const groupField = field("smallest_group", "Smallest group shown", group,
    "Results appear only when at least this many people have answered, and a role only when nobody in it can be singled out. Five is a good choice; three is the least.");
  const list = h("ul", { class: "workshop-roles", "aria-label": "Roles" });
  const another = h("input", { type: "text", maxlength: 80, autocomplete: "off", placeholder: "Another role", "aria-label": "Another role", onkeydown: entered });
  const go = h("button", { class: "mlm-primary" }, "Create workshop");

  const form = h("form", { class: "workshop-setup", novalidate: true, onsubmit: submit },
    h("h1", { tabindex: -1 }, "New workshop"),
    field("team", "Team", team, "As people call it. Use the same name each time and the results line up over the years."),
    h("datalist", { id: "workshop-teams" }, teams.map((each) => h("option", { value: each }))),
    field("rubric", "Rubric", rubric, about),
    broken.map((each) => h("details", { class: "mlm-note", "data-tone": "attention" },
      h("summary", {}, `“${each.name}” is left out: its file has a fault.`), h("pre", { class: "mlm-small" }, each.faults))),
    h("fieldset", { class: "mlm-stack workshop-choice" },
      h("legend", { class: "workshop-legend" }, "Whose answers are these?"),
      choice(anonymous, "Anonymous", "No names are asked. People say what they see, not what is expected of them."),
      choice(named, "Named", "You see who answered what, and exports carry names. For teams that want to talk person to person.")),
    groupField,
    h("fieldset", { class: "workshop-choice" },
      h("legend", { class: "workshop-legend" }, "Roles"),
      h("p", { class: "mlm-small mlm-quiet" }, "People pick one when they join, so that you can see where roles disagree. Without any role here, everyone may write their own."),
      list,
      h("div", { class: "workshop-add" }, another, h("button", { type: "button", onclick: add }, "Add")),
      problem("roles")),
    trouble.element,
    h("div", { class: "mlm-row" }, go, h("button", { type: "button", class: "mlm-plain", onclick: oncancel }, "Cancel")));

  function radio(name, value, checked) {
    return h("input", { type: "radio", name, value, checked, onchange: kindChosen });
  }

  function choice(input, title, text) {
    return h("label", { class: "workshop-option" }, input, h("span", {}, h("strong", {}, title), h("span", { class: "mlm-small mlm-quiet" }, text)));
  }

  function field(name, title, input, help) {
    const hint = help instanceof Node ? help : h("small", {}, help);
    hint.id = `workshop-${name}-help`;
    const said = problem(name);
    input.setAttribute("aria-describedby", `${hint.id} ${said.id}`);
    input.addEventListener("input", () => complain(name, ""));
    return h("div", { class: "workshop-field" }, h("label", { class: "mlm-field" }, title, input), hint, said);
  }

  function problem(name) {
    problems[name] = h("p", { class: "mlm-error mlm-small", id: `workshop-${name}-problem`, role: "alert", hidden: true });
    return problems[name];
  }

  function complain(name, text) {
    const said = problems[name];
    said.textContent = text;
    said.hidden = !text;
    inputs[name]?.setAttribute("aria-invalid", text ? "true" : "false");
  }

  const inputs = { team, rubric, smallest_group: group };

  function rubricChosen() {
    const chosen = rubrics.find((each) => each.name === rubric.value);
    about.textContent = chosen ? `${chosen.questions} questions, about ${minutes(chosen.questions)} to answer. ${chosen.description}` : "";
    if (!touched && chosen) {
      roles = chosen.roles;
      showRoles();
    }
  }

  function kindChosen() {
    groupField.hidden = named.checked;
  }

  function showRoles() {
    list.replaceChildren(...roles.map((role) => h("li", {}, inWords(role),
      h("button", { type: "button", "aria-label": `Take out ${inWords(role)}`, onclick: () => takeOut(role) }, "×"))));
    list.hidden = roles.length === 0;
  }

  function takeOut(role) {
    const at = roles.indexOf(role);
    touched = true;
    roles = roles.filter((each) => each !== role);
    showRoles();
    (list.children[Math.min(at, roles.length - 1)]?.querySelector("button") ?? another).focus();
  }

  function add() {
    const role = another.value.trim();
    const known = roles.some((each) => inWords(each).toLowerCase() === inWords(role).toLowerCase());
    complain("roles", known ? "This role is in the list already." : "");
    if (role && !known) {
      touched = true;
      roles = [...roles, role];
      showRoles();
      another.value = "";
    }
    another.focus();
  }

  function entered(event) {
    complain("roles", "");
    if (event.key !== "Enter") return;
    event.preventDefault();
    add();
  }

  async function submit(event) {
    event.preventDefault();
    if (another.value.trim()) add();
    trouble.say("");
    for (const name of Object.keys(problems)) complain(name, "");
    try {
      const reply = await busy(go, () => ask("create", {
        rubric: rubric.value, team: team.value, anonymous: anonymous.checked,
        smallest_group: named.checked ? usual : group.value.trim(), roles,
      }, { timeout: 20_000 }));
      if (!reply) return;
      if (reply.code) {
        oncreated(reply.code);
        return;
      }
      for (const [name, text] of Object.entries(reply.problems)) complain(name, text);
      const first = Object.keys(inputs).find((name) => reply.problems[name]);
      (inputs[first] ?? another).focus();
    } catch (error) {
      trouble.say(error.message);
    }
  }

  rubricChosen();
  kindChosen();
  return form;
}
