// The readiness board: one review, its verdict always in sight, and everything that keeps the two in step.

import { keptDrawings } from "../ui/drawings.js";
import { loadVega } from "../ui/figure.js";
import { fragment, remember } from "../ui/key.js";
import { NoAnswer, announce, connect, download, h, mount } from "../ui/screen.js";
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
  let shown = ""; // what is on the page, as JSON: what is the same need not be touched
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
      if (!ended && (error instanceof NoAnswer || kind === "look")) sayLost(error);
      throw error;
    }).finally(() => {
      asking -= 1;
      codeSet();
    });
    queue = answer.catch(() => {});
    return answer;
  }

  /** A change, which needs to be told who makes it. Undefined if nobody says who they are. */
  async function edit(kind, payload = {}) {
    const me = await who.ask();
    if (!me) return undefined;
    const said = await run(kind, { ...payload, who: me.name, role: payload.role ?? (me.role || null) });
    // An item says so in its own place.
    if (said?.clash && !payload.item) notice(`${said.clash.by} changed the same before you did (${said.clash.items.join(", ")}). The page shows theirs, and yours was not saved; do it again if it should stand.`);
    return said;
  }

  const again = () => run("look").catch(() => {}); // what went wrong stands in `lost`

  function sayLost(error) {
    const doubt = error instanceof NoAnswer ? " The last change may not have arrived." : "";
    lost.replaceChildren(h("span", {}, `${error.message}${doubt}`), h("button", { type: "button", onclick: again }, "Try again"));
    lost.hidden = false;
  }

  // -- showing ------------------------------------------------------------------------------------------

  function take(said) {
    revision = Math.max(revision, said.revision ?? model.get("_revision"));
    const { ticket, buffers, ...content } = said;
    const next = JSON.stringify(content);
    if (next === shown) return undefined; // a look that found nothing new must not take the focus away
    shown = next;
    if (said.start) return showStart(said.start);
    const name = `${said.head.key} ${said.head.subject} ${said.head.version}`;
    if (screen !== name) showReview(name);
    head.show(said);
    tabs.show(said);
    address(said);
    draft.keep(said.kept ? null : model.get("review"));
    if (said.noticed) notice(said.noticed);
    return undefined;
  }

  function showStart(said) {
    leave();
    screen = "start";
    asOf = null;
    if (!said.keeping.locked) address(null);
    main.replaceChildren(startScreen({ said, run, unlocked: () => fromAddress().catch(again), root, who }));
  }

  function leave() {
    drawings.clear();
    head?.destroy();
    head = tabs = null;
  }

  function showReview(name) {
    leave();
    const focus = screen === "start";
    screen = name;
    head = headOf({ root, who, judge, close, stage: (stage) => run("look", { stage }).catch(() => {}), reveal: (item) => tabs.reveal(item), openTab: (tab) => tabs.choose(tab) });
    tabs = tabsOf({ run, edit, again, root, who, drawings, checklist: () => model.get("checklist"), asOf: () => asOf });
    main.replaceChildren(head.element, tabs.element);
    if (focus) head.focus();
  }

  async function judge(day) {
    if (!day) asOf = null;
    try {
      await run("look", day ? { as_of: day } : {});
      asOf = day;
    } catch { /* It stands in `lost`; the day before stays. */ }
  }

  async function close() {
    await run("close");
    draft.keep(null); // only now: where the kernel did not answer, the review is still on the page
  }

  function notice(text, ...more) {
    noticed.replaceChildren(h("span", {}, text), more, h("button", { type: "button", class: "mlm-plain mlm-small", onclick: () => { noticed.hidden = true; } }, "Fine"));
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
    if (asking || ended || model.get("_revision") <= revision) return;
    revision = model.get("_revision"); // asked for once: where that fails, the page says so and people try again
    again();
  }

  function poll() {
    timer = setTimeout(poll, OFTEN);
    if (asking || document.hidden || screen === null || screen === "start" || !tabs?.kept()) return;
    if (root.querySelector("dialog[open]")) return;
    run("look").catch(() => {}); // said in `lost`
  }

  async function begin() {
    const key = model.get("served") ? fragment("key") : null;
    if (key) {
      // The key leaves the address at once, and stays in this tab.
      remember(key);
      history.replaceState(null, "", location.pathname + location.search);
    }
    if (!model.get("served")) return again();
    const known = await who.unlocked(run);
    const kept = draft.restore();
    try {
      if (known && fragment("subject")) return await fromAddress();
      if (kept) return await run("restore", { review: kept });
    } catch (error) {
      notice(...(fragment("subject") ? [error.message] : [`The review that was on this page could not be opened again: ${error.message}`, saveDraft(kept)]));
    }
    return again();
  }

  /** The review that the address names. */
  function fromAddress() {
    const [subject, version] = [fragment("subject"), fragment("version")];
    return subject && version ? run("open", { subject, version }) : run("look");
  }

  /** JSON is YAML, too. */
  function saveDraft(kept) {
    return h("button", { type: "button", class: "mlm-small", onclick: () => download("review.yaml", "application/yaml", JSON.stringify(kept, null, 2)) }, "Download it");
  }

  model.on("change:_revision", codeSet);
  begin();
  poll();
  announce(root, "");

  return () => {
    ended = true;
    clearTimeout(timer);
    leave();
    model.off("change:_revision", codeSet);
    kernel.dispose();
    dispose();
  };
}

export default { render };
