// The readiness board: one review, its verdict always in sight, and everything that keeps the two in step.

import { keptDrawings } from "../ui/drawings.js";
import { loadVega } from "../ui/figure.js";
import { fragment, remember } from "../ui/key.js";
import { NoAnswer, announce, connect, h, mount } from "../ui/screen.js";
import { keptDraft } from "./board_draft.js";
import { headOf } from "./board_head.js";
import { startScreen } from "./board_start.js";
import { tabsOf } from "./board_tabs.js";
import { whoAmI } from "./board_who.js";

const LONGEST = 60_000;
/** Milliseconds between two looks at what others have changed. */
const OFTEN = 4000;

function render({ model, el }) {
  const { root, dispose } = mount(el, "board");
  const kernel = connect(model);
  const drawings = keptDrawings(() => loadVega(model.get("_vega"), () => kernel.ask("vega", {}, { timeout: LONGEST })));
  const draft = keptDraft(model);
  const who = whoAmI(root, () => model.get("checklist"));
  const main = h("div", { class: "board-main" });
  const lost = h("div", { class: "mlm-note board-lost", "data-tone": "attention", role: "status", hidden: true });
  const noticed = h("div", { class: "mlm-note board-noticed", role: "status", hidden: true });
  root.append(lost, noticed, main);

  let revision = model.get("_revision"); // of what is shown: a later one that no answer brought was set in code
  let screen = null; // "start", or the review that is open
  let head = null;
  let tabs = null;
  let asOf = null; // a day other than today
  let queue = Promise.resolve();
  let asking = 0;
  let ended = false;
  let timer = 0;

  const wants = () => ({ ...(tabs ? tabs.wants() : {}), ...(asOf ? { as_of: asOf } : {}), known: drawings.known() });

  /**
   * Ask the kernel, one thing after the other, and show what it answers. Rejects with its sentence.
   * @param {string} kind
   * @param {object} [payload]
   * @param {{bare?: boolean}} [how] `bare`: it shows nothing
   */
  function run(kind, payload = {}, { bare = false } = {}) {
    asking += 1;
    const answer = queue.then(async () => {
      if (ended) return undefined;
      const said = await kernel.ask(kind, { ...payload, ...(bare ? {} : wants()), ...payload }, { timeout: LONGEST });
      lost.hidden = true;
      if (!bare) take(said);
      return said;
    }).catch((error) => {
      if (error instanceof NoAnswer && !ended) sayLost(error);
      throw error;
    }).finally(() => { asking -= 1; });
    queue = answer.catch(() => {});
    return answer;
  }

  /** A change, which needs to be told who makes it. Undefined if nobody says who they are. */
  async function edit(kind, payload = {}) {
    const me = await who.ask();
    return me ? run(kind, { ...payload, who: me.name, role: payload.role ?? (me.role || null) }) : undefined;
  }

  const again = () => run("look").catch(() => {}); // what went wrong stands in `lost`

  function sayLost({ message }) {
    lost.replaceChildren(h("span", {}, `${message} The last change may not have arrived.`), h("button", { type: "button", onclick: again }, "Try again"));
    lost.hidden = false;
  }

  // -- showing ------------------------------------------------------------------------------------------

  function take(said) {
    revision = Math.max(revision, said.revision ?? model.get("_revision"));
    if (said.start) return showStart(said.start);
    const name = `${said.head.key} ${said.head.subject} ${said.head.version}`;
    if (screen !== name) showReview(name);
    head.show(said);
    tabs.show(said);
    address(said);
    draft.keep(said.kept ? null : { checklist: said.head.key.split("@")[0], text: JSON.stringify(model.get("review")) });
    if (said.noticed) notice(said.noticed);
    return undefined;
  }

  function showStart(said) {
    drawings.clear();
    screen = "start";
    head = tabs = asOf = null;
    address(null);
    draft.keep(null);
    main.replaceChildren(startScreen({ said, run, again, root, who }));
  }

  function showReview(name) {
    drawings.clear();
    const focus = screen === "start";
    screen = name;
    head = headOf({ run, root, who, stage: (stage) => run("look", { stage }).catch(() => {}), reveal: (item) => tabs.reveal(item), judge: (day) => { asOf = day; again(); } });
    tabs = tabsOf({ run, edit, again, root, who, drawings, checklist: () => model.get("checklist"), asOf: () => asOf });
    main.replaceChildren(head.element, tabs.element);
    if (focus) head.focus();
  }

  function notice(text) {
    noticed.replaceChildren(h("span", {}, text), h("button", { type: "button", class: "mlm-plain mlm-small", onclick: () => { noticed.hidden = true; } }, "Fine"));
    noticed.hidden = false;
  }

  /** A kept review stands in the address, so that a reload, or a colleague with the key, finds it again. */
  function address(said) {
    if (!model.get("served")) return;
    const to = said?.kept ? `#${new URLSearchParams({ subject: said.head.subject, version: said.head.version })}` : "";
    if (location.hash !== to) history.replaceState(null, "", location.pathname + location.search + to);
  }

  // -- what comes from code, and from others --------------------------------------------------------------

  function codeSet() {
    if (!asking && model.get("_revision") > revision) again();
  }

  function poll() {
    timer = setTimeout(poll, OFTEN);
    if (asking || document.hidden || screen === null || screen === "start" || !tabs?.kept()) return;
    if (root.querySelector("dialog[open]")) return;
    run("look").catch(() => {}); // said in `lost`
  }

  async function begin() {
    const key = model.get("served") ? fragment("key") : null;
    const subject = fragment("subject");
    const version = fragment("version");
    if (key) {
      // The key leaves the address at once, and stays in this tab.
      remember(key);
      history.replaceState(null, "", location.pathname + location.search);
    }
    const known = await who.unlocked(run);
    const kept = draft.restore();
    try {
      if (model.get("served") && known && subject && version) return await run("open", { subject, version });
      if (model.get("served") && kept) return await run("restore", kept);
    } catch { /* It is not there any more, or fits no longer: begin at the beginning. */ }
    return again();
  }

  model.on("change:_revision", codeSet);
  begin();
  poll();
  announce(root, "");

  return () => {
    ended = true;
    clearTimeout(timer);
    drawings.clear();
    model.off("change:_revision", codeSet);
    kernel.dispose();
    dispose();
  };
}

export default { render };
