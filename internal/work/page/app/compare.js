// Before and after, one over the other, with a line between them that can be moved.
import { h } from "./ui.js";

/** Formats that browsers cannot show (TIFF …) have an "after" only. */
export async function compare(before, after, name) {
  const result = h("img", { src: URL.createObjectURL(after), alt: `${name}, translated` });
  const source = h("img", { src: URL.createObjectURL(before), alt: name });
  await result.decode();
  try {
    await source.decode();
  } catch {
    return h("div", { class: "compare" }, result);
  }
  const slider = h("input", { type: "range", min: 0, max: 100, value: 50, "aria-label": `Between ${name} and its translation` });
  const top = h("div", { class: "before" }, source);
  const line = h("div", { class: "divide" });
  const move = () => {
    top.style.clipPath = `inset(0 ${100 - slider.value}% 0 0)`;
    line.style.left = `${slider.value}%`;
  };
  slider.addEventListener("input", move);
  move();
  return h("div", { class: "compare" }, result, top, line, slider);
}
