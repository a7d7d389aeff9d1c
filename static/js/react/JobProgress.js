/**
 * The elements as React components, from the same code:
 *
 *     <JobProgress jobId={jobId} onComplete={(result) => show(result)} />
 *     <JobProgressCompact jobId={jobId} />
 *     <JobProgressModal jobId={jobId} open heading="Importing" />
 *
 * What else is given becomes an attribute (`label`, `bare`, `className`, `style`, …).
 *
 * @import { JobsClient } from "../client.js"
 * @import { Job } from "../contract.js"
 */
import { createElement, useEffect, useRef } from "react";

/**
 * @typedef {object} Props
 * @property {string} jobId
 * @property {(result: Record<string, any>, job: Job) => void} [onComplete]
 * @property {(message: string, job: Job) => void} [onError] failed or cancelled
 * @property {(job: Job) => void} [onProgress]
 * @property {() => void} [onClose] of the modal
 * @property {JobsClient} [client]
 * @property {boolean} [open] of the modal
 * @property {string} [heading] of the modal
 * @property {string} [label]
 * @property {boolean} [bare]
 * @property {string} [className]
 * @property {Record<string, any>} [style]
 */

export const JobProgress = component("job-progress", () => import("../elements/job-progress.js"));
export const JobProgressCompact = component("job-progress-compact", () => import("../elements/job-progress-compact.js"));
export const JobProgressModal = component("job-progress-modal", () => import("../elements/job-progress-modal.js"));

/**
 * The element's code is fetched when the component stands: a server that renders has no elements.
 * @param {string} name @param {() => Promise<unknown>} load
 */
function component(name, load) {
  /** @param {Props} props */
  return function Component({ jobId, onComplete, onError, onProgress, onClose, client, open, bare, className, ...rest }) {
    const place = useRef(/** @type {any} */ (null));
    const told = useRef({ onComplete, onError, onProgress, onClose });
    useEffect(() => {
      told.current = { onComplete, onError, onProgress, onClose };
    });

    useEffect(() => {
      const node = /** @type {HTMLElement} */ (place.current);
      const abort = new AbortController();
      const hear = (/** @type {string} */ event, /** @type {(job: Job) => void} */ act) =>
        node.addEventListener(event, (/** @type {any} */ { detail }) => act(detail), { signal: abort.signal });
      hear("job-progress", (job) => told.current.onProgress?.(job));
      hear("job-complete", (job) => told.current.onComplete?.(job.result ?? {}, job));
      hear("job-error", (job) => told.current.onError?.(job.error?.title ?? "It was cancelled.", job));
      hear("close", () => told.current.onClose?.());
      return () => abort.abort();
    }, []);

    useEffect(() => {
      let gone = false;
      load().then(() => {
        // Before its class is there, a property would hide the class's own.
        if (!gone && client) place.current.client = client;
      });
      return () => {
        gone = true;
      };
    }, [client]);

    return createElement(name, { ref: place, "job-id": jobId, class: className, open: flag(open), bare: flag(bare), ...rest });
  };
}

/** As an attribute says it. @param {boolean | undefined} is */
function flag(is) {
  return is ? "" : undefined;
}
