/**
 * QuickBooks as client/ledgerwire/quickbooks.py defines it; tests/static/test_contract.py compares the two.
 */

/** @typedef {"Purchase" | "Deposit" | "Transfer" | "JournalEntry"} ObjectType */

/**
 * @typedef {object} QuickBooksConnection
 * @property {boolean} available
 * @property {string} state
 * @property {string} environment
 * @property {string | null} realm_id
 * @property {string | null} company_name
 * @property {string | null} home_currency
 * @property {string | null} closed_through
 * @property {string | null} connected_at
 * @property {string | null} connected_by
 * @property {string | null} fetched_at
 * @property {string | null} problem
 * @property {number} unconfirmed
 * @property {number} to_send
 * @property {number} to_correct
 */

/**
 * @typedef {object} ConnectStart
 * @property {string} authorize_url
 * @property {string} expires_at
 */

/**
 * @typedef {object} Consent
 * @property {string} state
 * @property {string} code
 * @property {string} realm_id
 */

/**
 * @typedef {object} QuickBooksAccount
 * @property {string} qbo_id
 * @property {string} name
 * @property {string} full_name
 * @property {string} type
 * @property {string | null} currency
 * @property {boolean} active
 */

/**
 * @typedef {object} AccountMapping
 * @property {string} account
 * @property {string} type
 * @property {boolean} is_bank
 * @property {number} lines
 * @property {string | null} qbo_id
 * @property {boolean} confirmed
 * @property {number | null} confidence
 * @property {string | null} reason
 * @property {string[]} types
 */

/**
 * @typedef {object} MappingList
 * @property {AccountMapping[]} data
 * @property {QuickBooksAccount[]} accounts
 */

/**
 * @typedef {object} AccountChoice
 * @property {string} account
 * @property {string | null} qbo_id
 */

/**
 * `data` of a log line, and a row of the history.
 * @typedef {object} SentLine
 * @property {string} transaction_id
 * @property {string} outcome
 * @property {string} detail
 * @property {string | null} date
 * @property {string | null} amount
 * @property {string | null} currency
 * @property {string | null} description
 * @property {string | null} category
 * @property {string | null} object_type
 * @property {string | null} qbo_id
 * @property {string | null} url
 * @property {string | null} vendor
 * @property {string | null} code
 * @property {number} receipts
 * @property {string | null} at
 * @property {string | null} job_id
 */

/**
 * @typedef {object} SentPage
 * @property {SentLine[]} data
 * @property {string | null} next_cursor
 */

export {};
