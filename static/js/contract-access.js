/**
 * Who may what, as client/ledgerwire/access.py defines it; tests/static/test_contract.py compares the two.
 */

/** @typedef {"viewer" | "bookkeeper" | "admin"} RoleName */

/**
 * @typedef {object} NewMember
 * @property {string} name
 * @property {RoleName} role
 */

/**
 * @typedef {object} Person
 * @property {string} person_id
 * @property {string} name
 * @property {string} role
 * @property {string} signed_in_at
 * @property {string} expires_at
 * @property {boolean} you
 */

/**
 * @typedef {object} Invitation
 * @property {string} invitation_id
 * @property {string} url
 * @property {string} name
 * @property {string} role
 * @property {string} expires_at
 */

/**
 * @typedef {object} PendingInvitation
 * @property {string} invitation_id
 * @property {string} name
 * @property {string} role
 * @property {string} expires_at
 */

/**
 * @typedef {object} ApiKey
 * @property {string} prefix
 * @property {string} name
 * @property {string} role
 * @property {string} created_at
 * @property {string | null} last_used
 * @property {string | null} revoked_at
 */

/**
 * @typedef {object} NewApiKey
 * @property {string} key
 * @property {string} prefix
 * @property {string} name
 * @property {string} role
 */

/**
 * @typedef {object} MemberList
 * @property {Person[]} people
 * @property {PendingInvitation[]} invitations
 * @property {ApiKey[]} keys
 */

export {};
