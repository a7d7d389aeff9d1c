/**
 * Every shape that crosses the wire, as client/ledgerwire/ defines it; tests/static/test_contract.py compares the two.
 * Instants are RFC 3339 in UTC, money is a decimal string, a bank's date is a plain day. The books' own shapes stand
 * in contract-books.js.
 *
 * @import { Company } from "./contract-books.js"
 * @import { MappingProposal } from "./contract-statements.js"
 */

/**
 * @typedef {object} FieldError
 * @property {string} pointer
 * @property {string} detail
 */

/**
 * @typedef {object} Problem
 * @property {string} [type]
 * @property {string} title
 * @property {number | null} [status]
 * @property {string | null} [detail]
 * @property {string | null} [instance]
 * @property {FieldError[]} [errors]
 * @property {MappingProposal | null} [proposal]
 */

/** @typedef {"pending" | "running" | "complete" | "failed" | "cancelled"} Status */

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {number} index
 * @property {number} count
 */

/**
 * @typedef {object} Units
 * @property {number} done
 * @property {number | null} total
 * @property {string} noun
 */

/**
 * @typedef {object} Usage
 * @property {number} llm_calls
 * @property {number} input_tokens
 * @property {number} output_tokens
 */

/**
 * @typedef {object} Job
 * @property {string} job_id
 * @property {string} kind
 * @property {string | null} title
 * @property {string} company_id
 * @property {string | null} tenant_id
 * @property {Status} status
 * @property {string} message
 * @property {Step | null} step
 * @property {Units | null} units
 * @property {number | null} eta_seconds
 * @property {number} attempt
 * @property {number} max_attempts
 * @property {string | null} retry_at
 * @property {string} created_at
 * @property {string | null} started_at
 * @property {string | null} finished_at
 * @property {string | null} submitted_by
 * @property {string | null} parent_id
 * @property {string | null} cancelled_by
 * @property {string | null} cancel_reason
 * @property {string | null} retried_by
 * @property {string | null} retried_at
 * @property {Record<string, any> | null} result
 * @property {Problem | null} error
 * @property {Usage} usage
 * @property {Record<string, any> | null} params
 * @property {boolean} cancel_requested
 * @property {number} progress
 * @property {number} version
 */

/**
 * @typedef {object} LogLine
 * @property {string} at
 * @property {string} level
 * @property {string} text
 * @property {Record<string, any> | null} data
 */

/**
 * @typedef {object} LogEntry
 * @property {number} number
 * @property {LogLine[]} lines
 */

/** @import { JobCounts } from "./contract-activity.js" */

/**
 * @typedef {object} Page
 * @property {Job[]} data
 * @property {string | null} next_cursor
 * @property {number | null} total
 * @property {JobCounts | null} counts
 */

/**
 * @typedef {object} LogPage
 * @property {LogEntry[]} data
 * @property {string | null} next_cursor
 */

/**
 * @typedef {object} JobEvent
 * @property {"job"} type
 * @property {string} company_id
 * @property {string} position
 * @property {Job} job
 */

/**
 * @typedef {object} LogEvent
 * @property {"log"} type
 * @property {string} company_id
 * @property {string} position
 * @property {string} job_id
 * @property {number} number
 * @property {LogLine[]} lines
 * @property {number} dropped
 */

/**
 * @typedef {object} Snapshot
 * @property {"snapshot"} type
 * @property {string} company_id
 * @property {string} position
 * @property {Job[]} jobs
 * @property {string} reason
 * @property {number | null} id
 */

/**
 * @typedef {object} Ping
 * @property {"ping"} type
 * @property {string} company_id
 * @property {string} position
 */

/** @typedef {JobEvent | LogEvent | Snapshot | Ping} LedgerEvent */

/**
 * @typedef {object} Events
 * @property {string} position
 * @property {Snapshot | null} snapshot
 * @property {(JobEvent | LogEvent)[]} events
 */

/**
 * @typedef {object} Subscribe
 * @property {"subscribe"} type
 * @property {number} id
 * @property {string} company_id
 * @property {string | null} job_id
 * @property {string | null} since
 */

/**
 * @typedef {object} Unsubscribe
 * @property {"unsubscribe"} type
 * @property {number} id
 */

/**
 * @typedef {object} Authenticate
 * @property {"authenticate"} type
 * @property {string} token
 */

/**
 * @typedef {object} Authenticated
 * @property {"authenticated"} type
 */

/**
 * @typedef {object} ClientPing
 * @property {"ping"} type
 */

/**
 * @typedef {object} Subscribed
 * @property {"subscribed"} type
 * @property {number} id
 * @property {string} company_id
 * @property {string | null} job_id
 * @property {string} position
 * @property {boolean} recovered
 */

/**
 * @typedef {object} Pong
 * @property {"pong"} type
 */

/**
 * @typedef {object} SocketError
 * @property {"error"} type
 * @property {number | null} id
 * @property {string} title
 * @property {number} status
 * @property {string | null} detail
 * @property {string} problem
 * @property {FieldError[]} errors
 */

/**
 * @typedef {object} Unsubscribed
 * @property {"unsubscribed"} type
 * @property {number} id
 */

/** @typedef {LedgerEvent | Subscribed | Unsubscribed | Authenticated | Pong | SocketError} Reply */

/**
 * @typedef {object} SignIn
 * @property {string} token
 */

/**
 * @typedef {object} Session
 * @property {string} name
 * @property {Company[]} companies
 */

export {};
