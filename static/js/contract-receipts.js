/**
 * Receipts as client/ledgerwire/receipts.py defines them; tests/static/test_contract.py compares the two.
 * @import { Transaction } from "./contract-books.js"
 */

/** @typedef {"review" | "ready" | "confirmed"} ReceiptState */
/** @typedef {"cash" | "card" | "other"} PaymentMethod */

/**
 * Fractions of the upright page.
 * @typedef {object} Box
 * @property {number} page
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 */

/**
 * @typedef {object} Alternative
 * @property {string} value
 * @property {number} confidence
 * @property {Box | null} box
 */

/**
 * @typedef {object} FieldReading
 * @property {number} confidence
 * @property {string} read_by
 * @property {Box | null} box
 * @property {Alternative[]} alternatives
 */

/**
 * @typedef {object} TaxLine
 * @property {string} name
 * @property {string | null} rate
 * @property {string | null} base
 * @property {string} amount
 */

/**
 * @typedef {object} LineItem
 * @property {string} description
 * @property {string | null} quantity
 * @property {string | null} unit_price
 * @property {string} amount
 */

/**
 * @typedef {object} Match
 * @property {Transaction} transaction
 * @property {number} confidence
 * @property {string} reason
 */

/**
 * @typedef {object} Receipt
 * @property {string} receipt_id
 * @property {string} job_id
 * @property {string} name
 * @property {string} media_type
 * @property {number} size
 * @property {number} pages
 * @property {number} pages_in_file
 * @property {string} state
 * @property {string | null} vendor
 * @property {string | null} date
 * @property {string | null} total
 * @property {string | null} currency
 * @property {string | null} subtotal
 * @property {string | null} tip
 * @property {TaxLine[]} taxes
 * @property {string | null} payment_method
 * @property {string | null} card
 * @property {string | null} number
 * @property {LineItem[]} items
 * @property {Record<string, FieldReading>} fields
 * @property {string[]} transaction_ids
 * @property {Match | null} match
 * @property {string | null} duplicate_of
 * @property {string} engine
 * @property {number} revision
 * @property {string} created_at
 * @property {string | null} confirmed_at
 * @property {string | null} confirmed_by
 */

/**
 * @typedef {object} ReceiptText
 * @property {string} text
 */

/**
 * @typedef {object} ReceiptPage
 * @property {Receipt[]} data
 * @property {string | null} next_cursor
 * @property {number | null} total
 */

/**
 * @typedef {object} MatchList
 * @property {Match[]} data
 */

/**
 * @typedef {object} Attachment
 * @property {string} receipt_id
 * @property {string} transaction_id
 */

/**
 * @typedef {object} AttachmentOutcome
 * @property {string} receipt_id
 * @property {string} transaction_id
 * @property {string} outcome
 * @property {string} detail
 */

/**
 * @typedef {object} AttachmentOutcomes
 * @property {AttachmentOutcome[]} data
 */

/**
 * @typedef {object} NewLineOfReceipt
 * @property {string} account_id
 * @property {string | null} category
 */

/**
 * `data` of a log line: what became of one file of a pile.
 * @typedef {object} ReceiptFile
 * @property {number} file_no
 * @property {string} name
 * @property {string} outcome
 * @property {string | null} receipt_id
 * @property {string | null} code
 * @property {string | null} detail
 * @property {string | null} state
 * @property {string | null} vendor
 * @property {string | null} date
 * @property {string | null} total
 * @property {string | null} currency
 * @property {number | null} confidence
 * @property {string | null} transaction_id
 */

export {};
