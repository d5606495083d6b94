// The facilitator's screen: the key, all workshops, a new one, and the one that is open.

import { fragment, remember, remembered } from "../ui/key.js";
import { announce, connect, h, mount } from "../ui/screen.js";
import { collectView } from "./workshop_collect.js";
import { busy, confirm, day, sentence } from "../ui/parts.js";
import { resultsView } from "./workshop_results.js";
import { setupForm } from "./workshop_setup.js";

const REFRESH = 2000;
const SELDOM = 20_000;
const STATES = { collecting: "Collecting answers", revealed: "Results are shown", closed: "Closed" };

function render({ model, el }) {
  const { root, dispose } = mount(el, "workshop");
  const kernel = connect(model);
  const main = h("div", { class: "workshop-main" });
  const lostWords = h("span", {});
  const lost = h("div", { class: "mlm-note workshop-lost", "data-tone": "attention", role: "status", hidden: true }, lostWords,
    model.get("served") ? h("button", { type: "button", onclick: () => location.reload() }, "Reload") : null);
  root.append(lost, main);

  let shown = { name: "", destroy() {} };
  let timer = null;
  let turns = 0;
  let ended = false;
  let memory = {}; // what the open workshop's view remembers when it is built anew

  const workshop = () => model.get("workshop");
  const home = () => model.get("home");

  function show(name, view) {
    const focused = main.contains(document.activeElement);
    shown.destroy();
    shown = { name, destroy() {}, ...view };
    main.replaceChildren(view.element);
    main.classList.toggle("workshop-wide", Boolean(view.wide));
    // Whoever pressed a button that is gone now goes on at the top of what came instead.
    if (focused) view.element.querySelector("h1")?.focus({ preventScroll: true });
  }

  // -- the key ------------------------------------------------------------------------------------------

  function showKey(problem = "") {
    const trouble = sentence();
    const field = h("input", { type: "password", autocomplete: "off", required: true, "aria-describedby": "workshop-key-help" });
    const go = h("button", { class: "mlm-primary" }, "Open");
    show("key", { element: h("form", { class: "mlm-card mlm-stack workshop-key", onsubmit: (event) => { event.preventDefault(); tryKey(field.value, go); } },
      h("h1", {}, "For the facilitator"),
      h("div", { class: "workshop-field" },
        h("label", { class: "mlm-field" }, "Facilitator’s key", field),
        h("small", { id: "workshop-key-help" }, "It is in the link that “mlmgmt serve” printed: open that link, or paste the part after “#key=”.")),
      trouble.element,
      h("div", { class: "mlm-row" }, go),
      h("p", { class: "mlm-small mlm-quiet" }, "You want to answer, not to lead? Then you need the workshop’s join code, and the survey page.")) });
    trouble.say(problem);
    if (problem) field.focus();
  }

  async function tryKey(key, button = null) {
    try {
      await busy(button, () => kernel.ask("unlock", { key: key.trim() }, { timeout: 20_000 }));
      remember(key.trim());
      begin();
    } catch (error) {
      remember(null);
      showKey(error.message);
    }
  }

  // -- all workshops ------------------------------------------------------------------------------------

  function showHome() {
    place("");
    lost.hidden = true;
    const { workshops } = home();
    show("home", { element: h("div", { class: "mlm-stack" },
      h("div", { class: "workshop-title-row" }, h("h1", { tabindex: -1 }, "Maturity workshops"),
        workshops.length ? h("button", { type: "button", class: "mlm-primary", onclick: showSetup }, "New workshop") : null),
      workshops.length ? h("ul", { class: "workshop-list" }, workshops.map(row)) : introduction()) });
  }

  function introduction() {
    const step = (title, text) => h("li", {}, h("strong", {}, title), h("span", {}, text));
    return h("div", { class: "mlm-card mlm-stack workshop-intro" },
      h("p", {}, "In about an hour a team finds out where it stands, where its members see things differently, and what to do next."),
      h("ol", {},
        step("Collect", "People answer on their phones or laptops, ten minutes, anonymously if you like."),
        step("Reveal", "Nobody sees a result before you show it to the room."),
        step("Talk", "The agenda starts where views differ most and where it matters most."),
        step("Take it home", "What was agreed and who does it, as a report, a spreadsheet or a page for the wiki.")),
      h("div", { class: "mlm-row" }, h("button", { type: "button", class: "mlm-primary", onclick: showSetup }, "New workshop")));
  }

  function row(each) {
    const go = h("button", { type: "button", class: "workshop-open", onclick: () => open(each.code, go) },
      h("span", { class: "workshop-open-team" }, each.team),
      h("span", { class: "mlm-small mlm-quiet" }, `${each.title} · ${day(each.created)}`),
      h("span", { class: "workshop-open-state" },
        h("span", { class: "workshop-state", "data-state": each.state }, STATES[each.state]),
        h("span", { class: "mlm-small mlm-quiet" }, each.joined ? `${each.finished} of ${each.joined} finished` : "nobody has joined")));
    return h("li", {}, go, h("button", { type: "button", class: "mlm-plain mlm-small workshop-delete", "aria-label": `Delete the workshop of ${each.team}, ${day(each.created)}`, onclick: () => remove(each) }, "Delete"));
  }

  async function open(code, button) {
    try {
      await busy(button, () => kernel.ask("open", { code }));
      follow();
    } catch (error) {
      fail(error);
    }
  }

  async function remove({ code, team, created }) {
    await confirm(root, {
      title: "Delete this workshop?", danger: true, action: "Delete for good", typed: team,
      text: [`${team}, ${day(created)}: every answer, comment and decision is deleted, and its place in the history. This cannot be undone.`],
      run: async () => { await kernel.ask("delete", { code, team }); },
    });
    showHome();
  }

  function showSetup() {
    const form = setupForm({ ...home(), ask: kernel.ask, oncreated: follow, oncancel: showHome });
    show("setup", { element: form });
    root.scrollIntoView({ block: "start" });
  }

  // -- the open workshop --------------------------------------------------------------------------------

  function showWorkshop() {
    const { code } = workshop();
    place(code);
    if (memory.code !== code) memory = { code };
    const view = workshop().revealed ? resultsView : collectView;
    const state = workshop().state;
    if (shown.name !== "workshop") root.scrollIntoView({ block: "start" });
    show("workshop", { wide: true, state, ...view({ model, root, ask: kernel.ask, header, again: showWorkshop, memory }) });
    poll();
  }

  function header(...actions) {
    const { team, title, anonymous, created, state } = workshop();
    return h("header", { class: "workshop-header" },
      h("button", { type: "button", class: "mlm-plain workshop-back", onclick: leave }, "‹ All workshops"),
      h("div", { class: "workshop-title-row" },
        h("div", {}, h("h1", { tabindex: -1 }, team), h("p", { class: "mlm-quiet" }, `${title} · ${anonymous ? "anonymous" : "named"} · ${day(created)}`)),
        h("div", { class: "mlm-row" }, h("span", { class: "workshop-state", "data-state": state }, STATES[state]), actions)));
  }

  async function leave(event) {
    try {
      await busy(event.currentTarget, () => kernel.ask("leave"));
      follow();
    } catch (error) {
      fail(error);
    }
  }

  /** Ask how far everybody is, while someone is looking. */
  async function poll() {
    clearTimeout(timer);
    const turn = ++turns;
    const over = () => ended || turn !== turns || shown.name !== "workshop";
    if (over()) return;
    if (!document.hidden) {
      const said = await kernel.ask("progress").catch((error) => error);
      if (over()) return;
      lost.hidden = !(said instanceof Error);
      if (said instanceof Error) lostWords.textContent = `${said.message} What you see may be old.`;
      else shown.progress(said);
    }
    timer = setTimeout(poll, workshop().state === "closed" ? SELDOM : REFRESH);
  }

  // -- beginning and end --------------------------------------------------------------------------------

  function fail(error) {
    show("trouble", { element: h("div", { class: "mlm-card mlm-stack" }, h("h1", {}, "This did not work"), h("p", {}, error.message),
      h("div", { class: "mlm-row" }, h("button", { type: "button", class: "mlm-primary", onclick: begin }, "Try again"))) });
  }

  /** Under Voila a reload brings a new kernel: the address says which workshop was open. */
  function place(code) {
    if (model.get("served")) history.replaceState(null, "", code ? `#workshop=${code}` : location.pathname + location.search);
  }

  async function begin() {
    const code = model.get("served") ? fragment("workshop") : null;
    try {
      await kernel.ask("home", {}, { timeout: 20_000 });
      if (code && !workshop().code) await kernel.ask("open", { code }).catch(() => {});
      follow();
    } catch (error) {
      fail(error);
    }
  }

  /** Show what the kernel has open, unless it is on the screen already. */
  function follow() {
    if (model.get("locked")) return;
    const { code, state } = workshop();
    if (!code) {
      if (shown.name !== "home" && shown.name !== "setup") showHome();
    } else if (shown.name !== "workshop" || shown.state !== state || shown.code !== code) showWorkshop();
  }

  const visible = () => { if (!document.hidden) poll(); };
  const arrived = () => { if (model.get("served") && fragment("key")) start(); };

  function start() {
    const given = model.get("served") ? fragment("key") : null;
    if (given) place(fragment("workshop")); // the key leaves the address at once; which workshop may stay
    const key = given ?? remembered();
    if (!model.get("locked")) {
      waiting("Opening…");
      begin();
    } else if (key) {
      waiting("Opening…");
      tryKey(key);
    } else showKey();
  }

  function waiting(text) {
    show("waiting", { element: h("p", { class: "mlm-quiet", role: "status" }, text) });
  }

  model.on("change:workshop", follow);
  document.addEventListener("visibilitychange", visible);
  addEventListener("hashchange", arrived);
  start();
  announce(root, "");

  return () => {
    ended = true;
    clearTimeout(timer);
    shown.destroy();
    model.off("change:workshop", follow);
    document.removeEventListener("visibilitychange", visible);
    removeEventListener("hashchange", arrived);
    kernel.dispose();
    dispose();
  };
}

export default { render };
