// The pages of easel serve.
import { start } from "./frame.js";
import { h } from "./ui.js";

const welcome = () => h("section", { class: "report welcome" },
  h("h1", {}, "No model yet"),
  h("p", {}, "easel learns to turn one kind of picture into another from pairs. Train the demo's model: it draws its own façades, and takes about two minutes."),
  h("p", {}, h("a", { class: "like-button primary", href: "#train" }, "Train one, live")),
  h("p", { class: "soft" }, "Or start the server with a model that you have:"),
  h("pre", {}, "easel serve --model runs/facades"));

/** A server that others reach is opened with #token=WORD: it becomes a cookie, and leaves the address. */
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
  },
  welcome, enter,
});
