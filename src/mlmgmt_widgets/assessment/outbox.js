// Answers that the kernel has not confirmed yet. They live in this browser's storage until it has.

import { NoAnswer } from "../ui/screen.js";

const RETRY = 2500;

/** localStorage where there is one; a browser that refuses it keeps things for as long as the page lives. */
export function keeper() {
  const memory = new Map();
  const attempt = (action, fallback) => {
    try { return action(); } catch { return fallback(); }
  };
  return {
    read(key) {
      const text = attempt(() => localStorage.getItem(key), () => memory.get(key) ?? null);
      return text ? attempt(() => JSON.parse(text), () => null) : null;
    },
    write(key, value) {
      const text = JSON.stringify(value);
      memory.set(key, text);
      attempt(() => localStorage.setItem(key, text), () => {});
    },
    drop(key) {
      memory.delete(key);
      attempt(() => localStorage.removeItem(key), () => {});
    },
  };
}

/**
 * @param {{ask: Function, store: ReturnType<typeof keeper>, key: string, onstate: (state: "saved"|"saving"|"waiting") => void,
 *   onstored: (question: string, stored: any) => void, onrefused: (question: string, sentence: string) => void}} options
 */
export function outbox({ ask, store, key, onstate, onstored, onrefused }) {
  let entries = store.read(key) ?? {};
  let clock = Math.max(0, ...Object.values(entries).map((entry) => entry.sequence));
  let sending = null;
  let failures = 0;
  let timer = null;
  let ended = false;

  const keep = () => (Object.keys(entries).length ? store.write(key, entries) : store.drop(key));

  function tell() {
    const left = Object.keys(entries).length;
    onstate(left === 0 ? "saved" : failures > 0 ? "waiting" : "saving");
  }

  /** Send what is waiting, one after another; whoever asks meanwhile waits for the same round. */
  function send() {
    if (ended) return Promise.resolve();
    sending ??= sendAll().finally(() => {
      sending = null;
      if (!ended) tell();
    });
    return sending;
  }

  async function sendAll() {
    clearTimeout(timer);
    try {
      for (let question; (question = Object.keys(entries)[0]) !== undefined;) {
        const entry = entries[question];
        try {
          // The first failure shows quickly; a slow network then gets the time it needs.
          const stored = await ask("answer", { question, ...entry }, { timeout: failures ? 10_000 : 4_000 });
          failures = 0;
          clock = Math.max(clock, stored.sequence);
          if (entries[question] === entry) {
            delete entries[question];
            onstored(question, stored);
          }
        } catch (error) {
          if (ended) return;
          if (error instanceof NoAnswer) throw error;
          failures = 0;
          if (entries[question] === entry) delete entries[question];
          onrefused(question, error.message);
        }
        keep();
        tell();
      }
    } catch {
      failures += 1;
      timer = setTimeout(send, RETRY);
    }
  }

  return {
    put(question, answer, comment) {
      clock += 1;
      entries = { ...entries, [question]: { answer, comment, sequence: clock } };
      keep();
      tell();
      send();
    },
    /** What has not been confirmed, by question. */
    pending: () => entries,
    /** Never number below what the kernel has stored, on whichever device. */
    advance(sequence) { clock = Math.max(clock, sequence); },
    send,
    get failures() { return failures; },
    dispose() { ended = true; clearTimeout(timer); },
  };
}
