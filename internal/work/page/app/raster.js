// Drawing into an index map: one byte per pixel, the number of a colour. Nothing is
// antialiased, because a mixture of two labels is a colour that no training map has.
//
// A map is {width, height, data: Uint8Array}.

export const newMap = (width, height, colour = 0) => ({ width, height, data: new Uint8Array(width * height).fill(colour) });

export const copy = (map) => ({ ...map, data: map.data.slice() });

const inside = (map, x, y) => x >= 0 && y >= 0 && x < map.width && y < map.height;

export const at = (map, x, y) => (inside(map, x, y) ? map.data[y * map.width + x] : -1);

/** A run of pixels of row y, from x0 to x1, both included. */
function span(map, y, x0, x1, colour) {
  if (y < 0 || y >= map.height) return;
  const from = Math.max(0, x0), to = Math.min(map.width - 1, x1);
  if (from <= to) map.data.fill(colour, y * map.width + from, y * map.width + to + 1);
}

/** A disc of a diameter in pixels; 1 is one pixel. */
export function disc(map, cx, cy, size, colour) {
  const r = size / 2, offset = size % 2 ? 0 : 0.5;
  for (let y = Math.floor(-r); y <= r; y++) {
    const dy = y + offset;
    const square = r * r - dy * dy;
    if (square < 0) continue;
    const half = Math.sqrt(square);
    span(map, cy + y, Math.ceil(cx - offset - half), Math.floor(cx - offset + half - 1e-9), colour);
  }
}

/** A line by Bresenham's algorithm, with a disc as its pen. */
export function line(map, x0, y0, x1, y1, size, colour) {
  const dx = Math.abs(x1 - x0), dy = -Math.abs(y1 - y0);
  const sx = Math.sign(x1 - x0), sy = Math.sign(y1 - y0);
  let error = dx + dy;
  for (;;) {
    if (size <= 1) span(map, y0, x0, x0, colour);
    else disc(map, x0, y0, size, colour);
    if (x0 === x1 && y0 === y1) return;
    const twice = 2 * error;
    if (twice >= dy) { error += dy; x0 += sx; }
    if (twice <= dx) { error += dx; y0 += sy; }
  }
}

/** A filled rectangle between two corners, both included. */
export function rectangle(map, x0, y0, x1, y1, colour) {
  for (let y = Math.min(y0, y1); y <= Math.max(y0, y1); y++) span(map, y, Math.min(x0, x1), Math.max(x0, x1), colour);
}

/** A filled polygon of points [x, y], by the even-odd rule, with its outline. */
export function polygon(map, points, colour) {
  const ys = points.map((p) => p[1]);
  for (let y = Math.max(0, Math.min(...ys)); y <= Math.min(map.height - 1, Math.max(...ys)); y++) {
    const crossings = [];
    points.forEach(([ax, ay], i) => {
      const [bx, by] = points[(i + 1) % points.length];
      if (ay <= y !== by <= y) crossings.push(ax + ((y - ay) / (by - ay)) * (bx - ax));
    });
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) span(map, y, Math.round(crossings[i]), Math.round(crossings[i + 1]), colour);
  }
  points.forEach(([x, y], i) => { const [u, v] = points[(i + 1) % points.length]; line(map, x, y, u, v, 1, colour); });
}

/** Fills the area of one colour (neighbours above, below, left, right) around a pixel. */
export function fill(map, x, y, colour) {
  const old = at(map, x, y);
  if (old < 0 || old === colour) return;
  const stack = [[x, y]];
  while (stack.length) {
    const [px, py] = stack.pop();
    if (at(map, px, py) !== old) continue;
    let left = px, right = px;
    while (at(map, left - 1, py) === old) left--;
    while (at(map, right + 1, py) === old) right++;
    span(map, py, left, right, colour);
    for (const row of [py - 1, py + 1]) {
      for (let i = left; i <= right; i++) if (at(map, i, row) === old && at(map, i - 1, row) !== old) stack.push([i, row]);
      if (at(map, left, row) === old) stack.push([left, row]);
    }
  }
}

/** Runs of equal colours, [length, colour, …], for undo and for storing a drawing. */
export function pack(map) {
  const runs = [];
  for (let i = 0; i < map.data.length; ) {
    let j = i + 1;
    while (j < map.data.length && map.data[j] === map.data[i] && j - i < 65535) j++;
    runs.push(j - i, map.data[i]);
    i = j;
  }
  return Uint16Array.from(runs);
}

/** The inverse of pack, into a map of the same size; false if the sizes differ. */
export function unpack(runs, map) {
  let at = 0;
  for (let i = 0; i + 1 < runs.length; i += 2) {
    if (at + runs[i] > map.data.length) return false;
    map.data.fill(runs[i + 1], at, at + runs[i]);
    at += runs[i];
  }
  return at === map.data.length;
}

/** The colour of each index as RGBA pixels. palette is [[r, g, b], …]. */
export function paint(map, palette, pixels) {
  const words = new Uint32Array(pixels.buffer);
  const little = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
  const table = Uint32Array.from(palette, ([r, g, b]) => (little ? (255 << 24) | (b << 16) | (g << 8) | r : (r << 24) | (g << 16) | (b << 8) | 255) >>> 0);
  for (let i = 0; i < words.length; i++) words[i] = table[map.data[i]] ?? table[0];
}

/** The index of the colour nearest to each of the RGBA pixels. */
export function nearest(pixels, palette, map) {
  const known = new Map();
  for (let i = 0; i < map.data.length; i++) {
    const key = (pixels[4 * i] << 16) | (pixels[4 * i + 1] << 8) | pixels[4 * i + 2];
    let best = known.get(key);
    if (best == null) {
      let least = Infinity;
      palette.forEach(([r, g, b], index) => {
        const d = (pixels[4 * i] - r) ** 2 + (pixels[4 * i + 1] - g) ** 2 + (pixels[4 * i + 2] - b) ** 2;
        if (d < least) [least, best] = [d, index];
      });
      known.set(key, best);
    }
    map.data[i] = best;
  }
}

/**
 * The colours that cover most RGBA pixels, commonest first, if a few colours cover nearly
 * all of them, as in a label map; otherwise null.
 */
export function findPalette(pixels, most = 40, share = 0.9) {
  const counts = new Map();
  for (let i = 0; i < pixels.length; i += 4) {
    const key = (pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2];
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const total = pixels.length / 4, colours = [];
  let covered = 0;
  for (const [key, n] of [...counts].sort((a, b) => b[1] - a[1])) {
    const rgb = [key >> 16, (key >> 8) & 255, key & 255];
    covered += n;
    // Compression spreads a colour: neighbours belong to it.
    if (colours.some((c) => Math.max(...c.map((v, i) => Math.abs(v - rgb[i]))) < 24)) continue;
    if (n < total / 2000) continue;
    colours.push(rgb);
    if (colours.length > most) return null;
  }
  return colours.length > 1 && covered / total >= share ? colours : null;
}
