// What the tabs show: when, what drives it, scenarios, past estimates. Saving has a file of its own.

import { busy, sentence } from "../ui/parts.js";
import { h } from "../ui/screen.js";
import { controls } from "./estimator_controls.js";

const GUIDE = { from: 0.2, to: 0.3 };

/** Milliseconds without a new answer until the figures below the first one move, too. */
const REST = 160;

/**
 * Places for figures, by their id, made as they come. While a control moves, the first figure moves with it, in the same
 * frame as the answer; the others follow as soon as it rests: painting them all would hold up the next answer.
 */
export function figures(element, figure) {
  const hosts = new Map();
  let timer = 0;

  function later(payloads) {
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const payload of payloads) if (hosts.get(payload.id)?.isConnected) figure(hosts.get(payload.id), payload);
    }, REST);
  }

  return (payloads) => {
    for (const [id, host] of hosts) {
      if (payloads.some((each) => each.id === id)) continue;
      host.remove();
      hosts.delete(id);
    }
    const others = [];
    for (const payload of payloads) {
      const known = hosts.has(payload.id);
      if (!known) hosts.set(payload.id, element.appendChild(h("div", { class: "estimator-figure" })));
      if (known && payload !== payloads[0]) others.push(payload);
      else figure(hosts.get(payload.id), payload);
    }
    if (others.length) later(others);
  };
}

export function whenTab({ figure, reveal }) {
  const list = h("ul", { class: "estimator-hints" });
  const summary = h("summary", {});
  const hints = h("details", { class: "estimator-hints-box", hidden: true }, summary, list);
  const made = h("p", { class: "mlm-small mlm-quiet" });
  const drawn = h("div", { class: "estimator-figures" });
  const draw = figures(drawn, figure);
  return {
    element: h("div", { class: "mlm-stack" }, h("h2", { class: "mlm-quiet-text" }, "When"), hints, drawn, made),
    show: ({ figures: all }) => draw(all),
    hints({ hints: found, made: how }) {
      made.textContent = how;
      hints.hidden = !found.length;
      summary.textContent = `${found.length} ${found.length === 1 ? "thing" : "things"} to look at in this plan`;
      list.replaceChildren(...found.map(({ sentence: said, path }) => h("li", {}, h("span", {}, said), path ? h("button", { type: "button", class: "mlm-plain mlm-small", onclick: () => reveal(path) }, "Go there") : null)));
    },
  };
}

export function driversTab({ figure, plan, edit }) {
  const list = h("ul", { class: "estimator-sentences" });
  const fields = controls({ edit });
  const share = h("p", { class: "mlm-small mlm-quiet" });
  const slider = h("div", { class: "estimator-share-box", hidden: true }, h("h2", {}, "What research capacity costs and buys"), fields.share("team.research_share", "Kept for research", { max: 0.9, band: GUIDE, note: "The guide’s 20–30 % is marked." }), share);
  const more = h("section", { class: "mlm-stack", hidden: true }, h("h2", {}, "One more experiment?"), list);
  const drawn = h("div", { class: "estimator-figures" });
  const draw = figures(drawn, figure);
  return {
    element: h("div", { class: "mlm-stack" }, h("h2", { class: "mlm-quiet-text" }, "What drives it"), more, slider, drawn),
    show({ figures: all, research, team, sentences, share: words }) {
      more.hidden = !research;
      list.replaceChildren(...sentences.map((each) => h("li", {}, each)));
      slider.hidden = !team;
      share.textContent = words;
      fields.show(plan());
      draw(all);
    },
  };
}

export function compareTab({ figure, run }) {
  const trouble = sentence();
  const words = h("p", { class: "estimator-verdict" });
  const drawn = h("div", { class: "estimator-figures" });
  const draw = figures(drawn, figure);
  const sides = h("div", { class: "mlm-scroll" });
  const reasons = h("p", {});
  const act = (action, text, className = "") => h("button", { type: "button", class: className, onclick: (event) => go(event.currentTarget, action) }, text);
  const none = h("div", { class: "mlm-card mlm-stack" }, h("h2", {}, "Keep this plan as A, then change it"),
    h("p", {}, "Both plans live through the same futures: the same experiments fail, the same tasks run late. So what differs between them is your change, and nothing else."),
    h("div", { class: "mlm-row" }, act("keep", "Keep this plan as A", "mlm-primary")));
  const some = h("div", { class: "mlm-stack" }, h("h2", { class: "mlm-quiet-text" }, "A and B"), words, reasons, sides, h("div", { class: "mlm-row" }, act("return", "Go back to A"), act("swap", "Swap A and B"), act("keep", "Make this plan A"), act("forget", "Forget A", "mlm-plain")), drawn);

  async function go(button, action) {
    trouble.say("");
    try {
      await busy(button, () => run("scenario", { action }, { uses: action === "keep" || action === "swap", replaces: action === "return" || action === "swap" }));
    } catch (error) {
      trouble.say(error.message);
    }
  }

  return {
    element: h("div", { class: "mlm-stack" }, trouble.element, none, some),
    show({ kept, verdict, reasons: why, plans, figures: all }) {
      none.hidden = Boolean(kept);
      some.hidden = !kept;
      if (!kept) return draw([]);
      words.textContent = verdict;
      reasons.textContent = why;
      reasons.hidden = !why;
      sides.replaceChildren(table(plans));
      return draw(all);
    },
  };
}

function table(plans) {
  const row = (name, cell) => h("tr", {}, h("th", { scope: "row" }, name), plans.map((each) => h("td", {}, cell(each) ?? "–")));
  const dates = ["P50", "P80", "P95"];
  return h("table", { class: "estimator-sides" },
    h("thead", {}, h("tr", {}, h("td", {}), plans.map(({ label }) => h("th", { scope: "col" }, label)))),
    h("tbody", {}, row("Delivers at all", (each) => each.delivers), dates.map((name, i) => row(name, (each) => each.dates[i])), plans.some((each) => each.on_time) ? row("Makes the deadline", (each) => each.on_time) : null));
}

export function pastTab({ figure, run }) {
  const trouble = sentence();
  const file = h("input", { type: "file", accept: ".csv", hidden: true, onchange: read });
  const own = h("button", { type: "button", class: "mlm-primary", onclick: () => file.click() }, "Open your CSV …");
  const example = h("button", { type: "button", onclick: (event) => go(event.currentTarget, "past", { name: "example", text: null }) }, "Look at the example team’s");
  const intro = h("div", { class: "mlm-stack" }, h("h2", {}, "How often did your estimates hold?"),
    h("p", {}, "A P50 should hold half the time and a P80 in eight cases of ten. Write down what you estimated and what it took, one line a task: ", h("code", {}, "task,estimated_on,p50_weeks,p80_weeks,actual_weeks"), ". Only p50_weeks and actual_weeks have to be there."));
  const source = h("p", { class: "mlm-small mlm-quiet" });
  const list = h("ul", { class: "estimator-sentences" });
  const box = h("input", { type: "checkbox", onchange: () => go(box, "overrun", { on: box.checked }) });
  const use = h("label", { class: "estimator-switch" }, box, h("span", {}, h("strong", {}, "Use these overruns in the forecast"), h("small", {}, "Every task then takes its own P50 times one of these ratios, drawn anew each time, instead of a draw from its own range. The page, the memo and the YAML say so.")));
  const off = h("div", { class: "mlm-note", "data-tone": "attention", hidden: true });
  const drawn = h("div", { class: "estimator-figures" });
  const draw = figures(drawn, figure);

  async function go(button, kind, payload) {
    trouble.say("");
    try {
      await busy(button, () => run(kind, payload));
    } catch (error) {
      trouble.say(error.message);
      if (kind === "overrun") box.checked = !box.checked;
    }
  }

  async function read() {
    const [chosen] = file.files;
    file.value = "";
    if (chosen) await go(own, "past", { name: chosen.name, text: await chosen.text() });
  }

  return {
    element: h("div", { class: "mlm-stack" }, intro, h("div", { class: "mlm-row" }, own, example, file), trouble.element, source, list, use, off, drawn),
    show({ source: from, count, enough, sentences: said = [], overrun, figures: all }) {
      source.textContent = from ? `${count} finished tasks of ${from === "the example team" ? "the example team, which is invented" : from}.` : "";
      list.replaceChildren(...said.map((each) => h("li", {}, each)));
      use.hidden = !from;
      box.disabled = !enough;
      box.checked = Boolean(overrun);
      off.hidden = Boolean(from) || !overrun;
      if (!off.hidden) off.replaceChildren(h("span", {}, `This plan has ${overrun} past overruns switched on. `), h("button", { type: "button", onclick: (event) => go(event.currentTarget, "overrun", { on: false }) }, "Switch them off"));
      draw(all);
    },
  };
}
