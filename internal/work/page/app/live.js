// Translates a drawing while it is being made: one picture is on its way at a time,
// and after it only the newest is sent.
import { translate } from "./api.js";

export class Live {
  #busy = false; #waiting = false; #stopped = false;
  #word = crypto.randomUUID?.() ?? String(Math.random());

  /**
   * picture() is a Blob of the drawing as it is now; options() are the model, seeds, and what translate of api.js takes;
   * onresult(results, milliseconds), onstate(busy) and onerror(error) hear what comes.
   */
  constructor({ picture, options, onresult, onerror, onstate }) {
    Object.assign(this, { picture, options, onresult, onerror, onstate });
  }

  /** The drawing is another one now. */
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
