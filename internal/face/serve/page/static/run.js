// The course of a training, from its job's events: curves, samples, warnings.
import { follow, fileOf } from "./api.js";

const adversarial = ["d", "gan"];
const measures = { l1: "L1", psnr: "PSNR in dB", ssim: "SSIM", patches: "Patch distance", accuracy: "Pixel accuracy", iou: "IoU" };

/** Follows a job, and calls changed() after everything new. */
export function run(job, { changed }) {
  const curves = new Map(); // title → Map of name → {x, y}
  const sheets = [], warnings = [];
  const add = (title, values, step) => {
    if (!curves.has(title)) curves.set(title, new Map());
    const lines = curves.get(title);
    for (const [name, v] of Object.entries(values)) {
      if (!lines.has(name)) lines.set(name, { x: [], y: [] });
      const l = lines.get(name);
      if (l.x.length && step <= l.x.at(-1)) continue; // repeated after a restart
      l.x.push(step);
      l.y.push(v);
    }
  };
  const state = { job, curves, sheets, warnings };
  const stop = follow(job.id, {
    onjob(j) {
      state.job = { ...j, progress: j.progress ?? state.job.progress };
      changed(state);
    },
    onevent(e, p) {
      if (p) state.job.progress = p;
      if (e.event === "step") {
        const losses = Object.entries(e.losses ?? {});
        add("Distances to the target (training)", Object.fromEntries(losses.filter(([n]) => !adversarial.includes(n))), e.step);
        add("Adversarial losses (training)", Object.fromEntries(losses.filter(([n]) => adversarial.includes(n))), e.step);
      } else if (e.event === "validation") {
        for (const [name, v] of Object.entries(e.metrics ?? {})) add(`${measures[name] ?? name} (validation)`, { [name]: v }, e.step);
      } else if (e.event === "warning") {
        if (!warnings.includes(e.text)) warnings.push(e.text);
      } else if (e.event === "sample") {
        const src = fileOf(job.id, `${job.kind === "demo" ? "demo/run" : "run"}/samples/${e.path.split(/[\\/]/).pop()}`);
        if (!sheets.some((s) => s.src === src)) sheets.push({ src, title: `Samples at step ${e.step}` });
      }
      changed(state);
    },
  });
  return { state, stop };
}

/** The charts of one run or, with their names, of several. Each line has at least two points. */
export function charts(runs) {
  const titles = [...new Set(runs.flatMap((r) => [...r.state.curves.keys()]))];
  return titles.map((title) => ({
    title, x: "step", zero: !title.startsWith(measures.psnr),
    lines: runs.flatMap((r) => [...(r.state.curves.get(title) ?? [])].filter(([, l]) => l.x.length > 1)
      .map(([name, l]) => ({ name: r.name ? (r.state.curves.get(title).size > 1 ? `${r.name}: ${name}` : r.name) : name, x: [...l.x], y: [...l.y] }))),
  })).filter((c) => c.lines.length > 0);
}
