// The pages of easel serve.
import { start } from "./frame.js";
import { h } from "./ui.js";

const welcome = () => h("section", { class: "report welcome" },
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
