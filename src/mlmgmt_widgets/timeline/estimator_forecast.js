// The forecast: the answer, always in sight, and tabs with everything behind it.

import { keptDrawings } from "../ui/drawings.js";
import { h } from "../ui/screen.js";
import { tabRow } from "../ui/tabs.js";
import { keepTab } from "./estimator_keep.js";
import { compareTab, driversTab, pastTab, whenTab } from "./estimator_tabs.js";

const TABS = [["plan", "Plan"], ["when", "When"], ["drivers", "What drives it"], ["compare", "Compare"], ["past", "Past estimates"], ["keep", "Save and share"]];

/**
 * @param {object} options what the tabs need: `root`, `run`, `vega`, `plan`, `edit`, `reveal`, `key`, `again`
 */
export function forecastPane(options) {
  const { root, again, vega } = options;
  let chosen = "when";
  let onPlan = true; // where there is room for one pane only: the plan comes first
  let shown = null; // the tab whose view is on the page
  let view = null;
  const drawings = keptDrawings(vega);

  // -- the answer ---------------------------------------------------------------------------------------

  const sentence = h("p", { class: "estimator-sentence" });
  const deadline = h("p", { class: "estimator-deadline" });
  const compared = h("p", { class: "estimator-compared mlm-small" });
  const overrun = h("p", { class: "estimator-overrun mlm-small", hidden: true });
  const dates = h("dl", { class: "estimator-dates" });
  const stale = h("p", { class: "mlm-note estimator-stale", "data-tone": "attention", role: "status", hidden: true });
  const live = h("p", { class: "mlm-quiet-text", role: "status", "aria-live": "polite" });
  const panel = h("div", { class: "estimator-panel", role: "tabpanel", tabindex: "-1" });
  const tabs = tabRow({ label: "Forecast", tabs: TABS, panel, onchoose: choose });
  const answer = h("section", { class: "estimator-answer", "aria-label": "Answer" }, sentence, dates, deadline, compared, overrun, stale, live);
  const element = h("div", { class: "estimator-right" }, h("div", { class: "estimator-head" }, answer, tabs.element), panel);
  let spoken = 0;

  function showAnswer(said) {
    write(sentence, said.sentence);
    write(deadline, said.deadline);
    write(compared, said.compared);
    compared.hidden = !said.compared;
    overrun.hidden = !said.overrun;
    write(overrun, said.overrun ? `Overrun is on: every task takes its own P50 times one of ${said.overrun} past overruns.` : "");
    showDates(said.dates);
    // Read out once the plan rests, not at every step of a slider.
    clearTimeout(spoken);
    spoken = setTimeout(() => write(live, `${said.sentence} ${said.deadline}`), 900);
  }

  function showDates(all) {
    if (dates.children.length !== all.length) dates.replaceChildren(...all.map(({ name }) => h("div", {}, h("dt", {}, name), h("dd", {}, h("strong"), h("span", { class: "mlm-small mlm-quiet" })))));
    all.forEach(({ day, weeks }, i) => {
      write(dates.children[i].querySelector("strong"), day);
      write(dates.children[i].querySelector("span"), weeks);
    });
  }

  // -- the tabs -----------------------------------------------------------------------------------------

  function choose(name) {
    onPlan = name === "plan";
    if (!onPlan) chosen = name;
    mark();
    if (!onPlan && shown !== chosen) again();
  }

  function mark() {
    root.dataset.pane = onPlan ? "plan" : "forecast";
    tabs.mark(onPlan && root.clientWidth < 1000 ? "plan" : chosen);
  }

  // The panes stand side by side or behind each other as there is room: then other tabs count.
  const observer = new ResizeObserver(mark);
  observer.observe(root);

  const builders = { when: whenTab, drivers: driversTab, compare: compareTab, past: pastTab, keep: keepTab };

  function show({ answer: said, tab }) {
    showAnswer(said);
    if (tab.name !== chosen) return; // another tab was chosen while this was on its way: it has been asked for
    if (shown !== tab.name) {
      drawings.clear();
      shown = tab.name;
      view = builders[shown]({ ...options, figure: drawings.figure, choose });
      panel.replaceChildren(view.element);
    }
    view.show(tab, said);
    root.dispatchEvent(new CustomEvent("estimator-shown"));
  }

  mark();

  return {
    element, show,
    /** What a question to the kernel says about this page. */
    wants: () => ({ tab: chosen, known: drawings.known() }),
    /** The plan has faults: what is shown belongs to the one before. */
    stale(elsewhere, count) {
      root.dataset.stale = "true";
      const words = elsewhere.length ? elsewhere.join(" ") : count === 1 ? "One value of the plan cannot be used; beside it stands why." : `${count} values of the plan cannot be used; beside them stands why.`;
      write(stale, `${words} The forecast is that of the plan before.`);
      stale.hidden = false;
    },
    /** What is shown is that of the plan on the page. */
    fresh() {
      stale.hidden = true;
      delete root.dataset.stale;
    },
    hints(said) { view?.hints?.(said); },
    leave() { choose("plan"); },
    destroy() {
      clearTimeout(spoken);
      observer.disconnect();
      drawings.clear();
    },
  };
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
