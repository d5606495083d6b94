// The participant's way through a survey: join, introduce yourself, one part after another, what is left, done.

import { NoAnswer, announce, connect, h, mount } from "../ui/screen.js";
import { keeper, outbox } from "./outbox.js";
import { busy } from "../ui/parts.js";
import { questionField } from "./question.js";
import { answeredIn, doneScreen, entranceScreen, linkScreen, pagesOf, reviewScreen, standing, stepsBar, turnedAway, welcomeScreen } from "./survey_screens.js";

const COMMENT_LIMIT = 2000;
const HEARTBEAT = 20_000;
const PATIENCE = 15_000; // how long "Finish" waits for the last answers to arrive
const CLOSED = "The facilitator has closed the workshop: answers can no longer be changed.";
const STATUS = { saved: "saved", saving: "saving…", waiting: "not sent yet, kept on this device" };

function render({ model, el }) {
  const { root, dispose } = mount(el, "survey");
  const kernel = connect(model);
  const store = keeper();
  const main = h("div", { class: "survey-main mlm-column" });
  const banner = h("div", { class: "mlm-note survey-banner", "data-tone": "attention", role: "status", hidden: true });
  const away = h("section", { class: "mlm-note survey-away", "data-tone": "attention", "aria-label": "Answers that were not stored", hidden: true });
  const status = h("span", { class: "survey-status", role: "status" });
  const tally = h("span", {});
  const meter = h("progress", { max: 1, value: 0, "aria-label": "Questions answered" });
  const back = h("button", { type: "button", onclick: () => turn(-1) }, "Back");
  const next = h("button", { type: "button", class: "mlm-primary", onclick: () => turn(1) }, "Next");
  const foot = h("div", { class: "survey-foot", hidden: true }, meter,
    h("div", { class: "survey-foot-row mlm-column" }, back, h("p", { class: "survey-count mlm-small" }, tally, " · ", status), next));
  root.append(banner, away, main, foot);

  let answers = {};
  let comments = {};
  let fields = {};
  let steps = null;
  let screen = 0;
  let done = false;
  let box = null; // what the kernel has not confirmed; only in a workshop
  let me = null; // this person's place in the workshop, once they have entered
  let code = "";
  let token = null;
  let offer = ""; // the offered rubric that is answered alone
  let asking = 0; // answers on their way while alone
  let failed = false;
  let heartbeat = null;

  const alone = () => model.get("mode") === "alone";
  const rubric = () => model.get("rubric");
  const workshop = () => model.get("workshop");
  const pages = () => pagesOf(rubric());
  const questions = () => pages().flatMap((page) => page.questions);
  const closed = () => !alone() && workshop().state === "closed";
  const tokenKey = () => `mlmgmt:${code}:token`;
  // Of this person alone: what waits is never sent for somebody else who goes on in this browser.
  const ofMine = (what) => `mlmgmt:${code}:${what}:${token.slice(0, 8)}`;
  const boxKey = () => ofMine("outbox");
  const awayKey = (question = "") => `${ofMine("away")}:${question}`;
  const aloneKey = () => `mlmgmt:alone:${offer}`;
  const placeKey = () => (offer ? `${aloneKey()}:place` : `mlmgmt:${code}:place`);

  // -- what is on the screen ----------------------------------------------------------------------------

  function show(...children) {
    main.replaceChildren(...children.flat().filter(Boolean));
  }

  /** Leave a screen: what is being typed is kept, and its fields are forgotten. */
  function leave({ withFoot = false } = {}) {
    flush();
    fields = {};
    foot.hidden = !withFoot;
  }

  function flush() {
    for (const field of Object.values(fields)) field.flush();
  }

  function showWelcome({ typed = "", problem = "" } = {}) {
    leave();
    const offers = model.get("offers") ?? [];
    show(welcomeScreen({ typed, problem, offers, onbegin: begin, onjoin: (text, button, say) => attempt(button, say, () => join(text)) }));
  }

  function showEntrance() {
    leave();
    const onenter = (role, name, button, say) => attempt(button, say, () => enter(role, name));
    show(entranceScreen({ workshop: workshop(), rubric: rubric(), questions: questions().length, onenter }));
  }

  function showSection() {
    leave({ withFoot: true });
    const page = pages()[screen];
    const first = questions().findIndex((q) => q.id === page.questions[0].id);
    show(steps.element,
      h("header", { class: "survey-header" },
        h("p", { class: "mlm-quiet mlm-small" }, [...page.above, `Part ${screen + 1} of ${pages().length}`].join(" · ")),
        h("h2", { tabindex: -1, class: "survey-title", onkeydown: (event) => fromHeading(event, page) }, page.title),
        page.description ? h("p", { class: "mlm-quiet" }, page.description) : null,
        screen === 0 ? h("p", { class: "survey-keys mlm-small mlm-quiet" }, `On a keyboard: 1–${rubric().answers.length} answer, N is not applicable, D is don’t know, Enter goes on.`) : null),
      page.questions.map((question, i) => fieldOf(question, first + i + 1, page.questions[i + 1]?.id)));
    back.hidden = screen === 0;
    next.textContent = screen === pages().length - 1 ? "Review" : "Next";
    next.hidden = false;
  }

  /** A new part begins at its heading; keys go on from there to the first question that is open. */
  function fromHeading(event, page) {
    const field = fields[(page.questions.find((q) => answers[q.id] === undefined) ?? page.questions[0]).id];
    if (event.key === "Enter") field.focus();
    else if (!field.press(event)) return;
    event.preventDefault();
  }

  function fieldOf(question, number, following) {
    const field = questionField(question, rubric().answers, {
      name: `q-${question.id}`, number, limit: COMMENT_LIMIT,
      onchange: (answer, comment) => give(question.id, answer, comment),
      ontyping: () => tell("saving"),
      onenter: () => (fields[following] ?? next).focus(),
    });
    fields[question.id] = field;
    field.set(answers[question.id] ?? null, comments[question.id]);
    field.disable(closed());
    return field.element;
  }

  function showReview() {
    leave({ withFoot: true });
    show(steps.element, reviewScreen({ pages: pages(), answers, alone: alone(), standing: standingNow(), onopen: open }));
    back.hidden = false;
    next.textContent = answeredIn(questions(), answers) < questions().length ? "Finish anyway" : "Finish";
    next.hidden = alone() || closed();
  }

  function showDone() {
    leave();
    done = true;
    const link = `${location.origin}${location.pathname}#join=${code}&me=${token}`;
    show(doneScreen({ workshop: workshop(), answered: answeredIn(questions(), answers), questions: questions().length, link, onreopen: reopen, onother: forget }));
    main.querySelector("h1").focus({ preventScroll: true });
  }

  const standingNow = () => (alone() ? standing({ rubric: rubric(), pages: pages(), result: model.get("result"), explanation: model.get("explanation") }) : null);

  function progress() {
    const list = questions();
    const given = answeredIn(list, answers);
    meter.value = list.length ? given / list.length : 0;
    tally.textContent = `${given} of ${list.length}`;
    steps?.update(answers);
    if (alone()) status.textContent = failed ? "the kernel does not answer" : offer ? "kept in this browser" : "up to date";
  }

  // -- moving -------------------------------------------------------------------------------------------

  function open(to, question = null) {
    done = false;
    screen = Math.max(0, Math.min(to, pages().length));
    if (offer || code) store.write(placeKey(), screen);
    steps = stepsBar({ pages: pages(), at: screen, onopen: open });
    if (screen < pages().length) showSection();
    else showReview();
    progress();
    if (question) {
      fields[question]?.focus();
      return;
    }
    main.querySelector(".survey-title").focus({ preventScroll: true });
    root.scrollIntoView({ block: "start" });
  }

  function turn(by) {
    if (by > 0 && screen === pages().length) finish();
    else open(screen + by);
  }

  // -- joining ------------------------------------------------------------------------------------------

  /** Run something that the person asked for; its sentence stands beside what they typed, which stays. */
  async function attempt(button, say, action) {
    say("");
    try {
      await busy(button, action);
    } catch (error) {
      say(error.message);
    }
  }

  async function join(typed, linked = null) {
    code = typed.toUpperCase().replace(/[^A-Z0-9]/g, "");
    const kept = store.read(tokenKey());
    if (linked && linked !== kept && (await offerLink(linked, kept))) return;
    await joinAs(kept);
  }

  async function joinAs(mine) {
    const reply = await kernel.ask("join", { code, token: mine }, { timeout: 15_000 });
    code = workshop().code;
    history.replaceState(null, "", `#join=${code}`);
    me = reply.participant;
    token = mine;
    if (me) resume();
    else if (closed()) showWelcome({ problem: "That workshop is closed; nobody can join it any more." });
    else showEntrance();
  }

  /** A personal link is followed only if somebody has entered under it, and only when the person says so. */
  async function offerLink(linked, kept) {
    const { participant } = await kernel.ask("join", { code, token: linked }, { timeout: 15_000 });
    history.replaceState(null, "", `#join=${code}`);
    if (!participant) return false;
    const again = (button, mine) => attempt(button, warn, () => joinAs(mine));
    leave();
    show(linkScreen({
      workshop: workshop(), participant, replaces: Boolean(kept),
      answered: Object.keys(model.get("response").answers ?? {}).length,
      onyes: (button) => { store.write(tokenKey(), linked); again(button, linked); },
      onno: (button) => again(button, kept),
    }));
    return true;
  }

  async function enter(role, name) {
    // The token is made and kept here before the kernel hears of it: a lost reply then costs nothing.
    token ??= randomToken();
    store.write(tokenKey(), token);
    me = (await kernel.ask("enter", { token, role, name })).participant;
    resume();
  }

  async function begin(name, button) {
    offer = name;
    await attempt(button, warn, async () => {
      const { left_out: lost } = await kernel.ask("begin", { rubric: name, ...store.read(aloneKey()) });
      resume();
      if (lost) warn(`${lost === 1 ? "One answer" : `${lost} answers`} to an earlier version of this rubric no longer fit and were left out.`);
    });
  }

  function resume() {
    adopt(model.get("response"));
    if (!alone()) {
      box = outbox({ ask: kernel.ask, store, key: boxKey(), onstate: tell, onstored: stored, onrefused: refused });
      box.advance(me.sequence);
      for (const [question, entry] of Object.entries(box.pending())) remember(question, entry.answer, entry.comment);
      box.tell();
      box.send();
      showTurnedAway();
      if (closed() && !me.finished) warn(CLOSED);
      heartbeat ??= setInterval(() => { if (!document.hidden && !done) beat(); }, HEARTBEAT);
    }
    if (me?.finished) showDone();
    else open(store.read(placeKey()) ?? 0);
  }

  /** Let somebody else answer in this browser. */
  async function forget(event) {
    await attempt(event.currentTarget, warn, async () => {
      if (!(await box.emptied(PATIENCE))) throw new Error("Some answers are still on this device only. Wait until they are sent.");
      for (const key of [tokenKey(), placeKey(), ...store.keys(boxKey()), ...store.keys(awayKey())]) store.drop(key);
      location.reload();
    });
  }

  // -- answers ------------------------------------------------------------------------------------------

  function adopt(response) {
    answers = { ...response.answers };
    comments = { ...response.comments };
  }

  function remember(question, answer, comment) {
    if (answer === null) delete answers[question];
    else answers[question] = answer;
    if (comment) comments[question] = comment;
    else delete comments[question];
  }

  function give(question, answer, comment) {
    remember(question, answer, comment);
    fields[question]?.problem("");
    if (alone()) giveAlone(question, answer, comment);
    else box.put(question, answer, comment);
    progress();
  }

  async function giveAlone(question, answer, comment) {
    if (offer) store.write(aloneKey(), { answers, comments });
    asking += 1;
    try {
      await kernel.ask("answer", { question, answer, comment });
      failed = false;
    } catch (error) {
      failed = error instanceof NoAnswer;
      fields[question]?.problem(error.message);
    } finally {
      asking -= 1;
    }
    if (!failed) moved();
    progress();
  }

  function stored(question, reply) {
    store.drop(awayKey(question)); // whatever was refused before has been said again
    showTurnedAway();
    if (reply.applied) return;
    remember(question, reply.answer, reply.comment);
    fields[question]?.set(reply.answer, reply.comment);
    fields[question]?.problem("This answer was changed on another device in the meantime; that one is shown. Choose again to replace it.");
    progress();
  }

  function refused(question, entry, sentence) {
    store.write(awayKey(question), { answer: entry.answer, comment: entry.comment, sentence });
    const before = model.get("response");
    const comment = before.comments?.[question] ?? "";
    remember(question, before.answers?.[question] ?? null, comment);
    fields[question]?.set(answers[question] ?? null, entry.comment || comment); // the words stay where they were typed
    if (fields[question]) fields[question].problem(sentence);
    showTurnedAway();
    progress();
    beat();
  }

  /** What the server refused for good stays readable here, also after a reload, until its author has seen it. */
  function showTurnedAway() {
    const refusals = store.keys(awayKey()).map((key) => ({ id: key.slice(awayKey().length), ...store.read(key) }));
    const ondismiss = () => { for (const { id } of refusals) store.drop(awayKey(id)); showTurnedAway(); };
    away.hidden = refusals.length === 0;
    away.replaceChildren(...turnedAway({ refusals, questions: questions(), choices: rubric().answers, closed: closed(), ondismiss }));
  }

  async function finish() {
    flush();
    await attempt(next, warn, async () => {
      if (!(await box.emptied(PATIENCE))) throw new Error("Some answers are still on this device only. Finish when the connection is back.");
      await kernel.ask("finish", { finished: true });
      me = { ...me, finished: true };
      showDone();
    });
  }

  async function reopen(event) {
    await attempt(event.currentTarget, warn, async () => {
      await kernel.ask("finish", { finished: false });
      me = { ...me, finished: false };
      open(0);
    });
  }

  /** Ask whether the workshop is still open; a kernel that does not answer is noticed by the way. */
  async function beat() {
    try {
      const before = closed();
      await kernel.ask("state");
      if (closed() === before) return;
      for (const field of Object.values(fields)) field.disable(closed());
      showTurnedAway();
      if (done) showDone();
      else if (closed()) warn(CLOSED);
    } catch {
      box?.send();
    }
  }

  // -- the connection -----------------------------------------------------------------------------------

  function tell(state, problem = null, failures = 0) {
    if (alone()) return;
    status.textContent = state === "saved" && !Object.keys(answers).length ? "nothing to save yet" : STATUS[state];
    status.dataset.state = state;
    if (state === "waiting") {
      // A page of ours reopens itself when its kernel is gone; elsewhere the person can.
      const reload = failures > 3 ? h("button", { type: "button", onclick: () => location.reload() }, "Reload") : null;
      warn(`${problem.message} Go on answering: your answers are kept on this device and sent as soon as that is possible.`, { about: "connection", action: reload });
    } else if (state === "saved" && banner.dataset.about === "connection") banner.hidden = true;
  }

  function warn(text, { about = "", action = null } = {}) {
    banner.dataset.about = about;
    banner.hidden = !text;
    const close = h("button", { type: "button", class: "mlm-plain", onclick: () => { banner.hidden = true; } }, "Close");
    banner.replaceChildren(h("span", {}, text), action ?? (about ? "" : close));
  }

  // -- beginning and end --------------------------------------------------------------------------------

  /** Python has set the answers: show them, unless newer ones are still on their way there. */
  function moved() {
    const response = model.get("response");
    if (!alone() || asking || JSON.stringify([response.answers, response.comments]) === JSON.stringify([answers, comments])) return;
    adopt(response);
    for (const [id, field] of Object.entries(fields)) field.set(answers[id] ?? null, comments[id]);
    progress();
  }

  function rescored() {
    root.querySelector(".survey-result")?.replaceChildren(...standingNow());
  }

  const another = () => { const { join: asked } = fromFragment(); if (asked && asked.toUpperCase() !== code) location.reload(); };
  const visible = () => { if (!document.hidden && box) beat(); };
  const listening = [
    [window, "online", () => box?.send()],
    [window, "hashchange", another],
    [window, "pagehide", flush],
    [document, "visibilitychange", visible],
  ];
  for (const [target, event, listener] of listening) target.addEventListener(event, listener);
  model.on("change:response", moved);
  model.on("change:result", rescored);
  start();
  announce(root, "");

  function start() {
    const { join: asked, me: linked } = fromFragment();
    if (alone()) resume();
    else if (asked) {
      show(h("p", { class: "mlm-quiet", role: "status" }, "Joining the workshop…"));
      join(asked, linked).catch((error) => showWelcome({ typed: asked, problem: error.message }));
    } else showWelcome();
  }

  return () => {
    flush();
    for (const [target, event, listener] of listening) target.removeEventListener(event, listener);
    model.off("change:response", moved);
    model.off("change:result", rescored);
    clearInterval(heartbeat);
    box?.dispose();
    kernel.dispose();
    dispose();
  };
}

function fromFragment() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  return { join: parameters.get("join"), me: parameters.get("me") };
}

/** 128 bits; `crypto.randomUUID` is missing on pages that come without TLS. */
function randomToken() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export default { render };
