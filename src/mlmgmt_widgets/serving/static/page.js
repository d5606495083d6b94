// A page of the workbook: connects to its kernel while the page still arrives, then shows its widgets.
// Anywidgets are shown by a few kilobytes of our own. A page with any other widget or output loads Voila's
// own front end, all of JupyterLab's widget machinery, and hands over to it.

import { connect } from "./kernel.js";
import { Models, showable } from "./widgets.js";

const VIEW = "application/vnd.jupyter.widget-view+json";
const models = new Models();
let kernel = null;
let handedOver = false;

async function start() {
  watch();
  const told = await appears("#jupyter-config-data");
  if (!told) return cutOff();
  const config = JSON.parse(told.textContent);
  kernel = connect({ base: config.baseUrl, id: config.kernelId, onMessage: (m) => models.receive(m), onState: connection() });
  models.attach(kernel);
  addEventListener("pagehide", () => {
    if (!handedOver) navigator.sendBeacon(`${config.baseUrl}voila/api/shutdown/${config.kernelId}`);
  });
  await arrived();
  if (!document.querySelector("#whole, .message")) return cutOff();
  const outputs = [...document.querySelectorAll('script[type="application/vnd.voila.cell-output+json"]')];
  if (!outputs.length) return ready();
  await models.fetch();
  const ids = outputs.map((script) => JSON.parse(script.textContent).data?.[VIEW]?.model_id);
  if (!ids.every((id) => id && showable(models.records[id]))) return handOver(config);
  await Promise.all(outputs.map((script, i) => show(script, ids[i])));
  ready();
}

/** Show how the connection is, and ask again for what a lost one may have taken along. */
function connection() {
  let before = false;
  return (state) => {
    showState(state);
    if (state === "open" && before) models.again();
    before ||= state === "open";
  };
}

/** What a person reads who waits, and after how many milliseconds. */
const SAYS = [
  [5000, "Opening… This takes a little longer than usual. There is nothing that you need to do."],
  [20_000, "Still opening: others came first, or the server is busy. Your turn comes by itself; reloading would put you at the end of the line."],
  [60_000, "Still opening. Your turn comes by itself. If the page is not here in a few minutes, tell whoever gave you the link."],
];
const patience = SAYS.map(([after, text]) => setTimeout(() => {
  document.querySelector("#opening span")?.replaceChildren(text);
}, after));

/** A page that breaks off while it arrives is not told to its script. Until it has a kernel, look whether there is a server. */
async function watch() {
  for (;;) {
    await moment();
    if (kernel || document.readyState !== "loading") return;
    if (!(await serverAnswers())) return cutOff();
  }
}

/** The page ended before it was whole. It is opened anew as soon as there is a server that answers. */
async function cutOff() {
  if (document.querySelector(".message")) return; // it says itself what happened
  kernel?.close();
  showState("lost");
  while (!(await serverAnswers())) await moment();
  showState("gone");
}

function serverAnswers() {
  const alive = new URL("../mlmgmt/alive", new URL(document.body.dataset.baseUrl, location.href));
  return fetch(alive, { cache: "no-store" }).then((answer) => answer.ok, () => false);
}

/** A few seconds, so that a whole room does not ask at the same moment. */
function moment() {
  return new Promise((go) => setTimeout(go, 2000 + 2000 * Math.random()));
}

async function show(script, id) {
  const host = document.createElement("div");
  host.className = "page-widget";
  script.after(host);
  try {
    await models.show(id, host);
    await saysMore(host);
  } catch (error) {
    console.error(error);
    host.replaceChildren(notice("This part of the page could not be shown. Reloading may help."));
  }
}

/** How long the outline of a page stays over a widget that only says that it is busy itself. */
const BUSY = 5000;

/** Wait until a widget shows more than that it is busy: one thing that says so is enough for a page. */
function saysMore(host) {
  const text = (element) => element.innerText.replace(/\s/g, "");
  const busy = () => {
    const status = [...host.querySelectorAll('[role="status"]')].map(text).join("");
    return status !== "" && status === text(host);
  };
  return new Promise((resolve) => {
    const look = () => { if (!busy()) over(); };
    const observer = new MutationObserver(look);
    const timer = setTimeout(over, BUSY);
    function over() {
      observer.disconnect();
      clearTimeout(timer);
      resolve();
    }
    observer.observe(host, { childList: true, subtree: true, characterData: true, attributeFilter: ["hidden"] });
    look();
  });
}

function ready() {
  patience.forEach(clearTimeout);
  document.getElementById("opening")?.remove();
  document.body.dataset.ready = "";
}

/** Let Voila's own front end show this page. */
function handOver(config) {
  handedOver = true;
  kernel.close();
  showState("open");
  window.display_cells = window.voila_finish = ready;
  loadHasBeen();
  for (const name of ["voila-style.js", "voila.js"]) {
    const script = document.createElement("script");
    script.src = `${config.fullStaticUrl}/${name}`;
    script.async = false;
    document.body.append(script);
  }
  new MutationObserver((_, observer) => {
    if (!document.querySelector(".jp-OutputArea .jupyter-widgets, .jp-OutputArea-output")) return;
    observer.disconnect();
    ready();
  }).observe(document.getElementById("rendered_cells"), { childList: true, subtree: true });
}

/** Voila's scripts wait for an event that has passed by the time they are asked for. */
function loadHasBeen() {
  const listen = window.addEventListener.bind(window);
  window.addEventListener = (type, listener, ...rest) => {
    if (type === "load" && document.readyState === "complete") queueMicrotask(() => listener.call(window, new Event("load")));
    else listen(type, listener, ...rest);
  };
}

/** Milliseconds without a touch or a key after which a page may open itself anew. */
const STILL = 1500;
let touched = -STILL;
for (const type of ["pointerdown", "keydown", "change"]) addEventListener(type, () => { touched = performance.now(); }, { capture: true, passive: true });

let lostTimer = 0;

/** Say plainly, after a moment, that the connection is gone; open the page anew when its kernel is. */
function showState(state) {
  clearTimeout(lostTimer);
  const bar = document.getElementById("connection");
  if (state === "open") bar.replaceChildren();
  else if (state === "lost") lostTimer = setTimeout(() => bar.replaceChildren(notice("No connection at the moment. This page keeps trying.")), 1500);
  else reopen(bar);
}

function reopen(bar) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Open it again";
  button.addEventListener("click", () => location.reload());
  const text = "The server has closed this page: it was idle for a while, or the server was started anew. What was saved is safe. ";
  bar.replaceChildren(Object.assign(notice(text), { id: "closed" }));
  bar.firstChild.append(button);
  // Nothing is lost by a reload unless someone is writing; then they decide.
  const writing = () => document.activeElement?.matches?.("textarea, input[type=text], input:not([type])") && document.activeElement.value;
  let timer = 0;
  const again = () => {
    clearTimeout(timer);
    if (document.hidden || !navigator.onLine || writing()) return;
    // A click that falls into a reload is lost, so it waits until hands are still; what is answered meanwhile is kept.
    if (performance.now() - touched < STILL) timer = setTimeout(again, STILL);
    else if (mayReload()) location.reload();
    else timer = setTimeout(again, BETWEEN);
  };
  document.addEventListener("visibilitychange", again);
  addEventListener("online", again);
  addEventListener("focusout", () => { // done writing, perhaps
    clearTimeout(timer);
    timer = setTimeout(again, STILL);
  });
  again();
}

/** Milliseconds between two reloads of its own: a kernel that dies at once must not spin the page. */
const BETWEEN = 20_000;

function mayReload() {
  try {
    const since = Date.now() - Number(sessionStorage.getItem("mlmgmt-reopened"));
    if (since >= 0 && since < BETWEEN) return false; // below 0: the clock was set back, which must not stop the page
    sessionStorage.setItem("mlmgmt-reopened", String(Date.now()));
    return true;
  } catch {
    return false;
  }
}

function notice(text) {
  const paragraph = document.createElement("p");
  paragraph.className = "notice";
  paragraph.textContent = text;
  return paragraph;
}

/** Wait until the streaming page has brought an element; null when it has ended without. */
function appears(selector) {
  return new Promise((resolve) => {
    const look = () => {
      const found = document.querySelector(selector);
      // A script's text is whole when something follows it, or when the page has ended.
      if (found?.nextElementSibling || document.readyState !== "loading") {
        observer.disconnect();
        resolve(found);
      }
    };
    const observer = new MutationObserver(look);
    observer.observe(document.documentElement, { childList: true, subtree: true });
    document.addEventListener("DOMContentLoaded", look);
    look();
  });
}

function arrived() {
  return document.readyState !== "loading" ? Promise.resolve() : new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve));
}

start().catch((error) => {
  console.error(error);
  cutOff();
});
