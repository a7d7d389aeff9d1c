/**
 * All that the activity page works with of one company.
 * @import { Workspace } from "../workspace.js"
 */
import { ActivityApi } from "../activity-api.js";
import { Board } from "./board.js";
import { Pulse } from "./pulse.js";

export class ActivityRoom {
  /** @param {Workspace} workspace */
  constructor(workspace) {
    this.workspace = workspace;
    this.api = new ActivityApi(workspace.api, workspace.company.company_id);
    this.mayAct = workspace.mayAct;
    this.board = new Board(this.api, workspace.mayAct);
    this.pulse = new Pulse(this.api);
    workspace.addEventListener("heard", this.#hear);
  }

  /** Nobody looks. */
  rest() {
    this.board.rest();
    this.pulse.rest();
  }

  close() {
    this.workspace.removeEventListener("heard", this.#hear);
    this.board.close();
    this.pulse.rest();
  }

  /** @param {Event} event */
  #hear = (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    this.board.hear(detail);
    this.pulse.hear(detail);
  };
}
