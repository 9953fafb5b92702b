// The server's API, as the pages use it. Errors carry the server's own hints.

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `the server answered with status ${status}`);
    this.status = status;
    this.type = body.type || "";
    this.hint = body.hint || "";
    this.tile = body.tile; // the side of tiles that would fit into memory
  }
  /** Whether a newer picture of the same drawing has taken its place. */
  get superseded() { return this.type === "urn:easel:superseded"; }
}

async function call(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, { detail: "the server does not answer", hint: "is easel serve still running?" });
  }
  if (answer.ok) return answer;
  let body = {};
  try { body = await answer.json(); } catch { /* not a problem document */ }
  throw new Problem(answer.status, body);
}

export const get = async (path, options) => (await call(path, options)).json();

/** Which pictures the server accepts, and what people should know about that. */
export const pictures = { accept: "image/*,.tif,.tiff", about: "Their size, 16 bits and transparency are kept." };

/** All models. */
export const models = async () => (await get("/v1/models")).models;

/**
 * Translates a picture (a Blob) and returns {blob, seed, warning}. Of the waiting pictures
 * with the same word for live, only the newest is translated. Style networks take a
 * strength from 0 to 1; those for any style also take the name of an uploaded picture.
 * With tile, the picture is translated in tiles of that side.
 */
export async function translate(model, picture, { seed, noise, live, style, strength, tile, signal } = {}) {
  const query = new URLSearchParams({ model });
  if (seed != null) query.set("seed", seed);
  if (noise != null) query.set("noise", noise ? "on" : "off");
  if (live) query.set("live", live);
  if (style) query.set("style", style);
  if (strength != null) query.set("strength", strength);
  if (tile) query.set("tile", tile);
  const answer = await call(`/v1/translate?${query}`, { method: "POST", body: picture, headers: { "Content-Type": picture.type || "application/octet-stream", Accept: "image/png" }, signal });
  return { blob: await answer.blob(), seed: answer.headers.get("Easel-Seed"), warning: answer.headers.get("Easel-Warning") };
}

/** The largest file, in bytes, and the largest picture, in pixels, that the server accepts. */
export async function limits() {
  const { max_body, max_pixels } = await get("/v1/version");
  return { bytes: max_body, pixels: max_pixels };
}

/** An input from the data that a model was trained on, a different one for each n. */
export const example = async (model, n) => (await call(`/v1/models/${encodeURIComponent(model)}/example?n=${n}`)).blob();

// Jobs, for work that takes longer than a request. Their options are those of the command
// with the same name; pictures and archives are uploaded first, as blobs.

/** Uploads a file. The server stores each file once, under the SHA-256 of its bytes. */
export async function upload(file) {
  const bytes = await file.arrayBuffer();
  const sum = [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((b) => b.toString(16).padStart(2, "0")).join("");
  await call(`/v1/blobs/${sum}`, { method: "PUT", body: bytes });
  return `sha256:${sum}`;
}

/** Unpacks an uploaded ZIP file into a folder of pairs, named after the title. */
export async function makeData(title, archive) {
  const base = title.replace(/\.zip$/i, "").normalize("NFKD").replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "").slice(0, 50) || "pairs";
  for (let n = 1; ; n++) {
    try {
      const answer = await call("/v1/data", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name: n > 1 ? `${base}-${n}` : base, archive }) });
      return await answer.json();
    } catch (error) {
      if (error.status !== 409 || n > 99) throw error; // the name is taken
    }
  }
}

/** Starts a job and returns it. The key makes sure that a repeated request starts no second job. */
export async function submit(kind, options) {
  const answer = await call("/v1/jobs", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID?.() ?? String(Math.random()) },
    body: JSON.stringify({ kind, options }),
  });
  return answer.json();
}

export const jobs = async () => (await get("/v1/jobs")).jobs;
export const cancel = async (id) => (await call(`/v1/jobs/${id}`, { method: "DELETE" })).json();
export const pause = async (id) => (await call(`/v1/jobs/${id}/pause`, { method: "POST" })).json();
export const resume = async (id) => (await call(`/v1/jobs/${id}/resume`, { method: "POST" })).json();

/** How far the training of a model is that was trained here, {done, total}; null if it is not being trained. */
export async function training(model) {
  if (!/^\d{8}-\d{6}-/.test(model)) return null; // not the id of a job
  const job = await get(`/v1/jobs/${model}`).catch(() => null);
  return job?.state === "running" ? job.progress ?? {} : null;
}

/** Removes a job that has ended, with all its files. */
export const remove = (id) => call(`/v1/jobs/${id}?files=remove`, { method: "DELETE" });

export const fileOf = (id, path) => `/v1/jobs/${id}/files/${path.split("/").map(encodeURIComponent).join("/")}`;

export const previewOf = (id, version) => `/v1/jobs/${id}/preview?n=${version}`;

/** Waits for a job and returns its result; onprogress({done, total}) is called meanwhile. */
export async function resultOf(id, onprogress) {
  for (;;) {
    const job = await get(`/v1/jobs/${id}`);
    if (job.progress?.total) onprogress?.(job.progress);
    if (job.state === "done") return get(`/v1/jobs/${id}/result`);
    if (ended(job.state)) throw new Problem(0, { detail: job.error || "the job was stopped", hint: job.hint });
    await new Promise((later) => setTimeout(later, 300));
  }
}

/** An earlier uploaded file, by its name sha256:…; null if the server no longer has it. */
export async function sent(name) {
  const answer = await fetch(`/v1/blobs/${name.replace(/^sha256:/, "")}`);
  return answer.ok ? answer.blob() : null;
}

/**
 * Follows a job from its beginning: calls onjob(job) for every state, and onevent(event,
 * progress) for everything that the command reports. Returns a function that stops it.
 * Browsers open only a few connections to one server, so a job that has ended and a hidden
 * tab use none.
 */
export function follow(id, { onjob = () => {}, onevent = () => {} }) {
  let source = null, state = null, last = 0, stopped = false;
  const hear = (job) => {
    state = job.state;
    onjob(job);
  };
  const at = (e) => (last = Math.max(last, Number(e.lastEventId) || 0));
  function open() {
    source = new EventSource(`/v1/jobs/${id}/events?after=${last}`);
    source.addEventListener("snapshot", (e) => hear(JSON.parse(e.data)));
    source.addEventListener("job", (e) => {
      at(e);
      const job = JSON.parse(e.data).data;
      // Replayed states may be older than the snapshot's.
      if (!(ended(state) && !ended(job.state))) hear(job);
      if (ended(job.state)) stop();
    });
    source.addEventListener("error", () => {
      if (source?.readyState !== EventSource.CLOSED || stopped) return; // otherwise the browser reconnects by itself
      source = null;
      setTimeout(sight, 2000);
    });
    source.addEventListener("progress", (e) => {
      at(e);
      const { data, progress } = JSON.parse(e.data);
      onevent(data, progress);
    });
  }
  function sight() {
    if (stopped) return;
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) open();
  }
  function stop() {
    stopped = true;
    source?.close();
    document.removeEventListener("visibilitychange", sight);
  }
  document.addEventListener("visibilitychange", sight);
  open();
  return stop;
}

export const ended = (state) => ["done", "failed", "cancelled"].includes(state);
