// Judging: measure models on pairs that they have not seen, make the papers' tables, and
// show the resulting pages.
import { get, submit, cancel, remove, ended, fileOf, follow, jobs as allJobs } from "./api.js";
import { chooser, nameOfData } from "./pairs.js";
import { h, button, say, problem, titleOf } from "./ui.js";

const kinds = { evaluate: "Evaluation", experiment: "Tables" };
const states = { queued: "waiting", running: "running", paused: "paused", done: "finished", failed: "failed", cancelled: "stopped" };
const field = (text, control) => h("label", { class: "field" }, h("span", {}, text), control);
const last = (path) => String(path).split(/[\\/]/).filter((p) => p && !["run", "demo", "files"].includes(p)).map(titleOf).pop();
const nameOf = (j) => (j.kind === "evaluate" ? `${(j.options.models ?? []).map(last).join(", ")} on ${nameOfData(j.options.data)}` : `${(j.options.experiments ?? []).join(", ")} on ${nameOfData(j.options.data)}`);

/** The pages among a job's files, as [{title, path}]. */
async function pagesOf(job) {
  const folder = job.kind === "evaluate" ? "evaluation" : "experiment";
  try {
    const { files } = await get(fileOf(job.id, folder));
    return files.filter((f) => f.name.endsWith(".html")).map((f) => ({ title: f.name.replace(/\.html$/, ""), path: `${folder}/${f.name}` }));
  } catch {
    return []; // nothing was written
  }
}

export function page(_, models) {
  const usable = models.filter((m) => !m.error && m.kind !== "style");
  const list = h("ul", { class: "runs" });
  const view = h("div", { class: "view" });
  let shown = null, timer = 0, stopped = false;

  // An evaluation of models.
  const boxes = usable.map((m, i) => h("input", { type: "checkbox", value: m.id, checked: i === 0 }));
  const measured = chooser({ ondata: (name) => { data = name; ready(); } });
  const split = h("select", {}, [["test", "test"], ["val", "validation"], ["train", "training"]].map(([v, t]) => h("option", { value: v }, t)));
  const judge = button("play", "Judge the models", () => begin("evaluate", { models: boxes.filter((b) => b.checked).map((b) => b.value), data, split: split.value }), { text: "Judge" });
  judge.classList.add("primary");
  let data = "";
  for (const b of boxes) b.addEventListener("change", ready);

  // Tables of the papers.
  const tables = chooser({ ondata: (name) => { of = name; ready(); } });
  const which = h("select", { onchange: ready });
  const about = h("p", { class: "soft" });
  const scale = h("select", {}, [["small", "small: at most some hours"], ["medium", "medium"], ["paper", "as in the paper: days"]].map(([v, t]) => h("option", { value: v }, t)));
  const make = button("play", "Make the tables", () => begin("experiment", { experiments: [which.value], data: of, scale: scale.value }), { text: "Make" });
  let of = "", known = [];
  get("/v1/experiments").then(({ experiments }) => {
    known = experiments;
    which.replaceChildren(...known.map((e) => h("option", { value: e.name }, e.name)));
    ready();
  }).catch((error) => say(problem(error), "bad"));

  function ready() {
    judge.disabled = !data || !boxes.some((b) => b.checked);
    make.disabled = !of || !which.value;
    const e = known.find((k) => k.name === which.value);
    about.textContent = e ? `${e.source}: ${e.about}. It needs ${e.needs}.` : "";
  }

  async function begin(kind, options) {
    try {
      const job = await submit(kind, options);
      await refresh();
      open(job);
    } catch (error) { say(problem(error), "bad"); }
  }

  async function refresh() {
    clearTimeout(timer);
    try {
      const jobs = (await allJobs()).filter((j) => kinds[j.kind]).reverse();
      if (stopped) return;
      list.replaceChildren(...jobs.map((j) => h("li", { class: shown?.id === j.id ? "chosen-run" : "" },
        h("span", { class: "name" }, kinds[j.kind]), h("span", { class: "grow" }, nameOf(j)),
        h("span", { class: "soft" }, [states[j.state], !ended(j.state) && j.progress?.total ? `${j.progress.done} of ${j.progress.total}` : ""].filter(Boolean).join(", ")),
        h("div", { class: "group" },
          h("button", { type: "button", "aria-label": `Show ${kinds[j.kind]} ${nameOf(j)}`, "aria-pressed": String(shown?.id === j.id), onclick: () => open(j) }, "Show"),
          ended(j.state) && button("clear", `Remove ${kinds[j.kind]} ${nameOf(j)}`, async () => {
            if (!confirm(`Remove the results for ${nameOf(j)}?`)) return;
            try { await remove(j.id); } catch (error) { return say(problem(error), "bad"); }
            if (shown?.id === j.id) { shown.stop(); shown = null; view.replaceChildren(); }
            refresh();
          })))));
      if (!jobs.length) list.replaceChildren(h("li", { class: "soft" }, "No results yet."));
      if (!shown && jobs.length) open(jobs[0]);
    } catch (error) { if (!stopped) say(problem(error), "bad"); }
    if (!stopped) timer = setTimeout(refresh, 5000);
  }

  function open(job) {
    shown?.stop();
    shown = show(job, view, refresh);
    refresh();
  }

  ready();
  refresh();
  return {
    element: h("section", { class: "judge train" }, h("h1", {}, "Judge models"),
      h("div", { class: "bench" },
        h("div", { class: "inputs" },
          h("p", { class: "soft" }, "Measure how close models come to the truth on pairs they were not trained on. You get numbers with their uncertainty, and pictures: the best, the worst and a few more."),
          h("fieldset", { class: "models" }, h("legend", {}, "Models"), boxes.length ? boxes.map((b) => h("label", { class: "inline" }, b, titleOf(b.value))) : h("p", { class: "soft" }, "No models yet. Train one first.")),
          field("Pairs", measured.select), measured.zone, measured.more,
          h("div", { class: "fields" }, field("Split", split)), h("div", { class: "bar" }, judge),
          h("details", {}, h("summary", {}, "Make one of the papers' tables with your own pairs"),
            h("div", { class: "inputs" }, field("Experiment", which), about, field("Pairs", tables.select), tables.zone, tables.more, h("div", { class: "fields" }, field("Scale", scale)), h("div", { class: "bar" }, make))),
          h("h2", {}, "Results"), list),
        view)),
    stop() { stopped = true; clearTimeout(timer); shown?.stop(); },
  };
}

/** Shows one result: first its progress, then its pages. */
function show(job, place, onended) {
  const progress = h("progress", { max: 1, value: 0, "aria-label": "Progress" });
  const status = h("output", { class: "soft", role: "status" });
  const halt = button("stop", "Stop", async () => { try { await cancel(job.id); } catch (error) { say(problem(error), "bad"); } }, { text: "Stop" });
  const pages = h("div", { class: "pages" });
  place.replaceChildren(h("h2", {}, nameOf(job)), h("div", { class: "bar" }, progress, status, halt), pages);
  let was = job.state;
  async function onjob(j) {
    progress.hidden = halt.hidden = ended(j.state);
    if (j.progress) told(j.progress);
    if (ended(j.state)) status.textContent = j.state === "failed" ? problem({ message: j.error, hint: j.hint }) : states[j.state];
    status.className = j.state === "failed" ? "bad" : "soft";
    if (ended(j.state) && !pages.children.length)
      pages.replaceChildren(...(await pagesOf(j)).flatMap((p) => [
        h("p", {}, h("a", { href: fileOf(j.id, p.path), target: "_blank", rel: "noopener" }, `Open ${p.title} in a new tab`)),
        h("iframe", { src: fileOf(j.id, p.path), title: p.title }),
      ]));
    if (was !== j.state) { was = j.state; onended(); }
  }
  function told(p) {
    if (p.total) { progress.max = p.total; progress.value = p.done; }
    status.textContent = p.total ? `${p.done} of ${p.total}` : states[was];
  }
  onjob(job);
  const stop = follow(job.id, { onjob, onevent: (_, p) => p && told(p) });
  return { id: job.id, stop };
}
