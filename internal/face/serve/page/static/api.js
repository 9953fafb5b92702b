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

/** The models that there are. */
export const models = async () => (await get("/v1/models")).models;

/**
 * Translates a picture (a Blob) and returns {blob, seed}. Of the pictures that wait
 * with one word for live only the newest is made.
 */
export async function translate(model, picture, { seed, noise, live, signal } = {}) {
  const query = new URLSearchParams({ model });
  if (seed != null) query.set("seed", seed);
  if (noise != null) query.set("noise", noise ? "on" : "off");
  if (live) query.set("live", live);
  const answer = await call(`/v1/translate?${query}`, { method: "POST", body: picture, headers: { "Content-Type": picture.type || "application/octet-stream", Accept: "image/png" }, signal });
  return { blob: await answer.blob(), seed: answer.headers.get("Easel-Seed") };
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
export const fileOf = (id, path) => `/v1/jobs/${id}/files/${path.split("/").map(encodeURIComponent).join("/")}`;

export const previewOf = (id, version) => `/v1/jobs/${id}/preview?n=${version}`;

/**
 * Hears of a job from its beginning: onjob(job) of every state, onevent(event,
 * progress) of what the command itself reports. Returns a function that stops
 * listening.
 */
export function follow(id, { onjob = () => {}, onevent = () => {} }) {
  const source = new EventSource(`/v1/jobs/${id}/events?after=0`);
  let state = null;
  const hear = (job) => {
    state = job.state;
    onjob(job);
  };
  source.addEventListener("snapshot", (e) => hear(JSON.parse(e.data)));
  source.addEventListener("job", (e) => {
    const job = JSON.parse(e.data).data;
    // Replayed states are older than the snapshot's.
    if (!(ended(state) && !ended(job.state))) hear(job);
  });
  source.addEventListener("progress", (e) => {
    const { data, progress } = JSON.parse(e.data);
    onevent(data, progress);
  });
  return () => source.close();
}

export const ended = (state) => ["done", "failed", "cancelled"].includes(state);
