// Sign-offs: who, in which role, says that this version may pass a stage.

import { busy, inWords, sentence } from "../ui/parts.js";
import { h } from "../ui/screen.js";
import { shortDay } from "./board_words.js";

/** @param {object} options `edit`, `who`, `checklist` */
export function signOffsTab({ edit, who, checklist }) {
  const { stages } = checklist();
  const trouble = sentence();
  const list = h("div", { class: "board-signed" });
  const stage = h("select", {}, stages.map((each) => h("option", { value: each }, inWords(each))));
  const known = who.roles();
  // A checklist may know no roles; then people write their own.
  const role = known.length ? h("select", {}, known.map((each) => h("option", { value: each }, inWords(each)))) : h("input", { type: "text", maxlength: 100, placeholder: "ml-engineer", autocomplete: "off" });
  const note = h("input", { type: "text", maxlength: 1000, autocomplete: "off" });
  const go = h("button", { type: "button", class: "mlm-primary", onclick: () => sign(go, "go") }, "Sign: go");
  const stop = h("button", { type: "button", onclick: () => sign(stop, "no-go") }, "Sign: no-go");
  let first = true;

  const element = h("div", { class: "mlm-stack board-sign" }, h("section", { class: "mlm-stack" }, h("h2", {}, "Who says so"),
    h("p", {}, "A signature says that somebody in a role has looked at this version and takes the decision with the others. A missing one is shown here and in every report; what blocks the gate are the items.")),
    list,
    h("section", { class: "mlm-card mlm-stack board-sign-form" }, h("h3", {}, "Sign"),
      h("div", { class: "board-pair" }, h("label", { class: "mlm-field" }, "Stage", stage), h("label", { class: "mlm-field" }, "In the role of", role)),
      h("label", { class: "mlm-field" }, "Note (optional)", note), trouble.element, h("div", { class: "mlm-row" }, go, stop)));

  async function sign(button, decision) {
    trouble.say("");
    try {
      const said = await busy(button, () => edit("sign", { stage: stage.value, role: role.value, decision, note: note.value }));
      if (said && !said.clash) note.value = "";
    } catch (error) {
      trouble.say(error.message);
    }
  }

  function line(role, signed, isAsked) {
    const [last, ...before] = signed;
    const state = last ? "other version" : "not signed";
    const said = ({ by, on, version, note: text, decision, current }) => `${decision} by ${by}, ${shortDay(on)}${current ? "" : `, for version ${version}`}${text ? `: ${text}` : ""}`;
    return h("li", {}, h("span", { class: "board-sign-role" }, inWords(role)), h("span", { class: "board-sign-state", "data-state": last?.current ? last.decision : "open" }, last?.current ? { go: "✓ go", "no-go": "✕ no-go" }[last.decision] : state),
      h("span", { class: "mlm-small mlm-quiet" }, last ? said(last) : isAsked ? "asked for at this stage" : ""),
      before.length ? h("details", { class: "board-past" }, h("summary", {}, `${before.length} earlier`), h("ul", {}, before.map((each) => h("li", { class: "mlm-small" }, said(each))))) : null);
  }

  return {
    element,
    show({ tab, head }) {
      const signed = tab.stages.filter((each) => each.roles.length);
      list.replaceChildren(...signed.map((each) => h("section", {}, h("h3", {}, each.name),
        h("ul", { class: "board-sign-list" }, each.roles.map((one) => line(one.role, one.signed, each.asked.includes(one.role)))))));
      list.hidden = !signed.length;
      if (first) {
        first = false;
        stage.value = head.stage;
        const mine = who.me().role;
        if (mine) role.value = mine;
      }
    },
  };
}
