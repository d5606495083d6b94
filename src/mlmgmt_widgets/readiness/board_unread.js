// Evidence that lies in files which this page has not seen: they can be added all at once.

import { busy, count, sentence } from "../ui/parts.js";
import { h } from "../ui/screen.js";

const MOST = 5_000_000; // characters: what a message to the kernel holds
const NAMED = 4;

/** A file as the kernel takes it: its day is that of its last change on this device. */
export async function sentFile(file) {
  return { name: file.name, text: await file.text(), day: new Date(file.lastModified).toISOString().slice(0, 10) };
}

/** @param {object} options `edit` */
export function unreadFiles({ edit }) {
  const trouble = sentence();
  const text = h("p", {});
  const file = h("input", { type: "file", multiple: true, accept: ".json,.csv,.xml,.tsv,.md,.txt,.yaml", hidden: true, onchange: read });
  const add = h("button", { type: "button", onclick: () => file.click() }, "Add these files …");
  const element = h("div", { class: "mlm-note mlm-stack board-unread", hidden: true }, text, trouble.element, h("div", { class: "mlm-row" }, add, file));

  async function read() {
    const chosen = [...file.files];
    file.value = "";
    if (!chosen.length) return;
    trouble.say("");
    if (chosen.reduce((sum, each) => sum + each.size, 0) > MOST) {
      trouble.say(`Together these files have more than ${MOST / 1e6} MB; “mlmgmt gate” reads larger ones.`);
      return;
    }
    try {
      const files = await Promise.all(chosen.map(sentFile));
      await busy(add, () => edit("files", { files }));
    } catch (error) {
      trouble.say(error.message);
    }
  }

  return {
    element,
    /** @param {string[]} paths */
    show(paths) {
      element.hidden = !paths.length;
      const named = paths.slice(0, NAMED).join(", ");
      const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : "";
      text.textContent = `Evidence lies in ${count(paths.length, "file", "files")} that this page has not read, so it does not count yet: ${named}${more}.`;
    },
  };
}
