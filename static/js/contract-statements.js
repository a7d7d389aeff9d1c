/**
 * What a person is asked about a bank file that cannot be read with certainty, as client/ledgerwire/statements.py
 * defines it; tests/static/test_contract.py compares the two.
 */

/**
 * How a bank file is to be read; what is left out is found as usual.
 * @typedef {object} ColumnMapping
 * @property {number | null} [header_line]
 * @property {"," | ";" | "\t" | "|" | null} [delimiter]
 * @property {string | null} [date]
 * @property {string | null} [amount]
 * @property {string | null} [debit]
 * @property {string | null} [credit]
 * @property {string | null} [direction]
 * @property {string[] | null} [money_out]
 * @property {string | null} [balance]
 * @property {string | null} [currency_column]
 * @property {string | null} [bank_id]
 * @property {string | null} [status]
 * @property {string[] | null} [posted]
 * @property {string[] | null} [unposted]
 * @property {string[] | null} [description]
 * @property {"dmy" | "mdy" | "ymd" | null} [date_order]
 * @property {number | null} [year]
 * @property {"." | "," | null} [decimal]
 * @property {"as_printed" | "reversed" | "unsigned_out" | null} [sign]
 * @property {"included" | "added" | null} [fees]
 * @property {string | null} [currency]
 * @property {boolean} [ignore_balance]
 */

/**
 * @typedef {object} MappingChoice
 * @property {string} label
 * @property {ColumnMapping} patch
 */

/**
 * @typedef {object} MappingQuestion
 * @property {"sign" | "date_order" | "year" | "decimal" | "columns" | "status" | "fees" | "balance"} code
 * @property {string} text
 * @property {MappingChoice[]} choices
 */

/**
 * @typedef {object} FileColumn
 * @property {string} ref
 * @property {string} name
 * @property {string[]} samples
 */

/**
 * @typedef {object} FileRow
 * @property {number} line_no
 * @property {string[]} cells
 */

/**
 * @typedef {object} ProposedLine
 * @property {number} line_no
 * @property {string} date
 * @property {string} amount
 * @property {string} description
 */

/**
 * @typedef {object} MappingProposal
 * @property {ColumnMapping} mapping
 * @property {MappingQuestion[]} questions
 * @property {FileColumn[]} columns
 * @property {number} header_line
 * @property {FileRow[]} rows
 * @property {ProposedLine[]} lines
 */

export {};
