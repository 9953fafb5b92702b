// The workers on other machines that do this server's jobs, as a table that is not there
// where there are none.
import { get } from "./api.js";
import { h } from "./ui.js";

/** The machine of a worker's name, MACHINE/PROCESS. */
export const machineOf = (worker) => String(worker ?? "").split("/")[0];

const states = { idle: "waits for a job", busy: "at work", quarantined: "gets no jobs: all failed", lost: "not heard of" };

export function workers() {
  const rows = h("tbody", {});
  const element = h("section", { class: "workers", hidden: true },
    h("h2", {}, "Workers"),
    h("div", { class: "wide" }, h("table", { class: "settings" }, h("thead", {}, h("tr", {}, ["Machine", "State", "Job", "Done", "Failed", "Processor"].map((t) => h("th", { scope: "col" }, t)))), rows)));
  return {
    element,
    async update() {
      const list = (await get("/v1/workers")).workers;
      element.hidden = !list.length;
      rows.replaceChildren(...list.map((w) => h("tr", {},
        h("th", { scope: "row", title: w.name }, machineOf(w.name)),
        h("td", { title: w.fault ?? "" }, states[w.state] ?? w.state),
        h("td", {}, w.job ?? ""), h("td", {}, w.done), h("td", {}, w.failed), h("td", {}, w.bits))));
    },
  };
}
