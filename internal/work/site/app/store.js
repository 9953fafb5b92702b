// Large files of the site. Each comes in parts whose names have their hash; the browser
// keeps what has come, so that the next visit fetches nothing.
const name = "easel";

/** The browser's store, or null where it has none: pages over plain http, private windows. */
async function kept() {
  try {
    return await caches.open(name);
  } catch {
    return null;
  }
}

const sha256 = async (bytes) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((b) => b.toString(16).padStart(2, "0")).join("");

/** Fetches a part into bytes, and reports how many have come. */
async function part({ path, bytes: size, sha256: sum }, base, into, onbytes) {
  const url = new URL(path, base).href, store = await kept();
  let answer = await store?.match(url);
  const fresh = !answer;
  answer ??= await fetch(url);
  if (!answer.ok) throw new Error(`${path} cannot be fetched: the server answers ${answer.status}`);
  let at = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    if (at + value.length > size) throw new Error(`${path} is longer than it should be`);
    into.set(value, at);
    at += value.length;
    onbytes(at);
  }
  if (at !== size) throw new Error(`${path} is incomplete: ${at} of ${size} bytes have come`);
  if (!fresh) return;
  if (globalThis.crypto?.subtle && (await sha256(into)) !== sum) throw new Error(`${path} is not the file that was exported`);
  await store?.put(url, new Response(into)).catch(() => {}); // full: then it is not kept
}

/** A file as bytes; onprogress(bytes that have come) is called while they come. */
export async function load(file, base, onprogress = () => {}) {
  const whole = new Uint8Array(file.bytes);
  let at = 0;
  for (const p of file.parts) {
    await part(p, base, whole.subarray(at, at + p.bytes), (n) => onprogress(at + n));
    at += p.bytes;
  }
  return whole;
}

/** Forgets what an earlier version of the site has left: all but the given paths. */
export async function prune(paths, base) {
  const store = await kept(), wanted = new Set(paths.map((p) => new URL(p, base).href)), site = new URL("../", base).href;
  const ours = (url) => url.startsWith(site) && /^(model|onnxruntime-web)-/.test(url.slice(site.length)); // and not of a site below it
  for (const { url } of (await store?.keys()) ?? []) if (ours(url) && !wanted.has(url)) await store.delete(url);
}
