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
  const config = JSON.parse((await appears("#jupyter-config-data")).textContent);
  kernel = connect({ base: config.baseUrl, id: config.kernelId, onMessage: (m) => models.receive(m), onState: showState });
  models.attach(kernel);
  addEventListener("pagehide", () => {
    if (!handedOver) navigator.sendBeacon(`${config.baseUrl}voila/api/shutdown/${config.kernelId}`);
  });
  await arrived();
  const outputs = [...document.querySelectorAll('script[type="application/vnd.voila.cell-output+json"]')];
  if (!outputs.length) return ready();
  await models.fetch();
  const ids = outputs.map((script) => JSON.parse(script.textContent).data?.[VIEW]?.model_id);
  if (!ids.every((id) => id && showable(models.records[id]))) return handOver(config);
  await Promise.all(outputs.map((script, i) => show(script, ids[i])));
  ready();
}

async function show(script, id) {
  const host = document.createElement("div");
  host.className = "page-widget";
  script.after(host);
  try {
    await models.show(id, host);
  } catch (error) {
    console.error(error);
    host.replaceChildren(notice("This part of the page could not be shown. Reloading may help."));
  }
}

function ready() {
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
  const text = "This page has been idle for a while and was closed. ";
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
  };
  document.addEventListener("visibilitychange", again);
  addEventListener("online", again);
  again();
}

/** Not more than one reload of its own in 20 seconds: a kernel that dies at once must not spin the page. */
function mayReload() {
  try {
    const last = Number(sessionStorage.getItem("mlmgmt-reopened"));
    if (Date.now() - last < 20_000) return false;
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

/** Wait until the streaming page has brought an element. */
function appears(selector) {
  return new Promise((resolve) => {
    const look = () => {
      const found = document.querySelector(selector);
      // A script's text is whole when something follows it, or when the page has ended.
      if (found?.nextElementSibling || (found && document.readyState !== "loading")) {
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

start();
