// A figure on the page: the chart, its words, its table, and buttons that save it.

import { baseUrl, download, followTheme, h } from "./screen.js";

/** Below this width of the chart, in pixels, the layout for phones is drawn. */
const NARROW = 700;
const SAVED_WIDTH = 900;
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
 * @param {HTMLElement} host inside an element of class `mlm`, whose colours it takes
 * @param {object} payload what `Figure.payload()` returns
 * @param {() => Promise<{vegaEmbed: Function}>} vega
 * @returns {{update: (payload: object) => void, destroy: () => void}}
 */
export function showFigure(host, payload, vega) {
  let shown = payload;
  let drawn = null;
  let width = 0;
  let latest = 0;
  const stage = h("div", { class: "mlm-figure-stage", role: "img" });
  const trouble = h("p", { class: "mlm-note", "data-tone": "attention", hidden: true });
  const title = h("h3");
  const description = h("p", { class: "mlm-quiet mlm-small" });
  const table = h("div", { class: "mlm-scroll", tabindex: "0", role: "region" });
  const details = h("details", {}, h("summary", {}, "Show table"), table);
  const save = (kind, action) => h("button", { type: "button", class: "mlm-plain", "data-save": kind, onclick: () => attempt(action) }, kind);
  const saving = h("div", { class: "mlm-figure-save", role: "group" }, h("span", { class: "mlm-small mlm-quiet", "aria-hidden": "true" }, "Save as"),
    save("PNG", png), save("SVG", svg), save("CSV", () => download(`${shown.id}.csv`, "text/csv;charset=utf-8", asCsv(shown))));
  const figure = h("figure", { class: "mlm-figure" }, h("figcaption", {}, title, description), stage, trouble,
    h("div", { class: "mlm-figure-foot" }, details, saving));
  host.replaceChildren(figure);

  function fill() {
    title.textContent = shown.title;
    description.textContent = shown.description;
    description.hidden = !shown.description;
    details.hidden = shown.columns.length === 0;
    saving.lastChild.hidden = details.hidden;
    stage.setAttribute("aria-label", details.hidden ? shown.title : `${shown.title}. The numbers are in the table below.`);
    table.setAttribute("aria-label", `${shown.title}: table`);
    saving.setAttribute("aria-label", `Save “${shown.title}”`);
    table.replaceChildren(asTable(shown));
    reserve();
  }

  function layout() {
    return shown.narrow && width < NARROW ? shown.narrow : shown.spec;
  }

  function reserve() {
    // The page must not jump when the chart arrives or changes.
    const { height } = layout();
    stage.style.minHeight = typeof height === "number" ? `${height}px` : "";
  }

  async function draw() {
    if (!width) return;
    const turn = ++latest;
    // The stage is the image and carries its name; what Vega draws in it is not read out piece by piece.
    const element = h("div", { "aria-hidden": "true" });
    try {
      const { vegaEmbed } = await vega();
      const result = await vegaEmbed(element, sized(layout(), width), options(fillIn(shown.config, themeOf(stage))));
      if (turn !== latest) return result.finalize();
      drawn?.finalize();
      drawn = result;
      stage.replaceChildren(element);
      stage.dataset.painted = String(width);
      trouble.hidden = true;
    } catch (error) {
      if (turn === latest) complain("This chart could not be drawn here. Its numbers are in the table.", error);
    }
  }

  function complain(sentence, error) {
    trouble.textContent = sentence;
    trouble.hidden = false;
    details.open = true;
    console.error(error);
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
    const titled = { ...sized(shown.spec, SAVED_WIDTH), title: titleOf(shown), background: "#ffffff", padding: 24 };
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

  const observer = new ResizeObserver(() => {
    const now = Math.floor(stage.clientWidth);
    if (now === width) return;
    width = now;
    reserve();
    draw();
  });
  fill();
  observer.observe(stage);
  // The theme is set on an element above by then: colours are read from it.
  const unfollow = followTheme(() => queueMicrotask(draw));

  return {
    update(next) {
      shown = next;
      fill();
      draw();
    },
    destroy() {
      latest += 1;
      observer.disconnect();
      unfollow();
      drawn?.finalize();
      figure.remove();
    },
  };
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
