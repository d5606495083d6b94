// Anywidgets without JupyterLab: models that live in the kernel, and the views that a page shows.

import { identifier } from "./kernel.js";

const WIDGET = "jupyter.widget";
const CONTROL = "jupyter.widget.control";

/** Whether this page can show a model itself: an anywidget that refers to no other model but its layout. */
export function showable(record) {
  if (!record || record.model_module !== "anywidget") return false;
  const { layout: _, style: __, ...rest } = record.state;
  return !JSON.stringify(Object.values(rest).filter((value) => !(value instanceof DataView))).includes("IPY_MODEL_");
}

/** Put binary parts back where the kernel took them out. */
export function putBuffers(state, paths = [], buffers = []) {
  paths.forEach((path, i) => {
    const holder = path.slice(0, -1).reduce((at, key) => at[key], state);
    holder[path.at(-1)] = buffers[i];
  });
}

/** A model as an anywidget's script sees it. */
class Model {
  #state;
  #send;
  #listeners = [];
  #changed = {};

  constructor(id, state, send) {
    this.id = id;
    this.#state = state;
    this.#send = send;
  }

  get(name) { return this.#state[name]; }

  set(name, value) {
    const values = typeof name === "object" ? name : { [name]: value };
    Object.assign(this.#changed, values);
    this.update(values);
  }

  save_changes() {
    if (!Object.keys(this.#changed).length) return;
    this.#send({ method: "update", state: this.#changed, buffer_paths: [] });
    this.#changed = {};
  }

  send(content, _callbacks, buffers) { this.#send({ method: "custom", content }, buffers); }

  on(names, callback) {
    for (const name of names.split(/\s+/)) this.#listeners.push({ name, callback });
  }

  off(names, callback) {
    const gone = names?.split(/\s+/);
    this.#listeners = this.#listeners.filter((l) => (gone && !gone.includes(l.name)) || (callback && callback !== l.callback));
  }

  update(values) {
    const changed = Object.keys(values).filter((name) => !same(this.#state[name], values[name]));
    Object.assign(this.#state, values);
    for (const name of changed) this.trigger(`change:${name}`, this, values[name]);
    if (changed.length) this.trigger("change", this);
  }

  trigger(name, ...args) {
    for (const listener of [...this.#listeners]) if (listener.name === name) listener.callback(...args);
  }
}

function same(a, b) {
  return a === b || (!(b instanceof DataView) && JSON.stringify(a) === JSON.stringify(b));
}

/** All models of one kernel. */
export class Models {
  #kernel = null;
  #models = new Map();
  #ready = new Map();
  #waiting = null;
  #control = identifier();
  records = {};

  /** @param {{send: Function}} kernel */
  attach(kernel) {
    this.#kernel = kernel;
    kernel.send("comm_open", { comm_id: this.#control, target_name: CONTROL, data: {} }, { metadata: { version: "1.0.0" } });
  }

  /** Ask the kernel for the state of all models, and bring those that are known up to date. */
  fetch() {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#ask();
    });
  }

  /** After a connection was lost: what was asked over it may never have arrived, or its answer. */
  again() {
    if (!this.#waiting) return;
    this.#control = identifier();
    this.attach(this.#kernel);
    this.#ask();
  }

  #ask() {
    try {
      this.#kernel.send("comm_msg", { comm_id: this.#control, data: { method: "request_states" } });
    } catch (error) {
      console.warn(error); // there is no connection at the moment; `again` asks when there is
    }
  }

  /** Take a message from the kernel. */
  receive({ header, content, buffers }) {
    if (header.msg_type === "comm_open" && content.target_name === WIDGET) {
      putBuffers(content.data.state, content.data.buffer_paths, buffers);
      const state = content.data.state;
      this.records[content.comm_id] = { model_module: state._model_module, state };
    } else if (header.msg_type === "comm_msg") {
      if (content.comm_id === this.#control) this.#states(content.data, buffers);
      else this.#message(content.comm_id, content.data, buffers);
    }
  }

  #states(data, buffers) {
    putBuffers(data.states, data.buffer_paths, buffers);
    this.records = data.states;
    for (const [id, { state }] of Object.entries(data.states)) this.#models.get(id)?.update(state);
    this.#waiting?.();
    this.#waiting = null;
  }

  #message(id, data, buffers) {
    const record = this.records[id];
    if (data.method === "update") {
      putBuffers(data.state, data.buffer_paths, buffers);
      const model = this.#models.get(id);
      if (model) model.update(data.state);
      else if (record) Object.assign(record.state, data.state);
    } else if (data.method === "custom") {
      this.#models.get(id)?.trigger("msg:custom", data.content, buffers);
    }
  }

  #model(id) {
    const known = this.#models.get(id);
    if (known) return known;
    const send = (data, buffers) => this.#kernel.send("comm_msg", { comm_id: id, data }, { buffers });
    const model = new Model(id, this.records[id].state, send);
    this.#models.set(id, model);
    return model;
  }

  /** Show a view of a model in `host`. */
  async show(id, host) {
    const model = this.#model(id);
    if (!this.#ready.has(id)) this.#ready.set(id, begin(model));
    const widget = await this.#ready.get(id);
    const el = document.createElement("div");
    el.className = "jupyter-widgets";
    host.replaceChildren(el);
    await widget.render?.({ model, el, signal: new AbortController().signal, experimental: { invoke: invoker(model) } });
  }
}

async function begin(model) {
  addStyle(model.get("_anywidget_id"), model.get("_css"));
  const url = URL.createObjectURL(new Blob([model.get("_esm")], { type: "text/javascript" }));
  const module = await import(url);
  URL.revokeObjectURL(url);
  const widget = typeof module.default === "function" ? await module.default() : module.default ?? { render: module.render };
  await widget.initialize?.({ model, signal: new AbortController().signal, experimental: { invoke: invoker(model) } });
  return widget;
}

function addStyle(id, css) {
  if (!css || document.querySelector(`style[data-widget="${CSS.escape(id)}"]`)) return;
  const style = document.createElement("style");
  style.dataset.widget = id;
  style.textContent = css;
  document.head.append(style);
}

/** anywidget's commands: a question to a Python method marked with `@command`. */
function invoker(model) {
  return (name, msg, { buffers = [], signal = AbortSignal.timeout(3000) } = {}) => new Promise((resolve, reject) => {
    const id = identifier();
    const listen = (message, parts) => {
      if (message?.id !== id || message.kind !== "anywidget-command-response") return;
      model.off("msg:custom", listen);
      resolve([message.response, parts]);
    };
    signal.addEventListener("abort", () => { model.off("msg:custom", listen); reject(signal.reason); });
    model.on("msg:custom", listen);
    model.send({ id, kind: "anywidget-command", name, msg }, undefined, buffers);
  });
}
