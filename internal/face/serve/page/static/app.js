// The frame of all pages: which page is shown, for which model, in which theme.
import { models } from "./api.js";
import { h, icon, say, problem } from "./ui.js";

const pages = {
  draw: { title: "Draw", load: () => import("./draw.js"), model: true },
  translate: { title: "Translate", load: () => import("./translate.js"), model: true },
  style: { title: "Style", load: () => import("./style.js") },
  train: { title: "Train", load: () => import("./train.js") },
};

const main = document.getElementById("main");
const nav = document.getElementById("nav");
const choice = document.getElementById("model");
const theme = document.getElementById("theme");
let shown = null, list = [];

for (const [id, p] of Object.entries(pages)) nav.append(h("a", { href: `#${id}` }, p.title));

theme.append(icon("sun"));
const setTheme = (value) => {
  if (value) document.documentElement.dataset.theme = value;
  document.dispatchEvent(new Event("themechange"));
};
setTheme(localStorage.getItem("easel:theme"));
theme.addEventListener("click", () => {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark"
    || (document.documentElement.dataset.theme == null && matchMedia("(prefers-color-scheme: dark)").matches);
  const next = dark ? "light" : "dark";
  localStorage.setItem("easel:theme", next);
  setTheme(next);
});

/** The address of a page says which one it is, and for which model: #draw/facades. */
const where = () => {
  const [id, model] = location.hash.slice(1).split("/").map(decodeURIComponent);
  return { id: pages[id] ? id : "draw", model };
};

async function show() {
  const { id, model: wanted } = where();
  const page = pages[id];
  if (page.model && wanted && !list.some((m) => m.id === wanted)) await fetchModels();
  shown?.stop();
  shown = null;
  for (const a of nav.children) a.toggleAttribute("aria-current", a.hash === `#${id}`);
  document.title = `${page.title} · easel`;
  choice.parentElement.hidden = !page.model || list.length === 0;
  let module;
  try {
    module = await page.load();
  } catch {
    return main.replaceChildren(failure("This page could not be loaded. Is easel serve still running?"));
  }
  if (where().id !== id) return; // somebody went on meanwhile
  const usable = list.filter((m) => !m.error);
  const model = list.find((m) => m.id === (wanted || localStorage.getItem("easel:model"))) ?? usable[0] ?? list[0];
  if (page.model && !model) return main.replaceChildren(welcome());
  if (page.model && model.error) return main.replaceChildren(failure(model.error));
  if (model) {
    choice.value = model.id;
    localStorage.setItem("easel:model", model.id);
  }
  shown = module.page(model, list);
  main.replaceChildren(shown.element);
}

const failure = (text) => h("section", { class: "report" }, h("p", { class: "bad" }, text));

const welcome = () => h("section", { class: "report welcome" },
  h("h1", {}, "No model yet"),
  h("p", {}, "easel learns to turn one kind of picture into another from pairs. Train the demo's model: it draws its own façades, and takes about two minutes."),
  h("p", {}, h("a", { class: "like-button primary", href: "#train" }, "Train one, live")),
  h("p", { class: "soft" }, "Or start the server with a model that you have:"),
  h("pre", {}, "easel serve --model runs/facades"));

choice.addEventListener("change", () => {
  localStorage.setItem("easel:model", choice.value);
  location.hash = `#${where().id}/${encodeURIComponent(choice.value)}`;
});
addEventListener("hashchange", () => show().then(() => main.focus({ preventScroll: true })));

/** The models as they are now: a training adds one. */
async function fetchModels() {
  list = await models();
  choice.replaceChildren(...list.map((m) => h("option", { value: m.id, disabled: Boolean(m.error) }, m.id)));
}

/** A server that others reach is opened with #token=WORD: it becomes a cookie, and leaves the address. */
async function enter() {
  const token = location.hash.match(/^#token=(.+)$/)?.[1];
  if (!token) return;
  history.replaceState(null, "", location.pathname);
  await fetch("/v1/session", { method: "POST", headers: { Authorization: `Bearer ${token}` } });
}

async function start() {
  try {
    await enter();
    await fetchModels();
  } catch (error) {
    if (error.status === 401) return main.replaceChildren(failure(problem(error)));
    say(problem(error), "bad");
  }
  await show();
}
await start();
