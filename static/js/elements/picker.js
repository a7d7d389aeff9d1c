/**
 * Walking a list and picking from it, by mouse and by keys.
 * @import { Selection } from "../review/selection.js"
 * @import { PickList } from "./pick-list.js"
 */
import { takesKeys } from "../review/keys.js";

/** @typedef {{ids: string[], selection: Selection, mayAct: boolean}} Pickable */

export class Picker {
  /** @param {() => PickList} list @param {() => Pickable | undefined} things what is listed now */
  constructor(list, things) {
    this.list = list;
    this.things = things;
  }

  /** @param {number} by how many further down */
  move(by) {
    this.list().move(this.things()?.ids ?? [], by);
  }

  /** @param {string} id @param {boolean} extend from the last one picked up to this one */
  pick(id, extend) {
    const things = this.things();
    if (!things?.mayAct) return;
    if (extend) things.selection.extend(id, things.ids);
    else things.selection.toggle(id, things.ids);
  }

  pickCurrent() {
    const { at } = this.list();
    if (at) this.pick(at, false);
  }

  /** @param {number} by */
  extend(by) {
    const { at } = this.list();
    if (at && !this.things()?.selection.has(at)) this.pick(at, true);
    this.move(by);
    const now = this.list().at;
    if (now) this.pick(now, true);
  }

  pickLoaded() {
    const things = this.things();
    if (things?.mayAct) things.selection.choose(things.ids);
  }

  pickNone() {
    this.things()?.selection.clear();
  }

  /** Closes what is open, one thing at a time; the selection goes last. @param {() => boolean} dismiss whether there was something to take away */
  escape(dismiss) {
    const { activeElement } = document;
    if (activeElement instanceof HTMLElement && takesKeys(activeElement)) activeElement.blur();
    else if (!dismiss()) this.pickNone();
  }
}
