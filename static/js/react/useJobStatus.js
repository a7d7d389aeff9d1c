/**
 * A job in a React component, live:
 *
 *     const { status, progress, message, error, isConnected, cancel } = useJobStatus(jobId, { onComplete, onError });
 *
 * All components of a page share one connection. What is watched is left when the component goes.
 *
 * @import { JobsClient } from "../client.js"
 * @import { Job, Problem, Status } from "../contract.js"
 */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { asProblem } from "../api.js";
import { clientOf } from "../clients.js";

/**
 * @typedef {object} Options
 * @property {(result: Record<string, any>, job: Job) => void} [onComplete] once, when it has completed
 * @property {(message: string, job: Job | null) => void} [onError] once, when it failed or was cancelled, or cannot be watched
 * @property {boolean} [enabled] false: nothing is asked for yet
 * @property {JobsClient} [client] one of yours, where tokens are needed; else the page's own server by its cookie
 */

/**
 * @typedef {object} JobStatus
 * @property {Job | null} job
 * @property {Status | null} status
 * @property {number} progress 0-100, of the whole job
 * @property {string} message
 * @property {string | null} error for people: what went wrong
 * @property {boolean} isConnected
 * @property {() => Promise<void>} cancel
 */

/** @param {string | null | undefined} jobId @param {Options} [options] @returns {JobStatus} */
export function useJobStatus(jobId, { onComplete, onError, enabled = true, client } = {}) {
  const source = useMemo(() => client ?? clientOf(""), [client]);
  const [job, setJob] = useState(/** @type {Job | null} */ (null));
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  const [isConnected, setConnected] = useState(false);
  // A callback that is written anew at every render must not begin the watch anew.
  const told = useRef({ onComplete, onError });
  useEffect(() => {
    told.current = { onComplete, onError };
  });

  useEffect(() => {
    setJob(null);
    setProblem(null);
    if (!jobId || !enabled) return undefined;
    const connected = () => setConnected(source.state === "connected");
    source.addEventListener("state", connected);
    const stop = source.subscribe(jobId, {
      job: setJob,
      end: (ended) => {
        if (ended.status === "complete") told.current.onComplete?.(ended.result ?? {}, ended);
        else told.current.onError?.(errorOf(ended) ?? "", ended);
      },
      error: (found) => {
        setProblem(found);
        told.current.onError?.(found.title, null);
      },
    });
    connected();
    return () => {
      stop();
      source.removeEventListener("state", connected);
    };
  }, [jobId, enabled, source]);

  const cancel = useCallback(async () => {
    if (!jobId) return;
    try {
      const answer = await source.cancel(jobId);
      // What was told live meanwhile is newer.
      setJob((held) => (held && (held.job_id !== answer.job_id || held.version >= answer.version) ? held : answer));
    } catch (error) {
      setProblem(asProblem(error));
    }
  }, [jobId, source]);

  // Of the job before, nothing is told of this one.
  const own = job?.job_id === jobId ? job : null;
  return {
    job: own,
    status: own?.status ?? null,
    progress: own?.progress ?? 0,
    message: own?.message ?? "",
    error: problem?.title ?? (own && errorOf(own)),
    isConnected,
    cancel,
  };
}

/** @param {Job} job */
function errorOf({ status, error }) {
  if (error) return error.title;
  return status === "cancelled" ? "It was cancelled." : null;
}
