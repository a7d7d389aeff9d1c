/**
 * Who may what in a company, for its administrators: people by invitation, programs by keys. What is told once stands in a
 * box of its own until it is closed, or opens nothing any more.
 * @import { BooksApi } from "../books-api.js"
 * @import { ApiKey, MemberList, NewMember, PendingInvitation, Person, RoleName } from "../contract-access.js"
 */
import { asProblem, post, send } from "../api.js";
import { ago } from "../format.js";
import { moment } from "../moment.js";
import { problemView } from "../problem-view.js";
import { ask } from "../question.js";
import { clone, part, phrase, show, text } from "../view.js";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const clockOfDay = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "numeric", minute: "2-digit" });

/** A moment within a day from now; one that is not today says its day. @param {string} instant */
function soon(instant) {
  const then = new Date(instant);
  return (then.toDateString() === new Date().toDateString() ? clock : clockOfDay).format(then);
}

export class MembersSection extends HTMLElement {
  #root = clone("members-section");
  /** @type {BooksApi | null} */
  #books = null;
  /** Counts readings of the list: only the latest is shown. */
  #reading = 0;
  /** What was told once, of every company, by the path that takes it back. @type {Map<string, HTMLElement>} */
  #boxes = new Map();
  /** Whose session they were told to: they are not for the next person who signs in here. */
  #person = "";

  connectedCallback() {
    this.replaceChildren(this.#root);
    this.#form("invite").addEventListener("submit", (event) => this.#submit(event, "invite", (books, member) => this.#invite(books, member)));
    this.#form("add-key").addEventListener("submit", (event) => this.#submit(event, "add-key", (books, member) => this.#addKey(books, member)));
  }

  /** @param {BooksApi} books */
  async open(books) {
    if (books !== this.#books) for (const box of this.#boxes.values()) show(box, false);
    this.#books = books;
    await this.#try(() => this.#load(books));
  }

  /** @param {BooksApi} books */
  async #load(books) {
    const reading = ++this.#reading;
    /** @type {MemberList} */
    const { people, invitations, keys } = await books.api.json(`${books.root}/members`);
    if (books !== this.#books || reading !== this.#reading) return;
    this.#showBoxes(books, people.find(({ you }) => you)?.person_id ?? "");
    const living = keys.filter(({ revoked_at }) => !revoked_at);
    this.#list("people", "nobody", [...people.map((one) => this.#personRow(books, one)), ...invitations.map((one) => this.#invitationRow(books, one))]);
    this.#list("keys", "no-keys", living.map((one) => this.#keyRow(books, one)));
  }

  /** @param {string} place @param {string} empty @param {HTMLElement[]} rows */
  #list(place, empty, rows) {
    part(this.#root, place, HTMLElement).replaceChildren(...rows);
    show(part(this.#root, empty, HTMLElement), rows.length === 0);
  }

  /** @param {BooksApi} books @param {Person} person */
  #personRow(books, { person_id, name, role, signed_in_at, you }) {
    const detail = "Their page is signed out of this company within a minute. An invitation brings them back.";
    return this.#row(books, { name: you ? `${name} (you)` : name, role, note: ["signed in ", moment(signed_in_at, ago)], act: "Sign out", title: `Sign ${name} out?`, detail, path: `people/${person_id}` });
  }

  /** @param {BooksApi} books @param {PendingInvitation} invitation */
  #invitationRow(books, { invitation_id, name, role, expires_at }) {
    const detail = "Their address signs nobody in from now on. You can invite them again.";
    return this.#row(books, { name, role, note: ["invited until ", moment(expires_at, soon)], act: "Take back", title: `Take the invitation of ${name} back?`, detail, path: `invitations/${invitation_id}` });
  }

  /** @param {BooksApi} books @param {ApiKey} key */
  #keyRow(books, { prefix, name, role, last_used }) {
    const detail = "Whatever uses it is refused from now on. This cannot be taken back.";
    const note = last_used ? ["used ", moment(last_used, ago)] : ["never used"];
    return this.#row(books, { name: `${name} · ${prefix}…`, role, note, act: "Revoke", title: `Revoke the key ${name}?`, detail, path: keyPath(prefix) });
  }

  /** @param {BooksApi} books @param {{name: string, role: string, note: (Node | string)[], act: string, title: string, detail: string, path: string}} look */
  #row(books, { name, role, note, act, title, detail, path }) {
    const row = clone("member-row");
    text(part(row, "name", HTMLElement), name);
    text(part(row, "role", HTMLElement), role);
    phrase(part(row, "note", HTMLElement), ...note);
    const button = part(row, "act", HTMLElement);
    text(button, act);
    button.setAttribute("aria-label", `${act}: ${name}`);
    button.addEventListener("click", async () => {
      if (await ask({ title, detail, yes: act })) await this.#takeBack(books, `${books.root}/${path}`);
    });
    return row;
  }

  /** @param {BooksApi} books @param {string} path */
  async #takeBack(books, path) {
    const isDone = await this.#try(() => books.api.json(path, send("DELETE")));
    if (isDone) this.#drop(path);
    // As it is now, also where that was refused: they may have signed in meanwhile.
    if (isDone) await this.#try(() => this.#load(books));
    else await this.#load(books).catch(() => {});
  }

  /** @param {BooksApi} books @param {NewMember} member */
  async #invite(books, member) {
    const { invitation_id, url, name, role, expires_at } = await books.api.json(`${books.root}/invitations`, post(member));
    const words = [`Give this address to ${name}. It signs in once, until `, moment(expires_at, soon), ", and is not shown again."];
    this.#tell("addresses", { title: `Invitation of ${name}, ${role}`, words, secret: url, path: `${books.root}/invitations/${invitation_id}` });
  }

  /** @param {BooksApi} books @param {NewMember} member */
  async #addKey(books, member) {
    const { key, prefix, name, role } = await books.api.json(`${books.root}/keys`, post(member));
    this.#tell("new-keys", { title: `Key for ${name}, ${role}`, words: ["Keep it where the program finds it. It is not shown again."], secret: key, path: `${books.root}/${keyPath(prefix)}` });
  }

  // --- what is told once ----------------------------------------------------------------------------

  /** Those of the company that is shown. @param {BooksApi} books @param {string} person */
  #showBoxes(books, person) {
    if (this.#person && person !== this.#person) this.forget();
    this.#person = person;
    for (const [path, box] of this.#boxes) show(box, path.startsWith(`${books.root}/`));
  }

  /** @param {string} place @param {{title: string, words: (Node | string)[], secret: string, path: string}} told */
  #tell(place, { title, words, secret, path }) {
    const box = clone("member-secret");
    box.setAttribute("aria-label", title);
    text(part(box, "title", HTMLElement), title);
    phrase(part(box, "words", HTMLElement), ...words);
    text(part(box, "secret", HTMLElement), secret);
    const close = part(box, "close", HTMLElement);
    close.setAttribute("aria-label", `Close: ${title}`);
    close.addEventListener("click", () => this.#close(box, path));
    const copy = part(box, "copy", HTMLElement);
    // Out of a secure context there is no clipboard; it can be copied by hand.
    show(copy, Boolean(navigator.clipboard));
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(secret);
      text(copy, "Copied");
    });
    // Whoever went on to another company meanwhile finds it when they are back.
    show(box, path.startsWith(`${this.#books?.root}/`));
    this.#boxes.set(path, box);
    part(this.#root, place, HTMLElement).append(box);
  }

  /** Whoever closed it by keyboard goes on from the form that made it. @param {HTMLElement} box @param {string} path */
  #close(box, path) {
    const field = box.closest(".member-group")?.querySelector("input");
    this.#drop(path);
    field?.focus();
  }

  /** @param {string} path */
  #drop(path) {
    this.#boxes.get(path)?.remove();
    this.#boxes.delete(path);
  }

  /** Whoever is here next is somebody else. */
  forget() {
    for (const path of [...this.#boxes.keys()]) this.#drop(path);
  }

  // --- doing ----------------------------------------------------------------------------------------

  /** @param {SubmitEvent} event @param {string} name @param {(books: BooksApi, member: NewMember) => Promise<void>} act */
  async #submit(event, name, act) {
    event.preventDefault();
    const [books, form] = [this.#books, this.#form(name)];
    if (!books) return;
    const fields = new FormData(form);
    const member = { name: String(fields.get("name")).trim(), role: /** @type {RoleName} */ (fields.get("role")) };
    if (!(await this.#try(() => act(books, member)))) return;
    // Whoever has begun to name the next one goes on with that.
    if (new FormData(form).get("name") === fields.get("name")) form.reset();
    await this.#try(() => this.#load(books));
  }

  /** @param {() => Promise<unknown>} act */
  async #try(act) {
    const place = part(this.#root, "problem", HTMLElement);
    try {
      await act();
      place.replaceChildren();
      return true;
    } catch (error) {
      place.replaceChildren(problemView(asProblem(error)));
      place.scrollIntoView({ block: "nearest" });
      return false;
    }
  }

  /** @param {string} name */
  #form(name) {
    return part(this.#root, name, HTMLFormElement);
  }
}

/** @param {string} prefix */
function keyPath(prefix) {
  return `keys/${encodeURIComponent(prefix)}`;
}

customElements.define("members-section", MembersSection);
