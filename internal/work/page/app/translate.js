// Many pictures at once: drop them, have them translated one after the other, compare and
// download the results.
import * as api from "./api.js";
import { zip } from "./zip.js";
import { compare } from "./compare.js";
import { h, button, say, problem, download, dropzone, titleOf } from "./ui.js";

export function page(model) {
  const jobs = []; // {file, card, state, result}
  const list = h("div", { class: "cards" });
  const progress = h("progress", { max: 1, value: 0, hidden: true, "aria-label": "Pictures done" });
  const summary = h("output", { class: "soft", role: "status" });
  const control = new AbortController();
  let working = false;

  const zone = dropzone({ text: `Drop pictures here, or choose them. ${api.pictures.about}`, accept: api.pictures.accept, multiple: true, onfiles: add });
  const save = button("save", "Download all results as a ZIP file", async () => {
    const done = jobs.filter((j) => j.result);
    if (!done.length) return say("There are no results yet.");
    download(await zip(done.map((j) => ({ name: j.name, blob: j.result }))), `${model.id}.zip`);
  }, { text: "All as ZIP" });
  const clear = button("clear", "Remove all", () => {
    for (const j of jobs) j.state = "gone";
    jobs.length = 0;
    list.replaceChildren();
    update();
  }, { text: "Remove all" });

  // A server has limits; a page without one has none.
  const limits = api.limits?.().catch(() => null);

  /** Returns why a picture cannot be translated, before anything is sent; "" if it can. */
  async function refusal(file, card) {
    const most = await limits;
    const size = await createImageBitmap(file).then((b) => ({ width: b.width, height: b.height }), () => null); // browsers do not read TIFF
    if (size) card.querySelector("h2").append(h("small", { class: "soft" }, ` ${size.width}×${size.height}`));
    if (most && file.size > most.bytes) return `This file is too large: it has ${megabytes(file.size)}, and the server accepts up to ${megabytes(most.bytes)}.`;
    if (most && size && size.width * size.height > most.pixels) {
      const factor = Math.sqrt(most.pixels / (size.width * size.height));
      return `This picture has more pixels than the server accepts. Shrink it to ${Math.floor(size.width * factor)}×${Math.floor(size.height * factor)} or less.`;
    }
    return "";
  }
  const megabytes = (n) => `${(n / 1e6).toPrecision(3)} MB`;

  function add(files) {
    for (const file of files) {
      const base = file.name.replace(/\.[^.]*$/, "");
      let name = `${base}.png`;
      for (let n = 2; jobs.some((j) => j.name === name); n++) name = `${base}-${n}.png`;
      const card = h("article", { class: "card" }, h("h2", { class: "name", title: file.name }, file.name), h("div", { class: "body soft" }, "Waiting"));
      const job = { file, card, name, state: "checking" };
      jobs.push(job);
      list.append(card);
      refusal(file, card).then((why) => {
        if (job.state === "gone") return;
        job.state = why ? "refused" : "waiting";
        if (why) Object.assign(card.querySelector(".body"), { textContent: why, className: "body bad" });
        update();
        work();
      });
    }
    update();
  }

  async function work() {
    if (working) return;
    working = true;
    for (let job; (job = jobs.find((j) => j.state === "waiting")) && !control.signal.aborted; ) {
      job.state = "running";
      const body = job.card.querySelector(".body");
      body.textContent = "Translating …";
      try {
        const { blob, warning } = await api.translate(model.id, job.file, { tile: job.tile, signal: control.signal });
        job.result = blob;
        job.state = "done";
        body.replaceChildren(await compare(job.file, blob, job.file.name));
        body.classList.remove("soft");
        if (warning) body.append(h("p", { class: "soft" }, problem({ message: warning })));
        job.card.append(button("save", `Save ${job.name}`, () => download(blob, job.name), { text: "Save" }));
      } catch (error) {
        if (control.signal.aborted) return;
        if (error.status === 429) { // the server is busy: wait and try again
          job.state = "waiting";
          await new Promise((later) => setTimeout(later, 1000));
          continue;
        }
        job.state = "failed";
        body.textContent = problem(error);
        body.className = "body bad";
        const again = (label, text, tile) => button("play", label, () => {
          choices.remove();
          Object.assign(job, { state: "waiting", tile });
          Object.assign(body, { className: "body soft", textContent: "Waiting" });
          work();
        }, { text });
        const choices = h("div", { class: "group" }, again(`Try ${job.file.name} again`, "Try again", job.tile),
          error.tile && again(`Translate ${job.file.name} in tiles of ${error.tile} pixels, which need less memory`, "Translate in tiles", error.tile));
        job.card.append(choices);
      }
      update();
    }
    working = false;
    update();
  }

  function update() {
    const count = (state) => jobs.filter((j) => j.state === state).length;
    const done = count("done"), failed = count("failed") + count("refused");
    progress.hidden = !jobs.length || done + failed === jobs.length;
    progress.max = Math.max(1, jobs.length);
    progress.value = done + failed;
    summary.textContent = jobs.length ? `${done} of ${jobs.length} done${failed ? `, ${failed} failed` : ""}` : "";
    save.disabled = !done;
    clear.disabled = !jobs.length;
  }
  update();
  return {
    element: h("section", { class: "translate" }, h("h1", {}, "Translate pictures"),
      h("p", { class: "soft" }, `By the model “${titleOf(model.id)}”, each picture at its own size.`),
      zone, h("div", { class: "bar" }, progress, summary, h("div", { class: "group" }, save, clear)), list),
    stop() { control.abort(); },
  };
}
