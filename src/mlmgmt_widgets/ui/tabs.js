// A row of tabs that answers to the arrow keys.

import { h } from "./screen.js";

/**
 * @param {{label: string, tabs: [string, string][], panel: HTMLElement, onchoose: (name: string) => void}} options
 *   `label` says what the tabs are of, `tabs` are names and titles; the panel gets an id
 * @returns {{element: HTMLElement, mark: (chosen: string) => void}}
 */
export function tabRow({ label, tabs, panel, onchoose }) {
  const name = `tabs-${crypto.getRandomValues(new Uint32Array(1))[0]}`; // two widgets of one kind may share a page
  panel.id = `${name}-panel`;
  const buttons = tabs.map(([tab, title]) => h("button", { type: "button", role: "tab", id: `${name}-tab-${tab}`, "aria-controls": panel.id, "data-tab": tab, onclick: () => onchoose(tab) }, title));
  const element = h("div", { class: "mlm-tabs", role: "tablist", "aria-label": label, onkeydown: pressed }, buttons);

  function pressed(event) {
    const usable = buttons.filter((button) => button.offsetParent);
    const at = usable.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: usable.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = usable[(to + usable.length) % usable.length];
    next.focus();
    onchoose(next.dataset.tab);
  }

  return {
    element,
    mark(chosen) {
      for (const button of buttons) {
        const on = button.dataset.tab === chosen;
        button.setAttribute("aria-selected", String(on));
        button.tabIndex = on ? 0 : -1;
        // On a narrow screen the row scrolls; the chosen one has to be in sight.
        if (on && button.offsetParent) element.scrollTo({ left: button.offsetLeft - 24 });
      }
      panel.setAttribute("aria-labelledby", `${name}-tab-${chosen}`);
    },
  };
}
