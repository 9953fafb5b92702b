// Style transfer: paints the content of one picture in the style of others, live.
import { upload, submit, cancel, follow, previewOf, ended, get, sent } from "./api.js";
import { draw } from "./look.js";
import { Editor, tools } from "./editor.js";
import { texts } from "./png.js";
import { h, button, say, problem, download, dropzone, titleOf } from "./ui.js";

const kept = "easel:style";
const decided = ["out", "backend", "threads", "max_memory", "save_every", "checkpoint_every", "model", "continue"]; // set by the server

/** The hash of an uploaded file in a path, or in the settings stored in a picture. */
const hashIn = (text) => String(text ?? "").match(/[0-9a-f]{64}/)?.[0];

/** A thumbnail of a chosen picture, with a button to remove it. */
function thumbnail(file, label, onremove, ...more) {
  return h("figure", { class: "chosen" }, h("img", { src: URL.createObjectURL(file), alt: label }),
    h("figcaption", {}, h("span", { class: "name" }, file.name ?? label), ...more, button("close", `Remove ${label}`, onremove)));
}

const seconds = (s) => (s > 90 ? `${Math.round(s / 60)} min` : `${Math.round(s)} s`);

// networkNote says what paints, if that is not VGG-19.
function networkNote(plan) {
  const better = "Get VGG-19's with “easel weights fetch vgg19”.";
  if (plan.random) return `easel paints with an untrained network, which gives coarser results. ${better}`;
  if (plan.small) return `easel paints with its small network, which is fast; VGG-19 itself paints finer. ${better}`;
  return "";
}

export function page(_, models) {
  let base = null; // loaded options; the page shows only a few of them
  let content = null, job = null, stop = () => {};
  const styles = []; // {file, weight, mask: a grey picture or null}
  const contentPlace = h("div", {}), stylePlace = h("div", { class: "chosen-list" });
  const contentZone = dropzone({ text: "Drop a photograph here: what to paint", onfiles: ([f]) => { content = f; show(); } });
  const styleZone = dropzone({ text: "Drop one or more paintings here: how to paint it", multiple: true, onfiles: (list) => { for (const file of list) styles.push({ file, weight: 1, mask: null }); show(); } });

  const size = h("select", {}, [[256, "256 pixels, quick"], [512, "512 pixels"], [768, "768 pixels"], [1024, "1024 pixels"], [2048, "2048 pixels, slow"]].map(([v, t]) => h("option", { value: v, selected: v === 512 }, t)));
  const preset = h("select", {}, [["", "easel's own"], ["loaded", "as loaded", true], ["paper", "Gatys et al. 2016"], ["gatys", "Gatys' code"], ["neural-style", "neural-style"], ["crowsonkb", "style-transfer-pytorch"]].map(([v, t, hidden]) => h("option", { value: v, hidden: Boolean(hidden) }, t)));
  const strokes = h("input", { type: "range", min: -1, max: 1, step: 0.1, value: 0 });
  const colors = h("select", {}, [["style", "of the painting"], ["luminance", "of the picture (brightness only)"], ["covariance", "of the picture"]].map(([v, t]) => h("option", { value: v }, t)));
  const start = button("play", "Paint", run, { text: "Paint" });
  start.classList.add("primary");
  const halt = button("stop", "Stop and keep the picture so far", async () => { try { await cancel(job.id); } catch (error) { say(problem(error), "bad"); } }, { text: "Stop" });
  const larger = button("play", "Continue at twice the size", () => run({ larger: true }), { text: "Larger" });
  const save = button("save", "Save the picture", async () => download(await (await fetch(picture.src)).blob(), `${(content?.name ?? "picture").replace(/\.[^.]*$/, "")}-painted.png`), { text: "Save" });
  const settings = h("input", { type: "file", accept: "image/png", hidden: true, onchange: () => { if (settings.files[0]) load(settings.files[0]); settings.value = ""; } });

  const picture = h("img", { alt: "", hidden: true });
  const empty = h("p", { class: "empty soft" }, "The painting will appear here while it is made. Drop an earlier one here to restore its settings.");
  const surface = h("div", { class: "surface painted" }, empty, picture);
  const progress = h("progress", { max: 1, value: 0, hidden: true, "aria-label": "Progress" });
  const status = h("output", { class: "soft", role: "status" });
  const note = h("p", { class: "soft" });
  const chartPlace = h("figure", { hidden: true });
  let chart = null;
  const parts = { total: "loss", content: "content", style: "style" };
  const curve = { x: [], ys: {} };
  surface.addEventListener("drop", (e) => { if (e.dataTransfer.files[0]) load(e.dataTransfer.files[0]); });

  function show() {
    contentPlace.replaceChildren(content ? thumbnail(content, "the content", () => { content = null; show(); }) : contentZone);
    stylePlace.replaceChildren(...styles.map((s, i) => thumbnail(s.file, `style ${i + 1}`, () => { styles.splice(i, 1); show(); },
      h("label", { class: "inline" }, "weight", h("input", { type: "range", min: 0, max: 2, step: 0.1, value: s.weight, "aria-label": `Weight of style ${i + 1}`, oninput: (e) => (s.weight = Number(e.target.value)) })),
      button("brush", `Paint where style ${i + 1} goes`, () => mask(s, i), { text: s.mask ? "Mask" : "Where", pressed: Boolean(s.mask) }))), styleZone);
    start.disabled = !content || !styles.length || Boolean(job && !ended(job.state));
    halt.disabled = !job || ended(job.state);
    larger.disabled = save.disabled = !ended(job?.state) || picture.hidden;
  }

  /** Lets people paint the mask of a style over the content: the style applies where it is white. */
  async function mask(style, i) {
    if (!content) return say("Choose the photograph first. The mask is painted over it.");
    const bitmap = await createImageBitmap(content);
    const scale = Math.min(1, 512 / Math.max(bitmap.width, bitmap.height));
    const editor = new Editor({ width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale), palette: [[0, 0, 0], [255, 255, 255]], ground: 0, colour: 1, size: 40 });
    if (style.mask) {
      const canvas = h("canvas", { width: editor.map.width, height: editor.map.height }), context = canvas.getContext("2d");
      context.drawImage(await createImageBitmap(style.mask), 0, 0, canvas.width, canvas.height);
      editor.load(context.getImageData(0, 0, canvas.width, canvas.height).data);
    }
    const under = h("img", { src: URL.createObjectURL(content), alt: "" });
    editor.element.classList.add("mask");
    editor.element.style.aspectRatio = `${editor.map.width} / ${editor.map.height}`;
    editor.element.prepend(under);
    const pens = ["brush", "rect", "polygon", "fill", "eraser"].map((t) => Object.assign(button(t, tools[t].name, () => editor.set({ tool: t }), { pressed: editor.tool === t }), { value: t }));
    editor.addEventListener("state", () => { for (const b of pens) b.setAttribute("aria-pressed", String(b.value === editor.tool)); });
    const title = h("h2", {}, `Where style ${i + 1} goes`);
    const dialog = h("dialog", { class: "sheet", "aria-label": title.textContent, onclose: () => dialog.remove() });
    const done = async (use) => {
      style.mask = use ? await editor.blob() : null;
      dialog.close();
      show();
    };
    dialog.append(title, h("div", { class: "bar" },
      h("div", { class: "group" }, ...pens),
      h("div", { class: "group" }, button("undo", "Undo", () => editor.undo()), button("clear", "Clear", () => editor.clear()))),
      editor.element, h("div", { class: "bar" }, button("play", "Use the mask", () => done(true), { text: "Use the mask" }), button("close", "Without a mask", () => done(false), { text: "No mask" })));
    document.body.append(dialog);
    dialog.showModal();
  }

  async function run({ larger: more = false } = {}) {
    try {
      start.disabled = true;
      status.textContent = "Uploading pictures …";
      const options = {
        ...(preset.value === "loaded" ? base : {}),
        content: await sendUp(content),
        styles: await Promise.all(styles.map(async (s) => ({ path: await sendUp(s.file), weight: s.weight, ...(s.mask ? { mask: await upload(s.mask) } : {}) }))),
        size: Number(size.value),
        colours: colors.value,
      };
      if (preset.value && preset.value !== "loaded") options.preset = preset.value;
      if (Number(strokes.value) || preset.value === "loaded") options.style_scale = 2 ** Number(strokes.value);
      if (more) {
        // Go on with the painting: this keeps it and adds detail.
        const now = await (await fetch(picture.src)).blob(), { width, height } = await createImageBitmap(now);
        Object.assign(options, { continue: await upload(now), size: 2 * Math.max(width, height), size_mode: "long", iterations: 60, final_iterations: 0 });
      }
      watch(await submit("stylize", options));
    } catch (error) {
      status.textContent = "";
      say(problem(error), "bad");
      show();
    }
  }

  const names = JSON.parse(localStorage.getItem("easel:pictures") ?? "{}");
  async function sendUp(file) {
    const name = await upload(file);
    if (file.name) names[name.slice(7)] = file.name;
    localStorage.setItem("easel:pictures", JSON.stringify(names));
    return name;
  }

  /** Restores the options of an earlier painting, and its pictures if the server still has them. */
  async function restore(o) {
    const missing = [];
    const again = async (path) => {
      const hash = hashIn(path), blob = hash && (await sent(hash));
      if (!blob) {
        missing.push(names[hash] ?? (hash ? "a picture" : path));
        return null;
      }
      return new File([blob], names[hash] ?? "picture.png", { type: blob.type });
    };
    const found = o.content ? await again(o.content) : null;
    const all = await Promise.all((o.styles ?? []).map(async (s) => ({ file: await again(s.path), weight: s.weight ?? 1, mask: s.mask ? await again(s.mask) : null })));
    content = found ?? content;
    if (all.some((s) => s.file)) styles.splice(0, styles.length, ...all.filter((s) => s.file));
    if (![...size.options].some((c) => c.value === String(o.size))) size.append(h("option", { value: o.size }, `${o.size} pixels`));
    size.value = o.size;
    colors.value = o.colours ?? "style";
    strokes.value = Math.log2(o.style_scale || 1);
    base = Object.fromEntries(Object.entries(o).filter(([k]) => !decided.includes(k)));
    if (!["random", "small"].includes(base.weights)) delete base.weights;
    if (hashIn(base.init)) base.init = `sha256:${hashIn(base.init)}`;
    preset.querySelector("[value=loaded]").hidden = false;
    preset.value = "loaded";
    show();
    return missing;
  }
  async function load(file) {
    try {
      const made = (await texts(file))["easel:stylize"];
      if (!made) return say("This picture has no settings: it was not painted here, or another program has saved it since.", "bad");
      const missing = await restore(JSON.parse(made));
      say(missing.length ? `The settings are restored. The server no longer has these pictures, so choose them again: ${missing.join(", ")}.` : "The settings and pictures are restored.");
    } catch (error) { say(problem(error), "bad"); }
  }

  function watch(started) {
    job = started;
    sessionStorage.setItem(kept, job.id);
    curve.x = [];
    curve.ys = {};
    chart?.destroy();
    chart = null;
    progress.hidden = false;
    stop();
    stop = follow(job.id, { onjob, onevent });
    show();
  }

  function onevent(e, p) {
    if (p) told(p);
    if (e.plan) note.textContent = networkNote(e.plan);
    if (!e.losses || e.done <= (curve.x.at(-1) ?? 0)) return;
    curve.x.push(e.done);
    for (const part of Object.keys(parts)) if (e.losses[part] != null) (curve.ys[part] ??= []).push(e.losses[part]);
    if (curve.x.length < 2) return;
    const lines = Object.entries(curve.ys).filter(([, y]) => y.length === curve.x.length).map(([part, y]) => ({ name: parts[part], x: [...curve.x], y: [...y] }));
    chartPlace.hidden = false;
    chart ? chart.update({ title: "Losses", x: "iteration", lines }) : (chart = draw(chartPlace, { title: "Losses", x: "iteration", lines }));
  }

  function told(p) {
    if (p.total) { progress.max = p.total; progress.value = p.done; }
    status.textContent = `${p.done} of ${p.total}${p.seconds_left ? `, about ${seconds(p.seconds_left)} left` : ""}`;
    if (p.preview) preview(p.done);
  }

  function onjob(j) {
    job = j;
    if (j.progress) told(j.progress);
    const words = { ...(j.progress ? {} : { running: "preparing" }), queued: j.waits ? `waiting: ${j.waits}` : j.place ? `${j.place} ahead of it` : "waiting", paused: "paused", done: "done", cancelled: "stopped, with the picture so far", failed: "" };
    if (j.state in words) status.textContent = words[j.state];
    if (j.state === "failed") say([j.error, j.hint].filter(Boolean).join(" — "), "bad");
    if (ended(j.state)) {
      progress.hidden = true;
      preview("end");
    }
    show();
  }

  let coming = false;
  function preview(version) {
    if (coming) return; // the next one will come soon
    coming = true;
    const next = new Image();
    next.onload = () => { coming = false; picture.src = next.src; picture.hidden = false; picture.alt = "The painting so far"; empty.hidden = true; show(); };
    next.onerror = () => (coming = false);
    next.src = previewOf(job.id, version);
  }

  const label = (text, control) => h("label", { class: "field" }, h("span", {}, text), control);
  show();
  // After a reload, continue to show the current job.
  const before = sessionStorage.getItem(kept);
  if (before) get(`/v1/jobs/${before}`).then((j) => { watch(j); return restore(j.options); }).catch(() => sessionStorage.removeItem(kept));
  const photographs = h("select", {}), minutes = h("input", { type: "number", min: 1, max: 100000, value: 60 });
  const learn = button("play", "Teach a network the style", teach, { text: "Teach" });
  const lesson = h("details", { hidden: true }, h("summary", {}, "Teach a network this style, which then paints in an instant"),
    h("div", { class: "fields" }, label("Photographs to learn on", photographs), label("Minutes", minutes)), h("div", { class: "bar" }, learn));
  get("/v1/data").then(({ data: roots }) => {
    photographs.append(...roots.flatMap((r) => [...(r.files ? [r.name] : []), ...r.folders]).map((name) => h("option", {}, name)));
    lesson.hidden = !photographs.options.length;
  }).catch(() => {});
  async function teach() {
    if (!styles.length) return say("Choose a painting first: the style to teach.");
    learn.disabled = true;
    try {
      await submit("train-style", {
        styles: await Promise.all(styles.map((s) => sendUp(s.file))), data: photographs.value,
        length: { time_nanoseconds: Math.max(1, Number(minutes.value) || 0) * 60e9 },
      });
      location.hash = "#train";
    } catch (error) { say(problem(error), "bad"); }
    learn.disabled = false;
  }
  const fast = models.filter((m) => m.kind === "style" && !m.error);
  return {
    element: h("section", { class: "style" }, h("h1", {}, "Paint a picture in the style of another"),
      h("div", { class: "bench" },
        h("div", { class: "inputs" }, h("h2", {}, "Photograph"), contentPlace, h("h2", {}, "Style"), stylePlace,
          h("div", { class: "fields" }, label("Longer side", size), label("Size of strokes", strokes), label("Recipe", preset), label("Colours", colors)),
          h("div", { class: "bar" }, button("open", "Load the settings of an earlier painting", () => settings.click(), { text: "Load settings" }), settings),
          fast.length > 0 && h("p", {}, "Or paint instantly, even with the camera, with a network that has learned a style: ", fast.flatMap((m, i) => [i ? ", " : "", h("a", { href: `#draw/${encodeURIComponent(m.id)}` }, titleOf(m.id))]), "."), lesson),
        h("div", { class: "stage" }, surface, h("div", { class: "bar" }, h("div", { class: "group" }, start, halt, larger, save), progress, status), note, chartPlace))),
    stop() { stop(); chart?.destroy(); },
  };
}
