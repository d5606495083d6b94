// A connection to a Jupyter kernel: the websocket protocol v1, with reconnection.

const PROTOCOL = "v1.kernel.websocket.jupyter.org";
const SILENCE = 10_000;  // milliseconds without a word after which a connection is no longer trusted
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @returns {string} random enough to tell messages and sessions apart; works on plain http, too */
export function identifier() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** @param {object} message @returns {ArrayBuffer} offsets, channel, four JSON parts, buffers */
export function encode(message) {
  const json = ["header", "parent_header", "metadata", "content"].map((part) => encoder.encode(JSON.stringify(message[part])));
  const parts = [encoder.encode(message.channel), ...json, ...(message.buffers ?? []).map(bytes)];
  const offsets = [8 * (parts.length + 2)];
  for (const part of parts) offsets.push(offsets.at(-1) + part.byteLength);
  const whole = new Uint8Array(offsets.at(-1));
  const view = new DataView(whole.buffer);
  view.setBigUint64(0, BigInt(offsets.length), true);
  offsets.forEach((offset, i) => view.setBigUint64(8 * (i + 1), BigInt(offset), true));
  parts.forEach((part, i) => whole.set(part, offsets[i]));
  return whole.buffer;
}

/** @param {ArrayBuffer} data @returns {object} the message, its buffers as DataViews */
export function decode(data) {
  const view = new DataView(data);
  const count = Number(view.getBigUint64(0, true));
  const offsets = Array.from({ length: count }, (_, i) => Number(view.getBigUint64(8 * (i + 1), true)));
  const text = (i) => decoder.decode(new Uint8Array(data, offsets[i], offsets[i + 1] - offsets[i]));
  const [header, parent_header, metadata, content] = [1, 2, 3, 4].map((i) => JSON.parse(text(i)));
  const buffers = offsets.slice(5, -1).map((start, i) => new DataView(data.slice(start, offsets[i + 6])));
  return { channel: text(0), header, parent_header, metadata, content, buffers };
}

function bytes(buffer) {
  return ArrayBuffer.isView(buffer) ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : new Uint8Array(buffer);
}

/**
 * Connect to a kernel and stay connected.
 * @param {{base: string, id: string, onMessage: (message: object) => void,
 *   onState: (state: "open"|"lost"|"gone") => void}} options `gone` is said once: that kernel will not come back
 */
export function connect({ base, id, onMessage, onState }) {
  const session = identifier();
  const address = new URL(`${base}api/kernels/${id}`, location.href);
  const socketAddress = new URL(`${address.pathname}/channels?session_id=${session}`, address);
  socketAddress.protocol = address.protocol.replace("http", "ws");
  let socket = null;
  let waiting = [];  // what is said before the first connection stands
  let opened = false;
  let attempts = 0;
  let timer = 0;
  let doubt = 0;
  let over = false;

  function open() {
    clearTimeout(timer);
    if (over || socket) return;
    const attempt = (socket = new WebSocket(socketAddress, [PROTOCOL]));
    attempt.binaryType = "arraybuffer";
    attempt.onopen = () => {
      opened = true;
      attempts = 0;
      for (const data of waiting) attempt.send(data);
      waiting = [];
      onState("open");
    };
    attempt.onmessage = ({ data }) => {
      clearTimeout(doubt);
      doubt = 0;
      const message = decode(data);
      if (message.header.msg_type === "status" && message.content.execution_state === "dead") end();
      else onMessage(message);
    };
    attempt.onclose = () => {
      if (socket !== attempt) return;
      socket = null;
      clearTimeout(doubt);
      doubt = 0;
      if (!over) retry();
    };
  }

  /** Between two networks a connection can end without a word to either side; every message that arrives has an echo. */
  function listen() {
    const asked = socket;
    doubt ||= setTimeout(() => {
      doubt = 0;
      if (socket !== asked || over) return;
      socket = null;
      asked.close();
      retry();
    }, SILENCE);
  }

  async function retry() {
    onState("lost");
    // A kernel that the server no longer knows is gone; no answer at all means no network yet.
    const patience = AbortSignal.timeout(SILENCE);
    const known = await fetch(address, { cache: "no-store", signal: patience }).then((r) => r.status !== 404, () => true);
    if (!known) end();
    else if (!over) timer = setTimeout(open, Math.min(10_000, 300 * 2 ** attempts++));
  }

  function end() {
    if (over) return;
    over = true;
    socket?.close();
    onState("gone");
  }

  function hurry() {
    attempts = 0;
    if (!document.hidden && !socket) open();
  }
  document.addEventListener("visibilitychange", hurry);
  addEventListener("online", hurry);
  open();

  return {
    /** Send on the shell channel. Throws when there was a connection and now is none. */
    send(msg_type, content, { metadata = {}, buffers = [] } = {}) {
      const header = { msg_id: identifier(), msg_type, session, username: "", version: "5.3", date: new Date().toISOString() };
      const data = encode({ channel: "shell", header, parent_header: {}, metadata, content, buffers });
      if (socket?.readyState === WebSocket.OPEN) {
        socket.send(data);
        listen();
      } else if (!opened && !over) waiting.push(data);
      else throw new Error("There is no connection to the server.");
      return header.msg_id;
    },
    close() {
      over = true;
      clearTimeout(timer);
      clearTimeout(doubt);
      socket?.close();
    },
  };
}
