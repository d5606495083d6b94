// Answers that the kernel has not confirmed yet. They live in this browser's storage until it has.

import { Passing } from "../ui/screen.js";

const RETRY = 2500;

/** localStorage where there is one; a browser that refuses it keeps things for as long as the page lives. */
export function keeper() {
  const memory = new Map();
  const attempt = (action, fallback) => {
    try { return action(); } catch { return fallback(); }
  };
  return {
    read(key) {
      const text = attempt(() => localStorage.getItem(key), () => null) ?? memory.get(key) ?? null;
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
    /** @returns {string[]} all keys that begin so */
    keys(prefix) {
      const kept = attempt(() => Object.keys(localStorage), () => []);
      return [...new Set([...memory.keys(), ...kept])].filter((key) => key.startsWith(prefix));
    },
  };
}

/**
 * What waits is kept question by question, so that two tabs of one browser do not delete each other's answers.
 * @param {{ask: Function, store: ReturnType<typeof keeper>, key: string,
 *   onstate: (state: "saved"|"saving"|"waiting", error: Error|null, failures: number) => void,
 *   onstored: (question: string, stored: any) => void, onrefused: (question: string, entry: any, sentence: string) => void}} options
 */
export function outbox({ ask, store, key, onstate, onstored, onrefused }) {
  const place = (question) => `${key}:${question}`;
  const entries = new Map(store.keys(`${key}:`).map((each) => [each.slice(key.length + 1), store.read(each)]).filter(([, entry]) => entry));
  // Where all tabs of this browser have counted to: what is said last has the highest number, in whichever tab.
  const counted = `${key}#`;
  let clock = Math.max(0, store.read(counted) ?? 0, ...[...entries.values()].map((entry) => entry.sequence));
  let sending = null;
  let failures = 0;
  let problem = null;
  let timer = null;
  let ended = false;

  function tell() {
    if (!ended) onstate(entries.size === 0 ? "saved" : failures > 0 ? "waiting" : "saving", problem, failures);
  }

  function done(question, entry) {
    if (entries.get(question) === entry) entries.delete(question);
    if (store.read(place(question))?.sequence === entry.sequence) store.drop(place(question));
  }

  /** Send what is waiting, one after another; whoever asks meanwhile waits for the same round. */
  function send() {
    if (ended) return Promise.resolve();
    sending ??= sendAll().finally(() => {
      sending = null;
      tell();
    });
    return sending;
  }

  async function sendAll() {
    clearTimeout(timer);
    let trying = [];
    try {
      while (entries.size && !ended) {
        trying = entries.entries().next().value;
        await sendOne(...trying);
        tell();
      }
    } catch (error) {
      giveWay(...trying);
      failures += 1;
      problem = error;
      if (!ended) timer = setTimeout(send, RETRY);
    }
  }

  /** What could not be sent goes last: one answer that never gets through must not hold up the others. */
  function giveWay(question, entry) {
    if (entries.get(question) !== entry) return;
    entries.delete(question);
    entries.set(question, entry);
  }

  async function sendOne(question, entry) {
    try {
      // The first failure shows quickly; a slow network then gets the time it needs.
      const stored = await ask("answer", { question, ...entry }, { timeout: failures ? 10_000 : 4_000 });
      clock = Math.max(clock, stored.sequence);
      const latest = entries.get(question) === entry;
      done(question, entry);
      if (latest) onstored(question, stored);
    } catch (error) {
      if (error instanceof Passing || ended) throw error;
      // Refused for good: what was said is handed back, so that nothing typed is lost.
      const latest = entries.get(question) === entry;
      done(question, entry);
      if (latest) onrefused(question, entry, error.message);
    }
    failures = 0;
    problem = null;
  }

  return {
    put(question, answer, comment) {
      clock = Math.max(clock, store.read(counted) ?? 0) + 1;
      store.write(counted, clock);
      const entry = { answer, comment, sequence: clock };
      entries.set(question, entry);
      store.write(place(question), entry);
      tell();
      send();
    },
    /** What has not been confirmed, by question. */
    pending: () => Object.fromEntries(entries),
    /** Never number below what the kernel has stored, on whichever device. */
    advance(sequence) { clock = Math.max(clock, sequence); },
    send,
    /** Keep sending for so many milliseconds. @returns {Promise<boolean>} whether nothing waits any more */
    async emptied(patience) {
      const end = performance.now() + patience; // not the time of day, which may be set back meanwhile
      do {
        await send();
        if (entries.size) await new Promise((go) => setTimeout(go, 500));
      } while (entries.size && !ended && performance.now() < end);
      return entries.size === 0;
    },
    tell,
    dispose() { ended = true; clearTimeout(timer); },
  };
}
