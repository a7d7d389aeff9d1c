/** A page as an application writes it: a button that submits, and the components that follow what it started. */
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

import { JobProgress, JobProgressCompact, JobProgressModal, useJobStatus } from "../../static/js/react/index.js";

const told = (window.told = { complete: [], errors: [], components: 0 });
const company = new URLSearchParams(location.search).get("company");

function Categorization() {
  const [jobId, setJobId] = useState(null);
  const [open, setOpen] = useState(false);

  const start = async () => {
    const response = await fetch("/api/jobs/categorize", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ company_id: company, tenant_id: "my-tenant", limit: 100 }),
    });
    const { job_id } = await response.json();
    setJobId(job_id);
  };

  return (
    <main>
      <button onClick={start}>Start Categorization</button>
      <button onClick={() => setJobId(null)}>Leave</button>
      <button onClick={() => setJobId("01990000-0000-7000-8000-000000000000")}>Nobody's</button>
      {jobId && <JobProgress jobId={jobId} onComplete={(result) => (told.components += 1, (told.result = result))} label="Categorizing" />}
      {jobId && <p>In one line: <JobProgressCompact jobId={jobId} /></p>}
      {jobId && <button onClick={() => setOpen(true)}>Show it large</button>}
      {jobId && <JobProgressModal jobId={jobId} open={open} heading="Categorizing" onClose={() => setOpen(false)} />}
      {jobId && <Status jobId={jobId} />}
    </main>
  );
}

function Status({ jobId }) {
  const { status, progress, message, error, isConnected, cancel } = useJobStatus(jobId, {
    onComplete: (result, job) => told.complete.push([result, job.job_id]),
    onError: (words, job) => told.errors.push([words, job?.job_id ?? null]),
  });
  return (
    <output data-status={status} data-connected={isConnected}>
      {`${progress} ${message} ${error ?? ""}`} <button onClick={cancel}>Cancel from the hook</button>
    </output>
  );
}

createRoot(document.querySelector("#root")).render(<StrictMode><Categorization /></StrictMode>);
