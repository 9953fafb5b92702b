// The drawing page: a drawing on the left, what the model makes of it on the right,
// while it is being drawn.
import { Editor, tools } from "./editor.js";
import { example } from "./api.js";
import { Live } from "./live.js";
import { findPalette } from "./raster.js";
import { h, button, say, problem, download, dropzone } from "./ui.js";

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const hex = (c) => `#${c.map((v) => v.toString(16).padStart(2, "0")).join("")}`;
const paper = [{ colour: "#ffffff", name: "paper" }, { colour: "#000000", name: "line" }];

/** The pixels of a picture at a size: labels by nearest neighbour, or smoothly. */
async function pixelsOf(blob, size, smooth) {
  const picture = await createImageBitmap(blob);
  const canvas = h("canvas", { width: size, height: size });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingEnabled = smooth;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, size, size);
  context.drawImage(picture, 0, 0, size, size);
  picture.close();
  return { canvas, pixels: context.getImageData(0, 0, size, size).data };
}

/** The page for a model. Returns {element, stop()}. */
export function page(model) {
  const photographs = model.input.kind === "photographs";
  return photographs ? photo(model) : drawing(model);
}

/** The right half: results, and what is known about them. */
function output(model, { onagain }) {
  const figure = h("div", { class: "results" });
  const status = h("output", { class: "soft", role: "status" });
  let seed = 0, samples = 1, urls = [], newest = null;
  const seedShown = h("input", { type: "number", min: 0, step: 1, value: 0, "aria-label": "Seed", oninput: () => { seed = Math.max(0, Math.floor(Number(seedShown.value) || 0)); onagain(); } });
  const several = h("select", { "aria-label": "Samples", onchange: () => { samples = Number(several.value); onagain(); } }, [1, 2, 4].map((n) => h("option", { value: n }, n === 1 ? "1 sample" : `${n} samples`)));
  const noise = model.noise && h("div", { class: "group" },
    h("label", { class: "inline" }, "seed ", seedShown),
    button("dice", "Another seed", () => { seed = Math.floor(Math.random() * 1e6); seedShown.value = seed; onagain(); }),
    several);
  const placeholder = h("p", { class: "empty soft" }, "What the model makes of it appears here, while you draw.");
  figure.append(placeholder);
  return {
    element: h("div", { class: "stage" }, h("div", { class: "surface" }, figure), h("div", { class: "bar" }, noise || null, status)),
    seeds: () => Array.from({ length: samples }, (_, i) => seed + i),
    newest: () => newest,
    async show(results, milliseconds) {
      const fresh = results.map((r) => URL.createObjectURL(r.blob));
      const images = results.map((r, i) => h("img", { src: fresh[i], alt: `what ${model.id} made of the drawing${samples > 1 ? `, seed ${r.seed}` : ""}`, title: model.noise ? `seed ${r.seed}` : "" }));
      await Promise.all(images.map((i) => i.decode().catch(() => {})));
      figure.className = `results of-${samples}`;
      figure.replaceChildren(...images);
      for (const url of urls) URL.revokeObjectURL(url);
      urls = fresh;
      newest = results[0].blob;
      status.textContent = [`${Math.round(milliseconds)} ms`, results[0].by].filter(Boolean).join(", ");
    },
    fail(error) { status.textContent = ""; say(problem(error), "bad"); },
    busy(on) { figure.setAttribute("aria-busy", String(on)); },
  };
}

async function sideBySide(a, b) {
  const pictures = await Promise.all([createImageBitmap(a), createImageBitmap(b)]);
  const canvas = h("canvas", { width: pictures[0].width + pictures[1].width, height: Math.max(...pictures.map((p) => p.height)) });
  const context = canvas.getContext("2d");
  context.drawImage(pictures[0], 0, 0);
  context.drawImage(pictures[1], pictures[0].width, 0);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function savers(model, input, result) {
  const name = (what) => `${model.id}-${what}.png`;
  const need = (blob, then) => (blob ? then(blob) : say("there is no result yet"));
  return h("div", { class: "group" },
    button("save", "Save the input", async () => download(await input(), name("input")), { text: "Input" }),
    button("save", "Save the result", () => need(result(), (blob) => download(blob, name("output"))), { text: "Result" }),
    button("save", "Save both, side by side", () => need(result(), async (blob) => download(await sideBySide(await input(), blob), name("pair"))), { text: "Both" }));
}

function drawing(model) {
  const size = model.image_size;
  const edges = model.input.kind === "edges";
  const known = edges ? paper : model.input.palette ?? [];
  const colours = known.length > 1 ? known : paper;
  const ground = edges || known.length < 2 ? 0 : Math.max(0, colours.findIndex((c) => /wall|facade|background|paper/i.test(c.name ?? "")));
  const editor = new Editor({
    width: size, height: size, palette: colours.map((c) => rgb(c.colour)), ground,
    colour: ground === 0 ? 1 : 0, tool: edges || colours === paper ? "brush" : "rect", size: edges || colours === paper ? 1 : Math.max(2, size >> 5),
  });
  const place = `easel:drawing:${model.id}:${size}`;

  // What it makes.
  const out = output(model, { onagain: () => live.changed() });
  const live = new Live({
    picture: () => editor.blob(),
    options: () => ({ model: model.id, seeds: out.seeds(), noise: model.noise ? true : undefined }),
    onresult: out.show, onerror: out.fail, onstate: out.busy,
  });
  editor.addEventListener("change", () => live.changed());
  editor.addEventListener("state", () => {
    try { localStorage.setItem(place, JSON.stringify({ colours: editor.palette.map(hex), runs: [...editor.runs] })); } catch { /* private mode, or full: then it is not kept */ }
  });

  // Tools.
  const toolButtons = Object.fromEntries(Object.entries(tools).map(([id, t]) => [id, button(id, t.name, () => editor.set({ tool: id }), { key: t.key, pressed: false })]));
  const width = h("input", { type: "range", min: 1, max: Math.max(8, size >> 3), value: editor.size, "aria-label": "Size of brush and line", oninput: () => editor.set({ size: Number(width.value) }) });
  const widthShown = h("output", { class: "soft" });
  const undo = button("undo", "Undo", () => editor.undo(), { key: "Ctrl+Z" });
  const redo = button("redo", "Redo", () => editor.redo(), { key: "Ctrl+Shift+Z" });
  const file = h("input", { type: "file", accept: "image/*", hidden: true, onchange: async () => { if (file.files[0]) await open(file.files[0]); file.value = ""; } });
  const palette = h("div", { class: "palette", role: "radiogroup", "aria-label": "Colours" });

  const fillPalette = (names) => palette.replaceChildren(...editor.palette.map((c, i) => {
    const swatch = h("span", { class: "chip" });
    swatch.style.background = hex(c);
    return h("button", { type: "button", role: "radio", "data-index": i, onclick: () => editor.set({ colour: i, ...(editor.tool === "eraser" || editor.tool === "pick" ? { tool: "brush" } : {}) }) }, swatch, names?.[i] || hex(c));
  }));
  fillPalette(colours.map((c) => c.name));

  async function open(blob) {
    try {
      const { pixels } = await pixelsOf(blob, size, false);
      const found = known.length < 2 && !edges ? findPalette(pixels) : null;
      if (found) {
        editor.palette = found;
        editor.ground = 0;
        fillPalette();
      }
      editor.load(pixels);
    } catch {
      say("that is not a picture that a browser can read", "bad");
    }
  }
  const sync = () => {
    for (const [id, b] of Object.entries(toolButtons)) b.setAttribute("aria-pressed", String(editor.tool === id));
    for (const b of palette.children) {
      b.setAttribute("aria-checked", String(Number(b.dataset.index) === editor.colour));
      b.tabIndex = Number(b.dataset.index) === editor.colour ? 0 : -1;
    }
    undo.disabled = !editor.history.canUndo;
    redo.disabled = !editor.history.canRedo;
    width.value = editor.size;
    widthShown.textContent = `${editor.size} px`;
  };
  editor.addEventListener("state", sync);
  palette.addEventListener("keydown", (e) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
    if (!by) return;
    e.preventDefault();
    const n = editor.palette.length;
    editor.set({ colour: (editor.colour + by + n) % n });
    palette.children[editor.colour].focus();
  });

  let shown = 0;
  const random = example && button("dice", "An example of the data", async () => {
    try {
      await open(await example(model.id, shown++));
    } catch (error) { say(problem(error), "bad"); }
  }, { text: "Example" });

  const bar = h("div", { class: "bar tools", role: "toolbar", "aria-label": "Tools" },
    h("div", { class: "group" }, ...Object.values(toolButtons)),
    h("div", { class: "group" }, width, widthShown),
    h("div", { class: "group" }, undo, redo, button("clear", "Clear", () => editor.clear())));
  const actions = h("div", { class: "bar" },
    h("div", { class: "group" }, button("open", "Load a picture to draw over", () => file.click(), { text: "Load" }), random, file),
    savers(model, () => editor.blob(), out.newest));

  const keys = (e) => {
    if (/^(input|select|textarea)$/i.test(e.target.tagName) && e.target.type !== "range") return;
    const key = e.key.toUpperCase();
    if ((e.ctrlKey || e.metaKey) && key === "Z") { e.preventDefault(); return e.shiftKey ? editor.redo() : editor.undo(); }
    if ((e.ctrlKey || e.metaKey) && key === "Y") { e.preventDefault(); return editor.redo(); }
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const tool = Object.keys(tools).find((id) => tools[id].key === key);
    if (tool) editor.set({ tool });
    else if (e.key === "[") editor.set({ size: Math.max(1, editor.size - 1) });
    else if (e.key === "]") editor.set({ size: Math.min(Number(width.max), editor.size + 1) });
  };
  document.addEventListener("keydown", keys);

  const stage = h("div", { class: "stage" }, editor.element, palette);
  stage.addEventListener("dragover", (e) => e.preventDefault());
  stage.addEventListener("drop", (e) => { e.preventDefault(); if (e.dataTransfer.files[0]) open(e.dataTransfer.files[0]); });
  const element = h("section", { class: "draw" }, h("h1", { class: "unseen" }, `Draw for ${model.id}`), bar, h("div", { class: "bench" }, stage, out.element), actions);

  // The drawing from before a reload.
  try {
    const kept = JSON.parse(localStorage.getItem(place));
    if (kept) {
      if (known.length < 2 && !edges) { editor.palette = kept.colours.map(rgb); fillPalette(); }
      if (kept.colours.length === editor.palette.length) editor.runs = Uint16Array.from(kept.runs);
    }
  } catch { /* nothing is kept */ }
  sync();
  live.changed();
  return { element, stop() { live.stop(); document.removeEventListener("keydown", keys); } };
}

/** For models whose input is a photograph: a picture is dropped, or the camera looks. */
function photo(model) {
  let picture = null, stream = null, frame = 0;
  const shown = h("div", { class: "surface" });
  const video = h("video", { muted: true, playsInline: true, "aria-label": "The camera" });
  const out = output(model, { onagain: () => picture && live.changed() });
  const live = new Live({
    picture: async () => picture,
    options: () => ({ model: picture && model.id, seeds: out.seeds(), noise: model.noise ? true : undefined }),
    onresult: out.show, onerror: out.fail, onstate: out.busy,
  });
  const take = (blob) => {
    picture = blob;
    shown.replaceChildren(h("img", { src: URL.createObjectURL(blob), alt: "the picture to translate" }));
    live.changed();
  };
  const zone = dropzone({ text: "Drop a picture, or choose one", onfiles: ([f]) => { stop(); take(f); } });
  shown.append(zone);
  function stop() {
    cancelAnimationFrame(frame);
    for (const t of stream?.getTracks() ?? []) t.stop();
    stream = null;
  }
  async function look() {
    if (stream) return stop();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: model.image_size, height: model.image_size, facingMode: "environment" } });
    } catch {
      return say("the camera cannot be used here: browsers allow it on this machine and over https only", "bad");
    }
    video.srcObject = stream;
    await video.play();
    shown.replaceChildren(video);
    const size = model.image_size, canvas = h("canvas", { width: size, height: size }), context = canvas.getContext("2d");
    const each = () => {
      if (!stream) return;
      const side = Math.min(video.videoWidth, video.videoHeight);
      context.drawImage(video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, size, size);
      canvas.toBlob((blob) => { picture = blob; live.changed(); }, "image/png");
      frame = requestAnimationFrame(each);
    };
    each();
  }
  const element = h("section", { class: "draw" }, h("h1", { class: "unseen" }, `A photograph for ${model.id}`),
    h("div", { class: "bench" }, h("div", { class: "stage" }, shown), out.element),
    h("div", { class: "bar" },
      h("div", { class: "group" }, button("open", "Another picture", () => { stop(); picture = null; shown.replaceChildren(zone); }, { text: "Another" }), button("camera", "Use the camera", look, { text: "Camera" })),
      savers(model, async () => picture, out.newest)));
  return { element, stop() { stop(); live.stop(); } };
}
