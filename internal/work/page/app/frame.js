// The frame of all pages: which page is shown, for which model, in which theme.
import { models } from "./api.js";
import { h, icon, say, problem, titleOf } from "./ui.js";

let pages = {}, welcome = null;
const main = document.getElementById("main");
const nav = document.getElementById("nav");
const choice = document.getElementById("model");
const theme = document.getElementById("theme");
let shown = null, list = [];

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

/** The page and the model in the address: #draw/facades. */
const where = () => {
  const [id, model] = location.hash.slice(1).split("/").map(decodeURIComponent);
  return { id: pages[id] ? id : Object.keys(pages)[0], model };
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
    return main.replaceChildren(failure("This page could not be loaded. Is the server still running?"));
  }
  if (where().id !== id) return; // another page was chosen meanwhile
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

choice.addEventListener("change", () => {
  localStorage.setItem("easel:model", choice.value);
  location.hash = `#${where().id}/${encodeURIComponent(choice.value)}`;
});
// A file that is dropped beside a drop zone must not replace the page.
for (const kind of ["dragover", "drop"]) addEventListener(kind, (e) => e.preventDefault());
addEventListener("hashchange", () => show().then(() => main.focus({ preventScroll: true })));

/** Fetches the current models: a training adds one. */
async function fetchModels() {
  list = await models();
  choice.replaceChildren(...list.map((m) => h("option", { value: m.id, disabled: Boolean(m.error) }, titleOf(m.id))));
}

/**
 * Shows pages, {id: {title, load(), model}}, beginning with the first. welcome() is shown
 * if a page needs a model and there is none; enter() is called before anything else.
 */
export async function start(options) {
  ({ pages, welcome } = options);
  nav.replaceChildren(...Object.entries(pages).map(([id, p]) => h("a", { href: `#${id}` }, p.title)));
  try {
    await options.enter?.();
    await fetchModels();
  } catch (error) {
    if (error.status === 401) return main.replaceChildren(failure(problem(error)));
    say(problem(error), "bad");
  }
  await show();
}
