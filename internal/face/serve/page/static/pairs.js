// Pairs to learn from: chosen from the server's folders or dropped, and checked before
// training.
import { get, submit, upload, makeData, resultOf, fileOf } from "./api.js";
import { zip } from "./zip.js";
import { h, button, dropzone, say, problem } from "./ui.js";

/** The last part of a path: the name by which people know a folder of pairs. */
export const nameOfData = (path) => String(path ?? "").split(/[\\/]/).filter(Boolean).pop() ?? "";

/** All files in what was dropped, as [{name, blob}]. Names include their folders. */
async function filesOf(transfer) {
  const found = [];
  const read = async (entry, path) => {
    if (entry.isFile) {
      found.push({ name: path + entry.name, blob: await new Promise((done, failed) => entry.file(done, failed)) });
      return;
    }
    const reader = entry.createReader();
    for (let some; (some = await new Promise((done, failed) => reader.readEntries(done, failed))).length; )
      for (const e of some) await read(e, `${path}${entry.name}/`);
  };
  // The entries exist only until the event has been handled, so read all of them now.
  const entries = [...transfer.items].map((i) => i.webkitGetAsEntry?.()).filter(Boolean), plain = [...transfer.files];
  if (!entries.length) return plain.map((blob) => ({ name: blob.name, blob }));
  for (const e of entries) await read(e, "");
  return found;
}

/** Removes a folder around everything: only A/ and B/, or the pictures, matter. */
export function unwrap(files) {
  const tops = new Set(files.map((f) => f.name.split("/")[0]));
  if (tops.size !== 1 || files.some((f) => !f.name.includes("/")) || /^(train|test|val|[AB])$/i.test([...tops][0])) return files;
  return unwrap(files.map((f) => ({ ...f, name: f.name.slice(f.name.indexOf("/") + 1) })));
}

/** Renames two folders with any names to A and B, in the order of their names. */
export function asPairs(files) {
  const tops = [...new Set(files.map((f) => f.name.split("/")[0]))].sort();
  const known = /^(train|test|val|(train|val|test)?[AB])$/;
  if (tops.length !== 2 || tops.every((t) => known.test(t)) || files.some((f) => !f.name.includes("/"))) return files;
  return files.map((f) => ({ ...f, name: (f.name.startsWith(`${tops[0]}/`) ? "A" : "B") + f.name.slice(f.name.indexOf("/")) }));
}

/** Lets people choose pairs. ondata(name) is called with the choice, "" for the drawn ones. */
export function chooser({ drawn = false, ondata }) {
  const select = h("select", { onchange: () => ondata(select.value) }, drawn ? h("option", { value: "" }, "Façades that easel draws") : h("option", { value: "", disabled: true, selected: true }, "Choose …"));
  const add = (value, text, at) => select.append(h("option", { value, selected: at }, text));
  get("/v1/data").then(({ data: roots }) => {
    for (const r of roots) {
      const parts = /\/((train|val|test)?[AB]|train|val|test)$/;
      if (r.files || r.folders.some((f) => parts.test(f))) add(r.name, r.name);
      for (const f of r.folders) if (!parts.test(f)) add(f, f);
    }
  }).catch(() => {});

  async function take(files, title) {
    files = asPairs(unwrap(files.filter((f) => !/(^|\/)(\.|__MACOSX)/.test(f.name))));
    if (!files.length) return say("That contains no files.");
    status.textContent = "Uploading …";
    try {
      const one = files.length === 1 && /\.zip$/i.test(files[0].name);
      const { name } = await makeData(title, await upload(one ? files[0].blob : await zip(files)));
      add(name, name, true);
      select.value = name;
      ondata(name);
    } catch (error) { say(problem(error), "bad"); }
    status.textContent = "";
  }
  const titleOf = (files) => (files.length === 1 ? files[0].name : files[0].name.includes("/") ? files[0].name.split("/")[0] : "pairs");
  const zone = dropzone({
    text: "Or drop pairs here: side-by-side pictures, two folders with matching file names, or a ZIP file", accept: "image/*,.tif,.tiff,.zip", multiple: true,
    onfiles: (list) => { const files = list.map((blob) => ({ name: blob.name, blob })); take(files, titleOf(files)); },
    ondrop: async (transfer) => {
      const files = await filesOf(transfer);
      if (files.length) take(files, titleOf(files));
    },
  });
  const folder = h("input", { type: "file", webkitdirectory: true, hidden: true, onchange: () => {
    const files = [...folder.files].map((blob) => ({ name: blob.webkitRelativePath, blob }));
    if (files.length) take(files, titleOf(files));
    folder.value = "";
  } });
  const status = h("output", { class: "soft", role: "status" });
  return { select, zone, more: h("div", { class: "bar" }, button("open", "Choose a folder", () => folder.click(), { text: "Choose a folder" }), folder, status) };
}

const counts = (list) => (list.length === 1 ? list[0].what : `${list.slice(0, 3).map((c) => `${c.what} (${c.pictures})`).join(", ")}${list.length > 3 ? " and others" : ""}`);

/** What to know about pairs before training. onready(ok) is called with whether they can be used. */
export function inspection({ onready }) {
  const element = h("div", { class: "inspection", "aria-live": "polite" });
  let asked = 0;
  async function look(data) {
    const mine = ++asked;
    element.replaceChildren();
    if (!data) return onready(true);
    onready(false);
    const progress = h("progress", { "aria-label": "Pairs checked" });
    element.append(h("p", { class: "soft" }, "Checking the pairs … ", progress));
    try {
      const job = await submit("inspect", { data });
      const found = await resultOf(job.id, (p) => { progress.max = p.total; progress.value = p.done; });
      if (mine !== asked) return;
      element.replaceChildren(...report(found, job.id));
      onready(!found.problems?.length && (found.pairs?.train ?? 0) > 0);
    } catch (error) {
      if (mine === asked) element.replaceChildren(h("p", { class: "bad" }, problem(error)));
    }
  }
  return { element, look };
}

function report(r, id) {
  const lines = [];
  const some = r.pairs ?? {};
  if (r.pairs) {
    lines.push(h("img", { class: "sheet", src: fileOf(id, "inspection/contact-sheet.png"), alt: "Some of the pairs, A beside B" }));
    lines.push(h("p", {}, h("a", { href: fileOf(id, "inspection/inspection.html"), target: "_blank", rel: "noopener" }, "Open the check as a page")));
    lines.push(h("p", {}, h("strong", {}, `${some.train} to train on, ${some.val} for validation, ${some.test} for tests`), r.bytes ? `, ${(r.bytes / 1e6).toPrecision(3)} MB` : ""));
    for (const [name, f] of [["A", r.a], ["B", r.b]])
      lines.push(h("p", { class: "soft" }, `${name}: ${counts(f.sizes)} pixels, ${counts(f.channels)} channels, ${counts(f.depths)}${r.labels === "both" || r.labels === name.toLowerCase() ? ", apparently label pictures" : ""}`));
  }
  const list = (items, kind) => items.length > 0 && h("ul", { class: kind }, items.slice(0, 8).map((t) => h("li", {}, t)), items.length > 8 && h("li", {}, `and ${items.length - 8} more`));
  const problems = r.problems ?? [];
  lines.push(list(problems.map((p) => `${p.file}: ${p.text}`), "bad"), list([...new Set(problems.map((p) => p.hint).filter(Boolean))], "soft"), list(r.warnings ?? [], "soft"));
  if (!problems.length) lines.push(h("p", { class: some.train ? "good" : "bad" }, some.train ? "No problems: training can begin." : "There are no pairs to train on."));
  return lines.filter(Boolean);
}
