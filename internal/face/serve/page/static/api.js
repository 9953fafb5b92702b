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
