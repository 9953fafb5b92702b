// Training: choose pairs, start, watch curves and samples, stop, go on, and draw with
// the model that came of it.
import { submit, cancel, follow, fileOf, ended as over, get, jobs as allJobs } from "./api.js";
import { draw, slides } from "./look.js";
import { h, button, say, problem } from "./ui.js";

const kinds = ["train", "demo"];
const ended = (j) => over(j.state);
const time = (s) => (s > 5400 ? `${(s / 3600).toFixed(1)} h` : s > 90 ? `${Math.round(s / 60)} min` : `${Math.round(s)} s`);
const nameOf = (j) => (j.kind === "demo" ? "drawn façades" : String(j.options?.data ?? "").split(/[\\/]/).pop() || "pairs");
const states = { queued: "waiting", running: "training", done: "finished", failed: "failed", cancelled: "stopped" };

export function page() {
  const list = h("ul", { class: "runs" });
  const view = h("div", { class: "view" });
  let shown = null, stopped = false, timer = 0;

  const data = h("select", { "aria-label": "Pairs" }, h("option", { value: "" }, "drawn façades (no data needed)"));
  // Pairs are a folder that the server may read, or one inside it.
  get("/v1/data").then(({ data: roots }) => {
    for (const r of roots) for (const name of [r.name, ...r.folders.filter((f) => !/\/(A|B|train|val|test)$/.test(f))]) data.append(h("option", { value: name }, name));
  }).catch(() => {});
  const direction = h("select", {}, h("option", { value: "AtoB" }, "left to right (A to B)"), h("option", { value: "BtoA" }, "right to left (B to A)"));
  const preset = h("select", {}, [["laptop", "for this machine: 128 pixels"], ["best", "the best recipe: 256 pixels"], ["paper", "the paper's, item by item"]].map(([v, t]) => h("option", { value: v }, t)));
  const minutes = h("input", { type: "number", min: 1, max: 100000, value: 30 });
  const field = (text, control) => h("label", { class: "field" }, h("span", {}, text), control);
  const more = h("div", { class: "fields" }, field("Which way", direction), field("Recipe", preset), field("Minutes", minutes));
  const chosen = () => (more.hidden = !data.value);
  data.addEventListener("change", chosen);
  chosen();

  async function start() {
    try {
      const job = data.value
        ? await submit("train", { data: data.value, direction: direction.value, preset: preset.value, length: { time_nanoseconds: Number(minutes.value) * 60e9 } })
        : await submit("demo", {});
      await refresh();
      open(job);
    } catch (error) { say(problem(error), "bad"); }
  }

  async function refresh() {
    clearTimeout(timer);
    try {
      const jobs = (await allJobs()).filter((j) => kinds.includes(j.kind)).reverse();
      list.replaceChildren(...jobs.map((j) => h("li", {},
        h("span", { class: "name" }, nameOf(j)),
        h("span", { class: "soft" }, [states[j.state], j.progress?.total && !ended(j) ? `${j.progress.done} of ${j.progress.total}` : "", j.seconds_left && !ended(j) ? `about ${time(j.seconds_left)} left` : "", j.place ? `${j.place} before it` : ""].filter(Boolean).join(", ")),
        h("button", { type: "button", "aria-pressed": String(shown?.id === j.id), onclick: () => open(j) }, "Watch"))));
      if (!jobs.length) list.replaceChildren(h("li", { class: "soft" }, "Nothing has been trained here yet."));
      if (!shown && jobs.length) open(jobs[0]);
    } catch (error) { if (!stopped) say(problem(error), "bad"); }
    if (!stopped) timer = setTimeout(refresh, 5000);
  }

  function open(job) {
    shown?.stop();
    shown = watch(job, view);
    for (const b of list.querySelectorAll("button")) b.setAttribute("aria-pressed", "false");
  }

  refresh();
  const begin = button("play", "Start the training", start, { text: "Train" });
  begin.classList.add("primary");
  return {
    element: h("section", { class: "train" }, h("h1", {}, "Train a model"),
      h("div", { class: "bench" },
        h("div", { class: "inputs" }, h("h2", {}, "Pairs"), field("Which pairs", data), more, h("div", { class: "bar" }, begin), h("h2", {}, "Trainings"), list),
        view)),
    stop() { stopped = true; clearTimeout(timer); shown?.stop(); },
  };
}

/** Curves, samples and health of one training, live. */
function watch(job, place) {
  const progress = h("progress", { max: 1, value: 0, "aria-label": "Progress" });
  const status = h("output", { class: "soft", role: "status" });
  const health = h("ul", { class: "health" });
  const samples = h("figure", { hidden: true });
  const charts = h("div", { class: "charts" });
  const halt = button("stop", "Stop, and keep what is there", async () => { try { await cancel(job.id); } catch (error) { say(problem(error), "bad"); } }, { text: "Stop" });
  const use = h("a", { class: "like-button", hidden: true }, "Draw with it");
  place.replaceChildren(h("h2", {}, nameOf(job)), h("div", { class: "bar" }, progress, status, halt, use), health, samples, charts);

  const curves = new Map(); // title → {names, lines: name → {x, y}, drawn}
  const sheets = [];
  let slider = null, due = 0, drawn = 0;
  const curve = (title, values, step) => {
    if (!curves.has(title)) curves.set(title, { lines: new Map(), drawn: null });
    const c = curves.get(title);
    for (const [name, v] of Object.entries(values)) {
      if (!c.lines.has(name)) c.lines.set(name, { x: [], y: [] });
      const l = c.lines.get(name);
      if (l.x.length && step <= l.x.at(-1)) continue; // told again after a reconnection
      l.x.push(step);
      l.y.push(v);
    }
    due ||= setTimeout(redraw, 400);
  };
  function redraw() {
    due = 0;
    if (sheets.length > drawn) {
      drawn = sheets.length;
      samples.hidden = false;
      slider ? slider.update([...sheets]) : (slider = slides(samples, [...sheets]));
    }
    for (const [title, c] of curves) {
      const lines = [...c.lines].filter(([, l]) => l.x.length > 1).map(([name, l]) => ({ name, x: [...l.x], y: [...l.y] }));
      if (!lines.length) continue;
      const chart = { title, x: "step", zero: true, lines };
      if (c.drawn) c.drawn.update(chart);
      else {
        const figure = h("figure", {});
        charts.append(figure);
        c.drawn = draw(figure, chart);
      }
    }
  }
  const pick = (values, names) => Object.fromEntries(Object.entries(values ?? {}).filter(([n]) => names.includes(n)));
  function onevent(e, p) {
    if (p) told(p);
    if (e.event === "step") {
      const adversarial = pick(e.losses, ["d", "gan"]);
      const rest = Object.fromEntries(Object.entries(e.losses ?? {}).filter(([n]) => !(n in adversarial)));
      curve("Distances to the target (training)", rest, e.step);
      curve("Adversarial losses (training)", adversarial, e.step);
    } else if (e.event === "validation") {
      for (const [name, v] of Object.entries(e.metrics ?? {})) curve(`${name} (validation)`, { [name]: v }, e.step);
    } else if (e.event === "warning") {
      health.append(h("li", { class: "bad" }, e.text));
    } else if (e.event === "sample") {
      const path = `${job.kind === "demo" ? "demo/run" : "run"}/samples/${e.path.split(/[\\/]/).pop()}`;
      sheets.push({ src: fileOf(job.id, path), title: `samples of step ${e.step}` });
      usable();
      due ||= setTimeout(redraw, 400);
    }
  }
  function told(p) {
    progress.hidden = ended(job);
    if (ended(job)) return (status.textContent = states[job.state]);
    if (p?.total) { progress.max = p.total; progress.value = p.done; }
    status.textContent = [states[job.state], p?.total ? `${p.done} of ${p.total}` : "", p?.seconds_left ? `about ${time(p.seconds_left)} left` : ""].filter(Boolean).join(", ");
  }
  function onjob(j) {
    job = { ...j, progress: j.progress ?? job.progress };
    told(job.progress);
    halt.disabled = ended(j);
    if (j.state === "failed") health.append(h("li", { class: "bad" }, [j.error, j.hint].filter(Boolean).join(" — ")));
    if (sheets.length) usable();
  }
  // A run is a model with the job's id from its first checkpoint on.
  function usable() {
    use.hidden = false;
    use.href = `#draw/${encodeURIComponent(job.id)}`;
  }
  onjob(job);
  const stop = follow(job.id, { onjob, onevent });
  return {
    id: job.id,
    stop() { stop(); clearTimeout(due); for (const c of curves.values()) c.drawn?.destroy(); },
  };
}
