/**
 * The books as they cross the wire: what client/ledgerwire/{books,rules,journal,review}.py define;
 * tests/static/test_contract.py compares them.
 */

/**
 * @typedef {object} Company
 * @property {string} company_id
 * @property {string} name
 * @property {string} base_currency
 * @property {boolean} base_currency_fixed
 * @property {string | null} closed_through
 * @property {string} role
 */

/**
 * @typedef {object} BankAccount
 * @property {string} account_id
 * @property {string} name
 * @property {string} currency
 * @property {string | null} number
 */

/**
 * @typedef {object} NewBankAccount
 * @property {string} name
 * @property {string} currency
 * @property {string | null} number
 */

/**
 * An account of the chart; its name is what a line carries as its category.
 * @typedef {object} Account
 * @property {string} code
 * @property {string} name
 * @property {string} type
 * @property {boolean} archived
 */

/** @typedef {"asset" | "liability" | "equity" | "income" | "expense"} AccountType */

/**
 * @typedef {object} NewAccount
 * @property {string} code
 * @property {string} name
 * @property {AccountType} type
 */

/**
 * @typedef {object} Transaction
 * @property {string} transaction_id
 * @property {string} account_id
 * @property {string} date
 * @property {string} amount
 * @property {string} currency
 * @property {string} description
 * @property {string | null} category
 * @property {string} state
 * @property {string | null} source
 * @property {number | null} confidence
 * @property {string | null} reason
 * @property {string | null} job_id
 * @property {number} revision
 * @property {string} merchant_key
 * @property {string | null} approved_at
 * @property {string | null} approved_by
 */

/** @typedef {"imported" | "proposed" | "review" | "approved" | "exported"} State */
/** @typedef {"rule" | "memory" | "model" | "llm" | "person"} Source */

/**
 * @typedef {object} TransactionFilter
 * @property {State[] | null} [state]
 * @property {string | null} [job_id]
 * @property {string | null} [account_id]
 * @property {string | null} [text]
 * @property {string | null} [category]
 * @property {string | null} [merchant_key]
 * @property {Source[] | null} [source]
 * @property {string | null} [date_from]
 * @property {string | null} [date_to]
 * @property {string | null} [amount_min]
 * @property {string | null} [amount_max]
 */

/**
 * `data` of a log line that was written as a transaction was categorized.
 * @typedef {object} CategorizedLine
 * @property {string} transaction_id
 * @property {string} date
 * @property {string} amount
 * @property {string} currency
 * @property {string} description
 * @property {string | null} category
 * @property {string} state
 * @property {string | null} source
 * @property {number | null} confidence
 * @property {string | null} reason
 */

/**
 * @typedef {object} TransactionPage
 * @property {Transaction[]} data
 * @property {string | null} next_cursor
 * @property {number | null} total
 */

/**
 * @typedef {object} BankAccountPage
 * @property {BankAccount[]} data
 * @property {string | null} next_cursor
 */

/**
 * @typedef {object} AccountPage
 * @property {Account[]} data
 * @property {string | null} next_cursor
 */

/**
 * @typedef {object} NewRule
 * @property {string} category
 * @property {string | null} match
 * @property {string | null} pattern
 * @property {string | null} amount_min
 * @property {string | null} amount_max
 * @property {string | null} account_id
 * @property {-1 | 1 | null} sign
 * @property {number | null} position
 */

/**
 * @typedef {object} Rule
 * @property {string} rule_id
 * @property {number} position
 * @property {string} category
 * @property {string | null} match
 * @property {string | null} pattern
 * @property {string | null} amount_min
 * @property {string | null} amount_max
 * @property {string | null} account_id
 * @property {number | null} sign
 */

/**
 * @typedef {object} RuleChange
 * @property {Transaction} transaction
 * @property {string} category
 */

/**
 * @typedef {object} RulePreview
 * @property {number} matches
 * @property {number} looked_at
 * @property {number} would_change
 * @property {number} contradicts
 * @property {RuleChange[]} changes
 * @property {RuleChange[]} contradictions
 */

/**
 * @typedef {object} RulePage
 * @property {Rule[]} data
 * @property {string | null} next_cursor
 */

/**
 * @typedef {object} Categorization
 * @property {string | null} category
 * @property {number | null} revision
 */

/**
 * @typedef {object} Seen
 * @property {number | null} revision
 */

/**
 * @typedef {object} Categorized
 * @property {Transaction} transaction
 * @property {number} alike
 * @property {NewRule | null} rule
 */

/**
 * `data` of a log line: what became of one line that a job was asked to approve, reopen or remove.
 * @typedef {object} ApprovedLine
 * @property {string} transaction_id
 * @property {string} outcome
 * @property {string | null} date
 * @property {string | null} amount
 * @property {string | null} currency
 * @property {string | null} description
 * @property {string | null} category
 */

/**
 * @typedef {object} LineFailure
 * @property {string} transaction_id
 * @property {string} outcome
 * @property {string} detail
 */

/**
 * @typedef {object} JournalLine
 * @property {string} account
 * @property {string} debit
 * @property {string} credit
 */

/**
 * @typedef {object} JournalEntry
 * @property {string} entry_id
 * @property {string} transaction_id
 * @property {string} date
 * @property {string} currency
 * @property {string} state
 * @property {string} description
 * @property {JournalLine[]} lines
 */

/**
 * @typedef {object} AuditEntry
 * @property {number} audit_id
 * @property {string} transaction_id
 * @property {string} at
 * @property {string} actor
 * @property {string | null} job_id
 * @property {string} action
 * @property {string | null} from_state
 * @property {string | null} to_state
 * @property {string | null} from_category
 * @property {string | null} to_category
 * @property {string | null} source
 * @property {number | null} confidence
 * @property {string | null} reason
 */

/**
 * @typedef {object} JournalPage
 * @property {JournalEntry[]} data
 * @property {string | null} next_cursor
 */

/**
 * @typedef {object} AuditPage
 * @property {AuditEntry[]} data
 * @property {string | null} next_cursor
 */

export {};
