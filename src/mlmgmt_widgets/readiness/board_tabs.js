// What stands below the verdict, one tab at a time.

import { h } from "../ui/screen.js";
import { tabRow } from "../ui/tabs.js";
import { compareTab } from "./board_compare.js";
import { filesTab } from "./board_files.js";
import { itemsTab } from "./board_items.js";
import { riskTab } from "./board_risk.js";
import { signOffsTab } from "./board_sign.js";
import { timeTab } from "./board_time.js";

const TABS = [["items", "Items"], ["risk", "Risk"], ["sign-offs", "Sign-offs"], ["time", "Over time"], ["compare", "Compare"], ["files", "Files"]];

/** @param {object} options what the tabs need: `run`, `edit`, `again`, `root`, `who`, `drawings`, `checklist`, `asOf` */
export function tabsOf(options) {
  const { again, drawings } = options;
  const panel = h("div", { class: "board-panel", role: "tabpanel", tabindex: "-1" });
  const row = tabRow({ label: "Review", tabs: TABS, panel, onchoose: choose });
  const builders = { items: itemsTab, risk: riskTab, "sign-offs": signOffsTab, time: timeTab, compare: compareTab, files: filesTab };
  const views = new Map(); // tabs keep what was typed in them
  let chosen = "items";
  let last = null;
  let decided = null;

  function choose(name) {
    if (name === chosen && views.has(name)) return;
    chosen = name;
    drawings.clear();
    mount();
    again();
  }

  function mount() {
    if (!views.has(chosen)) views.set(chosen, builders[chosen]({ ...options, choose, reveal }));
    panel.replaceChildren(views.get(chosen).element);
    row.mark(chosen);
    // The list of items is in every answer; what else a tab shows has to be asked for.
    if (last && chosen === "items") views.get("items").show(last);
  }

  /** Go to an item. */
  function reveal(item) {
    choose("items");
    views.get("items").reveal(item);
  }

  mount();

  return {
    element: h("div", { class: "board-below" }, row.element, panel),
    wants: () => ({ tab: chosen }),
    kept: () => Boolean(last?.kept),
    reveal, choose,
    show(said) {
      last = said;
      if (decided === null && !said.head.decided) {
        decided = false;
        choose("risk"); // nothing can be judged before
        return;
      }
      decided = said.head.decided;
      views.get("items")?.show(said);
      if (said.tab.name === chosen && chosen !== "items") views.get(chosen).show(said);
    },
  };
}
