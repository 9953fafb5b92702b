// Translates a drawing while people draw. One picture is being translated at a time; after
// it, only the newest is sent.
import { translate } from "./api.js";

export class Live {
  #busy = false; #waiting = false; #stopped = false;
  #word = crypto.randomUUID?.() ?? String(Math.random());

  /**
   * picture() returns the current drawing as a Blob, and options() the model, the seeds and
   * the options of translate in api.js. onresult(results, milliseconds), onstate(busy) and
   * onerror(error) are called as things happen.
   */
  constructor({ picture, options, onresult, onerror, onstate }) {
    Object.assign(this, { picture, options, onresult, onerror, onstate });
  }

  /** Call when the drawing has changed. */
  async changed() {
    this.#waiting = true;
    if (this.#busy || this.#stopped) return;
    this.#busy = true;
    this.onstate(true);
    while (this.#waiting && !this.#stopped) {
      this.#waiting = false;
      try {
        const { model, seeds, ...more } = this.options();
        if (!model) break;
        const picture = await this.picture();
        const started = performance.now();
        const results = [];
        for (const seed of seeds) {
          results.push(await translate(model, picture, { seed, ...more, live: `${this.#word}-${seeds.length > 1 ? seed : ""}` }));
          if (this.#stopped) return;
          await this.onresult(results, (performance.now() - started) / results.length);
          if (this.#waiting) break;
        }
      } catch (error) {
        if (error.superseded) continue;
        if (error.status === 429) {
          await new Promise((later) => setTimeout(later, 500));
          this.#waiting = true;
          continue;
        }
        if (!this.#stopped) this.onerror(error);
      }
    }
    this.#busy = false;
    this.onstate(false);
  }
  stop() { this.#stopped = true; }
}
