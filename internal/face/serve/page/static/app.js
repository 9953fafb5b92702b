// The pages of easel serve.
import { start } from "./frame.js";
import { h } from "./ui.js";

/** A drawing of labels, as people draw them, beside the façade that a model makes of it. */
function illustration() {
  const ns = "http://www.w3.org/2000/svg";
  const shape = (name, values) => {
    const e = document.createElementNS(ns, name);
    for (const [key, value] of Object.entries(values)) e.setAttribute(key, value);
    return e;
  };
  const svg = shape("svg", { viewBox: "0 0 220 100", class: "illustration", "aria-hidden": "true" });
  const house = (x, [sky, wall, roof, window, door, ground]) => {
    const rect = (dx, y, width, height, fill) => svg.append(shape("rect", { x: x + dx, y, width, height, fill }));
    rect(0, 0, 92, 100, sky);
    rect(8, 24, 76, 68, wall);
    rect(4, 14, 84, 12, roof);
    for (const [i, j] of [[0, 0], [1, 0], [2, 0], [0, 1], [2, 1]]) rect(16 + 22 * i, 34 + 28 * j, 14, 18, window);
    rect(38, 64, 14, 28, door);
    rect(0, 92, 92, 8, ground);
  };
  house(0, ["#142996", "#3b82f0", "#96295a", "#58e8e8", "#dc1e28", "#464646"]);
  house(128, ["#a9c4dc", "#c9a67e", "#7b4a38", "#39434e", "#5c3b22", "#8c8a86"]);
  svg.append(shape("path", { d: "M100 50h18m-6-6 6 6-6 6", class: "arrow" }));
  return svg;
}

const welcome = () => h("section", { class: "welcome" }, illustration(),
  h("h1", {}, "No model yet"),
  h("p", {}, "easel learns from pairs of pictures to turn one kind into another. To begin, train the demo's model: easel draws the pairs itself, and training takes a few minutes. You can watch it learn."),
  h("p", {}, h("a", { class: "like-button primary", href: "#train" }, "Train a model")),
  h("p", { class: "soft" }, "Or start easel with a model you already have:"),
  h("pre", {}, "easel serve --model runs/facades"));

/** Opened with #token=WORD, the page exchanges the token for a cookie and removes it from the address. */
async function enter() {
  const token = location.hash.match(/^#token=(.+)$/)?.[1];
  if (!token) return;
  history.replaceState(null, "", location.pathname);
  await fetch("/v1/session", { method: "POST", headers: { Authorization: `Bearer ${token}` } });
}

await start({
  pages: {
    draw: { title: "Draw", load: () => import("./draw.js"), model: true },
    translate: { title: "Translate", load: () => import("./translate.js"), model: true },
    style: { title: "Style", load: () => import("./style.js") },
    train: { title: "Train", load: () => import("./train.js") },
    judge: { title: "Judge", load: () => import("./judge.js") },
  },
  welcome, enter,
});
