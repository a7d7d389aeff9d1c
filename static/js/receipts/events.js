/** @import { Receipt } from "../contract-receipts.js" */

/** @typedef {{"receipt-changed": Receipt, "receipt-removed": {receiptId: string}, "receipt-open": string, "receipt-next": void, "receipt-previous": void, "receipt-closed": void}} ReceiptViewDetails */

export {};
