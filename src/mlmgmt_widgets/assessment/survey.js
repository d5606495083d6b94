// The participant's screens: join, introduce yourself, one section after another, what is left, done.

import { announce, baseUrl, connect, h, mount } from "../ui/screen.js";
import { keeper, outbox } from "./outbox.js";
import { questionField } from "./question.js";

const COMMENT_LIMIT = 2000;
const HEARTBEAT = 20_000;
const STATUS = {
  saved: "saved",
  saving: "saving…",
  waiting: "not sent yet, kept on this device",
};

function render({ model, el }) {
  const { root, dispose } = mount(el, "survey");
  const kernel = connect(model);
  const store = keeper();
  const main = h("div", { class: "survey-main mlm-column" });
  const banner = h("div", { class: "mlm-note survey-banner", "data-tone": "attention", role: "status", hidden: true });
  const status = h("span", { class: "survey-status", role: "status" });
  const count = h("span", {});
  const meter = h("progress", { max: 1, value: 0, "aria-label": "Questions answered" });
  const back = h("button", { type: "button", onclick: () => turn(-1) }, "Back");
  const next = h("button", { type: "button", class: "mlm-primary", onclick: () => turn(1) }, "Next");
  const foot = h("div", { class: "survey-foot", hidden: true }, meter,
    h("div", { class: "survey-foot-row mlm-column" }, back, h("p", { class: "survey-count mlm-small" }, count, " · ", status), next));
  root.append(banner, main, foot);

  let answers = {};
  let comments = {};
  let fields = {};
  let screen = 0;
  let box = null;
  let me = null; // this person's place in the workshop, once they have entered
  let code = "";
  let heartbeat = null;
  let gone = false;

  const alone = () => model.get("mode") === "alone";
  const rubric = () => model.get("rubric");
  const pages = () => screensOf(rubric());
  const questions = () => pages().flatMap((page) => page.questions);
  const answered = (list) => list.filter((q) => answers[q.id] !== undefined).length;
  const closed = () => !alone() && model.get("workshop").state === "closed";
  const tokenKey = () => `mlmgmt:${code}:token`;
  const placeKey = () => (alone() ? `mlmgmt:alone:${rubric().id}:place` : `mlmgmt:${code}:place`);
  const aloneKey = (id) => `mlmgmt:alone:${id}`;

  // -- what is on the screen ----------------------------------------------------------------------------

  /** Leave a screen: what is being typed is kept, and its fields are forgotten. */
  function leave() {
    flush();
    fields = {};
  }

  function flush() {
    for (const field of Object.values(fields)) field.flush();
  }

  function show(...children) {
    main.replaceChildren(...children.flat().filter(Boolean));
  }

  function showFailure(error, retry) {
    leave();
    foot.hidden = true;
    show(h("div", { class: "mlm-card mlm-stack" }, h("h1", {}, "This did not work"), h("p", {}, error.message),
      h("div", { class: "mlm-row" }, h("button", { type: "button", class: "mlm-primary", onclick: retry }, "Try again"))));
  }

  function showWelcome(problem = "") {
    leave();
    foot.hidden = true;
    const field = h("input", { type: "text", id: "join-code", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 12, required: true, "aria-describedby": "join-problem", "aria-invalid": problem ? "true" : null });
    const go = h("button", { class: "mlm-primary" }, "Join");
    const offers = model.get("offers") ?? [];
    show(
      h("form", { class: "mlm-card mlm-stack", onsubmit: (event) => { event.preventDefault(); join(field.value, go); } },
        h("h1", {}, "Join a workshop"),
        h("label", { class: "mlm-field survey-code", for: "join-code" }, "Join code", h("small", {}, "Six letters and digits, on the facilitator’s screen."), field),
        h("p", { class: "mlm-error", id: "join-problem", role: "alert" }, problem),
        h("div", { class: "mlm-row" }, go)),
      offers.length ? h("section", { class: "mlm-stack survey-offers" },
        h("h2", {}, "Or answer alone"),
        h("p", { class: "mlm-quiet" }, "See where you stand before you ask the team. Your answers stay in this browser."),
        h("ul", {}, offers.map((offer) => h("li", {}, h("button", { type: "button", class: "survey-offer", onclick: (event) => begin(offer.name, event.currentTarget) },
          h("strong", {}, offer.title), h("span", { class: "mlm-quiet mlm-small" }, `${offer.questions} questions, about ${minutes(offer.questions)}`)))))) : null,
    );
    if (problem) field.focus();
  }

  function showEntrance(problem = "") {
    leave();
    foot.hidden = true;
    const workshop = model.get("workshop");
    const name = h("input", { type: "text", maxlength: 80, autocomplete: "name", required: true });
    const role = workshop.roles.length
      ? h("select", { required: true }, h("option", { value: "" }, "Choose…"), workshop.roles.map((each) => h("option", { value: each }, inWords(each))))
      : h("input", { type: "text", maxlength: 80, autocomplete: "organization-title" });
    const go = h("button", { class: "mlm-primary" }, "Start");
    show(h("form", { class: "mlm-stack", onsubmit: (event) => { event.preventDefault(); enter(role.value, workshop.anonymous ? "" : name.value, go); } },
      h("div", {}, h("p", { class: "mlm-quiet" }, workshop.team), h("h1", {}, rubric().title)),
      rubric().description ? h("p", {}, rubric().description) : null,
      h("p", {}, `${questions().length} questions, about ${minutes(questions().length)}. Stop whenever you like: every answer is kept.`),
      privacy(workshop),
      workshop.anonymous ? null : h("label", { class: "mlm-field" }, "Your name", name),
      h("label", { class: "mlm-field" }, workshop.roles.length ? "Your role" : "Your role (optional)", role),
      h("p", { class: "mlm-error", role: "alert" }, problem),
      h("div", { class: "mlm-row" }, go)));
  }

  function showSection() {
    leave();
    const page = pages()[screen];
    const first = questions().findIndex((q) => q.id === page.questions[0].id);
    const heading = h("h2", { tabindex: -1, class: "survey-title" }, page.title);
    show(
      steps(),
      h("header", { class: "survey-header" },
        h("p", { class: "mlm-quiet mlm-small" }, [...page.above, `Part ${screen + 1} of ${pages().length}`].join(" · ")),
        heading,
        page.description ? h("p", { class: "mlm-quiet" }, page.description) : null),
      page.questions.map((question, i) => {
        const field = questionField(question, rubric().answers, {
          name: `q-${question.id}`, number: first + i + 1, limit: COMMENT_LIMIT,
          onchange: (answer, comment) => give(question.id, answer, comment),
          onenter: () => (fields[page.questions[i + 1]?.id] ?? { focus: () => next.focus() }).focus(),
        });
        fields[question.id] = field;
        field.set(answers[question.id] ?? null, comments[question.id]);
        field.disable(closed());
        return field.element;
      }),
      screen === 0 ? h("p", { class: "survey-keys mlm-small mlm-quiet" }, `On a keyboard: 1–${rubric().answers.length} answer, N is not applicable, D is don’t know, Enter goes on.`) : null,
    );
    foot.hidden = false;
    back.hidden = screen === 0;
    next.textContent = screen === pages().length - 1 ? "Review" : "Next";
    next.hidden = false;
    progress();
    return heading;
  }

  function showReview() {
    leave();
    const left = questions().filter((q) => answers[q.id] === undefined);
    const unknown = questions().filter((q) => answers[q.id] === "dk").length;
    const heading = h("h2", { tabindex: -1, class: "survey-title" }, left.length ? `${left.length} ${left.length === 1 ? "question is" : "questions are"} left` : "Every question is answered");
    show(
      steps(),
      h("header", { class: "survey-header" }, h("p", { class: "mlm-quiet mlm-small" }, "Review"), heading,
        h("p", { class: "mlm-quiet" }, left.length
          ? "You can leave them out; they are then counted as unanswered, not as zero."
          : "Have a last look, or finish now."),
        unknown ? h("p", { class: "mlm-quiet" }, `${unknown} times “don’t know”. That is a finding too, and is shown as one.`) : null),
      h("ul", { class: "survey-left" }, pages().map((page, i) => h("li", {},
        h("div", { class: "survey-left-head" },
          h("button", { type: "button", class: "mlm-plain", onclick: () => open(i) }, page.title),
          h("span", { class: "mlm-small mlm-quiet" }, `${answered(page.questions)} of ${page.questions.length}`)),
        h("ul", {}, page.questions.filter((q) => answers[q.id] === undefined).map((q) => h("li", {},
          h("button", { type: "button", class: "mlm-plain survey-missing", onclick: () => open(i, q.id) }, q.question))))))),
      alone() ? h("section", { class: "mlm-card mlm-stack survey-result" }, standing()) : null,
    );
    foot.hidden = false;
    back.hidden = false;
    next.textContent = left.length ? "Finish anyway" : "Finish";
    next.hidden = alone() || closed();
    progress();
    return heading;
  }

  function showDone() {
    leave();
    const workshop = model.get("workshop");
    foot.hidden = true;
    const heading = h("h1", { tabindex: -1 }, "Thank you");
    const link = `${location.origin}${location.pathname}#join=${code}&me=${store.read(tokenKey())}`;
    const copied = h("span", { class: "mlm-small mlm-good", role: "status" });
    show(h("div", { class: "mlm-stack survey-done" }, h("div", { class: "survey-tick", "aria-hidden": "true" }, "✓"), heading,
      h("p", {}, `${answered(questions())} of ${questions().length} questions answered, and all of it is stored. The facilitator shows the results to everyone at once.`),
      h("p", { class: "mlm-quiet" }, closed()
        ? "The workshop is closed: answers can no longer be changed."
        : "Until the facilitator closes the workshop you can come back to this page and change an answer."),
      closed() ? null : h("div", { class: "mlm-row" }, h("button", { type: "button", onclick: () => reopen() }, "Change an answer")),
      h("details", {}, h("summary", {}, "Go on with another device"),
        h("div", { class: "mlm-stack" },
          h("p", { class: "mlm-small mlm-quiet" }, `This link is yours alone: whoever has it sees and changes your answers${workshop.anonymous ? ", and knows that they are yours" : ""}.`),
          h("input", { type: "text", readonly: true, value: link, "aria-label": "Your personal link", onfocus: (event) => event.target.select() }),
          h("div", { class: "mlm-row" }, h("button", { type: "button", onclick: () => copy(link, copied) }, "Copy link"), copied)))));
    return heading;
  }

  function standing() {
    const result = model.get("result");
    const explanation = model.get("explanation");
    const top = rubric().answers.at(-1).value;
    return [
      h("p", { class: "mlm-quiet mlm-small" }, "Where you see the team"),
      h("h2", {}, explanation.level ?? (result.score === null ? "No answers yet" : `Score ${decimal(result.score)}`)),
      h("p", {}, explanation.sentence),
      h("table", { class: "survey-scores" }, h("tbody", {}, pages().map((page) => {
        const node = result.nodes[page.id] ?? result;
        const most = page.combine === "sum" ? top * page.questions.length : top;
        const share = node.score === null ? 0 : Math.min(Math.max(node.score / most, 0), 1);
        return h("tr", {}, h("th", { scope: "row" }, page.title),
          h("td", { class: "survey-bar" }, h("div", { "aria-hidden": "true" }, h("i", { style: `width:${100 * share}%` }))),
          h("td", { class: "mlm-number" }, node.score === null ? "–" : `${decimal(node.score)} of ${decimal(most)}`));
      }))),
    ];
  }

  function steps() {
    const entries = [...pages().map((page, i) => ({ title: page.title, label: stepLabel(page), share: answered(page.questions) / page.questions.length, i })),
      { title: "Review", label: "Review", share: 0, i: pages().length }];
    return h("nav", { class: "survey-steps", "aria-label": "Parts of the survey" }, h("ol", {}, entries.map((entry) => h("li", {},
      h("button", { type: "button", title: entry.title, "aria-current": entry.i === screen ? "step" : null, "aria-label": entry.label, onclick: () => open(entry.i) },
        h("span", {}, h("i", { style: `width:${100 * entry.share}%` })))))));
  }

  function stepLabel(page) {
    return `${page.title}, ${answered(page.questions)} of ${page.questions.length} answered`;
  }

  function progress() {
    const total = questions().length;
    const done = answered(questions());
    meter.value = total ? done / total : 0;
    count.textContent = `${done} of ${total}`;
    const step = root.querySelectorAll(".survey-steps button")[screen];
    const page = pages()[screen];
    if (step && page) {
      step.querySelector("i").style.width = `${(100 * answered(page.questions)) / page.questions.length}%`;
      step.setAttribute("aria-label", stepLabel(page));
    }
    if (alone()) status.textContent = gone ? "the kernel does not answer" : model.get("offers")?.length ? "kept in this browser" : "up to date";
  }

  // -- moving -------------------------------------------------------------------------------------------

  function open(to, question = null) {
    screen = Math.max(0, Math.min(to, pages().length));
    store.write(placeKey(), screen);
    const heading = screen < pages().length ? showSection() : showReview();
    if (question) fields[question]?.focus();
    else {
      heading.focus({ preventScroll: true });
      root.scrollIntoView({ block: "start" });
    }
  }

  function turn(by) {
    if (by > 0 && screen === pages().length) finish(true);
    else open(screen + by);
  }

  // -- asking the kernel --------------------------------------------------------------------------------

  async function busy(button, action) {
    button?.setAttribute("aria-busy", "true");
    try { return await action(); } finally { button?.removeAttribute("aria-busy"); }
  }

  async function join(typed, button) {
    code = typed.toUpperCase().replace(/[^A-Z0-9]/g, "");
    const token = store.read(tokenKey());
    try {
      const reply = await busy(button, () => kernel.ask("join", { code, token }, { timeout: 15_000 }));
      code = model.get("workshop").code;
      me = reply.participant;
    } catch (error) {
      showWelcome(error.message);
      return;
    }
    history.replaceState(null, "", `#join=${code}`);
    if (me) resume();
    else showEntrance();
  }

  async function enter(role, name, button) {
    // The token is made and kept here before the kernel hears of it: a lost reply then costs nothing.
    const token = store.read(tokenKey()) ?? randomToken();
    store.write(tokenKey(), token);
    try {
      const reply = await busy(button, () => kernel.ask("enter", { token, role, name }));
      me = reply.participant;
      resume();
    } catch (error) {
      showEntrance(error.message);
    }
  }

  async function begin(name, button) {
    const kept = store.read(aloneKey(name)) ?? {};
    try {
      await busy(button, () => kernel.ask("begin", { rubric: name, ...kept }));
      resume();
    } catch (error) {
      showFailure(error, () => showWelcome());
    }
  }

  function resume() {
    adopt(model.get("response"));
    if (!alone()) {
      box = outbox({ ask: kernel.ask, store, key: `mlmgmt:${code}:outbox`, onstate: told, onstored: stored, onrefused: refused });
      box.advance(me.sequence);
      for (const [question, entry] of Object.entries(box.pending())) remember(question, entry.answer, entry.comment);
      told("saved");
      box.send();
      heartbeat = setInterval(beat, HEARTBEAT);
    }
    if (!alone() && me.finished) showDone();
    else open(store.read(placeKey()) ?? 0);
  }

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

  async function give(question, answer, comment) {
    remember(question, answer, comment);
    fields[question]?.problem("");
    progress();
    if (!alone()) {
      box.put(question, answer, comment);
      return;
    }
    if (model.get("offers")?.length) store.write(aloneKey(rubric().id), { answers, comments });
    try {
      await kernel.ask("answer", { question, answer, comment });
      gone = false;
    } catch (error) {
      gone = true;
      fields[question]?.problem(error.message);
    }
    progress();
  }

  function stored(question, reply) {
    if (reply.applied) return;
    remember(question, reply.answer, reply.comment);
    fields[question]?.set(reply.answer, reply.comment);
    fields[question]?.problem("This answer was changed on another device in the meantime; that one is shown. Choose again to replace it.");
    progress();
  }

  function refused(question, sentence) {
    const before = model.get("response");
    remember(question, before.answers?.[question] ?? null, before.comments?.[question] ?? "");
    fields[question]?.set(answers[question] ?? null, comments[question]);
    if (fields[question]) fields[question].problem(sentence);
    else warn(sentence);
    progress();
    beat();
  }

  async function finish(finished) {
    flush();
    try {
      await busy(next, async () => {
        await box.send();
        if (Object.keys(box.pending()).length) throw new Error("Some answers are still on this device only. Finish when the connection is back.");
        await kernel.ask("finish", { finished });
      });
      me = { ...me, finished };
      if (finished) showDone().focus();
    } catch (error) {
      warn(error.message);
    }
  }

  async function reopen() {
    await finish(false);
    if (!me.finished) open(0);
  }

  async function beat() {
    try {
      const before = closed();
      await kernel.ask("state");
      if (closed() !== before) {
        for (const field of Object.values(fields)) field.disable(closed());
        if (closed()) warn("The facilitator has closed the workshop. Your answers are in; they can no longer be changed.");
      }
    } catch {
      box?.send();
    }
  }

  // -- the connection -----------------------------------------------------------------------------------

  function told(state) {
    status.textContent = state === "saved" && !Object.keys(answers).length ? "nothing to save yet" : STATUS[state];
    status.dataset.state = state;
    if (state !== "waiting") {
      if (banner.dataset.about === "connection") banner.hidden = true;
      return;
    }
    warn("No connection to the server. Go on answering: your answers are kept on this device and sent when it is back.", "connection");
    if (box.failures >= 3) revive();
  }

  /** The server answers but this page's kernel does not: only a new page brings a new kernel. */
  async function revive() {
    const alive = await fetch(`${baseUrl()}mlmgmt/alive`, { cache: "no-store" }).then((r) => r.ok, () => false);
    if (!alive || !root.isConnected) return;
    const key = "mlmgmt:reloaded";
    const lately = Date.now() - Number(sessionStorage.getItem(key) ?? 0) < 60_000;
    if (!lately && document.activeElement?.tagName !== "TEXTAREA") {
      sessionStorage.setItem(key, String(Date.now()));
      location.reload();
      return;
    }
    warn("The connection has to be made anew. Your answers are kept on this device.", "connection", h("button", { type: "button", onclick: () => location.reload() }, "Reload"));
  }

  function warn(text, about = "", action = null) {
    banner.dataset.about = about;
    banner.hidden = false;
    banner.replaceChildren(h("span", {}, text), action ?? (about ? "" : h("button", { type: "button", class: "mlm-plain", onclick: () => { banner.hidden = true; } }, "Close")));
  }

  async function copy(text, place) {
    try {
      await navigator.clipboard.writeText(text);
      place.textContent = "Copied.";
    } catch {
      place.textContent = "Select the link and copy it.";
      main.querySelector("input[readonly]")?.select();
    }
  }

  // -- beginning and end --------------------------------------------------------------------------------

  function moved() {
    const response = model.get("response");
    if (!alone() || JSON.stringify([response.answers, response.comments]) === JSON.stringify([answers, comments])) return;
    adopt(response);
    for (const [id, field] of Object.entries(fields)) field.set(answers[id] ?? null, comments[id]);
    progress();
  }
  const rescored = () => {
    const place = root.querySelector(".survey-result");
    if (place) place.replaceChildren(...standing());
  };
  const online = () => box?.send();
  const visible = () => { if (!document.hidden && box) beat(); };
  const fragment = () => { const asked = fromFragment(); if (asked.join && asked.join.toUpperCase() !== code) location.reload(); };
  model.on("change:response", moved);
  model.on("change:result", rescored);
  addEventListener("online", online);
  addEventListener("hashchange", fragment);
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", visible);

  const asked = fromFragment();
  if (alone()) resume();
  else if (asked.join) {
    code = asked.join.toUpperCase();
    if (asked.me) store.write(tokenKey(), asked.me);
    show(h("p", { class: "mlm-quiet", role: "status" }, "Joining the workshop…"));
    join(asked.join);
  } else showWelcome();
  announce(root, "");

  return () => {
    flush();
    model.off("change:response", moved);
    model.off("change:result", rescored);
    removeEventListener("online", online);
    removeEventListener("hashchange", fragment);
    removeEventListener("pagehide", leaving);
    document.removeEventListener("visibilitychange", visible);
    clearInterval(heartbeat);
    box?.dispose();
    kernel.dispose();
    dispose();
  };
}

/** One screen for each node that has questions, with the titles above it. */
function screensOf(node, above = []) {
  const own = node.questions?.length ? [{ ...node, above }] : [];
  const inner = above.length || node.answers === undefined ? [...above, node.title] : above;
  return [...own, ...(node.sections ?? []).flatMap((section) => screensOf(section, node.answers ? [] : inner))];
}

function fromFragment() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  return { join: parameters.get("join"), me: parameters.get("me") };
}

/** 128 bits; `crypto.randomUUID` is missing on pages that come without TLS. */
function randomToken() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function privacy(workshop) {
  return h("div", { class: "mlm-note" }, workshop.anonymous
    ? `Anonymous: your name is not asked. Results are shown only when at least ${workshop.smallest_group} people have answered, and a role only when nobody in it can be singled out. Comments are shown word for word, without your role.`
    : "Named: the facilitator sees who has answered what, and exports carry your name.");
}

const minutes = (n) => `${Math.max(1, Math.round(n * 0.3))} minutes`.replace(/^1 minutes$/, "a minute");
const decimal = (number) => String(Math.round(number * 100) / 100);
const inWords = (id) => { const words = id.replaceAll("-", " "); return (words[0].toUpperCase() + words.slice(1)).replace(/\bml\b/i, "ML"); };

export default { render };
