// The verdict, always in sight: one sentence, the shortest list of what is missing, and the stages.

import { busy, confirm, count, inWords } from "../ui/parts.js";
import { h } from "../ui/screen.js";
import { mark, shortDay } from "./board_words.js";

const SHOWN = 4;

/**
 * @param {{root: HTMLElement, who: object, judge: (day: string|null) => void, close: () => Promise<void>, stage: (id: string) => void, reveal: (item: string) => void, openTab: (tab: string) => void}} options
 */
export function headOf({ root, who, judge, close, stage, reveal, openTab }) {
  const title = h("h1", { tabindex: "-1" });
  const tier = h("button", { type: "button", class: "board-tier", onclick: () => openTab("risk") });
  const about = h("p", { class: "mlm-small mlm-quiet" });
  const sentence = h("p", { class: "board-sentence" });
  const missing = h("ul", { class: "board-missing" });
  const rest = h("p", { class: "mlm-small mlm-quiet" });
  const verdict = h("section", { class: "board-verdict", "aria-label": "Verdict" }, sentence, missing, rest);
  const stages = h("div", { class: "board-stages", role: "group", "aria-label": "Stages" });
  const me = h("button", { type: "button", class: "mlm-plain mlm-small", onclick: () => who.ask({ anew: true }) });
  const day = h("input", { type: "date", min: "1970-01-01", max: "9000-01-01", onchange: () => judge(day.value && day.value !== today ? day.value : null) });
  const back = h("button", { type: "button", class: "mlm-plain mlm-small", hidden: true, onclick: () => judge(null) }, "Back to today");
  const other = h("button", { type: "button", class: "mlm-plain mlm-small", onclick: leave }, "All reviews");
  const live = h("p", { class: "mlm-quiet-text", role: "status", "aria-live": "polite" });
  let today = "";
  let expanded = false;
  let spoken = 0;
  let kept = false;

  /** A review that is kept nowhere is gone once it is left. */
  function leave() {
    if (kept) return busy(other, close).catch(() => {}); // said where all lost connections are
    return confirm(root, {
      title: "Leave this review?", action: "Leave it", danger: true,
      text: ["It is kept nowhere but on this page. Download its YAML under Files first, if you want to go on with it."],
      run: close,
    });
  }

  const unfollow = who.follow(({ name, role }) => { me.textContent = name ? `You are ${name}${role ? `, ${inWords(role)}` : ""}` : "Say who you are"; });

  const element = h("header", { class: "board-head" },
    h("div", { class: "board-bar" }, other, h("span", { class: "board-who" }, me)),
    h("div", { class: "board-title" }, h("div", {}, title, about), tier),
    verdict, live,
    stages,
    h("div", { class: "board-day" }, h("label", { class: "mlm-small" }, "Judged as of ", day), back));

  function chip(each, chosen, decided) {
    const share = each.applicable ? (each.passed + each.waived) / each.applicable : 1;
    const said = each.blocking ? `${each.blocking} ${each.blocking === 1 ? "blocks" : "block"}` : each.ready ? "ready" : decided ? "waits for the stages before it" : "";
    return h("button", { type: "button", class: "board-stage", "aria-pressed": String(each.id === chosen), "data-stage": each.id, "data-ready": String(each.ready), "data-blocking": each.blocking ? "true" : null, title: each.meaning || null, onclick: () => stage(each.id) },
      h("span", { class: "board-stage-name" }, each.name),
      h("span", { class: "board-stage-bar", "aria-hidden": "true" }, h("i", { style: `width: ${100 * share}%` })),
      h("span", { class: "mlm-small board-stage-said" }, `${each.passed} of ${each.applicable} passed${each.waived ? `, ${each.waived} waived` : ""}`), h("span", { class: "mlm-small board-stage-state" }, said));
  }

  function list(all) {
    const few = expanded || all.length <= SHOWN + 1 ? all : all.slice(0, SHOWN);
    const more = all.length - few.length;
    missing.hidden = !all.length;
    missing.replaceChildren(...few.map((each) => h("li", {}, h("button", { type: "button", class: "mlm-plain", onclick: () => reveal(each.id) }, each.title), h("span", { class: "mlm-small" }, each.why))),
      more ? h("li", { class: "board-more" }, h("button", { type: "button", class: "mlm-plain", onclick: () => { expanded = true; list(all); missing.querySelectorAll("button")[SHOWN]?.focus(); } }, `and ${more} more`)) : "");
  }

  return {
    element,
    focus: () => title.focus(),
    destroy() {
      clearTimeout(spoken);
      unfollow();
    },
    show({ head, stages: all, kept: is }) {
      kept = Boolean(is);
      title.textContent = `${head.subject}, version ${head.version}`;
      about.textContent = `${head.checklist} (${head.key})`;
      tier.textContent = head.tier ? `${inWords(head.tier)} risk` : "Risk not chosen";
      tier.dataset.chosen = String(Boolean(head.tier));
      verdict.dataset.verdict = !head.decided ? "none" : head.ready ? "ready" : "blocked";
      sentence.replaceChildren(...(head.decided ? [mark(head.ready ? "passed" : "open", !head.ready), " "] : []), head.sentence);
      list(head.missing);
      const said = [head.decided && `${head.passed} of ${head.applicable} passed up to here`, head.waived && `${head.waived} waived`, head.advisories && `${count(head.advisories, "advisory item", "advisory items")} open`].filter(Boolean);
      rest.textContent = said.length ? `${said.join(", ")}.` : "";
      rest.hidden = !said.length;
      if (!stages.contains(document.activeElement)) stages.replaceChildren(...all.map((each) => chip(each, head.stage, head.decided)));
      else {
        const { stage: focused } = document.activeElement.dataset;
        stages.replaceChildren(...all.map((each) => chip(each, head.stage, head.decided)));
        stages.querySelector(`[data-stage="${focused}"]`)?.focus();
      }
      today = head.today;
      if (document.activeElement !== day) day.value = head.as_of;
      back.hidden = head.as_of === head.today;
      element.dataset.asOf = String(head.as_of !== head.today);
      clearTimeout(spoken);
      const aloud = `${head.sentence}${head.as_of === head.today ? "" : ` As of ${shortDay(head.as_of)}.`}`;
      spoken = setTimeout(() => { if (live.textContent !== aloud) live.textContent = aloud; }, 600);
    },
  };
}
