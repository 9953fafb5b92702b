// Training: choose and check pairs, start, watch curves and samples, pause, stop, compare,
// and draw with the resulting model.
import { submit, cancel, pause, resume, remove, ended, jobs as allJobs } from "./api.js";
import { draw, slides } from "./look.js";
import { chooser, inspection, nameOfData } from "./pairs.js";
import { run, charts } from "./run.js";
import { h, button, say, problem } from "./ui.js";
import { workers, machineOf } from "./workers.js";

const kinds = ["train", "train-style", "demo"];
const time = (s) => (s > 5400 ? `${(s / 3600).toFixed(1)} h` : s > 90 ? `${Math.round(s / 60)} min` : `${Math.round(s)} s`);
const states = { queued: "waiting", running: "training", paused: "paused", done: "finished", failed: "failed", cancelled: "stopped" };
const began = (j) => new Date(j.created).toLocaleString([], { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
const nameOf = (j) => (j.kind === "demo" ? "drawn façades" : j.kind === "train-style" ? `a style, on ${nameOfData(j.options?.data) || "photographs"}` : nameOfData(j.options?.data) || "pairs");

function statusOf(j) {
  if (ended(j.state)) return states[j.state];
  return [states[j.state], j.progress?.total ? `${j.progress.done} of ${j.progress.total}` : "", (j.progress?.seconds_left || j.seconds_left) && j.state === "running" ? `about ${time(j.progress?.seconds_left || j.seconds_left)} left` : "", j.place ? `${j.place} ahead of it` : "", j.waits || "", j.lent ? `on ${machineOf(j.worker)}` : ""].filter(Boolean).join(", ");
}

export function page() {
  const list = h("ul", { class: "runs" });
  const view = h("div", { class: "view" }, h("p", { class: "soft waiting" }, "Curves and samples of a training will appear here."));
  let shown = null, stopped = false, timer = 0, data = "";
  const compared = new Set();
  const others = workers();

  const begin = button("play", "Start the training", start, { text: "Train" });
  begin.classList.add("primary");
  const check = inspection({ onready: (ok) => (begin.disabled = !ok) });
  const pairs = chooser({ drawn: true, ondata: (name) => {
    data = name;
    more.hidden = !name;
    drawn.hidden = Boolean(name);
    check.look(name);
  } });

  const direction = h("select", {}, h("option", { value: "AtoB" }, "left to right (A to B)"), h("option", { value: "BtoA" }, "right to left (B to A)"));
  const preset = h("select", {}, [["laptop", "quick: 128 pixels, for this machine"], ["best", "best: 256 pixels"], ["paper", "as in the paper: 256 pixels"]].map(([v, t]) => h("option", { value: v }, t)));
  const minutes = h("input", { type: "number", min: 1, max: 100000, value: 30 });
  const field = (text, control) => h("label", { class: "field" }, h("span", {}, text), control);
  const more = h("div", { class: "fields", hidden: true }, field("Direction", direction), field("Recipe", preset), field("Minutes", minutes));
  const drawn = h("p", { class: "soft" }, "You need no data: easel draws 400 façades with their labels, and learns to paint façades from labels. This takes a few minutes. You can watch, and draw with the model before it has finished.");

  async function start() {
    begin.disabled = true;
    try {
      const job = data
        ? await submit("train", { data, direction: direction.value, preset: preset.value, length: { time_nanoseconds: Math.max(1, Number(minutes.value) || 0) * 60e9 } })
        : await submit("demo", {});
      open(job);
      view.scrollIntoView({ block: "nearest" }); // on small screens it is below
      await refresh();
    } catch (error) { say(problem(error), "bad"); }
    begin.disabled = false;
  }

  async function refresh() {
    clearTimeout(timer);
    try {
      const jobs = (await allJobs()).filter((j) => kinds.includes(j.kind)).reverse();
      if (stopped) return;
      list.replaceChildren(...jobs.map((j) => item(j, jobs)));
      if (!jobs.length) list.replaceChildren(h("li", { class: "soft" }, "No trainings yet."));
      if (!shown && jobs.length) open(jobs[0]);
      await others.update();
    } catch (error) { if (!stopped) say(problem(error), "bad"); }
    if (!stopped) timer = setTimeout(refresh, 5000);
  }

  function item(j, jobs) {
    const name = `${nameOf(j)}, ${began(j)}`;
    return h("li", { class: shown?.id === j.id ? "chosen-run" : "" },
      h("span", { class: "name" }, nameOf(j)), h("span", { class: "soft" }, began(j)), h("span", { class: "soft grow" }, statusOf(j)),
      jobs.length > 1 && h("label", { class: "inline" }, h("input", { type: "checkbox", checked: compared.has(j.id), "aria-label": `Compare ${name}`, onchange: (e) => { e.target.checked ? compared.add(j.id) : compared.delete(j.id); compareSome(jobs); } }), "compare"),
      h("div", { class: "group" },
        h("button", { type: "button", "aria-label": `Watch ${name}`, "aria-pressed": String(shown?.id === j.id), onclick: () => { compared.clear(); open(j); refresh(); } }, "Watch"),
        ended(j.state) && button("clear", `Remove ${name} with its model`, async () => {
          if (!confirm(`Remove the training of ${name}, and its model?`)) return;
          try {
            await remove(j.id);
            compared.delete(j.id);
            if (shown?.id === j.id) { shown.stop(); shown = null; view.replaceChildren(); }
            await refresh();
          } catch (error) { say(problem(error), "bad"); }
        })));
  }

  function open(job) {
    shown?.stop();
    shown = watch(job, view, refresh);
  }
  function compareSome(jobs) {
    const some = jobs.filter((j) => compared.has(j.id));
    if (some.length < 2) return;
    shown?.stop();
    shown = compare(some, view);
    refresh();
  }

  refresh();
  return {
    element: h("section", { class: "train" }, h("h1", {}, "Train a model"),
      h("div", { class: "bench" },
        h("div", { class: "inputs" }, field("Pairs to learn from", pairs.select), drawn, pairs.zone, pairs.more, check.element, more, h("div", { class: "bar" }, begin), h("h2", {}, "Trainings"), list, others.element),
        view)),
    stop() { stopped = true; clearTimeout(timer); shown?.stop(); },
  };
}

/** Draws the charts that make() returns into an element, at most a few times per second. */
function plotter(place, make) {
  const drawn = new Map(); // title → chart
  let due = 0;
  const redraw = () => {
    due = 0;
    for (const chart of make()) {
      if (drawn.has(chart.title)) drawn.get(chart.title).update(chart);
      else {
        const figure = h("figure", {});
        place.append(figure);
        drawn.set(chart.title, draw(figure, chart));
      }
    }
  };
  return {
    changed() { due ||= setTimeout(redraw, 400); },
    stop() { clearTimeout(due); for (const c of drawn.values()) c.destroy(); },
  };
}

/** Shows the curves, samples and health of one training, live. */
function watch(job, place, onended) {
  const progress = h("progress", { max: 1, value: 0, "aria-label": "Progress" });
  const status = h("output", { class: "soft", role: "status" });
  const health = h("ul", { class: "health" });
  const samples = h("figure", { hidden: true });
  const figures = h("div", { class: "charts" });
  const act = (what) => async () => { try { await what(job.id); } catch (error) { say(problem(error), "bad"); } };
  const hold = button("pause", "Pause; the training is saved and can be resumed", act(pause), { text: "Pause" });
  const go = button("play", "Resume", act(resume), { text: "Resume" });
  const halt = button("stop", "Stop and keep the model so far", act(cancel), { text: "Stop" });
  const use = h("a", { class: "like-button primary", hidden: true, href: `#draw/${encodeURIComponent(job.id)}` }, "Draw with it");
  const report = h("a", { class: "like-button", hidden: true, target: "_blank", rel: "noopener", href: `/v1/models/${encodeURIComponent(job.id)}/report` }, "Report");
  place.replaceChildren(h("h2", {}, nameOf(job)), h("div", { class: "bar" }, progress, status, h("div", { class: "group" }, hold, go, halt, use, report)), health, samples, figures);

  let slider = null, shownSheets = 0, was = job.state;
  const plots = plotter(figures, () => {
    const { sheets } = followed.state;
    if (sheets.length > shownSheets) {
      shownSheets = sheets.length;
      samples.hidden = false;
      slider ? slider.update([...sheets]) : (slider = slides(samples, [...sheets]));
    }
    return charts([followed]);
  });
  function changed({ job: j, sheets, warnings }) {
    progress.hidden = ended(j.state);
    if (j.progress?.total) { progress.max = j.progress.total; progress.value = j.progress.done; }
    status.textContent = statusOf(j);
    hold.hidden = !["running", "queued"].includes(j.state);
    go.hidden = j.state !== "paused";
    halt.hidden = ended(j.state);
    const bad = j.state === "failed" ? [...warnings, problem({ message: j.error, hint: j.hint })] : warnings;
    if (health.children.length !== bad.length) health.replaceChildren(...bad.map((t) => h("li", { class: "bad" }, t)));
    // From its first checkpoint on, a run is a model with the job's id.
    use.hidden = report.hidden = !sheets.length;
    if (was !== j.state) { was = j.state; onended(); }
    plots.changed();
  }
  const followed = run(job, { changed });
  changed(followed.state);
  return { id: job.id, stop() { followed.stop(); plots.stop(); } };
}

/** Shows the curves of several trainings, one chart for each measure. */
function compare(jobs, place) {
  const figures = h("div", { class: "charts" });
  place.replaceChildren(h("h2", {}, `${jobs.length} trainings compared`), figures);
  const names = new Map();
  const plots = plotter(figures, () => charts(runs));
  const runs = jobs.map((j) => {
    const count = (names.get(nameOf(j)) ?? 0) + 1;
    names.set(nameOf(j), count);
    return Object.assign(run(j, { changed: () => plots.changed() }), { name: count > 1 ? `${nameOf(j)} ${count}` : nameOf(j) });
  });
  return { id: null, stop() { for (const r of runs) r.stop(); plots.stop(); } };
}
