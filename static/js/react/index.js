export { JobProgress, JobProgressCompact, JobProgressModal } from "./JobProgress.js";
export { useJobStatus } from "./useJobStatus.js";
