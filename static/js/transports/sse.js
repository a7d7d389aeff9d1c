/**
 * The second rung: Server-Sent Events read through `fetch`, which shows what `EventSource` hides:
 * the status of a refusal, and the id-only blocks that prove the line alive.
 * @import { Transport, Watch } from "./transport.js"
 */
import { problemFrom, query } from "../api.js";
import { Deadline, eventsPath, isFatal, OPEN_WITHIN, SILENT_FOR } from "./transport.js";

/** @type {Transport} */
export function sse(watch) {
  const abort = new AbortController();
  const deadline = new Deadline(() => abort.abort());
  let stopped = false;
  deadline.set(OPEN_WITHIN);
  read(watch, abort.signal, deadline)
    .catch(() => ({}))
    .then((why) => {
      deadline.clear();
      if (!stopped) watch.close(why);
    });
  return () => {
    stopped = true;
    abort.abort();
  };
}

/** @param {Watch} watch @param {AbortSignal} signal @param {Deadline} deadline */
async function read(watch, signal, deadline) {
  const headers = { Accept: "text/event-stream" };
  const path = eventsPath(watch) + query({ since: watch.since });
  const response = await watch.api.send(path, { headers, signal, cache: "no-store" });
  if (!response.ok || !response.body) {
    return { fatal: isFatal(response.status) ? problemFrom(await response.text(), response.status) : null };
  }
  watch.open();
  const parser = new BlockParser((block) => deliver(block, watch));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    deadline.set(SILENT_FOR);
    const { done, value } = await reader.read();
    if (done) return {};
    parser.feed(value);
  }
}

/** @param {Block} block @param {Watch} watch */
function deliver({ id, data }, watch) {
  if (data) watch.event(JSON.parse(data));
  else if (id) watch.position(id);
}

/** @typedef {{id: string, data: string}} Block */

/** Text in pieces in, whole blocks out. Every event carries its own `type`, so the `event:` field is not needed. */
export class BlockParser {
  #rest = "";

  /** @param {(block: Block) => void} take */
  constructor(take) {
    this.take = take;
  }

  /** @param {string} text */
  feed(text) {
    // A CR may stand at the very end of a piece with its LF in the next.
    const whole = (this.#rest + text).replaceAll("\r\n", "\n");
    const blocks = whole.split("\n\n");
    this.#rest = blocks.pop() ?? "";
    for (const block of blocks) this.take(fields(block));
  }
}

/** @param {string} block @returns {Block} */
function fields(block) {
  const found = { id: "", data: "" };
  for (const line of block.split("\n")) {
    const [, name, value] = /^(id|data):? ?(.*)$/.exec(line) ?? [];
    if (name === "id") found.id = value ?? "";
    if (name === "data") found.data += (found.data && "\n") + value;
  }
  return found;
}
