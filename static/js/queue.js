/** What comes in, in order, for one who takes it with `for await`. @template T @implements {AsyncIterable<T>} */
export class Queue {
  /** @type {T[]} */
  #waiting = [];
  /** @type {(() => void) | null} */
  #wake = null;
  #isOver = false;
  /** @type {unknown} */
  #failure = null;

  /** @param {T} value */
  put(value) {
    if (this.#isOver) return;
    this.#waiting.push(value);
    this.#wake?.();
  }

  /** What is there is still taken. */
  end() {
    this.#isOver = true;
    this.#wake?.();
  }

  /** Thrown after what is there. @param {unknown} error */
  fail(error) {
    if (this.#isOver) return;
    this.#failure = error;
    this.end();
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      while (this.#waiting.length > 0) yield /** @type {T} */ (this.#waiting.shift());
      if (this.#failure) throw this.#failure;
      if (this.#isOver) return;
      await new Promise((go) => (this.#wake = () => go(undefined)));
      this.#wake = null;
    }
  }
}
