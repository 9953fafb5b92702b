// Between pixels [height, width, RGBA] of 8 bits and a network's numbers [1, channels,
// height, width] from −1 to 1, as easel translate does it.

/** Folds an index into 0 … n − 1 as between two mirrors on the outermost pixels. */
export function mirrored(i, n) {
  if (n === 1) return 0;
  const period = 2 * (n - 1), at = ((i % period) + period) % period;
  return Math.min(at, period - at);
}

const padded = (side, { multiple, smallest }) => Math.ceil(Math.max(side, smallest) / multiple) * multiple;

/** Where a picture of a size stands in one that the network takes. */
export function frame(width, height, network) {
  const w = padded(width, network), h = padded(height, network);
  return { width: w, height: h, left: (w - width) >> 1, top: (h - height) >> 1 };
}

/** The network's numbers for RGBA pixels, which are mirrored up to the frame. */
export function toNetwork(pixels, width, height, channels, frame) {
  const area = frame.width * frame.height, data = new Float32Array(channels * area);
  const value = (v) => v / 127.5 - 1;
  for (let y = 0, i = 0; y < frame.height; y++) {
    const row = mirrored(y - frame.top, height) * width;
    for (let x = 0; x < frame.width; x++, i++) {
      const at = 4 * (row + mirrored(x - frame.left, width));
      if (channels === 1) data[i] = value(0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2]);
      else for (let c = 0; c < 3; c++) data[c * area + i] = value(pixels[at + c]);
    }
  }
  return data;
}

/**
 * RGBA pixels of what a network made, without the frame's margin: colours, grey, or
 * the colours of the classes that it finds likeliest.
 */
export function fromNetwork(data, width, height, channels, frame, classes) {
  const area = frame.width * frame.height, pixels = new Uint8ClampedArray(4 * width * height);
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++, o += 4) {
      const i = (y + frame.top) * frame.width + x + frame.left;
      const colour = classes ? classes[likeliest(data, i, area, channels)] : null;
      for (let c = 0; c < 3; c++) pixels[o + c] = colour ? colour[c] : Math.floor((data[(channels === 1 ? 0 : c) * area + i] + 1) * 127.5 + 0.5);
      pixels[o + 3] = 255;
    }
  }
  return pixels;
}

function likeliest(data, i, area, channels) {
  let best = 0;
  for (let c = 1; c < channels; c++) if (data[c * area + i] > data[best * area + i]) best = c;
  return best;
}
