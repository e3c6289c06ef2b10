// The list of stored states.
import { divergingPalette } from "./canvas.js";
import { download, fileName } from "./files.js";

/** @typedef {import("./parameters.js").Parameters} Parameters */

/**
 * A state that was stored: its bytes, and the network that they are of.
 * @typedef {object} State
 * @property {string} name
 * @property {Parameters} parameters
 * @property {number} steps
 * @property {string} digest
 * @property {Uint8Array} bytes
 * @property {Int8Array} rates 127 phi, to look at
 */

/** The states, newest first, shown in a list. */
export class States {
  #list;
  #recall;
  #changed;
  #stored = 0;
  /** @type {State[]} */
  all = [];

  /**
   * @param {HTMLElement} list
   * @param {(state: State) => void} recall
   * @param {(count: number) => void} changed
   */
  constructor(list, recall, changed) {
    this.#list = list;
    this.#recall = recall;
    this.#changed = changed;
    this.#show();
  }

  /** @param {Omit<State, "name">} state */
  add(state) {
    const stored = { ...state, name: `state ${++this.#stored}` };
    this.all.unshift(stored);
    this.#show();
    return stored;
  }

  #show() {
    this.#list.replaceChildren(...this.all.map((state) => this.#item(state)));
    if (this.all.length === 0) {
      const item = document.createElement("li");
      item.textContent = "None yet.";
      this.#list.append(item);
    }
    this.#changed(this.all.length);
  }

  /** @param {State} state */
  #item(state) {
    const item = document.createElement("li");
    const title = document.createElement("b");
    title.textContent = state.name;
    const about = document.createElement("small");
    const { model, n, g, k } = state.parameters;
    about.textContent = `${model}, N = ${n}, g = ${g}, k = ${k}, step ${state.steps.toLocaleString("en")}, ${state.bytes.length.toLocaleString("en")} bytes`;
    const buttons = document.createElement("div");
    buttons.className = "row";
    buttons.append(
      button(`Recall`, `Recall ${state.name}`, () => this.#recall(state)),
      button("Download", `Download ${state.name}`, () => download(state.bytes, fileName(state.parameters, state.steps))),
      button("Forget", `Forget ${state.name}`, () => {
        this.all = this.all.filter((other) => other !== state);
        this.#show();
      }),
    );
    item.append(title, about, strip(state.rates), buttons);
    return item;
  }
}

/** @param {string} text @param {string} label @param {() => void} act */
function button(text, label, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = text;
  element.setAttribute("aria-label", label);
  element.addEventListener("click", act);
  return element;
}

/** The rates side by side. @param {Int8Array} rates */
function strip(rates) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, rates.length);
  canvas.height = 1;
  canvas.setAttribute("role", "presentation");
  const context = canvas.getContext("2d");
  if (context) {
    const pixels = context.createImageData(canvas.width, 1);
    const palette = divergingPalette();
    rates.forEach((rate, i) => pixels.data.set(palette.subarray(4 * (rate + 127), 4 * (rate + 128)), 4 * i));
    context.putImageData(pixels, 0, 0);
  }
  return canvas;
}
