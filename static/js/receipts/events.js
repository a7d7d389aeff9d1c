/** @import { Receipt } from "../contract-receipts.js" */

/**
 * @typedef {object} ReceiptViewEvents
 * @property {CustomEvent<Receipt>} receipt-changed
 * @property {CustomEvent<{receiptId: string}>} receipt-removed
 * @property {Event} receipt-next
 * @property {Event} receipt-previous
 * @property {Event} receipt-closed
 */

export {};
