// One item: what it asks, what is said of it, what it rests on, and what was said before.

import { busy, inWords, sentence } from "../ui/parts.js";
import { h } from "../ui/screen.js";
import { evidenceForm } from "./board_evidence.js";
import { byline, shortDay } from "./board_words.js";

const STATUSES = [
  ["pass", "Passes", "You could show somebody."],
  ["fail", "Fails", "It stands until somebody says otherwise."],
  ["na", "Not applicable", "It needs a reason."],
  ["waived", "Waived", "It needs a reason and a last day."],
  ["unknown", "Open", "Nobody has said yet."],
];

/** @param {object} options `edit`, `item` */
export function itemPanel({ edit, item }) {
  const group = crypto.getRandomValues(new Uint32Array(1))[0]; // radio buttons of two boards on one page stay apart
  const trouble = sentence();
  const clash = h("div", { class: "mlm-note mlm-stack", "data-tone": "attention", role: "alert", hidden: true });
  const decided = h("p", { class: "mlm-note", hidden: true });
  const radios = STATUSES.map(([value, title, text]) => {
    const barred = value === "waived" && item.waivable === false;
    const help = `status-${group}-${value}`;
    const input = h("input", { type: "radio", name: `${group}-status`, value, disabled: barred, "aria-label": title, "aria-describedby": help, onchange: touched });
    return { value, input, element: h("label", { class: "board-choice" }, input, h("span", {}, title), h("small", { class: "mlm-small mlm-quiet", id: help }, barred ? "This item cannot be waived." : text)) };
  });
  const reason = h("textarea", { rows: 2, maxlength: 10000, oninput: touched });
  const reasonField = h("label", { class: "mlm-field" }, h("span", {}, "Reason"), reason);
  const until = h("input", { type: "date", oninput: touched });
  const untilField = h("label", { class: "mlm-field" }, "Last day of the waiver", until, h("small", {}, "From the next day on, the gate is shut again."));
  const save = h("button", { class: "mlm-primary" }, "Save");
  const still = h("button", { type: "button", hidden: true, onclick: () => send(still, "again", { seen: shown.seen }) }, "It still holds today");
  const stated = h("p", { class: "mlm-small mlm-quiet" });
  const evidence = h("ul", { class: "board-evidence" });
  const history = h("ol", { class: "board-history" });
  const past = h("details", { class: "board-past" }, h("summary", {}, "History"), history);
  const adding = evidenceForm({ item, send });
  const owner = h("input", { type: "text", maxlength: 80, autocomplete: "off" });
  const due = h("input", { type: "date" });
  const note = h("textarea", { rows: 2, maxlength: 10000 });
  const assign = h("button", { type: "button", onclick: () => assignTo() }, "Save");
  const assigned = { owner, due, note };
  const base = { owner: "", due: "", note: "" }; // what stood in these fields before somebody typed
  let dirty = false;
  let seen = 0; // how many changes of the item were known when the form was touched
  let shown = null;
  let listed = "";

  const form = h("form", { class: "mlm-stack board-form", onsubmit: (event) => { event.preventDefault(); say(); } },
    h("fieldset", { class: "board-statuses" }, h("legend", {}, "What is true today?"), radios.map((each) => each.element)),
    reasonField, untilField, trouble.element, clash, h("div", { class: "mlm-row" }, save, still), stated);

  const element = h("div", { class: "board-detail" },
    h("div", { class: "board-about" },
      item.why ? fact("Why it matters", item.why) : null,
      item.evidence ? fact("What counts as evidence", item.evidence) : null,
      h("p", { class: "mlm-small mlm-quiet" }, facts(item)),
      decided,
      h("section", { class: "mlm-stack" }, h("h5", {}, "Evidence"), evidence, adding.element),
      past),
    h("div", { class: "board-forms" }, form,
      h("details", { class: "board-assign" }, h("summary", {}, "Who sees to it, and by when"),
        h("div", { class: "mlm-stack" }, h("div", { class: "board-pair" }, h("label", { class: "mlm-field" }, "Person", owner), h("label", { class: "mlm-field" }, "Due", due)), h("label", { class: "mlm-field" }, "Note", note), h("div", { class: "mlm-row" }, assign)))));

  function touched() {
    if (!dirty) seen = shown.seen;
    dirty = true;
    fields();
  }

  function chosen() {
    return radios.find((each) => each.input.checked)?.value ?? "unknown";
  }

  function fields() {
    const status = chosen();
    reasonField.hidden = status === "unknown" || status === "pass";
    reasonField.querySelector("span").textContent = status === "fail" ? "Reason (optional)" : "Reason";
    untilField.hidden = status !== "waived";
    save.disabled = !dirty;
  }

  async function say() {
    const status = chosen();
    if ((status === "na" || status === "waived") && !reason.value.trim()) return blame(reason, "Say why: the reason is shown wherever this counts.");
    if (status === "waived" && !until.value) return blame(until, "Give the waiver a last day.");
    const payload = { status, reason: reasonField.hidden ? null : reason.value, until: status === "waived" ? until.value : null, seen };
    const said = await send(save, "say", payload);
    if (said && !said.clash) {
      dirty = false;
      show(said.items[item.id]);
    }
    return undefined;
  }

  function blame(field, text) {
    trouble.say(text);
    field.setAttribute("aria-invalid", "true");
    field.addEventListener("input", () => { field.removeAttribute("aria-invalid"); trouble.say(""); }, { once: true });
    field.focus();
  }

  /** Ask for a change; what is wrong with it stands where the person is looking. */
  async function send(button, kind, payload, place = trouble) {
    place.say("");
    clash.hidden = true;
    try {
      const said = await busy(button, () => edit(kind, { item: item.id, ...payload }));
      if (said?.clash) sayClash(said.clash, button, kind, payload);
      return said;
    } catch (error) {
      place.say(error.message);
      return undefined;
    }
  }

  /** Only what somebody typed is sent, so that what others wrote in the other fields stays. */
  async function assignTo() {
    const typed = Object.entries(assigned).filter(([name, field]) => field.value !== base[name]);
    if (!typed.length) return;
    const beneath = typed.some(([name]) => shown[name] !== base[name]);
    const payload = Object.fromEntries(typed.map(([name, field]) => [name, field.value || null]));
    if (beneath) {
      sayClash({ by: shown.history[0]?.who ?? "Somebody" }, assign, "assign", payload);
      return;
    }
    const said = await send(assign, "assign", payload);
    if (said) settle(said.items[item.id]);
  }

  function settle(each) {
    for (const [name, field] of Object.entries(assigned)) field.value = base[name] = each[name];
  }

  function sayClash({ by }, button, kind, payload) {
    const act = async (again) => {
      clash.hidden = true;
      if (again) {
        const said = await send(button, kind, { ...payload, ...("seen" in payload ? { seen: shown.seen } : {}) });
        if (!said || said.clash) return;
      }
      if (kind === "assign") settle(shown);
      else dirty = false;
      show(shown);
      if (button.isConnected) button.focus();
    };
    // What somebody wanted to take away may be another piece by now: that is done again by hand.
    const onTop = kind === "remove" ? null : h("button", { type: "button", onclick: () => act(true) }, "Save mine as well, on top");
    clash.replaceChildren(h("p", {}, `${by} changed this item before you did; the page shows it as it stands now. Yours was not saved, and nothing was overwritten.`),
      h("div", { class: "mlm-row" }, onTop, h("button", { type: "button", class: "mlm-plain", onclick: () => act(false) }, "Leave theirs")));
    clash.hidden = false;
  }

  // -- showing --------------------------------------------------------------------------------------------

  function show(each) {
    shown = each;
    if (!dirty) {
      for (const { value, input } of radios) input.checked = value === each.status;
      reason.value = each.statement.reason;
      until.value = each.statement.until;
    }
    fields();
    const said = byline(each.statement);
    stated.textContent = each.status === "unknown" ? "" : said ? `Said by ${said}.` : "";
    still.hidden = !(each.status === "pass" && (each.reason === "expired" || each.reason === "stale-version") && !each.evidence?.length);
    decided.hidden = !rule(item);
    decided.textContent = rule(item) ? `Evidence decides here: it takes ${rule(item)}.` : "";
    showPieces(each.evidence);
    past.hidden = !each.history.length;
    history.replaceChildren(...each.history.map(({ who, what }) => h("li", {}, h("span", { class: "mlm-small mlm-quiet" }, who), h("span", {}, what))));
    for (const [name, field] of Object.entries(assigned)) {
      if (field.value === base[name]) field.value = base[name] = each[name]; // nobody has typed there
    }
  }

  /** Pieces that are the same stay, and with them the focus in them. */
  function showPieces(pieces) {
    const next = JSON.stringify(pieces);
    if (next === listed) return;
    listed = next;
    evidence.replaceChildren(...pieces.map(piece));
    if (!pieces.length) evidence.append(h("li", { class: "mlm-small mlm-quiet" }, "None yet."));
  }

  function piece(each) {
    const name = each.link && /^https?:\/\//i.test(each.link) ? h("a", { href: each.link, target: "_blank", rel: "noopener noreferrer" }, each.link) : h("span", {}, each.name);
    const held = each.passes === null ? (each.counts ? "" : "does not count") : each.passes && each.counts ? "passes" : each.counts ? "fails" : "does not count";
    const remove = h("button", { type: "button", class: "mlm-plain mlm-small", "aria-label": `Take away: ${each.name}`, onclick: () => send(remove, "remove", { key: each.key }) }, "Take away");
    return h("li", { "data-counts": String(each.counts), "data-passes": String(each.passes) },
      h("div", { class: "board-piece" }, name, held ? h("span", { class: "mlm-small board-held" }, held) : null),
      each.said !== each.name || !each.counts ? h("p", { class: "mlm-small" }, each.said) : null,
      each.note && each.note !== each.name ? h("p", { class: "mlm-small" }, each.note) : null,
      h("p", { class: "mlm-small mlm-quiet" }, [byline(each), each.until && `counts until ${shortDay(each.until)}`].filter(Boolean).join("; "), " ", remove));
  }

  /** Whether somebody has begun something that is not saved. */
  const isDirty = () => dirty || Object.entries(assigned).some(([name, field]) => field.value !== base[name]);

  return { element, show, isDirty };
}

function fact(title, text) {
  return h("div", {}, h("h5", {}, title), h("p", {}, text));
}

function facts(item) {
  return [
    item.severity === "advisory" ? "Advisory: it never blocks." : "Blocking.",
    item.owner ? `Owner: ${inWords(item.owner)}.` : "",
    item.expires_after_days ? `Evidence counts for ${item.expires_after_days} days.` : "",
    item.carries_over ? "It carries over to later versions." : "",
    `Tests carry its id, ${item.id}.`,
    item.tiers?.length ? `Asked at ${item.tiers.join(", ")} risk${item.tier_reason ? `: ${item.tier_reason}` : "."}` : "",
  ].filter(Boolean).join(" ");
}

/** What an item's rule asks for, in a few words. */
function rule({ needs }) {
  return needs ?? "";
}
