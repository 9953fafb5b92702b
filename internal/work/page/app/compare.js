// Before and after, one on top of the other, with a movable line between them.
import { h } from "./ui.js";

/** Compares two pictures. If the browser cannot show the first (TIFF, …), only the second is shown. */
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
