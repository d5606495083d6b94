// After the reveal: where the team stands, what to talk about, every question, earlier workshops, files to take home.

import { loadVega, showFigure } from "../ui/figure.js";
import { download, h } from "../ui/screen.js";
import { agendaList, decided, decisionStore, discussion } from "./workshop_agenda.js";
import { joinPanel } from "./workshop_collect.js";
import { busy, confirm, count, day, decimal, sentence } from "../ui/parts.js";
import { grouped } from "./parts.js";

const FILES = [
  { format: "html", title: "Report", text: "One page to print or send, with the charts in it.", type: "text/html;charset=utf-8" },
  { format: "xlsx", title: "Excel", text: "Sections, questions, agenda and decisions as sheets.", type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
  { format: "markdown", title: "Markdown", text: "A short page for the team’s wiki.", type: "text/markdown;charset=utf-8" },
  { format: "csv", title: "CSV", text: "Every answer as a row, for “mlmgmt score” or a notebook.", type: "text/csv;charset=utf-8" },
  { format: "json", title: "JSON", text: "The scores and decisions, for programs.", type: "application/json" },
];

/**
 * @param {{model: any, root: HTMLElement, ask: Function, header: (...actions: Node[]) => HTMLElement, again: () => void, memory: {tab?: number}}} options
 */
export function resultsView({ model, root, ask, header, again, memory }) {
  const workshop = model.get("workshop");
  const vega = () => loadVega(model.get("_vega"), () => ask("vega", {}, { timeout: 60_000 }));
  const store = decisionStore(ask);
  const cleanUps = [];
  let results = null;
  let room = null;
  let ended = false;

  // -- the frame ----------------------------------------------------------------------------------------

  const open = workshop.state === "revealed";
  const newsText = h("span", {});
  const takeIn = h("button", { type: "button", onclick: refresh }, "Take in the new answers");
  const news = h("div", { class: "mlm-note workshop-news", role: "status", hidden: true }, newsText, takeIn);
  const joining = h("div", { class: "workshop-joining", hidden: true });
  const joinButton = open ? h("button", { type: "button", "aria-expanded": "false", onclick: toggleJoin }, `Join code ${grouped(workshop.code)}`) : null;
  const closing = open ? h("button", { type: "button", onclick: close }, "Close workshop") : null;
  const place = h("div", { class: "workshop-results" }, h("p", { class: "mlm-quiet", role: "status" }, "Working out the results…"));
  const element = h("div", { class: "mlm-stack" }, header(joinButton, closing), joining, news, place);

  function toggleJoin() {
    joining.hidden = !joining.hidden;
    joinButton.setAttribute("aria-expanded", String(!joining.hidden));
    if (joining.hidden || joining.children.length) return;
    const panel = joinPanel({ model, ask });
    joining.append(panel.element);
    cleanUps.push(panel.destroy);
  }

  function progress(now) {
    const said = now.news.sentence ?? "";
    if (newsText.textContent !== said) newsText.textContent = said;
    news.hidden = !said;
    takeIn.hidden = !now.news.ready;
  }

  async function refresh() {
    try {
      await busy(takeIn, () => ask("refresh", {}, { timeout: 20_000 }));
      again();
    } catch (error) {
      newsText.textContent = error.message;
    }
  }

  async function close() {
    await confirm(root, {
      title: "Close this workshop?", action: "Close", danger: true,
      text: ["Nobody can join or change an answer any more, and the results are final. Decisions can still be written down.",
        workshop.anonymous ? `Answers given since are taken in for questions on which at least ${workshop.smallest_group} people changed or added one.` : null].filter(Boolean),
      run: () => ask("close", {}, { timeout: 20_000 }),
    });
  }

  // -- the results --------------------------------------------------------------------------------------

  async function load() {
    try {
      ({ results } = await ask("results", {}, { timeout: 60_000 }));
      if (ended) return;
      if (results.hidden) {
        place.replaceChildren(h("p", { class: "mlm-note" }, results.hidden));
        return;
      }
      store.take(results.agenda);
      const notes = results.notes.length ? h("div", { class: "mlm-note mlm-stack", role: "note", "aria-label": "What is left out" }, results.notes.map((said) => h("p", {}, said))) : null;
      place.replaceChildren(...[notes].filter(Boolean), tabs([
        { id: "overview", title: "Overview", build: overview },
        { id: "agenda", title: "Agenda", build: agenda },
        { id: "questions", title: "Questions", build: () => figures("Every question", results.figures.questions) },
        { id: "unknown", title: "Don’t know", build: () => figures("What people don’t know", results.figures.dont_know) },
        { id: "history", title: "History", build: history },
        { id: "export", title: "Export", build: exports },
      ], memory));
    } catch (error) {
      if (ended) return;
      place.replaceChildren(h("div", { class: "mlm-stack" }, h("p", { class: "mlm-error", role: "alert" }, error.message),
        h("div", { class: "mlm-row" }, h("button", { type: "button", onclick: load }, "Try again"))));
    }
  }

  function figure(payload) {
    const host = h("div", { class: "mlm-card" });
    const shown = showFigure(host, payload, vega);
    cleanUps.push(shown.destroy);
    return host;
  }

  function figures(title, payloads, nothing = "There is nothing to show here.") {
    return [h("h2", { tabindex: -1 }, title), payloads.length ? payloads.map(figure) : h("p", {}, nothing)];
  }

  function overview() {
    const { level } = results;
    return [
      h("section", { class: "workshop-level" },
        h("p", { class: "mlm-quiet" }, `${count(results.respondents, "person", "people")} answered`),
        h("p", { class: "workshop-level-name" }, level.level ?? scoreInWords()),
        ladder(level.level),
        h("p", {}, level.sentence),
        level.next_level ? nextLevel(level) : null),
      results.figures.overview.map(figure),
    ];
  }

  function scoreInWords() {
    return results.score === null ? "No score yet" : `Score ${decimal(results.score)}`;
  }

  function ladder(reached) {
    const { levels } = workshop;
    const at = levels.indexOf(reached);
    if (at < 0) return null;
    return h("ol", { class: "workshop-ladder", "aria-label": "Levels, lowest first" }, levels.map((label, i) =>
      h("li", { "aria-current": i === at ? "true" : null, "data-reached": String(i <= at) }, label)));
  }

  function nextLevel({ next_level: name, gaps }) {
    if (!gaps.length) return null;
    return h("div", { class: "workshop-next" }, h("h2", {}, `What would earn “${name}”`),
      h("ul", {}, gaps.map((gap) => h("li", {}, h("span", {}, gap.title),
        h("span", { class: "mlm-quiet" }, gap.score === null ? `no score yet, ${decimal(gap.needed)} needed` : `${decimal(gap.score)} now, ${gap.above ? "more than " : ""}${decimal(gap.needed)} needed`)))));
  }

  function agenda() {
    const list = agendaList({ items: results.agenda, scale: workshop.scale, store, discuss });
    cleanUps.push(list.destroy);
    return [list.element, results.figures.agenda.map(figure)];
  }

  function discuss(start) {
    room = discussion(root, { items: results.agenda, scale: workshop.scale, store, start });
  }

  function history() {
    const { trend, not_comparable: others } = results.history;
    return [
      h("h2", { tabindex: -1 }, "The team over time"),
      trend.length ? trend.map(figure) : h("p", {}, "This is the team’s first workshop with this rubric. After the next one, this page shows what has moved."),
      others.length ? h("section", { class: "mlm-stack" }, h("h3", {}, "Not compared"),
        h("ul", { class: "workshop-others" }, others.map((each) => h("li", {}, each.sentence ?? each)))) : null,
    ];
  }

  function exports() {
    const trouble = sentence();
    const summary = h("p", { class: "mlm-quiet" }, decided(results.agenda, store));
    cleanUps.push(store.follow(() => { summary.textContent = decided(results.agenda, store); }));
    const row = (file) => {
      const go = h("button", { type: "button", "aria-label": `Save ${file.title}`, onclick: () => save(file, go) }, "Save");
      return h("li", {}, h("div", {}, h("strong", {}, file.title), h("span", { class: "mlm-small mlm-quiet" }, file.text)), go);
    };
    async function save({ format, type }, button) {
      trouble.say("");
      try {
        const reply = await busy(button, () => ask("export", { format }, { timeout: 60_000 }));
        if (reply) download(reply.filename, type, reply.buffers[0]);
      } catch (error) {
        trouble.say(error.message);
      }
    }
    return [
      h("h2", { tabindex: -1 }, "Take it home"), summary,
      workshop.anonymous ? h("p", { class: "mlm-note" }, "Nothing in these files leads back to a person: no roles beside answers, no names, and the answers of one person cannot be put together.") : h("p", { class: "mlm-note", "data-tone": "attention" }, "This workshop is named: CSV and Excel say who answered what."),
      h("ul", { class: "workshop-files" }, FILES.map(row)), trouble.element,
    ];
  }

  load();
  return {
    element, code: workshop.code, progress,
    destroy() {
      ended = true;
      room?.destroy();
      for (const cleanUp of cleanUps) cleanUp();
    },
  };
}

/**
 * Tabs as ARIA describes them: one stop for the Tab key, arrow keys between them. A panel is built when first shown.
 * @param {{id: string, title: string, build: () => (Node|null|Array)[]}[]} entries
 * @param {{tab?: number}} memory which one is open
 */
function tabs(entries, memory) {
  const prefix = `workshop-${Math.random().toString(36).slice(2, 8)}`;
  const buttons = entries.map((entry, i) => h("button", { type: "button", role: "tab", id: `${prefix}-${entry.id}`, "aria-controls": `${prefix}-${entry.id}-panel`, onclick: () => select(i) }, entry.title));
  const panels = entries.map((entry) => h("div", { role: "tabpanel", id: `${prefix}-${entry.id}-panel`, "aria-labelledby": `${prefix}-${entry.id}`, tabindex: 0, class: "workshop-panel mlm-stack" }));
  const frame = h("div", {});
  const list = h("div", { role: "tablist", class: "workshop-tabs", "aria-label": "Results", onkeydown: pressed }, buttons);

  function select(at) {
    memory.tab = at;
    entries.forEach((entry, i) => {
      const on = i === at;
      buttons[i].setAttribute("aria-selected", String(on));
      buttons[i].tabIndex = on ? 0 : -1;
      panels[i].hidden = !on;
    });
    if (!panels[at].children.length) panels[at].append(...entries[at].build().flat().filter(Boolean));
    list.scrollLeft = buttons[at].offsetLeft - list.offsetLeft - 24;
    // The list sticks to the top of a long page: another page begins at its beginning.
    if (frame.getBoundingClientRect().top < 0) frame.scrollIntoView({ block: "start" });
  }

  function pressed(event) {
    const at = buttons.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = (to + buttons.length) % buttons.length;
    select(next);
    buttons[next].focus();
  }

  frame.append(list, ...panels);
  select(memory.tab ?? 0);
  return frame;
}
