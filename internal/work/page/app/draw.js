// The drawing page: on the left the drawing, on the right the model's live translation.
import { Editor, tools } from "./editor.js";
import * as api from "./api.js"; // without a server, some functions are missing
import { Live } from "./live.js";
import { findPalette } from "./raster.js";
import { h, button, say, problem, download, dropzone, titleOf } from "./ui.js";

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const hex = (c) => `#${c.map((v) => v.toString(16).padStart(2, "0")).join("")}`;
const paper = [{ colour: "#ffffff", name: "paper" }, { colour: "#000000", name: "line" }];

/** The pixels of a picture, resized: by nearest neighbour for labels, or smoothly. */
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
  if (model.input.kind === "photographs") return photo(model);
  return model.input.kind ? drawing(model) : either(model);
}

/** For a model that does not say what it was trained on: people choose whether to draw. */
function either(model) {
  const place = `easel:input:${model.id}`;
  const ways = { draw: drawing, photo };
  const chosen = h("div", { class: "group", role: "group", "aria-label": "Input of the model" },
    ...[["draw", "brush", "Draw"], ["photo", "camera", "Photograph"]].map(([way, sign, text]) => Object.assign(button(sign, text, () => show(way), { text, pressed: false }), { value: way })));
  const element = h("div", {}, h("section", { class: "either" }, chosen));
  let now = null;
  function show(way) {
    now?.stop();
    now?.element.remove();
    localStorage.setItem(place, way);
    for (const b of chosen.children) b.setAttribute("aria-pressed", String(b.value === way));
    now = ways[way](model);
    element.append(now.element);
  }
  show(ways[localStorage.getItem(place)] ? localStorage.getItem(place) : "draw");
  return { element, stop() { now.stop(); } };
}

/** The right half: the results, their seeds and their times. */
function output(model, { input, onagain, drawn = false }) {
  const slots = []; // {element, image, caption, blob}, one per sample
  const placeholder = h("p", { class: "empty soft" }, drawn ? "The result will appear here while you draw." : "The result will appear here.");
  const figure = h("div", { class: "results" }, placeholder);
  const status = h("output", { class: "soft", role: "status" });
  let seed = 0, samples = 1, chosen = 0;
  const again = () => { arrange(); onagain(); };
  const seedShown = h("input", { type: "number", min: 0, step: 1, value: 0, "aria-label": "Seed", oninput: () => { seed = Math.max(0, Math.floor(Number(seedShown.value) || 0)); again(); } });
  const several = h("select", { "aria-label": "Samples", onchange: () => { samples = Number(several.value); again(); } }, [1, 2, 4, 9].map((n) => h("option", { value: n }, n === 1 ? "1 sample" : `${n} samples`)));
  const noise = model.noise && h("div", { class: "group" },
    h("label", { class: "inline" }, "Seed ", seedShown),
    button("dice", "Another seed", () => { seed = Math.floor(Math.random() * 1e6); seedShown.value = seed; again(); }),
    several);

  function arrange() {
    while (slots.length > samples) slots.pop().element.remove();
    chosen = Math.min(chosen, samples - 1);
    figure.className = `results of-${samples}`;
  }
  function slot(i) {
    if (slots[i]) return slots[i];
    const image = h("img", { alt: "" });
    const caption = h("button", { type: "button", title: "Choose this sample for saving", onclick: () => { chosen = i; mark(); } });
    const one = { image, caption, blob: null, element: h("div", { class: "sample" }, image, caption) };
    slots.push(one);
    placeholder.remove();
    figure.append(one.element);
    return one;
  }
  const mark = () => slots.forEach((s, i) => s.caption.setAttribute("aria-pressed", String(i === chosen)));

  return {
    element: h("div", { class: "stage" }, h("div", { class: "surface" }, figure), h("div", { class: "bar" }, noise || null, status), savers(model, input, () => slots[chosen]?.blob)),
    seeds: () => Array.from({ length: samples }, (_, i) => seed + i),
    async show(results, milliseconds) {
      arrange();
      for (const [i, r] of results.slice(0, samples).entries()) {
        const s = slot(i);
        if (s.blob === r.blob) continue;
        s.blob = r.blob;
        const before = s.image.src;
        s.image.src = URL.createObjectURL(r.blob);
        s.image.alt = `Result of ${titleOf(model.id)}${samples > 1 ? `, seed ${r.seed}` : ""}`;
        s.caption.textContent = `seed ${r.seed}`;
        await s.image.decode().catch(() => {});
        URL.revokeObjectURL(before);
      }
      mark();
      status.textContent = [`${Math.round(results[0].milliseconds ?? milliseconds)} ms`, results[0].by].filter(Boolean).join(", ");
    },
    fail(error) { status.textContent = ""; say(problem(error), "bad"); },
    busy(on) { figure.setAttribute("aria-busy", String(on)); },
  };
}

/** While the model is being trained: says so, and calls again() now and then for its newest state. */
function improving(model, again) {
  const note = h("p", { class: "soft", hidden: true });
  let timer = 0, stopped = false;
  async function look() {
    const progress = document.hidden ? {} : await api.training?.(model.id);
    if (stopped) return;
    note.hidden = !progress;
    if (!progress) return;
    note.textContent = `This model is still being trained${progress.total ? ` (${Math.floor((100 * progress.done) / progress.total)} %)` : ""}. The result improves by itself.`;
    timer = setTimeout(() => { again(); look(); }, 5000);
  }
  look();
  return { element: note, stop() { stopped = true; clearTimeout(timer); } };
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
  const need = (blob, then) => (blob ? then(blob) : say("There is no result yet."));
  return h("div", { class: "group", role: "group", "aria-label": "Save" }, h("span", { class: "soft" }, "Save"),
    button("save", "Save the input", async () => { const blob = await input(); need(blob, () => download(blob, name("input"))); }, { text: "Input" }),
    button("save", "Save the result", () => need(result(), (blob) => download(blob, name("output"))), { text: "Result" }),
    button("save", "Save both, side by side", () => need(result(), async (blob) => download(await sideBySide(await input(), blob), name("pair"))), { text: "Both" }));
}

function drawing(model) {
  const size = model.image_size;
  const edges = model.input.kind === "edges";
  const known = edges ? paper : model.input.palette ?? [];
  const unknown = known.length < 2; // older models do not store their colours: they come from a picture or are added by hand
  const colours = unknown ? paper : known;
  const ground = edges || unknown ? 0 : Math.max(0, colours.findIndex((c) => /wall|facade|background|paper/i.test(c.name ?? "")));
  const editor = new Editor({
    width: size, height: size, palette: colours.map((c) => rgb(c.colour)), ground,
    colour: ground === 0 ? 1 : 0, tool: edges || colours === paper ? "brush" : "rect", size: edges || colours === paper ? 1 : Math.max(2, size >> 5),
  });
  const place = `easel:drawing:${model.id}:${size}`;

  // The translation.
  const out = output(model, { input: () => editor.blob(), onagain: () => live.changed(), drawn: true });
  const live = new Live({
    picture: () => editor.blob(),
    options: () => ({ model: model.id, seeds: out.seeds(), noise: model.noise ? true : undefined }),
    onresult: out.show, onerror: out.fail, onstate: out.busy,
  });
  editor.addEventListener("change", () => live.changed());
  editor.addEventListener("state", () => {
    try { localStorage.setItem(place, JSON.stringify({ colours: editor.palette.map(hex), runs: [...editor.runs] })); } catch { /* private mode or no room: the drawing is not kept */ }
  });

  // Tools.
  const toolButtons = Object.fromEntries(Object.entries(tools).map(([id, t]) => [id, button(id, t.name, () => editor.set({ tool: id }), { key: t.key, pressed: false })]));
  const width = h("input", { type: "range", min: 1, max: Math.max(8, size >> 3), value: editor.size, "aria-label": "Width of brush and line", oninput: () => editor.set({ size: Number(width.value) }) });
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
  const more = unknown && h("div", { class: "group" },
    h("label", { class: "inline" }, "Add a colour ", h("input", { type: "color", value: "#0080ff", onchange: (e) => {
      editor.palette.push(rgb(e.target.value));
      fillPalette();
      editor.set({ colour: editor.palette.length - 1 });
    } })),
    h("span", { class: "soft" }, "This model does not store the colours of its inputs. Open one of its inputs to use the colours in it."));

  async function open(blob) {
    try {
      const { pixels } = await pixelsOf(blob, size, false);
      const found = unknown ? findPalette(pixels) : null;
      if (found) {
        editor.palette = found;
        editor.ground = 0;
        fillPalette();
      }
      editor.load(pixels);
    } catch {
      say("Your browser cannot read this file as a picture.", "bad");
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
  const random = api.example && button("dice", "Load an example from the data", async () => {
    try {
      await open(await api.example(model.id, shown++));
    } catch (error) { say(problem(error), "bad"); }
  }, { text: "Example" });

  const bar = h("div", { class: "bar tools", role: "toolbar", "aria-label": "Tools" },
    h("div", { class: "group" }, ...Object.values(toolButtons)),
    h("div", { class: "group" }, width, widthShown),
    h("div", { class: "group" }, undo, redo, button("clear", "Clear", () => editor.clear())));
  const sources = h("div", { class: "group" }, button("open", "Open a picture to draw over", () => file.click(), { text: "Open" }), random, file);

  const keys = (e) => {
    if (/^(input|select|textarea)$/i.test(e.target.tagName) && e.target.type !== "range") return;
    const key = e.key.toUpperCase();
    if ((e.ctrlKey || e.metaKey) && key === "Z") { e.preventDefault(); return e.shiftKey ? editor.redo() : editor.undo(); }
    if ((e.ctrlKey || e.metaKey) && key === "Y") { e.preventDefault(); return editor.redo(); }
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const tool = Object.keys(tools).find((id) => tools[id].key === key);
    if (tool) editor.set({ tool });
    else if (/^[1-9]$/.test(e.key) && editor.palette[e.key - 1]) editor.set({ colour: e.key - 1 });
    else if (e.key === "[") editor.set({ size: Math.max(1, editor.size - 1) });
    else if (e.key === "]") editor.set({ size: Math.min(Number(width.max), editor.size + 1) });
  };
  document.addEventListener("keydown", keys);

  const stage = h("div", { class: "stage" }, editor.element, palette, more || null, sources);
  stage.addEventListener("drop", (e) => { if (e.dataTransfer.files[0]) open(e.dataTransfer.files[0]); });
  const better = improving(model, () => live.changed());
  out.element.append(better.element);
  const element = h("section", { class: "draw" }, h("h1", { class: "unseen" }, `Draw for ${titleOf(model.id)}`), bar, h("div", { class: "bench" }, stage, out.element));

  // Restore the drawing from before a reload; on the first visit, begin with an example.
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(place));
    if (kept) {
      if (unknown) { editor.palette = kept.colours.map(rgb); fillPalette(); }
      if (kept.colours.length === editor.palette.length) editor.runs = Uint16Array.from(kept.runs);
    }
  } catch { /* nothing is kept */ }
  sync();
  live.changed();
  if (!kept && model.example && model.input.kind && api.example) {
    api.example(model.id, shown).then((blob) => {
      if (editor.history.canUndo) return; // somebody has begun
      shown++;
      return open(blob);
    }).catch(() => {}); // the pairs are gone or unreadable: begin with an empty drawing
  }
  return { element, stop() { better.stop(); live.stop(); document.removeEventListener("keydown", keys); } };
}

/** For models whose input is a photograph: people drop a picture or use the camera. */
function photo(model) {
  let picture = null, stream = null, frame = 0, style = null;
  const strength = h("input", { type: "range", min: 0, max: 1, step: 0.05, value: 1, oninput: () => picture && live.changed() });
  const learned = model.styles?.length > 1 && h("select", { onchange: () => picture && live.changed() }, model.styles.map((name) => h("option", {}, name)));
  const shown = h("div", { class: "surface whole" });
  const video = h("video", { muted: true, playsInline: true, "aria-label": "Camera" });
  const out = output(model, { input: async () => picture, onagain: () => picture && live.changed() });
  const live = new Live({
    picture: async () => picture,
    options: () => ({
      model: picture && (style || !model.any_style) && model.id, seeds: out.seeds(), noise: model.noise ? true : undefined,
      ...(learned ? { style: learned.value } : {}),
      ...(model.any_style ? { strength: Number(strength.value), style: style ?? undefined } : {}),
    }),
    onresult: out.show, onerror: out.fail, onstate: out.busy,
  });
  const painting = model.any_style && dropzone({ text: "Drop a painting here: the style", onfiles: async ([file]) => {
    try {
      style = await api.upload(file);
      painting.replaceWith(h("figure", { class: "chosen" }, h("img", { src: URL.createObjectURL(file), alt: "The style" }), h("figcaption", {}, file.name)));
      live.changed();
    } catch (error) { say(problem(error), "bad"); }
  } });
  const see = () => shown.replaceChildren(h("img", { src: URL.createObjectURL(picture), alt: "The picture to translate" }));
  const take = (blob) => {
    stop();
    picture = blob;
    see();
    live.changed();
  };
  const zone = dropzone({ text: "Drop a picture here, or choose one", onfiles: ([f]) => take(f) });
  shown.append(zone);
  const camera = button("camera", "Use the camera; press again to keep a picture", look, { text: "Camera", pressed: false });
  function stop() {
    cancelAnimationFrame(frame);
    for (const t of stream?.getTracks() ?? []) t.stop();
    stream = null;
    camera.setAttribute("aria-pressed", "false");
  }
  async function look() {
    if (stream) {
      stop();
      return picture && see();
    }
    const side = model.image_size;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: side, height: side, facingMode: "environment" } });
    } catch {
      return say("The camera cannot be used. Either access was denied, or this page was opened neither on the server's own machine nor over https.", "bad");
    }
    camera.setAttribute("aria-pressed", "true");
    video.srcObject = stream;
    await video.play();
    shown.replaceChildren(video);
    const canvas = h("canvas", { width: side, height: side }), context = canvas.getContext("2d");
    const each = () => {
      if (!stream) return;
      const part = Math.min(video.videoWidth, video.videoHeight);
      context.drawImage(video, (video.videoWidth - part) / 2, (video.videoHeight - part) / 2, part, part, 0, 0, side, side);
      canvas.toBlob((blob) => { picture = blob; live.changed(); }, "image/png");
      frame = requestAnimationFrame(each);
    };
    each();
  }
  const stage = h("div", { class: "stage" }, shown, h("div", { class: "group" },
    button("open", "Choose another picture", () => zone.querySelector("input").click(), { text: "Open" }), camera,
    model.any_style && h("label", { class: "inline" }, "Strength ", strength), learned && h("label", { class: "inline" }, "Style ", learned)), painting);
  stage.addEventListener("drop", (e) => { if (e.dataTransfer.files[0]) take(e.dataTransfer.files[0]); });
  const element = h("section", { class: "draw" }, h("h1", { class: "unseen" }, `A photograph for ${titleOf(model.id)}`),
    h("div", { class: "bench" }, stage, out.element));
  return { element, stop() { stop(); live.stop(); } };
}
