// Style transfer: a picture's content in the style of others, while it is painted.
import { upload, submit, cancel, follow, previewOf, ended, get } from "./api.js";
import { draw } from "./look.js";
import { Editor } from "./editor.js";
import { h, button, say, problem, download, dropzone } from "./ui.js";

const kept = "easel:style";

/** A picture that somebody chose, as a thumbnail that can be taken away. */
function thumbnail(file, label, onremove, ...more) {
  return h("figure", { class: "chosen" }, h("img", { src: URL.createObjectURL(file), alt: label }),
    h("figcaption", {}, h("span", { class: "name" }, file.name ?? label), ...more, button("close", `Remove ${label}`, onremove)));
}

const seconds = (s) => (s > 90 ? `${Math.round(s / 60)} min` : `${Math.round(s)} s`);

export function page() {
  let content = null, job = null, stop = () => {};
  const styles = []; // {file, weight, mask}
  const contentPlace = h("div", {}), stylePlace = h("div", { class: "chosen-list" });
  const contentZone = dropzone({ text: "The picture to paint", onfiles: ([f]) => { content = f; show(); } });
  const styleZone = dropzone({ text: "One or more paintings", multiple: true, onfiles: (list) => { for (const file of list) styles.push({ file, weight: 1, mask: null }); show(); } });

  const size = h("select", {}, [[256, "256 pixels, quick"], [512, "512 pixels"], [768, "768 pixels"], [1024, "1024 pixels"], [2048, "2048 pixels, slow"]].map(([v, t]) => h("option", { value: v, selected: v === 512 }, t)));
  const preset = h("select", {}, [["", "easel's own"], ["paper", "Gatys et al. 2016"], ["gatys", "Gatys' code"], ["neural-style", "neural-style"], ["crowsonkb", "style-transfer-pytorch"]].map(([v, t]) => h("option", { value: v }, t)));
  const strokes = h("input", { type: "range", min: -1, max: 1, step: 0.1, value: 0 });
  const colors = h("select", {}, [["style", "of the painting"], ["luminance", "of the picture (brightness only)"], ["covariance", "of the picture"]].map(([v, t]) => h("option", { value: v }, t)));
  const start = button("play", "Paint", run, { text: "Paint" });
  start.classList.add("primary");
  const halt = button("stop", "Stop, and keep the picture so far", async () => { try { await cancel(job.id); } catch (error) { say(problem(error), "bad"); } }, { text: "Stop" });
  const larger = button("play", "Go on at twice the size", () => run({ larger: true }), { text: "Larger" });
  const save = button("save", "Save the picture", async () => download(await (await fetch(picture.src)).blob(), "painted.png"), { text: "Save" });

  const picture = h("img", { alt: "", hidden: true });
  const empty = h("p", { class: "empty soft" }, "The painting appears here while it is made.");
  const surface = h("div", { class: "surface painted" }, empty, picture);
  const progress = h("progress", { max: 1, value: 0, hidden: true, "aria-label": "Progress" });
  const status = h("output", { class: "soft", role: "status" });
  const chartPlace = h("figure", { hidden: true });
  let chart = null;
  const curve = { x: [], y: [] };

  function show() {
    contentPlace.replaceChildren(content ? thumbnail(content, "the content", () => { content = null; show(); }) : contentZone);
    stylePlace.replaceChildren(...styles.map((s, i) => thumbnail(s.file, `style ${i + 1}`, () => { styles.splice(i, 1); show(); },
      h("input", { type: "range", min: 0, max: 2, step: 0.1, value: s.weight, "aria-label": `Weight of style ${i + 1}`, oninput: (e) => (s.weight = Number(e.target.value)) }),
      button("brush", `Where style ${i + 1} goes`, () => mask(s, i), { pressed: Boolean(s.mask) }))), styleZone);
    start.disabled = !content || !styles.length || Boolean(job && !ended(job.state));
    halt.disabled = !job || ended(job.state);
    larger.disabled = save.disabled = !ended(job?.state) || picture.hidden;
  }

  /** Paints where a style goes, over the content: white is there, black is not. */
  async function mask(style, i) {
    if (!content) return say("choose the picture first: the mask is painted over it");
    const bitmap = await createImageBitmap(content);
    const scale = Math.min(1, 512 / Math.max(bitmap.width, bitmap.height));
    const editor = new Editor({ width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale), palette: [[0, 0, 0], [255, 255, 255]], ground: 0, colour: 1, size: 40 });
    if (style.mask) editor.runs = style.mask.runs;
    const under = h("img", { src: URL.createObjectURL(content), alt: "" });
    editor.element.classList.add("mask");
    editor.element.style.aspectRatio = `${editor.map.width} / ${editor.map.height}`;
    editor.element.prepend(under);
    const dialog = h("dialog", { class: "sheet" });
    const done = async (use) => {
      style.mask = use ? { runs: editor.runs, blob: await editor.blob() } : null;
      dialog.close();
      dialog.remove();
      show();
    };
    dialog.append(h("h2", {}, `Where style ${i + 1} goes`), h("div", { class: "bar" },
      ...["brush", "rect", "polygon", "fill", "eraser"].map((t) => button(t, t, () => editor.set({ tool: t }))),
      button("undo", "Undo", () => editor.undo()), button("clear", "Clear", () => editor.clear())),
      editor.element, h("div", { class: "bar" }, button("play", "Use the mask", () => done(true), { text: "Use it" }), button("close", "Without a mask", () => done(false), { text: "No mask" })));
    document.body.append(dialog);
    dialog.showModal();
  }

  async function run({ larger: more = false } = {}) {
    try {
      start.disabled = true;
      status.textContent = "sending pictures …";
      const options = {
        content: await upload(content),
        styles: await Promise.all(styles.map(async (s) => ({ path: await upload(s.file), weight: s.weight, ...(s.mask ? { mask: await upload(s.mask.blob) } : {}) }))),
        size: Number(size.value) * (more ? 2 : 1),
        colours: colors.value,
      };
      if (preset.value) options.preset = preset.value;
      if (Number(strokes.value)) options.style_scale = 2 ** Number(strokes.value);
      if (more) options.init = await upload(await (await fetch(picture.src)).blob());
      watch(await submit("stylize", options));
    } catch (error) {
      status.textContent = "";
      say(problem(error), "bad");
      show();
    }
  }

  function watch(started) {
    job = started;
    sessionStorage.setItem(kept, job.id);
    curve.x.length = curve.y.length = 0;
    chart?.destroy();
    chart = null;
    progress.hidden = false;
    stop();
    stop = follow(job.id, { onjob, onevent });
    show();
  }

  function onevent(e, p) {
    if (p) told(p);
    if (e.event === "end") picture.title = e.text ?? "";
    if (!e.losses || e.done <= (curve.x.at(-1) ?? 0)) return;
    curve.x.push(e.done);
    curve.y.push(e.losses.total);
    if (curve.x.length < 2) return;
    const lines = { title: "Loss", x: "iteration", lines: [{ name: "loss", x: [...curve.x], y: [...curve.y] }] };
    chartPlace.hidden = false;
    chart ? chart.update(lines) : (chart = draw(chartPlace, lines));
  }

  function told(p) {
    if (p.total) { progress.max = p.total; progress.value = p.done; }
    status.textContent = `${p.done} of ${p.total}${p.seconds_left ? `, about ${seconds(p.seconds_left)} left` : ""}`;
    if (p.preview) preview(p.done);
  }

  function onjob(j) {
    job = j;
    if (j.progress) told(j.progress);
    const words = { queued: j.place ? `${j.place} before it` : "waiting", done: "done", cancelled: "stopped: the picture so far is kept", failed: "" };
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
    if (coming) return; // the next one comes soon
    coming = true;
    const next = new Image();
    next.onload = () => { coming = false; picture.src = next.src; picture.hidden = false; picture.alt = "the painting so far"; empty.hidden = true; show(); };
    next.onerror = () => (coming = false);
    next.src = previewOf(job.id, version);
  }

  const label = (text, control) => h("label", { class: "field" }, h("span", {}, text), control);
  show();
  // A reload finds the job that is under way.
  const before = sessionStorage.getItem(kept);
  if (before) get(`/v1/jobs/${before}`).then(watch).catch(() => sessionStorage.removeItem(kept));
  return {
    element: h("section", { class: "style" }, h("h1", {}, "Paint a picture in the style of another"),
      h("div", { class: "bench" },
        h("div", { class: "inputs" }, h("h2", {}, "Picture"), contentPlace, h("h2", {}, "Style"), stylePlace,
          h("div", { class: "fields" }, label("Longer side", size), label("Size of strokes", strokes), label("Recipe", preset), label("Colours", colors))),
        h("div", { class: "stage" }, surface, h("div", { class: "bar" }, h("div", { class: "group" }, start, halt, larger, save), progress, status), chartPlace))),
    stop() { stop(); chart?.destroy(); },
  };
}
