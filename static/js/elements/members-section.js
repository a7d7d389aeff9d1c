/**
 * Who may what in a company, for its administrators: people by invitation, programs by keys. What is told once stands here
 * until the page is left.
 * @import { BooksApi } from "../books-api.js"
 * @import { ApiKey, MemberList, NewMember, Person, RoleName } from "../contract-access.js"
 */
import { asProblem } from "../api.js";
import { post, send } from "../api.js";
import { ago } from "../format.js";
import { moment } from "../moment.js";
import { problemView } from "../problem-view.js";
import { ask } from "../question.js";
import { clone, part, phrase, show, text } from "../view.js";

export class MembersSection extends HTMLElement {
  #root = clone("members-section");
  /** @type {BooksApi | null} */
  #books = null;

  connectedCallback() {
    this.replaceChildren(this.#root);
    this.#form("invite").addEventListener("submit", (event) => this.#submit(event, "invite", (member) => this.#invite(member)));
    this.#form("add-key").addEventListener("submit", (event) => this.#submit(event, "add-key", (member) => this.#addKey(member)));
    part(this.#root, "copy", HTMLElement).addEventListener("click", () => this.#copy());
  }

  /** @param {BooksApi} books */
  async open(books) {
    if (books !== this.#books) this.#tell("", "");
    this.#books = books;
    await this.#try(() => this.#load(books));
  }

  /** @param {BooksApi} books */
  async #load(books) {
    /** @type {MemberList} */
    const { people, keys } = await books.api.json(`${books.root}/members`);
    if (books !== this.#books) return;
    part(this.#root, "people", HTMLElement).replaceChildren(...people.map((one) => this.#personRow(one)));
    show(part(this.#root, "nobody", HTMLElement), people.length === 0);
    const living = keys.filter(({ revoked_at }) => !revoked_at);
    part(this.#root, "keys", HTMLElement).replaceChildren(...living.map((one) => this.#keyRow(one)));
    show(part(this.#root, "no-keys", HTMLElement), living.length === 0);
  }

  /** @param {Person} person */
  #personRow({ person_id, name, role, signed_in_at, you }) {
    const detail = "Their page is signed out of this company within a minute. An invitation brings them back.";
    return this.#row({ name: you ? `${name} (you)` : name, role, note: "signed in", at: signed_in_at, act: "Sign out", title: `Sign ${name} out?`, detail, path: `people/${person_id}` });
  }

  /** @param {ApiKey} key */
  #keyRow({ prefix, name, role, last_used }) {
    const detail = "Whatever uses it is refused from now on. This cannot be taken back.";
    return this.#row({ name: `${name} · ${prefix}…`, role, note: last_used ? "used" : "never used", at: last_used, act: "Revoke", title: `Revoke the key ${name}?`, detail, path: `keys/${encodeURIComponent(prefix)}` });
  }

  /** @param {{name: string, role: string, note: string, at: string | null, act: string, title: string, detail: string, path: string}} look */
  #row({ name, role, note, at, act, title, detail, path }) {
    const row = clone("member-row");
    text(part(row, "name", HTMLElement), name);
    text(part(row, "role", HTMLElement), role);
    phrase(part(row, "note", HTMLElement), ...(at ? [`${note} `, moment(at, ago)] : [note]));
    const button = part(row, "act", HTMLElement);
    text(button, act);
    button.setAttribute("aria-label", `${act}: ${name}`);
    button.addEventListener("click", async () => {
      if (await ask({ title, detail, yes: act })) await this.#change((books) => books.api.json(`${books.root}/${path}`, send("DELETE")));
    });
    return row;
  }

  /** @param {NewMember} member */
  async #invite(member) {
    await this.#change(async (books) => {
      const { url, name } = await books.api.json(`${books.root}/invitations`, post(member));
      this.#tell(`Give this address to ${name}. It signs in once, within 24 hours, and is not shown again.`, url);
    });
  }

  /** @param {NewMember} member */
  async #addKey(member) {
    await this.#change(async (books) => {
      const { key, name } = await books.api.json(`${books.root}/keys`, post(member));
      this.#tell(`This is the key ${name}. It is not shown again.`, key);
    });
  }

  /** @param {string} words @param {string} secret */
  #tell(words, secret) {
    show(part(this.#root, "told", HTMLElement), secret !== "");
    text(part(this.#root, "told-words", HTMLElement), words);
    text(part(this.#root, "secret", HTMLElement), secret);
    text(part(this.#root, "copy", HTMLElement), "Copy");
  }

  async #copy() {
    await navigator.clipboard.writeText(part(this.#root, "secret", HTMLElement).textContent ?? "");
    text(part(this.#root, "copy", HTMLElement), "Copied");
  }

  /** @param {(books: BooksApi) => Promise<unknown>} act */
  async #change(act) {
    const books = this.#books;
    if (books) await this.#try(async () => (await act(books), this.#load(books)));
  }

  /** @param {() => Promise<unknown>} act */
  async #try(act) {
    const place = part(this.#root, "problem", HTMLElement);
    try {
      await act();
      place.replaceChildren();
    } catch (error) {
      place.replaceChildren(problemView(asProblem(error)));
    }
  }

  /** @param {SubmitEvent} event @param {string} form @param {(member: NewMember) => Promise<void>} act */
  async #submit(event, form, act) {
    event.preventDefault();
    const fields = new FormData(this.#form(form));
    await act({ name: String(fields.get("name")).trim(), role: /** @type {RoleName} */ (fields.get("role")) });
    this.#form(form).reset();
  }

  /** @param {string} name */
  #form(name) {
    return part(this.#root, name, HTMLFormElement);
  }
}

customElements.define("members-section", MembersSection);
