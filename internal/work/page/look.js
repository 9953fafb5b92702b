// What reports and the pages of easel serve share: charts, and sliders over pictures.
// Needs uPlot as a global.

const colours = ["#3b62d8", "#d9573b", "#2f9e68", "#b8860b", "#8d5bd0", "#2596a8", "#c2478b", "#7a6a58"];

/** The value of one of the style's custom properties in the current theme. */
function token(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** Exponential moving average, corrected for the bias of its start; gaps stay gaps. */
export function smooth(values, weight) {
  if (weight === 0) return values;
  let sum = 0, mass = 0;
  return values.map((v) => {
    if (v == null) return v;
    sum = weight * sum + (1 - weight) * v;
    mass = weight * mass + (1 - weight);
    return sum / mass;
  });
}

const readable = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const format = (v) => (v == null ? "–" : readable.format(v));

/** One table of points with a shared, rising x: [x, line, line, …]. */
function table(lines) {
  const tables = lines.map((l) => [l.x, l.y]);
  return tables.length === 1 ? tables[0] : uPlot.join(tables);
}

/** Whether a line has so few values that each can be marked. */
const few = (values) => values.filter((v) => v != null).length < 40;

/** How much a chart is smoothed before anybody says so: losses of single steps are mostly noise. */
const usual = (chart) => (Math.max(...chart.lines.map((l) => l.x.length)) > 150 ? 0.9 : 0);

function options(chart, size, log) {
  const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16; // large on large screens
  const font = `${12 * scale}px system-ui, sans-serif`;
  const axis = () => ({
    stroke: () => token("--soft"),
    grid: { stroke: () => token("--line"), width: 1 },
    ticks: { stroke: () => token("--line"), width: 1 },
    font,
  });
  return {
    ...size,
    scales: { x: { time: false }, y: { distr: log ? 3 : 1, range: !log && chart.zero ? (u, low, high) => [Math.min(0, low), high > low ? high * 1.05 : low + 1] : undefined } },
    axes: [
      { ...axis(), label: chart.x, size: 34 * scale, labelSize: 18 * scale, labelFont: font },
      { ...axis(), size: 60 * scale, values: (u, splits) => splits.map((v) => (v == null ? "" : readable.format(v))) },
    ],
    cursor: { drag: { x: true, y: false }, points: { size: 6 } },
    legend: { live: true },
    series: [
      { label: chart.x, value: (u, v) => format(v) },
      ...chart.lines.map((l, i) => ({
        label: l.name, stroke: colours[i % colours.length], width: 1.75, spanGaps: true, points: { show: (u, series) => few(u.data[series]) }, value: (u, v) => format(v),
      })),
      ...chart.lines.map((l, i) => ({ class: "raw", stroke: `${colours[i % colours.length]}38`, width: 1, spanGaps: true, points: { show: false } })),
    ],
  };
}

/**
 * Draws a chart {title, x, zero, lines: [{name, x, y}]} into a figure.
 * Returns {update(chart), destroy()}.
 */
export function draw(figure, chart) {
  figure.classList.add("chart");
  const tools = document.createElement("span");
  tools.className = "tools";
  const smoothing = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 0.98, step: 0.02, value: 0 });
  const log = Object.assign(document.createElement("input"), { type: "checkbox" });
  const label = (text, input) => {
    const l = document.createElement("label");
    l.append(text, input);
    return l;
  };
  tools.append(label("smooth", smoothing), label("log", log));
  const caption = document.createElement("figcaption");
  caption.append(chart.title, tools);
  const plot = document.createElement("div");
  plot.className = "plot";
  plot.title = "Drag to zoom, double-click to reset";
  figure.replaceChildren(caption, plot);

  let shown = null;
  const size = () => ({ width: Math.max(200, plot.clientWidth), height: Math.round(Math.min(420, Math.max(190, plot.clientWidth * 0.5))) });
  let chosen = false;
  const data = () => { // lines, and behind them faintly what they were before smoothing
    if (!chosen) smoothing.value = usual(chart);
    const [x, ...ys] = table(chart.lines);
    return [x, ...ys.map((y) => smooth(y, Number(smoothing.value))), ...ys];
  };
  const make = () => {
    shown?.destroy();
    shown = new uPlot(options(chart, size(), log.checked), data(), plot);
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", describe(chart));
  };
  make();
  smoothing.addEventListener("input", () => { chosen = true; shown.setData(data()); });
  log.addEventListener("change", make);
  const resized = new ResizeObserver(() => shown.setSize(size()));
  resized.observe(plot);
  const theme = matchMedia("(prefers-color-scheme: dark)");
  const redraw = () => shown.redraw();
  theme.addEventListener("change", redraw);
  document.addEventListener("themechange", redraw);
  return {
    update(next) {
      const same = next.lines.length === chart.lines.length && next.lines.every((l, i) => l.name === chart.lines[i].name);
      chart = next;
      if (same) shown.setData(data());
      else make();
      plot.setAttribute("aria-label", describe(chart));
    },
    destroy() {
      resized.disconnect();
      theme.removeEventListener("change", redraw);
      document.removeEventListener("themechange", redraw);
      shown.destroy();
    },
  };
}

/** Describes a chart in a sentence. */
function describe(chart) {
  const lines = chart.lines.map((l) => `${l.name} from ${format(l.y[0])} to ${format(l.y.at(-1))}`);
  return `${chart.title}: ${lines.join("; ")}`;
}

/** A slider over pictures [{src, title}]; it begins at the last. Returns {update(pictures)}. */
export function slides(figure, pictures) {
  figure.classList.add("slides", "plate");
  const image = document.createElement("img");
  const link = document.createElement("a");
  link.append(image);
  const title = document.createElement("span");
  const slider = Object.assign(document.createElement("input"), { type: "range", min: 0, step: 1 });
  slider.setAttribute("aria-label", "Picture");
  const caption = document.createElement("figcaption");
  caption.append(title, slider);
  figure.replaceChildren(caption, link);
  const show = () => {
    const p = pictures[Number(slider.value)];
    if (!p) return;
    image.src = link.href = p.src;
    image.alt = title.textContent = p.title;
    slider.setAttribute("aria-valuetext", p.title);
  };
  const update = (next) => {
    const atEnd = Number(slider.value) >= pictures.length - 1;
    pictures = next;
    slider.max = Math.max(0, pictures.length - 1);
    if (atEnd) slider.value = slider.max;
    slider.hidden = pictures.length < 2;
    show();
  };
  slider.addEventListener("input", show);
  slider.max = slider.value = Math.max(0, pictures.length - 1);
  update(pictures);
  return { update };
}

// The figures of a report carry their data.
for (const f of document.querySelectorAll("figure[data-chart]")) draw(f, JSON.parse(f.dataset.chart));
for (const f of document.querySelectorAll("figure[data-slides]")) slides(f, JSON.parse(f.dataset.slides));

// A page that follows a run reloads itself, and stays where it was.
const follow = Number(document.documentElement.dataset.follow);
if (follow > 0) setTimeout(() => location.reload(), follow * 1000);
