// The drawing surface: an index map, tools, undo, mouse, touch, pen and keyboard.
import * as raster from "./raster.js";
import { History } from "./history.js";
import { h, icon } from "./ui.js";

export const tools = {
  brush: { name: "Brush", key: "B", drags: true },
  line: { name: "Line", key: "L", drags: true },
  rect: { name: "Rectangle", key: "R", drags: true },
  polygon: { name: "Polygon", key: "P" },
  fill: { name: "Fill", key: "F" },
  eraser: { name: "Eraser", key: "E", drags: true },
  pick: { name: "Pick a colour", key: "I" },
};

/**
 * An editor for a drawing of width × height pixels with a palette [[r, g, b], …]; ground is
 * the index of the empty drawing's colour. It fires "change" after every change of the map,
 * and "state" also when the tool, colour or size change. Show its element.
 */
export class Editor extends EventTarget {
  constructor({ width, height, palette, ground = 0, tool = "brush", colour = 1, size = 1 }) {
    super();
    Object.assign(this, { palette, ground, tool, colour, size });
    this.map = raster.newMap(width, height, ground);
    this.history = new History(this.map);
    this.points = [];
    this.cursor = null;
    this.canvas = h("canvas", { width, height, class: "exact", tabIndex: 0, role: "application", "aria-roledescription": "drawing" });
    this.canvas.setAttribute("aria-label", "Drawing. Arrow keys move the pen, Shift moves by 8 pixels, Space draws, Escape cancels.");
    this.context = this.canvas.getContext("2d");
    this.image = this.context.createImageData(width, height);
    this.cross = h("div", { class: "cross", hidden: true }, icon("pick"));
    this.element = h("div", { class: "surface" }, this.canvas, this.cross);
    this.#listen();
    this.#show();
  }

  // For others to call.

  set(what) {
    Object.assign(this, what);
    if (what.tool && what.tool !== "polygon") this.#cancel();
    this.dispatchEvent(new Event("state"));
  }
  undo() { this.#cancel(); if (this.history.undo()) this.#changed(); }
  redo() { this.#cancel(); if (this.history.redo()) this.#changed(); }
  clear() { this.#edit((map) => map.data.fill(this.ground)); }

  /** Replaces the drawing: RGBA pixels of the map's size become the nearest colours. */
  load(pixels) { this.#edit((map) => raster.nearest(pixels, this.palette, map)); }

  /** The drawing as runs, for storing; setting it cannot be undone. */
  get runs() { return raster.pack(this.map); }
  set runs(runs) { if (raster.unpack(runs, this.map)) this.#changed(); }

  /** The drawing as an exact PNG. */
  blob() {
    this.#show();
    return new Promise((resolve) => this.canvas.toBlob(resolve, "image/png"));
  }

  // How changes are made.

  #edit(change) {
    this.#cancel();
    this.history.keep();
    change(this.map);
    this.#changed();
  }
  #changed() {
    this.#show();
    this.dispatchEvent(new Event("change"));
    this.dispatchEvent(new Event("state"));
  }
  #show(map = this.map) {
    raster.paint(map, this.palette, this.image.data);
    this.context.putImageData(this.image, 0, 0);
  }
  #cancel() {
    this.before = null;
    this.start = null;
    this.points = [];
    this.#show();
  }
  get #ink() { return this.tool === "eraser" ? this.ground : this.colour; }

  /** The position of an event, in pixels of the map. */
  #place(event) {
    const box = this.canvas.getBoundingClientRect();
    const clamp = (v, n) => Math.max(0, Math.min(n - 1, Math.floor(v)));
    return [clamp(((event.clientX - box.left) / box.width) * this.map.width, this.map.width), clamp(((event.clientY - box.top) / box.height) * this.map.height, this.map.height)];
  }

  /** The pen goes down, moves and comes up, whether by pointer or by keys. */
  down([x, y]) {
    switch (this.tool) {
      case "pick":
        return this.set({ colour: raster.at(this.map, x, y) });
      case "fill":
        return this.#edit((map) => raster.fill(map, x, y, this.#ink));
      case "polygon":
        return this.#corner(x, y);
    }
    this.history.keep();
    this.start = this.last = [x, y];
    this.before = raster.copy(this.map);
    this.move([x, y]);
  }
  move([x, y]) {
    if (this.tool === "polygon" && this.points.length) return this.#outline([...this.points, [x, y]]);
    if (!this.start) return;
    const [sx, sy] = this.start;
    if (this.tool === "brush" || this.tool === "eraser") {
      raster.line(this.map, ...this.last, x, y, this.size, this.#ink);
      this.last = [x, y];
    } else {
      this.map.data.set(this.before.data);
      if (this.tool === "line") raster.line(this.map, sx, sy, x, y, this.size, this.#ink);
      else raster.rectangle(this.map, sx, sy, x, y, this.#ink);
    }
    this.#show();
    this.dispatchEvent(new Event("change"));
  }
  up() {
    if (!this.start) return;
    this.start = this.before = null;
    this.#changed();
  }
  /** Discards what is being drawn. */
  escape() {
    if (this.before) {
      this.map.data.set(this.before.data);
      this.history.drop();
      this.#cancel();
      return this.#changed();
    }
    this.#cancel();
  }

  #corner(x, y) {
    const [first] = this.points;
    if (first && Math.hypot(first[0] - x, first[1] - y) < Math.max(4, this.map.width / 50) && this.points.length > 2) return this.close();
    this.points.push([x, y]);
    this.#outline(this.points);
  }
  #outline(points) {
    const draft = raster.copy(this.map);
    points.forEach((p, i) => { if (i) raster.line(draft, ...points[i - 1], ...p, 1, this.#ink); });
    this.#show(draft);
  }
  /** Closes and fills the polygon that is being drawn. */
  close() {
    const points = this.points;
    if (points.length < 3) return this.#cancel();
    this.#edit((map) => raster.polygon(map, points, this.#ink));
  }

  #listen() {
    const c = this.canvas;
    c.addEventListener("pointerdown", (e) => {
      if (e.button !== 0 || (this.pointer != null && this.pointer !== e.pointerId)) return;
      e.preventDefault();
      c.focus({ preventScroll: true });
      this.pointer = e.pointerId;
      c.setPointerCapture(e.pointerId);
      this.#hide();
      this.down(this.#place(e));
    });
    c.addEventListener("pointermove", (e) => {
      if (this.pointer != null && this.pointer !== e.pointerId) return;
      for (const each of e.getCoalescedEvents?.() ?? []) this.move(this.#place(each));
      this.move(this.#place(e));
    });
    const end = (e) => {
      if (this.pointer !== e.pointerId) return;
      this.pointer = null;
      this.up();
    };
    c.addEventListener("pointerup", end);
    c.addEventListener("pointercancel", (e) => { if (this.pointer === e.pointerId) { this.pointer = null; this.escape(); } });
    c.addEventListener("dblclick", () => { if (this.tool === "polygon") this.close(); });
    c.addEventListener("contextmenu", (e) => e.preventDefault());
    c.addEventListener("keydown", (e) => this.#key(e));
    c.addEventListener("blur", () => this.#hide());
  }

  #key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const { width, height } = this.map;
    if (moves[e.key]) {
      const by = e.shiftKey ? 8 : 1;
      const [x, y] = this.cursor ?? [width >> 1, height >> 1];
      const keep = (v, n) => Math.max(0, Math.min(n - 1, v));
      this.cursor = [keep(x + by * moves[e.key][0], width), keep(y + by * moves[e.key][1], height)];
      this.#point();
      this.move(this.cursor);
    } else if (e.key === " ") {
      this.cursor ??= [width >> 1, height >> 1];
      this.#point();
      // With tools that drag, the first Space puts the pen down and the second lifts it.
      if (this.start) this.up();
      else this.down(this.cursor);
    } else if (e.key === "Enter" && this.points.length) this.close();
    else if (e.key === "Escape") this.escape();
    else return;
    e.preventDefault();
  }
  #point() {
    const [x, y] = this.cursor;
    this.cross.hidden = false;
    this.cross.style.left = `${((x + 0.5) / this.map.width) * 100}%`;
    this.cross.style.top = `${((y + 0.5) / this.map.height) * 100}%`;
  }
  #hide() { this.cross.hidden = true; }
}
