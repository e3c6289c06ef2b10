// The map of gain and strength of the plasticity, to click on.
import { element } from "./element.js";

// docs/phase-diagram.md, written by `host-sim sweep host-sim/examples/phase-map.toml --out out/phase-map`:
// N = 400, p = 2.5; of small and large starts where they differ. Numbers are largest exponents.
const STRENGTHS = [-3, -1.5, 0, 0.5, 1, 1.5, 2, 3, 4];
/** @type {[number, string[]][]} */
const ROWS = [
  [3, ["C 0.16", "C 0.17", "C 0.20", "C 0.19", "C 0.20", "C 0.19", "C 0.17", "ZU 0.07", "F"]],
  [2, ["C 0.03", "C 0.03", "C 0.08", "C 0.09", "C 0.10", "C 0.11", "Z 0.09", "F", "F"]],
  [1.5, ["O", "O", "U", "C 0.03", "C 0.06", "Z 0.07", "Z 0.05", "F", "F"]],
  [0.8, ["Q", "Q", "Q", "Q", "Q", "Q", "QF", "QF", "QF"]],
];
/** @type {Record<string, [string, string]>} */
const NAMES = {
  Q: ["Q", "at rest"],
  O: ["O", "an oscillation"],
  C: ["C", "chaos"],
  Z: ["❄", "freezable chaos"],
  F: ["F", "a stable fixed point"],
  U: ["?", "undecided"],
  QF: ["Q F", "rest from a small start, a fixed point from a large one"],
  ZU: ["❄ ?", "freezable chaos from a small start, undecided from a large one"],
};

/**
 * Fills the element with the map; a click chooses a point.
 * @param {HTMLElement} place
 * @param {(g: number, k: number) => void} choose
 * @returns {(g: number, k: number) => void} marks the present point
 */
export function phaseMap(place, choose) {
  const table = document.createElement("table");
  table.className = "phases";
  const caption = table.createCaption();
  caption.className = "hint";
  caption.textContent = "Rows: gain g. Columns: strength k. Measured at N = 400. Click on a point to go there.";
  const head = table.insertRow();
  for (const text of ["g \\ k", ...STRENGTHS]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = String(text);
    head.append(cell);
  }
  /** @type {{g: number, k: number, button: HTMLButtonElement}[]} */
  const points = [];
  for (const [g, cells] of ROWS) {
    const row = table.insertRow();
    const title = document.createElement("th");
    title.scope = "row";
    title.textContent = String(g);
    row.append(title);
    cells.forEach((cell, column) => {
      const [phase = "U", exponent] = cell.split(" ");
      const [short, long] = NAMES[phase] ?? ["?", "unknown"];
      const k = STRENGTHS[column] ?? 0;
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.phase = phase;
      button.textContent = short;
      const measured = exponent ? `, largest exponent ${exponent}` : "";
      button.title = `g = ${g}, k = ${k}: ${long}${measured}`;
      button.setAttribute("aria-label", button.title);
      button.addEventListener("click", () => choose(g, k));
      row.insertCell().append(button);
      points.push({ g, k, button });
    });
  }
  const legend = element("ul", { className: "legend" });
  for (const phase of ["C", "Z", "F", "O", "Q", "U"]) {
    const [short, long] = NAMES[phase] ?? ["", ""];
    const item = element("li", {});
    item.append(element("b", { textContent: short }), ` ${long}`);
    legend.append(item);
  }
  place.append(table, legend);
  return (g, k) => {
    for (const point of points) point.button.setAttribute("aria-pressed", String(point.g === g && point.k === k));
  };
}
