// While answers come in: a join code for the projector, and who has finished. Never what they said.

import { baseUrl, h } from "../ui/screen.js";
import { busy, confirm, copyButton, count, inWords, sentence } from "../ui/parts.js";
import { fullScreenButton } from "./parts.js";

const PAGE = "voila/render/maturity_survey.ipynb";
const ADDRESS = "mlmgmt:address";

/**
 * @param {{model: any, root: HTMLElement, ask: Function, header: (...actions: Node[]) => HTMLElement}} options
 */
export function collectView({ model, root, ask, header }) {
  const { code, anonymous, smallest_group: least, state } = model.get("workshop");
  const join = joinPanel({ model, ask });
  const numbers = h("p", { class: "workshop-count", role: "status" });
  const meter = h("progress", { max: 1, value: 0, "aria-label": "Finished, of those who joined" });
  const people = h("ul", { class: "workshop-people" });
  const hint = h("p", { class: "mlm-quiet mlm-small" });
  const reveal = h("button", { type: "button", class: "mlm-primary workshop-reveal", onclick: showResults }, "Reveal results");
  const trouble = sentence();
  const end = h("button", { type: "button", class: "mlm-plain", onclick: close }, "Close without revealing");
  let now = { joined: 0, started: 0, finished: 0, people: [] };

  function progress(news) {
    now = news;
    const { joined, started, finished } = news;
    const text = joined ? `${joined} joined, ${finished} finished` : "Nobody has joined yet.";
    if (numbers.textContent !== text) numbers.textContent = text;
    join.tell(text);
    meter.value = joined ? finished / joined : 0;
    people.hidden = anonymous || !joined;
    people.replaceChildren(...news.people.map((each) => h("li", { "data-finished": String(each.finished) },
      h("span", { class: "workshop-tick", "aria-hidden": "true" }, each.finished ? "✓" : ""),
      h("span", {}, each.name, each.role ? h("span", { class: "mlm-quiet" }, ` · ${inWords(each.role)}`) : null),
      h("span", { class: "mlm-small mlm-quiet" }, each.finished ? "finished" : "answering"))));
    const enough = anonymous ? started >= least : started > 0;
    reveal.disabled = !enough;
    hint.textContent = enough
      ? "Nobody sees anything before you reveal it."
      : anonymous
        ? `This workshop is anonymous: results need answers from at least ${least} people.`
        : "Results can be revealed as soon as somebody has answered.";
  }

  async function showResults() {
    const { joined, finished } = now;
    if (finished >= joined) {
      await reveals();
      return;
    }
    await confirm(root, {
      title: "Reveal the results now?", action: "Reveal",
      text: [`${count(joined - finished, "person has", "people have")} not finished yet. What they have answered so far counts; what they add later can be taken in afterwards${anonymous ? `, once it comes from at least ${least} people` : ""}.`],
      run: () => ask("reveal", {}, { timeout: 20_000 }),
    });
  }

  async function reveals() {
    trouble.say("");
    try {
      await busy(reveal, () => ask("reveal", {}, { timeout: 20_000 }));
    } catch (error) {
      trouble.say(error.message);
    }
  }

  async function close() {
    await confirm(root, {
      title: "Close this workshop?", action: "Close", danger: true,
      text: ["Nobody can join or answer any more. You can still reveal the results of what was answered."],
      run: () => ask("close"),
    });
  }

  const closed = state === "closed";
  const element = h("div", { class: "mlm-stack" }, header(),
    h("div", { class: "workshop-collect" },
      closed ? h("p", { class: "mlm-note" }, "This workshop was closed before its results were shown. Nobody can answer any more.") : join.element,
      h("section", { class: "workshop-status", "aria-label": "Progress" }, numbers, meter, people,
        h("div", { class: "workshop-status-foot" }, h("div", { class: "mlm-row" }, reveal, closed ? null : end), hint), trouble.element)));
  progress(now);
  numbers.textContent = ""; // nothing is known yet
  return { element, code, progress, destroy: join.destroy };
}

/** Join code, link and QR code; the link follows the address that phones can reach. */
export function joinPanel({ model, ask }) {
  const { code } = model.get("workshop");
  const served = model.get("served");
  const link = h("a", { class: "workshop-link", target: "_blank", rel: "noreferrer" });
  const byHand = h("p", { class: "mlm-quiet mlm-small workshop-by-hand" });
  const tally = h("p", { class: "workshop-tally", "aria-hidden": "true" }); // for the projector; the page itself says it too
  const picture = h("img", { class: "workshop-qr", alt: "QR code of the join link", hidden: true, width: 320, height: 320 });
  const warning = h("p", { class: "mlm-note mlm-small", "data-tone": "attention", hidden: true });
  const address = h("input", { type: "text", inputmode: "url", spellcheck: "false", autocomplete: "off", placeholder: "http://192.168.0.10:8866", oninput: typed });
  const asking = served ? null : h("div", { class: "workshop-field" },
    h("label", { class: "mlm-field" }, "Address of the server", address),
    h("small", {}, "Participants cannot open JupyterLab. Run “mlmgmt serve --host 0.0.0.0” beside it and put in the address that it prints."));
  const tools = h("div", { class: "mlm-row workshop-join-tools" }, copyButton(() => link.href), fullScreenButton(() => panel));
  let timer = null;

  const panel = h("section", { class: "workshop-join", "aria-label": "How to join" },
    h("div", { class: "workshop-join-words" },
      h("p", { class: "workshop-join-how" }, "Join code"),
      h("p", { class: "workshop-code" }, h("span", { "aria-hidden": "true" }, h("span", {}, code.slice(0, 3)), h("span", {}, code.slice(3))), h("span", { class: "mlm-quiet-text" }, [...code].join(" "))),
      asking,
      h("p", { class: "workshop-join-how" }, "Scan the picture or open"),
      h("p", { class: "workshop-link-line" }, link),
      byHand,
      warning,
      tally,
      tools),
    h("div", { class: "workshop-qr-frame" }, picture));

  function base() {
    const published = model.get("home").public_url;
    if (published) return published;
    if (served) return new URL(baseUrl(), location.href).href;
    return kept();
  }

  async function draw() {
    const where = joinLink(base(), code);
    link.replaceChildren(...(where ? readable(where) : []));
    byHand.replaceChildren(...(where ? ["No camera? Open ", h("strong", {}, new URL(where).host), ", choose “Survey” and enter the code."] : []));
    for (const part of [link.parentElement, link.parentElement.previousElementSibling, byHand, tools]) part.hidden = !where;
    picture.hidden = true;
    warning.hidden = true;
    if (!where) return;
    link.href = where;
    if (isLocal(where)) {
      warning.textContent = "This address works on this computer only; phones cannot open it. Start with “mlmgmt serve --host 0.0.0.0” to let the room in.";
      warning.hidden = false;
    }
    try {
      picture.src = (await ask("qr", { link: where })).picture;
      picture.hidden = false;
    } catch {
      // The code and the link serve without the picture.
    }
  }

  function typed() {
    keep(address.value.trim());
    clearTimeout(timer);
    timer = setTimeout(draw, 300);
  }

  address.value = kept();
  draw();
  return { element: panel, tell(text) { tally.dataset.text = text; }, destroy() { clearTimeout(timer); } };
}

/** The survey's address with the join code in its fragment, which no server ever sees or logs. */
export function joinLink(base, code) {
  if (!base) return "";
  try {
    const url = new URL(/^https?:\/\//.test(base) ? base : `http://${base}`);
    if (!url.pathname.endsWith(".ipynb")) url.pathname = url.pathname.replace(/\/?$/, "/") + PAGE;
    url.search = "";
    url.hash = `join=${code}`;
    return url.href;
  } catch {
    return "";
  }
}

function isLocal(link) {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(link).hostname);
}

/** The link as people read it, broken where a reader would break it. */
function readable(link) {
  return link.replace(/^http:\/\//, "").split(/(?<=\/)|(?=#)/).flatMap((part) => [part, h("wbr")]);
}

function kept() {
  try { return localStorage.getItem(ADDRESS) ?? ""; } catch { return ""; }
}

function keep(address) {
  try { localStorage.setItem(ADDRESS, address); } catch { /* It is typed again next time. */ }
}
