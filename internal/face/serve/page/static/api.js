// The server's API, as pages use it. Errors are easel's own, with their hints.

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `the server answered ${status}`);
    this.status = status;
    this.type = body.type || "";
    this.hint = body.hint || "";
  }
  /** A newer picture of the same drawing took its place. */
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

/** What pictures it takes, and what is worth knowing of that. */
export const pictures = { accept: "image/*,.tif,.tiff", about: "Their size, 16 bits and transparency are kept." };

/** The models that there are. */
export const models = async () => (await get("/v1/models")).models;

/**
 * Translates a picture (a Blob) and returns {blob, seed}. Of the pictures that wait
 * with one word for live only the newest is made. Models that paint in a style take a
 * strength from 0 to 1, and those for any style the name of a picture that was sent up.
 */
export async function translate(model, picture, { seed, noise, live, style, strength, signal } = {}) {
  const query = new URLSearchParams({ model });
  if (seed != null) query.set("seed", seed);
  if (noise != null) query.set("noise", noise ? "on" : "off");
  if (live) query.set("live", live);
  if (style) query.set("style", style);
  if (strength != null) query.set("strength", strength);
  const answer = await call(`/v1/translate?${query}`, { method: "POST", body: picture, headers: { "Content-Type": picture.type || "application/octet-stream", Accept: "image/png" }, signal });
  return { blob: await answer.blob(), seed: answer.headers.get("Easel-Seed") };
}

/** The largest file, in bytes, and the largest picture, in pixels, that the server takes. */
export async function limits() {
  const { max_body, max_pixels } = await get("/v1/version");
  return { bytes: max_body, pixels: max_pixels };
}

/** An input of the data that a model learned from, another one for each n. */
export const example = async (model, n) => (await call(`/v1/models/${encodeURIComponent(model)}/example?n=${n}`)).blob();

// Jobs: what takes longer than a request. Their options are those of the command of
// the same name; pictures and archives go up first, as blobs.

/** Sends a file up: the server keeps files by the SHA-256 of their bytes, each once. */
export async function upload(file) {
  const bytes = await file.arrayBuffer();
  const sum = [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((b) => b.toString(16).padStart(2, "0")).join("");
  await call(`/v1/blobs/${sum}`, { method: "PUT", body: bytes });
  return `sha256:${sum}`;
}

/** Makes a ZIP file that was sent up a folder of pairs, with a name like the given one. */
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

/** Starts a job and returns it. The key makes a repeated request the same job. */
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

/** Removes a job that has ended, with all that it made. */
export const remove = (id) => call(`/v1/jobs/${id}?files=remove`, { method: "DELETE" });

export const fileOf = (id, path) => `/v1/jobs/${id}/files/${path.split("/").map(encodeURIComponent).join("/")}`;

export const previewOf = (id, version) => `/v1/jobs/${id}/preview?n=${version}`;

/** What a job came to, once it has; onprogress({done, total}) hears how far it is. */
export async function resultOf(id, onprogress) {
  for (;;) {
    const job = await get(`/v1/jobs/${id}`);
    if (job.progress?.total) onprogress?.(job.progress);
    if (job.state === "done") return get(`/v1/jobs/${id}/result`);
    if (ended(job.state)) throw new Problem(0, { detail: job.error || "the job was stopped", hint: job.hint });
    await new Promise((later) => setTimeout(later, 300));
  }
}

/** A file that was sent up before, by its name sha256:…; null if the server has it no longer. */
export async function sent(name) {
  const answer = await fetch(`/v1/blobs/${name.replace(/^sha256:/, "")}`);
  return answer.ok ? answer.blob() : null;
}

/**
 * Hears of a job from its beginning: onjob(job) of every state, onevent(event,
 * progress) of what the command itself reports. Returns a function that stops
 * listening. Browsers have few connections to a server: a job that has ended, and a
 * tab that is out of sight, keep none.
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
      // Replayed states are older than the snapshot's.
      if (!(ended(state) && !ended(job.state))) hear(job);
      if (ended(job.state)) stop();
    });
    source.addEventListener("error", () => {
      if (source?.readyState !== EventSource.CLOSED || stopped) return; // else it comes again by itself
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
