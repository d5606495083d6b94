// A figure on the page: the chart, its words, its table, and buttons that save it.

import { baseUrl, download, followTheme, h } from "./screen.js";

/** Below this width of the chart, in pixels, the layout for phones is drawn. */
const NARROW = 700;
const SAVED_WIDTH = 900;
/** This close to what is on the screen, a figure is kept up to date. */
const NEAR = "300px";
const KEPT = Symbol.for("mlmgmt.vega");

/**
 * Load Vega once for the whole page: from our server where it is the one that serves the page, else from the kernel.
 * @param {string} name file name of the bundle
 * @param {() => Promise<{buffers: DataView[]}>} ask asks the kernel for the bundle
 * @returns {Promise<{vegaEmbed: Function}>}
 */
export function loadVega(name, ask) {
  globalThis[KEPT] ??= fromServer(name)
    .catch(() => fromKernel(ask))
    .catch((error) => {
      globalThis[KEPT] = undefined;
      throw error;
    });
  return globalThis[KEPT];
}

function fromServer(name) {
  const base = new URL(baseUrl(), document.baseURI);
  if (!base.protocol.startsWith("http")) return Promise.reject(new Error("This page comes from no server."));
  return import(new URL(`mlmgmt/static/${name}`, base).href);
}

async function fromKernel(ask) {
  const { buffers } = await ask();
  const url = URL.createObjectURL(new Blob([buffers[0]], { type: "text/javascript" }));
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * Show a figure in `host`.
 *
 * What `update` is given may be a whole payload, or what `Figure.live()` returns: words, table and numbers for the
 * drawing that is there. As long as the drawing stays the same, its marks are moved in place. Every painting ends with
 * an `mlm-painted` event on the figure, which bubbles; `detail.inPlace` says whether marks were moved or drawn anew.
 * @param {HTMLElement} host inside an element of class `mlm`, whose colours it takes
 * @param {object} payload what `Figure.payload()` returns
 * @param {() => Promise<{vegaEmbed: Function}>} vega
 * @returns {{update: (payload: object) => Promise<void>, destroy: () => void}} `update` resolves when what it was
 *   given is painted, or kept for later because the figure is far from what is on the screen
 */
export function showFigure(host, payload, vega) {
  let shown = payload;
  let drawing = asDrawing(shown);
  let edition = 0; // of the drawing: it rises when the chart on the page can no longer be moved, only drawn anew
  let drawn = null;
  let canMove = true;
  let width = 0;
  let near = true;
  let gone = false;
  let painting = Promise.resolve();
  let following = null;
  let tabled = null;
  const stage = h("div", { class: "mlm-figure-stage", role: "img" });
  const trouble = h("p", { class: "mlm-note", "data-tone": "attention", hidden: true });
  const title = h("h3");
  const description = h("p", { class: "mlm-quiet mlm-small" });
  const table = h("div", { class: "mlm-scroll", tabindex: "0", role: "region" });
  // A click comes before the table is seen; what opens it without a click is only told by `toggle`.
  const details = h("details", { ontoggle: tabulate }, h("summary", { onclick: tabulate }, "Show table"), table);
  const save = (kind, action) => h("button", { type: "button", class: "mlm-plain", "data-save": kind, onclick: () => attempt(action) }, kind);
  const saving = h("div", { class: "mlm-figure-save", role: "group" }, h("span", { class: "mlm-small mlm-quiet", "aria-hidden": "true" }, "Save as"),
    save("PNG", png), save("SVG", svg), save("CSV", () => download(`${shown.id}.csv`, "text/csv;charset=utf-8", asCsv(shown))));
  const figure = h("figure", { class: "mlm-figure" }, h("figcaption", {}, title, description), stage, trouble,
    h("div", { class: "mlm-figure-foot" }, details, saving));
  host.replaceChildren(figure);

  function fill() {
    put(title, "textContent", shown.title);
    put(description, "textContent", shown.description);
    put(description, "hidden", !shown.description);
    put(details, "hidden", shown.columns.length === 0);
    put(saving.lastChild, "hidden", details.hidden);
    name(stage, details.hidden ? shown.title : `${shown.title}. The numbers are in the table below.`);
    name(table, `${shown.title}: table`);
    name(saving, `Save “${shown.title}”`);
    if (details.open || tabled === null) tabulate();
    reserve();
  }

  function tabulate() {
    const said = JSON.stringify([shown.columns, shown.rows]);
    if (said === tabled) return;
    tabled = said;
    table.replaceChildren(asTable(shown));
  }

  function layout() {
    return shown.narrow && width < NARROW ? shown.narrow : shown.spec;
  }

  function reserve() {
    // The page must not jump when the chart arrives or changes.
    const { height } = layout();
    put(stage.style, "minHeight", typeof height === "number" ? `${height}px` : "");
  }

  /** Paint what is latest; while one painting is under way, all that comes waits for the one after it. */
  function paint() {
    following ??= painting.then(() => {
      following = null;
      painting = moveOrDraw();
      return painting;
    });
    return following;
  }

  function redraw() {
    edition += 1;
    return paint();
  }

  async function moveOrDraw() {
    if (gone || !width) return;
    if (canMove && drawn?.edition === edition) {
      try {
        if (await drawn.move(shown)) tell(true);
        return;
      } catch (error) {
        // Vega may have come half way through what it shows; nothing that this drawing shows in place is sure from now on.
        console.warn("The marks of this chart cannot be moved: it is drawn anew.", error);
        canMove = false;
      }
    }
    await draw();
  }

  async function draw() {
    let turn = edition;
    // The stage is the image and carries its name; what Vega draws in it is not read out piece by piece.
    const element = h("div", { "aria-hidden": "true" });
    try {
      const { vegaEmbed } = await vega();
      turn = edition;
      const from = shown;
      const spec = sized(complete(layout(), from), width);
      const result = await vegaEmbed(element, spec, options(fillIn(from.config, themeOf(stage))));
      if (turn !== edition || gone) return result.finalize();
      drawn?.finalize();
      drawn = movable(result, from, turn);
      stage.replaceChildren(element);
      stage.dataset.painted = String(width);
      tell(false);
    } catch (error) {
      if (turn === edition && !gone) complain("This chart could not be drawn here. Its numbers are in the table.", error);
    }
  }

  function tell(inPlace) {
    put(trouble, "hidden", true);
    figure.dispatchEvent(new CustomEvent("mlm-painted", { bubbles: true, detail: { inPlace } }));
  }

  function complain(sentence, error) {
    console.error(error);
    // Who has closed the table since is not shown it again at every step of a slider.
    if (!trouble.hidden && trouble.textContent === sentence) return;
    trouble.textContent = sentence;
    trouble.hidden = false;
    tabulate();
    details.open = true;
  }

  async function attempt(action) {
    try {
      await action();
    } catch (error) {
      complain("The file could not be made here. The numbers are in the table.", error);
    }
  }

  // Saved pictures go into slides and documents: always light, wide, and with their title.
  async function picture(use) {
    const { vegaEmbed } = await vega();
    const titled = { ...sized(complete(shown.spec, shown), SAVED_WIDTH), title: titleOf(shown), background: "#ffffff", padding: 24 };
    const result = await vegaEmbed(h("div"), titled, options(fillIn(shown.config, (name) => shown.paper[name])));
    try {
      return await use(result.view);
    } finally {
      result.finalize();
    }
  }

  async function png() {
    const data = await picture(async (view) => (await view.toCanvas(2)).toDataURL("image/png"));
    const bytes = Uint8Array.from(atob(data.split(",")[1]), (letter) => letter.charCodeAt(0));
    download(`${shown.id}.png`, "image/png", bytes);
  }

  async function svg() {
    download(`${shown.id}.svg`, "image/svg+xml", await picture((view) => view.toSVG()));
  }

  const sizes = new ResizeObserver(() => {
    const now = Math.floor(stage.clientWidth);
    // A figure on a tab that is not shown has no width, and is not drawn anew for that.
    if (!now || now === width) return;
    width = now;
    reserve();
    redraw();
  });
  const sight = new IntersectionObserver((entries) => {
    near = entries.at(-1).isIntersecting;
    if (near && drawn) paint();
  }, { rootMargin: NEAR, scrollMargin: NEAR });
  fill();
  sizes.observe(stage);
  sight.observe(figure);
  // Paper shows what is far from the screen, too.
  addEventListener("beforeprint", paint);
  // The theme is set on an element above by then: colours are read from it.
  const unfollow = followTheme(() => queueMicrotask(redraw));

  return {
    update(next) {
      shown = next.spec ? next : withNumbers(shown, next);
      if (next.spec) {
        const wanted = asDrawing(shown);
        if (wanted !== drawing) {
          edition += 1;
          canMove = true;
        }
        drawing = wanted;
      }
      fill();
      return !near && drawn?.edition === edition ? Promise.resolve() : paint();
    },
    destroy() {
      gone = true;
      sizes.disconnect();
      sight.disconnect();
      removeEventListener("beforeprint", paint);
      unfollow();
      drawn?.finalize();
      figure.remove();
    },
  };
}

/** How a figure is drawn, as one text to compare: everything but its words, its table and its numbers. */
function asDrawing({ spec, narrow, config, paper, datasets = {}, params = {} }) {
  return JSON.stringify([spec, narrow, config, paper, Object.keys(datasets), Object.keys(params)]);
}

/** The drawing of one payload with the numbers of another; a dataset or param that is not named stays as it was. */
function withNumbers(payload, live) {
  const both = (key) => ({ ...payload[key], ...live[key] });
  return { ...payload, ...live, datasets: both("datasets"), params: both("params") };
}

/** A specification with its numbers in place, as `Figure.spec()` has it. */
function complete(spec, { datasets = {}, params = {} }) {
  const valued = ({ expr, ...param }) => ({ ...param, value: params[param.name] });
  return {
    ...spec,
    datasets: { ...spec.datasets, ...Object.fromEntries(Object.entries(datasets).map(([name, rows]) => [name, copied(rows)])) },
    ...(spec.params && { params: spec.params.map((param) => (Object.hasOwn(params, param.name) ? valued(param) : param)) }),
  };
}

/** Vega marks the records that it is given as its own. */
function copied(rows) {
  return rows.map((row) => ({ ...row }));
}

/**
 * A chart on the page whose marks can be moved.
 * @param {{view: any, vgSpec: any, finalize: () => void}} result of vegaEmbed
 * @param {object} payload whose numbers the chart shows
 * @param {number} edition of its drawing
 */
function movable({ view, vgSpec, finalize }, payload, edition) {
  let shown = payload;
  let failure = null;
  const changed = {
    datasets: differences(vgSpec.data, payload.datasets),
    params: differences(vgSpec.signals, payload.params),
  };
  // Vega tells its log of a failure, and nobody else.
  view.logger({ ...view.logger(), error: (error) => { failure = error; } });

  /** Show the numbers of `next`, and say whether there was anything to move. */
  async function move(next) {
    if (next === shown) return false;
    const datasets = changed.datasets(next.datasets);
    const params = changed.params(next.params);
    shown = next;
    if (!datasets.length && !params.length) return false;
    for (const [name, rows] of datasets) view.data(name, copied(rows));
    for (const [name, value] of params) view.signal(name, value);
    await view.runAsync();
    // Longer labels get the room that they need. It is not taken back: what moves to and fro would shake the chart.
    if (overflows(view)) await view.resize().runAsync();
    if (failure) throw failure;
    return true;
  }

  return { edition, move, finalize };
}

/** Whether a chart's marks or labels reach over the edge of its picture. */
function overflows(view) {
  const { x1, y1, x2, y2 } = view.scenegraph().root.bounds;
  const [left, top] = view.origin();
  const { width, height } = view.container().querySelector("svg");
  return left + x1 < -1 || top + y1 < -1 || left + x2 > width.baseVal.value + 1 || top + y2 > height.baseVal.value + 1;
}

/** Finds out which of the values that a chart knows by name have changed since they were last looked at. */
function differences(known, values = {}) {
  const names = new Set((known ?? []).map(({ name }) => name));
  const texts = new Map(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));
  return (next = {}) => Object.entries(next).filter(([name, value]) => {
    const text = JSON.stringify(value);
    if (!names.has(name) || texts.get(name) === text) return false;
    texts.set(name, text);
    return true;
  });
}

/** Set a property where it changes: the page does not look again at what is written and stays the same. */
function put(target, property, value) {
  if (target[property] !== value) target[property] = value;
}

function name(element, label) {
  if (element.getAttribute("aria-label") !== label) element.setAttribute("aria-label", label);
}

function options(config) {
  // `ast` has Vega interpret its expressions instead of compiling them: no unsafe-eval is needed.
  return { mode: "vega-lite", renderer: "svg", actions: false, ast: true, defaultStyle: false, tooltip: false, config };
}

function sized(spec, width) {
  return spec.width === "container" ? { ...spec, width, autosize: { type: "fit-x", contains: "padding" } } : spec;
}

/** Replace the names of CSS variables in a configuration by colours. */
function fillIn(value, colour) {
  if (Array.isArray(value)) return value.map((each) => fillIn(each, colour));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fillIn(v, colour)]));
  return typeof value === "string" && value.startsWith("--") ? colour(value) : value;
}

function themeOf(element) {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name).trim();
}

function titleOf({ title, description }) {
  return { text: lines(title, 95), subtitle: description ? lines(description, 130) : [] };
}

function lines(text, longest) {
  const all = [""];
  for (const word of text.split(/\s+/)) {
    const last = all.length - 1;
    if (all[last] && all[last].length + word.length >= longest) all.push(word);
    else all[last] = all[last] ? `${all[last]} ${word}` : word;
  }
  return all;
}

function asTable({ columns, rows }) {
  const number = (index) => rows.some((row) => typeof row[index] === "number") && rows.every((row) => typeof row[index] !== "string");
  const kind = columns.map((_, index) => (number(index) ? "mlm-number" : null));
  return h("table", {},
    h("thead", {}, h("tr", {}, columns.map((name, index) => h("th", { scope: "col", class: kind[index] }, name)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, index) => h("td", { class: kind[index] }, cell ?? "–"))))));
}

/** A spreadsheet takes text that starts with = + - @ for a formula: an apostrophe keeps it text. */
function asCsv({ columns, rows }) {
  const cell = (value) => {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(value);
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\uFEFF${[columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}
