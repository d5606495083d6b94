// The items: by stage and theme, filtered, each of them opening in its place.

import { count, inWords } from "../ui/parts.js";
import { announce, h } from "../ui/screen.js";
import { itemPanel } from "./board_item.js";
import { unreadFiles } from "./board_unread.js";
import { mark, shortDay } from "./board_words.js";

const SHOW = [
  ["reached", "Everything up to this stage"],
  ["blocks", "What blocks this stage"],
  ["open", "Whatever is not settled"],
  ["overdue", "Overdue"],
  ["all", "All stages"],
  ["not-asked", "Not asked at this tier"],
];
const FITS = {
  reached: (each) => each.asked && each.reached,
  blocks: (each) => each.asked && each.reached && each.blocks,
  open: (each) => each.asked && each.outcome === "open",
  overdue: (each) => each.overdue,
  all: (each) => each.asked,
  "not-asked": (each) => !each.asked,
};

/** @param {object} options `edit`, `root`, `who`, `checklist` */
export function itemsTab(options) {
  const { checklist, root } = options;
  const { items, stages, meanings = {} } = checklist();
  const rows = new Map(items.map((item) => [item.id, itemRow(item)]));
  const show = h("select", { onchange: filter }, SHOW.map(([value, text]) => h("option", { value }, text)));
  const role = h("select", { onchange: filter });
  const person = h("select", { onchange: filter });
  const search = h("input", { type: "search", placeholder: "Search", "aria-label": "Search the items", oninput: filter });
  const counted = h("p", { class: "mlm-small mlm-quiet board-counted", role: "status" });
  const list = h("div", { class: "board-list" });
  const groups = stages.map(group).filter(Boolean);
  const unread = unreadFiles(options);
  let said = null;
  let opened = null;

  role.append(h("option", { value: "" }, "Any role"), ...[...new Set(items.map((each) => each.owner).filter(Boolean))].sort().map((each) => h("option", { value: each }, inWords(each))));
  list.append(...groups.map(({ element }) => element));

  const element = h("div", { class: "mlm-stack board-items" }, h("h2", { class: "mlm-quiet-text" }, "Items"),
    h("div", { class: "board-filter" }, h("label", { class: "mlm-field" }, "Show", show), h("label", { class: "mlm-field" }, "Owned by", role), h("label", { class: "mlm-field" }, "Seen to by", person), h("label", { class: "mlm-field" }, "Search", search)),
    unread.element, counted, list);

  // -- rows -----------------------------------------------------------------------------------------------

  function itemRow(item) {
    const sign = h("span", { class: "board-sign" });
    const state = h("span", { class: "board-state" });
    const found = h("span", { class: "mlm-small mlm-quiet board-found" });
    const owner = h("span", { class: "mlm-small mlm-quiet board-owner" });
    const button = h("button", { type: "button", class: "board-row", "aria-expanded": "false", id: `board-item-${item.id}`, onclick: () => toggle(item.id) },
      sign, h("span", { class: "board-row-title" }, h("strong", {}, item.title), h("span", { class: "board-question" }, item.question)), state, owner, found);
    const element = h("li", { class: "board-item", "data-item": item.id, onkeydown: left }, h("h4", { class: "board-row-head" }, button));
    let panel = null;

    function left(event) {
      // In a field, Escape belongs to the browser: it closes a date's calendar, for instance.
      if (event.key === "Escape" && opened === item.id && !event.target.matches("input, textarea, select")) toggle(item.id);
    }

    return {
      item, element, button,
      show(each) {
        sign.replaceChildren(mark(each.outcome, each.blocks));
        state.textContent = each.words;
        state.dataset.outcome = each.outcome;
        state.dataset.blocks = String(Boolean(each.blocks));
        // Of what passed, only what was measured is worth a line here.
        const telling = each.outcome !== "passed" || each.evidence.some((piece) => piece.counts && piece.passes !== null);
        found.textContent = telling ? each.said ?? "" : "";
        owner.replaceChildren(each.owner || (item.owner ? inWords(item.owner) : ""), each.due ? h("span", { class: "board-due", "data-overdue": String(each.overdue) }, `${each.overdue ? "overdue since" : "due"} ${shortDay(each.due)}`) : "");
        panel?.show(each);
      },
      open(is, each) {
        button.setAttribute("aria-expanded", String(is));
        if (is && !panel) {
          panel = itemPanel({ ...options, item });
          panel.show(each);
          element.append(panel.element);
        }
        if (panel) panel.element.hidden = !is;
        if (is || !panel || panel.isDirty()) return; // what somebody has begun to type is there when they come back
        panel.element.remove();
        panel = null;
      },
    };
  }

  function group(stage) {
    const own = items.filter((item) => item.stage === stage);
    if (!own.length) return null;
    const themes = [...new Set(own.map((item) => item.theme ?? "other"))].map((theme) => {
      const inside = own.filter((item) => (item.theme ?? "other") === theme);
      return { element: h("section", {}, h("h3", { class: "board-theme" }, inWords(theme)), h("ul", { class: "board-rows" }, inside.map(({ id }) => rows.get(id).element))), inside };
    });
    const element = h("section", { class: "board-group" }, h("div", { class: "board-group-head" }, h("h2", {}, inWords(stage)), meanings[stage] ? h("p", { class: "mlm-small mlm-quiet" }, meanings[stage]) : null), themes.map((each) => each.element));
    return { element, themes };
  }

  // -- opening --------------------------------------------------------------------------------------------

  function toggle(id) {
    const was = opened;
    if (opened) rows.get(opened).open(false);
    opened = was === id ? null : id;
    if (opened) rows.get(opened).open(true, said.items[opened]);
    else rows.get(id).button.focus();
  }

  function reveal(id) {
    const row = rows.get(id);
    if (!row) return;
    if (row.element.hidden) {
      show.value = "all";
      role.value = person.value = search.value = "";
      filter();
    }
    if (opened !== id) toggle(id);
    row.button.focus();
    row.element.scrollIntoView({ block: "start" });
  }

  // -- filtering ------------------------------------------------------------------------------------------

  function fits({ id, title, question, owner, theme }) {
    const each = said.items[id];
    const text = `${title} ${question} ${theme ?? ""} ${each.owner} ${each.note}`.toLowerCase();
    return FITS[show.value](each) && (!role.value || owner === role.value) && (!person.value || each.owner === person.value) && text.includes(search.value.trim().toLowerCase());
  }

  function filter() {
    if (!said) return;
    let shown = 0;
    for (const { element: whole, themes } of groups) {
      let any = false;
      for (const { element: section, inside } of themes) {
        const those = inside.filter((item) => {
          const is = fits(item) || item.id === opened; // what is being worked on does not vanish under one's hands
          rows.get(item.id).element.hidden = !is;
          return is;
        });
        section.hidden = !those.length;
        any ||= those.length > 0;
        shown += those.length;
      }
      whole.hidden = !any;
    }
    const words = shown ? `${count(shown, "item", "items")} shown.` : NOTHING[show.value] ?? "No item is like that.";
    if (counted.textContent !== words) counted.textContent = words; // it is read aloud
    if (this === search) announce(root, counted.textContent);
  }

  function people() {
    const now = [...new Set(Object.values(said.items).map((each) => each.owner).filter(Boolean))].sort();
    const before = person.value;
    if (document.activeElement === person) return;
    person.replaceChildren(h("option", { value: "" }, "Anybody"), ...now.map((each) => h("option", { value: each, selected: each === before }, each)));
  }

  return {
    element, reveal,
    show(next) {
      said = next;
      unread.show(next.unread);
      for (const [id, row] of rows) row.show(said.items[id]);
      people();
      filter();
    },
  };
}

const NOTHING = {
  blocks: "Nothing blocks this stage.",
  open: "Everything is settled.",
  overdue: "Nothing is overdue.",
  "not-asked": "At this tier, everything is asked.",
};
