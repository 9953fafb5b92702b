// What all pages use: elements, icons, messages.

/** Makes an element of a tag, properties (on… are listeners; class, data-…, aria-…) and children. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (value == null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && !key.startsWith("aria") && key !== "list") element[key === "class" ? "className" : key] = value;
    else element.setAttribute(key === "class" ? "class" : key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((c) => c != null && c !== false));
  return element;
}

const paths = {
  brush: "M4 20c4 0 5-2 5-4a3 3 0 0 1 3-3L20 4",
  line: "M5 19 19 5",
  rect: "M4 6h16v12H4z",
  polygon: "M12 3 21 10 17 20H7L3 10z",
  fill: "M5 12 12 5l7 7-7 7zM12 5 9 2M20 15c1 2 1 4-1 4s-2-2-1-4z",
  pick: "M4 20l1-4 9-9 3 3-9 9zM14 7l2-2a2 2 0 0 1 3 3l-2 2",
  eraser: "M8 20h12M4 14l9-9 6 6-8 9H8z",
  undo: "M9 7 4 12l5 5M4 12h10a6 6 0 0 1 0 12",
  redo: "M15 7l5 5-5 5M20 12H10a6 6 0 0 0 0 12",
  clear: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  open: "M4 19V6h6l2 2h8v11z",
  save: "M12 4v11M7 11l5 5 5-5M5 20h14",
  dice: "M5 5h14v14H5zM9 9h.01M15 9h.01M9 15h.01M15 15h.01M12 12h.01",
  camera: "M4 8h4l2-3h4l2 3h4v11H4zM12 17a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5 19 19M5 19l1.5-1.5M17.5 6.5 19 5",
  stop: "M6 6h12v12H6z",
  pause: "M8 5v14M16 5v14",
  play: "M7 5l12 7-12 7z",
  swap: "M4 8h14l-3-3M20 16H6l3 3",
  close: "M6 6l12 12M18 6 6 18",
};

/** Makes an icon. It has no text, so its button needs a label. */
export function icon(name) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(ns, "path");
  path.setAttribute("d", paths[name]);
  svg.append(path);
  return svg;
}

/** Makes a button with an icon, a label and, if given, text beside the icon. */
export function button(name, label, onclick, { text = "", pressed, key } = {}) {
  const title = key ? `${label} (${key})` : label;
  return h("button", { type: "button", class: text ? "with-text" : "icon", title, "aria-label": text ? null : label, "aria-pressed": pressed == null ? null : String(pressed), onclick }, icon(name), text);
}

/** A readable name of a model: the id of one that was trained here is only a time. */
export function titleOf(id) {
  const t = id.match(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-/)?.slice(1).map(Number);
  if (!t) return id;
  const at = new Date(Date.UTC(t[0], t[1] - 1, ...t.slice(2)));
  return `trained ${at.toLocaleString([], { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" })}`;
}

/** Shows a message for a moment, to screen readers too. */
export function say(text, kind = "") {
  const place = document.getElementById("say");
  place.className = `say shown ${kind}`;
  place.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (place.className = "say"), kind === "bad" ? 9000 : 4000);
}

/** The text of an error, with the server's hint. */
export const problem = (error) => [error.message, error.hint].filter(Boolean).map((t) => `${t[0].toUpperCase()}${t.slice(1)}${/[.!?]$/.test(t) ? "" : "."}`).join(" ");

/** Offers a blob as a file. */
export function download(blob, name) {
  const a = h("a", { href: URL.createObjectURL(blob), download: name });
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 60_000);
}

/** Makes a zone to drop files on, or to choose them. ondrop(dataTransfer), if given, is called for drops instead of onfiles. */
export function dropzone({ text, accept = "image/*", multiple = false, onfiles, ondrop }) {
  const input = h("input", { type: "file", accept, multiple, onchange: () => take(input.files) });
  const take = (files) => {
    const list = [...files].filter(Boolean);
    if (list.length) onfiles(multiple ? list : list.slice(0, 1));
    input.value = "";
  };
  const zone = h("label", { class: "dropzone" }, icon("open"), h("span", {}, text), input);
  zone.addEventListener("dragover", (e) => { e.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (e) => { e.preventDefault(); zone.classList.remove("over"); ondrop ? ondrop(e.dataTransfer) : take(e.dataTransfer.files); });
  return zone;
}
