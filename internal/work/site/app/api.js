// What easel serve answers over HTTP, answered by a worker of this page: see worker.js.
import { say } from "./ui.js";

const site = await (await fetch(new URL("site.json", import.meta.url))).json();
const provider = new URLSearchParams(location.search).get("provider"); // to choose what is tried: wasm or webgpu

/** What the page for many pictures says of itself. */
export const pictures = { accept: "image/*", about: "They stay on this machine." };

export const models = async () => site.models;

/** The most pixels that a browser's memory is asked for. */
const largest = 1 << 20;

let worker = null, asked = 0;
const waiting = new Map();

/** Starts the worker, which loads its modules before it can hear anything. */
function start() {
  return new Promise((ready, fail) => {
    const w = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    w.addEventListener("error", () => fail(new Error("this browser cannot run the model: it has no module workers, or a file of the site is missing")));
    w.addEventListener("message", ({ data }) => {
      if (data.ready) return ready(w);
      if (data.progress) return document.dispatchEvent(new CustomEvent("easel:progress", { detail: data.progress }));
      const { done, failed } = waiting.get(data.id);
      waiting.delete(data.id);
      document.dispatchEvent(new Event("easel:ready"));
      if (data.error) failed(new Error(data.error));
      else done(data);
    });
  });
}

async function ask(message, transfer) {
  const w = await (worker ??= start().catch((error) => {
    worker = null; // the next picture tries again
    throw error;
  }));
  return new Promise((done, failed) => {
    const id = asked++;
    waiting.set(id, { done, failed });
    w.postMessage({ id, ...message }, transfer);
  });
}

/** The pixels of a picture on white, made smaller if it has more than a browser can bear. */
async function pixelsOf(picture) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(picture);
  } catch {
    throw new Error("that is not a picture that a browser can read");
  }
  const scale = Math.min(1, Math.sqrt(largest / (bitmap.width * bitmap.height)));
  const width = Math.max(1, Math.floor(bitmap.width * scale)), height = Math.max(1, Math.floor(bitmap.height * scale));
  if (scale < 1) say(`made smaller, from ${bitmap.width} × ${bitmap.height} to ${width} × ${height}: larger ones are for easel translate`);
  const context = canvas(width, height);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}

function canvas(width, height) {
  const element = document.createElement("canvas");
  element.width = width;
  element.height = height;
  return element.getContext("2d", { willReadFrequently: true });
}

/** Translates a picture (a Blob): {blob, seed, by, milliseconds}, a PNG, what made it and how fast. */
export async function translate(model, picture, { seed = 0, noise = true, signal } = {}) {
  const { data: pixels, width, height } = await pixelsOf(picture);
  signal?.throwIfAborted();
  const made = await ask({ model, provider, pixels, width, height, seed: noise ? seed : null }, [pixels.buffer]);
  const context = canvas(width, height);
  context.putImageData(new ImageData(made.pixels, width, height), 0, 0);
  const blob = await new Promise((done) => context.canvas.toBlob(done, "image/png"));
  return { blob, seed, by: made.by, milliseconds: made.milliseconds };
}
