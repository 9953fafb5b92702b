// A site that runs a model in its visitors' browsers.
import { models } from "./api.js";
import { start } from "./frame.js";

const loading = document.getElementById("loading");
const bar = loading.querySelector("progress"), words = loading.querySelector("output");
const megabytes = (n) => (n / 1e6).toFixed(n < 1e7 ? 1 : 0);

document.addEventListener("easel:progress", ({ detail: { done, total } }) => {
  loading.hidden = false;
  bar.value = done / total;
  words.textContent = done < total ? `fetching the model: ${megabytes(done)} of ${megabytes(total)} MB` : "getting it ready …";
});
// The first result is there: it is ready.
document.addEventListener("easel:ready", () => { loading.hidden = true; });

const [model] = await models();
await start({
  pages: {
    draw: { title: model.input.kind === "photographs" ? "Try" : "Draw", load: () => import("./draw.js"), model: true },
    translate: { title: "Pictures", load: () => import("./translate.js"), model: true },
  },
});
