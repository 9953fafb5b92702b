// Runs a model beside the page, so that drawing goes on meanwhile: on the graphics
// processor where the browser lets it, else on the processor.
import { load, prune } from "./store.js";
import { drawn } from "./noise.js";
import { frame, fromNetwork, toNetwork } from "./pixels.js";

const base = new URL("site.json", import.meta.url);
const site = await (await fetch(base)).json();

/** Whether there is a graphics processor, and not a processor that plays one. */
async function hasGPU() {
  try {
    const adapter = await navigator.gpu?.requestAdapter();
    return Boolean(adapter) && !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter);
  } catch {
    return false;
  }
}

/** ONNX Runtime with a provider, "webgpu" or "wasm", and a session of the model on it. */
async function session(provider, model) {
  const files = site.runtime[provider], at = (path) => new URL(path, base).href;
  let done = 0;
  const total = files.wasm.bytes + model.network.bytes;
  const report = (n) => postMessage({ progress: { done: done + n, total } });
  report(0);
  const ort = await import(at(files.script));
  const wasm = await load(files.wasm, base, report);
  done = wasm.length;
  const bytes = await load(model.network, base, report);
  postMessage({ progress: { done: total, total } });
  ort.env.logLevel = "error";
  ort.env.wasm.wasmPaths = { mjs: at(files.glue) };
  ort.env.wasm.wasmBinary = wasm.buffer;
  // Weights of 8 bits become float32 once, and not at every run.
  const made = await ort.InferenceSession.create(bytes, { executionProviders: [provider], extra: { session: { disable_quant_qdq: "1" } } });
  const threads = self.crossOriginIsolated ? ort.env.wasm.numThreads || 1 : 1;
  return { ort, session: made, by: provider === "webgpu" ? "WebGPU" : `WebAssembly, ${threads} thread${threads > 1 ? "s" : ""}` };
}

/** A model, ready to run. What it runs on has been tried: drivers may fail late. */
async function open(model, wanted) {
  if (wanted === "webgpu" || (!wanted && (await hasGPU()))) {
    try {
      const gpu = await session("webgpu", model);
      const side = Math.max(model.network.multiple, model.network.smallest);
      await run(gpu, model, { pixels: new Uint8ClampedArray(4 * side * side), width: side, height: side, seed: null });
      return gpu;
    } catch (error) {
      if (wanted) throw error;
    }
  }
  return session("wasm", model);
}

async function run({ ort, session }, model, { pixels, width, height, seed }) {
  const { network, input, output } = model, place = frame(width, height, network);
  const tensor = (data, shape) => new ort.Tensor("float32", data, shape);
  const feeds = { input: tensor(toNetwork(pixels, width, height, input.channels, place), [1, input.channels, place.height, place.width]) };
  for (const n of network.noise ?? []) {
    const { shape, data } = drawn(n, place.width, place.height, seed);
    feeds[n.input] = tensor(data, shape);
  }
  const made = await session.run(feeds);
  const data = await made.output.getData();
  const result = fromNetwork(data, width, height, made.output.dims[1], place, network.classes);
  made.output.dispose();
  return result;
}

const opened = new Map();

async function answer({ id, model: which, provider, ...picture }) {
  try {
    const model = site.models.find((m) => m.id === which);
    if (!opened.has(which)) {
      opened.set(which, await open(model, provider));
      const files = [site.runtime.webgpu.wasm, site.runtime.wasm.wasm, ...site.models.map((m) => m.network)];
      await prune(files.flatMap((f) => f.parts.map((p) => p.path)), base);
    }
    const ready = opened.get(which), started = performance.now();
    const pixels = await run(ready, model, picture);
    postMessage({ id, pixels, by: ready.by, milliseconds: performance.now() - started }, [pixels.buffer]);
  } catch (error) {
    postMessage({ id, error: error.message });
  }
}

// One picture after the other.
let last = Promise.resolve();
addEventListener("message", ({ data }) => { last = last.then(() => answer(data)); });
postMessage({ ready: true });
