// The texts in PNG files (iTXt, PNG specification 11.3.3.4).

/** The texts of a PNG file, by keyword; empty for other files. */
export async function texts(blob) {
  const buffer = await blob.arrayBuffer(), view = new DataView(buffer), found = {};
  if (view.byteLength < 8 || view.getUint32(0) !== 0x89504e47) return found;
  const read = new TextDecoder();
  for (let at = 8; at + 12 <= view.byteLength; ) {
    const length = view.getUint32(at), kind = view.getUint32(at + 4);
    const data = new Uint8Array(buffer, at + 8, Math.min(length, view.byteLength - at - 8));
    at += 12 + length;
    if (kind !== 0x69545874) continue;
    // keyword 0, compressed or not, method, language 0, translated keyword 0, text
    const first = data.indexOf(0), second = data.indexOf(0, first + 3), third = data.indexOf(0, second + 1);
    if (first > 0 && second > 0 && third > 0 && data[first + 1] === 0) found[read.decode(data.subarray(0, first))] = read.decode(data.subarray(third + 1));
  }
  return found;
}
