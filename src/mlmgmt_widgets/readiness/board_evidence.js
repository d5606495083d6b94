// Adding evidence: a link, a note, a figure, or a file that is read.

import { sentence } from "../ui/parts.js";
import { h } from "../ui/screen.js";
import { sentFile } from "./board_unread.js";

const MOST = 5_000_000; // characters: what a message to the kernel holds
const KINDS = [
  ["link", "A link"],
  ["note", "A note"],
  ["metric", "A metric, typed"],
  ["metric-file", "A metric from a JSON or CSV file"],
  ["junit", "A JUnit report"],
  ["pandera", "A pandera result"],
  ["great_expectations", "A Great Expectations result"],
  ["evidently", "An Evidently result"],
];

/** @param {{item: object, send: (button: HTMLElement, kind: string, payload: object, trouble: object) => Promise<any>}} options */
export function evidenceForm({ item, send }) {
  const kind = h("select", { onchange: change }, KINDS.map(([value, text]) => h("option", { value }, text)));
  const place = h("div", { class: "mlm-stack" });
  const trouble = sentence();
  const go = h("button", { type: "button", onclick: add }, "Add");
  const box = h("details", { class: "board-add" }, h("summary", {}, "Add evidence"),
    h("div", { class: "mlm-stack" }, h("label", { class: "mlm-field" }, "What it is", kind), place, trouble.element, h("div", { class: "mlm-row" }, go)));
  let fields = {};

  const text = (label, attributes = {}) => input(label, { type: "text", autocomplete: "off", maxlength: 1000, ...attributes });
  const number = (label) => input(label, { type: "number", step: "any", inputmode: "decimal" });
  const file = (accept) => input("File", { type: "file", accept });

  function input(label, attributes) {
    const control = h("input", attributes);
    return { control, element: h("label", { class: "mlm-field" }, label, control) };
  }

  function change() {
    trouble.say("");
    const pattern = item.rule?.metric ?? "";
    const bounds = () => ({ at_least: number("At least (optional)"), at_most: number("At most (optional)") });
    const shapes = {
      link: () => ({ link: text("Address", { type: "url", placeholder: "https://" }), note: text("What it shows (optional)") }),
      note: () => ({ note: text("Note") }),
      metric: () => ({ metric: text("Metric", { value: pattern }), value: number("Value"), ...bounds() }),
      "metric-file": () => ({ file: file(".json,.csv"), metric: text("Metric", { value: pattern }), at: text("Where in the JSON (optional)", { placeholder: "test.auc" }), ...bounds() }),
    };
    fields = (shapes[kind.value] ?? (() => ({ file: file(kind.value === "junit" ? ".xml" : ".json") })))();
    place.replaceChildren(...rows(fields));
  }

  function rows({ at_least: least, at_most: most, ...others }) {
    const elements = Object.values(others).map((each) => each.element);
    return least ? [...elements, h("div", { class: "board-pair" }, least.element, most.element)] : elements;
  }

  async function add() {
    const given = {};
    for (const [name, { control }] of Object.entries(fields)) {
      if (control.type === "file" || control.value.trim() === "") continue;
      given[name] = control.type === "number" ? Number(control.value) : control.value.trim();
    }
    const needed = { link: "link", note: "note", metric: "metric", "metric-file": "metric" }[kind.value];
    if (needed && given[needed] === undefined) return fields[needed].control.focus();
    if (kind.value === "metric" && given.value === undefined) return fields.value.control.focus();
    const said = fields.file ? await upload(given) : await send(go, "evidence", given, trouble);
    if (said && !said.clash) {
      change();
      box.open = false;
      box.querySelector("summary").focus();
    }
    return undefined;
  }

  async function upload(given) {
    const [chosen] = fields.file.control.files;
    if (!chosen) return fields.file.control.focus();
    const { control } = fields.file;
    control.setCustomValidity("");
    if (chosen.size > MOST) {
      control.setCustomValidity(`This file has ${Math.round(chosen.size / 1e6)} MB; up to ${MOST / 1e6} MB are read here. “mlmgmt gate” reads larger ones.`);
      control.reportValidity();
      return undefined;
    }
    return send(go, "upload", { ...given, source: kind.value === "metric-file" ? "metric" : kind.value, ...(await sentFile(chosen)) }, trouble);
  }

  change();
  return { element: box };
}
