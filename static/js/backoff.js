/** Waiting times between tries: doubling, capped, with full jitter so that a crowd does not return at once. */
export class Backoff {
  #tries = 0;

  /** @param {{first?: number, most?: number, random?: () => number}} [options] milliseconds */
  constructor({ first = 500, most = 20_000, random = Math.random } = {}) {
    this.first = first;
    this.most = most;
    this.random = random;
  }

  /** The next wait in milliseconds. */
  next() {
    const ceiling = Math.min(this.most, this.first * 2 ** this.#tries++);
    return 100 + this.random() * ceiling;
  }

  reset() {
    this.#tries = 0;
  }
}
