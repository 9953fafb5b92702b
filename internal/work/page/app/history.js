// Undo and redo for an index map, stored as runs in a limited number of bytes.
import { pack, unpack } from "./raster.js";

export class History {
  #map; #past = []; #future = []; #bytes = 0; #limit;

  constructor(map, limit = 32 << 20) {
    this.#map = map;
    this.#limit = limit;
  }
  get canUndo() { return this.#past.length > 0; }
  get canRedo() { return this.#future.length > 0; }

  /** Call before the map is changed. */
  keep() {
    this.#push(this.#past, pack(this.#map));
    for (const runs of this.#future) this.#bytes -= runs.byteLength;
    this.#future = [];
    while (this.#bytes > this.#limit && this.#past.length > 1) this.#bytes -= this.#past.shift().byteLength;
  }
  /** Undoes keep, if the change was discarded. */
  drop() { this.#bytes -= this.#past.pop()?.byteLength ?? 0; }
  undo() { return this.#move(this.#past, this.#future); }
  redo() { return this.#move(this.#future, this.#past); }

  #move(from, to) {
    const runs = from.pop();
    if (!runs) return false;
    this.#bytes -= runs.byteLength;
    this.#push(to, pack(this.#map));
    return unpack(runs, this.#map);
  }
  #push(list, runs) {
    list.push(runs);
    this.#bytes += runs.byteLength;
  }
}
