// ZIP files. Pictures are compressed already, so they are stored as they are (APPNOTE 4.3).

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

export function crc32(bytes) {
  let c = 0xffffffff;
  for (const b of bytes) c = table[(c ^ b) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function header(length, fields) {
  const view = new DataView(new ArrayBuffer(length));
  for (const [at, size, value] of fields) size === 2 ? view.setUint16(at, value, true) : view.setUint32(at, value, true);
  return new Uint8Array(view.buffer);
}

/** Returns a ZIP file, as a Blob, of files {name, blob}. Less than 4 GiB in all. */
export async function zip(files) {
  const parts = [], directory = [];
  let offset = 0;
  for (const { name, blob } of files) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const title = new TextEncoder().encode(name);
    // Version 2.0, names in UTF-8, stored, 1980-01-01.
    const common = [[0, 2, 20], [2, 2, 0x800], [4, 2, 0], [6, 2, 0], [8, 2, 0x21], [10, 4, crc32(bytes)], [14, 4, bytes.length], [18, 4, bytes.length], [22, 2, title.length]];
    const shifted = (by) => common.map(([at, size, value]) => [at + by, size, value]);
    parts.push(header(30, [[0, 4, 0x04034b50], ...shifted(4)]), title, bytes);
    directory.push(header(46, [[0, 4, 0x02014b50], [4, 2, 20], ...shifted(6), [42, 4, offset]]), title);
    offset += 30 + title.length + bytes.length;
  }
  const size = directory.reduce((n, p) => n + p.length, 0);
  const end = header(22, [[0, 4, 0x06054b50], [8, 2, files.length], [10, 2, files.length], [12, 4, size], [16, 4, offset]]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}
