// The random numbers of a seed, the same that easel draws: Philox4x32-10 (Salmon et
// al. 2011). Easel's package graph says which number is which word of which stream.

/** The upper 32 bits of a product of 32-bit numbers. */
function high(a, b) {
  const a0 = a & 0xffff, a1 = a >>> 16, b0 = b & 0xffff, b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  return (a1 * b1 + Math.floor(middle / 65536) + ((a0 * b1 + (middle & 0xffff)) / 65536 >>> 0)) >>> 0;
}

/** The first words of a seed's stream; step 0, the only one of a translation. */
export function words(seed, stream, count) {
  const out = new Uint32Array(Math.ceil(count / 4) * 4);
  const low = seed >>> 0, up = Math.floor(seed / 2 ** 32) >>> 0;
  for (let block = 0; 4 * block < count; block++) {
    let c0 = block, c1 = stream, c2 = 0, c3 = 0, k0 = low, k1 = up;
    for (let round = 0; round < 10; round++) {
      const h0 = high(0xd2511f53, c0), l0 = Math.imul(0xd2511f53, c0);
      const h1 = high(0xcd9e8d57, c2), l1 = Math.imul(0xcd9e8d57, c2);
      c0 = (h1 ^ c1 ^ k0) >>> 0;
      c1 = l1 >>> 0;
      c2 = (h0 ^ c3 ^ k1) >>> 0;
      c3 = l0 >>> 0;
      k0 = (k0 + 0x9e3779b9) >>> 0;
      k1 = (k1 + 0xbb67ae85) >>> 0;
    }
    out.set([c0, c1, c2, c3], 4 * block);
  }
  return out;
}

/**
 * An input of noise for one picture of width × height: {shape, data}, as the model's
 * file describes it, of a seed; without noise if that is null.
 */
export function drawn({ rate, stream, channels, shrink }, width, height, seed) {
  const w = width / shrink, h = height / shrink, area = w * h, count = area * channels;
  const data = new Float32Array(count), shape = [1, channels, h, w];
  if (seed == null) return { shape, data: data.fill(rate ? 1 : 0) };
  const random = words(seed, stream, count + 1);
  const keep = 1 - rate, value = rate ? mask : normal;
  for (let i = 0; i < count; i++) data[(i % channels) * area + Math.floor(i / channels)] = value(random, i, keep);
  return { shape, data };
}

const mask = (words, i, keep) => (words[i] < keep * 2 ** 32 ? 1 / keep : 0);

/** Box and Muller's pair. */
function normal(words, i) {
  const even = i - (i % 2);
  const radius = Math.sqrt(-2 * Math.log((words[even] + 1) / 2 ** 32)), angle = (2 * Math.PI * words[even + 1]) / 2 ** 32;
  return radius * (i % 2 ? Math.sin(angle) : Math.cos(angle));
}
