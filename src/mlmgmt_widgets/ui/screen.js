// What every screen needs: building elements, asking the kernel, following the theme.

/**
 * Build an element. Strings become text nodes, never markup.
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on*` are listeners, `true` sets a bare attribute, null and false leave it out
 * @param {...(Node|string|number|null|false|Array)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false).map(asNode));
  return element;
}

function asNode(child) {
  return child instanceof Node ? child : document.createTextNode(String(child));
}

/** It did not work now; asking the same again may succeed. */
export class Passing extends Error {}

/** The kernel did not answer in time; what was asked may or may not have arrived. */
export class NoAnswer extends Passing {}

/**
 * Ask the kernel and wait for its answer.
 * @param {any} model the widget's model
 */
export function connect(model) {
  const waiting = new Map();
  // All views of one model hear every answer: each counts from a place of its own, or would take another's.
  let last = crypto.getRandomValues(new Uint32Array(1))[0] * 2 ** 20;

  function receive(message, buffers) {
    const question = waiting.get(message?.ticket);
    if (!question) return;
    waiting.delete(message.ticket);
    clearTimeout(question.timer);
    if (message.error) question.reject(message.passing ? new Passing(message.error) : new Error(message.error));
    else question.resolve({ ...message, buffers });
  }
  model.on("msg:custom", receive);

  return {
    /**
     * @param {string} kind
     * @param {object} [payload]
     * @param {{timeout?: number}} [options] milliseconds until `NoAnswer`
     * @returns {Promise<any>} the kernel's answer; rejected with its sentence when it refuses
     */
    ask(kind, payload = {}, { timeout = 8000 } = {}) {
      const ticket = ++last;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(ticket);
          reject(new NoAnswer("There is no answer from the server."));
        }, timeout);
        waiting.set(ticket, { resolve, reject, timer });
        try {
          model.send({ ...payload, kind, ticket });
        } catch {
          // A closed connection throws here; waiting for the timeout would only be slower.
          clearTimeout(timer);
          waiting.delete(ticket);
          reject(new NoAnswer("There is no connection to the server."));
        }
      });
    },
    dispose() {
      model.off("msg:custom", receive);
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}

/**
 * Make `el` the root of a screen: class, theme, no notebook shortcuts while typing in it.
 * @param {HTMLElement} el
 * @param {string} name of the widget's own root class
 * @returns {{root: HTMLElement, dispose: () => void}}
 */
export function mount(el, name) {
  // Lumino's own switch: JupyterLab's one-letter commands must not fire while someone answers with keys.
  const root = h("div", { class: `mlm ${name}`, "data-lm-suppress-shortcuts": "true" });
  // Not all of its keys are commands: with an arrow key a notebook selects the next cell, and takes the focus along.
  root.addEventListener("keydown", (event) => event.stopPropagation());
  const stop = followTheme((theme) => { root.dataset.theme = theme; });
  el.replaceChildren(root);
  return { root, dispose() { stop(); root.remove(); } };
}

/**
 * Call back with "light" or "dark", now and whenever it changes.
 * @param {(theme: "light"|"dark") => void} callback
 * @returns {() => void} stops following
 */
export function followTheme(callback) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let shown = null;
  const tell = () => {
    // JupyterLab, and our pages under Voila, say which theme is on; elsewhere the system does.
    const said = document.body.dataset.jpThemeLight;
    const theme = (said === undefined ? system.matches : said === "false") ? "dark" : "light";
    if (theme !== shown) callback((shown = theme));
  };
  const observer = new MutationObserver(tell);
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  system.addEventListener("change", tell);
  tell();
  return () => { observer.disconnect(); system.removeEventListener("change", tell); };
}

/**
 * Hand a file to the person.
 * @param {string} filename
 * @param {string} type MIME type
 * @param {BlobPart} data
 */
export function download(filename, type, data) {
  const url = URL.createObjectURL(new Blob([data], { type }));
  const link = h("a", { href: url, download: filename, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * Say something to screen readers without moving anything on the screen.
 * @param {HTMLElement} root
 * @param {string} text
 */
export function announce(root, text) {
  let region = root.querySelector(":scope > .mlm-announcer");
  if (!region) {
    region = h("div", { class: "mlm-announcer mlm-quiet-text", role: "status", "aria-live": "polite" });
    root.append(region);
  }
  region.textContent = text;
}

/** The server's root, from Voila's or JupyterLab's page configuration; "/" elsewhere. */
export function baseUrl() {
  const config = document.getElementById("jupyter-config-data");
  try {
    return JSON.parse(config?.textContent ?? "{}").baseUrl ?? "/";
  } catch {
    return "/";
  }
}
