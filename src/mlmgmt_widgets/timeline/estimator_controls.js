// Controls of single values: numbers, ranges with up to three thumbs, choices, texts. Each knows the path of its value.

import { h } from "../ui/screen.js";

/** Ends of a slider for weeks: the smallest that leaves room above what it shows. */
const SCALES = [4, 8, 12, 16, 26, 52, 104, 208, 520];

/** The value at a path such as `tasks[2].weeks.low`. */
export function at(plan, path) {
  return steps(path).reduce((value, step) => value?.[step], plan);
}

/** A copy of a plan with another value at a path; `undefined` takes the key away. */
export function put(plan, path, value) {
  const copy = structuredClone(plan);
  const all = steps(path);
  const last = all.pop();
  const holder = all.reduce((inner, step) => (inner[step] ??= {}), copy);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

function steps(path) {
  return path.match(/[^.[\]]+/g).map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

/** Numbers as people write them: at most two decimals, no zeros behind. */
export const written = (value) => (typeof value === "number" ? String(Math.round(value * 100) / 100) : "");

/**
 * All controls on the page, by the path of what they show.
 * @param {{edit: (path: string, value: any, how?: {rest?: boolean}) => void}} options
 */
export function controls({ edit: change }) {
  let all = new Map();
  let count = 0;
  let retire = () => {};
  let current = alive(change);

  /** The edits of the controls that are made from now on, until the next `clear`. */
  function alive(tell) {
    retire();
    let listening = true;
    retire = () => { listening = false; };
    return (...given) => { if (listening) tell(...given); };
  }

  function add(path, control) {
    all.set(path, [...(all.get(path) ?? []), control]);
    return control;
  }

  /** A place for the sentence about a value, which the value's controls refer to. */
  function trouble() {
    return h("p", { class: "mlm-error mlm-small estimator-trouble", id: `estimator-trouble-${++count}`, hidden: true });
  }

  function watch(path, inputs, show, place, say = (sentence) => sentence) {
    for (const input of inputs) input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), place.id].filter(Boolean).join(" "));
    add(path, {
      show,
      blame(sentence) {
        place.textContent = sentence ? say(sentence) : "";
        place.hidden = !sentence;
        for (const input of inputs) {
          if (sentence) input.setAttribute("aria-invalid", "true");
          else input.removeAttribute("aria-invalid");
        }
      },
      focus: () => inputs[0]?.focus(),
    });
  }

  /** A field for a number. `scale` is how much larger it is written than kept: 100 for per cent. */
  function number(path, label, { scale = 1, min = 0, max = null, step = "any", whole = false, unit = "", hidden = false, place = trouble(), optional = false } = {}) {
    const edit = current;
    const input = h("input", { type: "number", inputmode: whole ? "numeric" : "decimal", min, max, step: whole ? 1 : step, "aria-label": hidden ? label : null });
    input.addEventListener("input", () => edit(path, read(input, scale, optional)));
    input.addEventListener("change", () => edit(path, read(input, scale, optional), { rest: true }));
    const show = (value) => {
      if (document.activeElement === input && read(input, scale, optional) === value) return;
      input.value = typeof value === "number" ? written(value * scale) : "";
    };
    // The kernel speaks of shares of 1; what is written here is per cent.
    watch(path, [input], show, place, scale === 100 ? () => `Expected a value from 0 to ${max} %.` : undefined);
    const suffix = unit ? h("span", { class: "estimator-unit", "aria-hidden": "true" }, unit) : null;
    const box = h("span", { class: "estimator-number" }, input, suffix);
    return hidden ? box : h("div", { class: "mlm-field" }, h("label", { class: "mlm-field" }, label, box), place);
  }

  /** A slider with a number beside it, for a share from 0 to 1. */
  function share(path, label, { max = 1, step = 0.01, note = null, band = null, optional = false, about = "" } = {}) {
    const edit = current;
    const place = trouble();
    const input = h("input", { type: "range", min: 0, max, step, "aria-label": about ? `${about}: ${label.toLowerCase()}` : label, class: "estimator-slider" });
    const fill = (value) => { input.style.setProperty("--at", `${(100 * value) / max}%`); };
    input.addEventListener("input", () => { fill(Number(input.value)); edit(path, Number(input.value)); });
    input.addEventListener("change", () => edit(path, Number(input.value), { rest: true }));
    const show = (value) => {
      input.value = typeof value === "number" ? value : 0;
      fill(Number(input.value));
      input.setAttribute("aria-valuetext", typeof value === "number" ? `${written(100 * value)} %` : "not said");
    };
    watch(path, [input], show, place, () => `Expected a value from 0 to ${100 * max} %.`);
    const field = number(path, about ? `${about}: ${label.toLowerCase()}, per cent` : `${label}, per cent`, { scale: 100, max: 100 * max, unit: "%", hidden: true, place, optional });
    const marks = band ? h("span", { class: "estimator-band", style: `left: ${(100 * band.from) / max}%; width: ${(100 * (band.to - band.from)) / max}%`, "aria-hidden": "true" }) : null;
    return h("div", { class: "mlm-field" }, h("span", {}, label), h("div", { class: "estimator-share" }, h("span", { class: "estimator-track" }, marks, input), field), note ? h("small", {}, note) : null, place);
  }

  /** A line of text. */
  function text(path, label, { hidden = false, placeholder = "", className = "", optional = false, long = false } = {}) {
    const edit = current;
    const place = trouble();
    const attributes = { autocomplete: "off", placeholder, class: className, "aria-label": hidden ? label : null };
    const input = long ? h("textarea", { ...attributes, rows: 1 }) : h("input", { ...attributes, type: "text" });
    // A title is one line however many it takes on the page.
    input.addEventListener("keydown", (event) => { if (long && event.key === "Enter") { event.preventDefault(); input.blur(); } });
    const value = () => (input.value.trim() || !optional ? input.value : undefined);
    input.addEventListener("input", () => edit(path, value()));
    input.addEventListener("change", () => edit(path, value(), { rest: true }));
    watch(path, [input], (shown) => { if (input.value !== (shown ?? "")) input.value = shown ?? ""; }, place);
    return hidden ? h("div", { class: "estimator-text" }, input, place) : h("div", { class: "mlm-field" }, h("label", { class: "mlm-field" }, label, input), place);
  }

  /** A day. */
  function day(path, label, { optional = false } = {}) {
    const edit = current;
    const place = trouble();
    const input = h("input", { type: "date" });
    // A day that is typed passes through years that nobody means: it counts once the field is left, or the keys rest.
    input.addEventListener("change", () => edit(path, input.value || (optional ? undefined : ""), { rest: true }));
    watch(path, [input], (value) => { if (document.activeElement !== input || input.value !== value) input.value = value ?? ""; }, place);
    return h("div", { class: "mlm-field" }, h("label", { class: "mlm-field" }, label, input), place);
  }

  /** A choice; `write` turns the chosen name into an edit. */
  function choice(path, label, options, { read: name = (value) => value, write = (chosen) => chosen } = {}) {
    const edit = current;
    const select = h("select", {}, options.map((each) => (each instanceof Node ? each : h("option", { value: each[0] }, each[1]))));
    select.addEventListener("change", () => edit(path, write(select.value), { rest: true }));
    // No choice is wrong by itself: what is wrong with the value is said where its numbers stand.
    add(path, { show: (value) => { select.value = name(value) ?? ""; }, blame() {}, focus: () => select.focus() });
    return h("label", { class: "mlm-field" }, label, select);
  }

  /**
   * One slider with a thumb for each of `names`, and a number field for each. Thumbs stop at each other; a number
   * field takes what is typed, and the page says what is wrong with it.
   */
  function thumbs(path, label, names, { unit = "weeks" } = {}) {
    const edit = current;
    const place = trouble();
    const own = (name) => (name ? `${path}.${name}` : path);
    let values = names.map(() => 0);
    let max = SCALES[0];
    const bar = h("span", { class: "estimator-fill", "aria-hidden": "true" });
    const sliders = names.map((name, i) => {
      const input = h("input", { type: "range", min: 0, class: "estimator-thumb", "data-thumb": name || "value", "aria-label": name ? `${label}: ${WORDS[name]}` : label });
      input.addEventListener("input", () => {
        const value = Math.min(Math.max(Number(input.value), values[i - 1] ?? 0), values[i + 1] ?? Infinity);
        input.value = value;
        values = values.with(i, value);
        paint();
        edit(own(name), value);
      });
      // Not what the slider holds: it rounds to its step, and would pass the thumb that this one stopped at.
      input.addEventListener("change", () => { edit(own(name), values[i], { rest: true }); rescale(); });
      return input;
    });
    const fields = names.map((name) => h("label", { class: "estimator-end" }, h("span", {}, name ? WORDS[name] : unit), number(own(name), name ? `${label}: ${WORDS[name]}, ${unit}` : `${label}, ${unit}`, { hidden: true, place })));

    function rescale() {
      const top = Math.max(...values);
      const next = SCALES.find((end) => end >= 1.25 * top) ?? SCALES.at(-1);
      // While a thumb is held, a scale that changed under it would throw the value.
      if (sliders.some((input) => input.matches(":active"))) return;
      max = next;
      const step = max <= 16 ? 0.25 : max <= 52 ? 0.5 : 1;
      sliders.forEach((input, i) => { input.max = max; input.step = step; input.value = values[i]; });
      paint();
    }

    function paint() {
      const share = (value) => `${(100 * Math.min(Math.max(value, 0), max)) / max}%`;
      bar.style.left = names.length > 1 ? share(values[0]) : "0";
      bar.style.right = `calc(100% - ${share(values.at(-1))})`;
      sliders.forEach((input, i) => input.setAttribute("aria-valuetext", `${written(values[i])} ${unit}`));
    }

    names.forEach((name, i) => watch(own(name), [sliders[i]], (value) => {
      if (typeof value !== "number" || sliders[i].matches(":active")) return;
      values = values.with(i, value);
      if (Number(sliders[i].value) !== value || Math.max(...values) > max) rescale();
      else paint();
    }, place));
    return h("div", { class: "estimator-range" },
      h("div", { class: "estimator-sliders", role: "group", "aria-label": `${label}, ${unit}` }, bar, sliders),
      h("div", { class: "estimator-ends" }, fields),
      unit === "weeks" ? null : h("span", { class: "estimator-amount", "aria-hidden": "true" }, unit), place);
  }

  /** Past values, as a line of numbers. */
  function history(path, label) {
    const edit = current;
    const place = trouble();
    const input = h("input", { type: "text", autocomplete: "off", "aria-label": `${label}: past values, weeks` });
    const value = () => input.value.split(/[\s;]+|,(?!\d)/).filter(Boolean).map((word) => Number.isNaN(Number(word.replace(",", "."))) ? word : Number(word.replace(",", ".")));
    input.addEventListener("input", () => edit(`${path}.history`, value()));
    input.addEventListener("change", () => edit(`${path}.history`, value(), { rest: true }));
    watch(`${path}.history`, [input], (shown) => { if (document.activeElement !== input) input.value = (shown ?? []).join("  "); }, place);
    return h("div", { class: "mlm-field" }, input, h("small", {}, "What such work took before, in weeks: at least five values with spaces between."), place);
  }

  /** Any duration, as its kind asks. */
  function duration(path, label, value, options) {
    if (value && typeof value === "object") {
      if ("history" in value) return history(path, label);
      return thumbs(path, label, "p10" in value || "p90" in value ? ["p10", "p90"] : ["low", "likely", "high"], options);
    }
    return thumbs(path, label, [""], options);
  }

  return {
    number, share, text, day, choice, thumbs, duration, trouble, watch,
    /** Begin anew, with an empty page. */
    clear() {
      all = new Map();
      // A field that is taken off the page while it has the focus still says that it changed; nobody listens any more.
      current = alive(change);
    },
    /** Show a plan's values in all controls. */
    show(plan) {
      for (const [path, ones] of all) for (const one of ones) one.show(at(plan, path));
    },
    /** Put sentences beside what they are about; returns those that belong to no control. */
    blame(faults) {
      const said = new Map();
      const elsewhere = [];
      for (const { field, sentence } of faults) {
        const path = nearest(field);
        if (path) said.set(path, [...(said.get(path) ?? []), sentence]);
        else elsewhere.push(sentence);
      }
      for (const [path, ones] of all) if (!said.has(path)) for (const one of ones) one.blame(null);
      for (const [path, sentences] of said) for (const one of all.get(path)) one.blame(sentences.join(" "));
      return elsewhere;
    },
    focus(path) {
      const found = nearest(path) ?? [...all.keys()].find((key) => key.startsWith(path));
      all.get(found)?.[0].focus();
    },
  };

  /** The path itself, or that of a value in it or around it which has a control. */
  function nearest(field) {
    if (all.has(field)) return field;
    const inside = [...all.keys()].find((key) => key.startsWith(`${field}.`) || key.startsWith(`${field}[`));
    if (inside && field) return inside;
    const above = field.replace(/(\.[^.[\]]+|\[\d+\])$/, "");
    return above && above !== field ? nearest(above) : null;
  }
}

export const WORDS = { low: "low", likely: "likely", high: "high", p10: "P10", p90: "P90" };

function read(input, scale, optional) {
  if (input.value === "") return optional ? undefined : null;
  return Number((Number(input.value) / scale).toFixed(9));
}
