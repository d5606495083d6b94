// Files to take home: a button each, with what it is for.

import { busy, sentence } from "./parts.js";
import { download, h } from "./screen.js";

/**
 * @param {{name: string, files: {format: string, title: string, text: string, type: string}[], about?: HTMLElement, fetch: (format: string) => Promise<{filename: string, buffers: DataView[]}>}} options
 *   `name` begins all ids; `about` says something of all of them
 * @returns {HTMLElement}
 */
export function takeaway({ name, files, about = null, fetch }) {
  const trouble = sentence();

  async function take(button, format, type) {
    trouble.say("");
    try {
      const said = await busy(button, () => fetch(format));
      if (said) download(said.filename, type, said.buffers[0]);
    } catch (error) {
      trouble.say(error.message);
    }
  }

  const row = ({ format, title, text, type }) => h("li", {},
    h("button", { type: "button", "data-format": format, "aria-describedby": `${name}-file-${format}`, onclick: (event) => take(event.currentTarget, format, type) }, title),
    h("span", { id: `${name}-file-${format}`, class: "mlm-small mlm-quiet" }, text));
  return h("section", { class: "mlm-stack" }, h("h2", {}, "Take it with you"), ...(about ? [about] : []), trouble.element, h("ul", { class: "mlm-files" }, files.map(row)));
}
