// The form of the parameters: a slider with a number beside it, and what happens there.
import { element } from "./element.js";
import { MOST_NEURONS, SLIDERS, hint, seed } from "./parameters.js";

/** @typedef {import("./parameters.js").Parameters} Parameters */

/** Steps a frame that the last slider goes through. */
const PACES = [1, 2, 5, 10, 20, 50, 100, 200];

/** The form; calls back with every change. */
export class Controls {
  #form;
  #changed;
  /** @type {Parameters} */
  #parameters;
  /** @type {Map<string, {range: HTMLInputElement, number: HTMLInputElement, hint: HTMLElement}>} */
  #sliders = new Map();
  #model;
  #transfer;
  #start;
  #seed;
  /** Steps a frame. */
  pace = 10;

  /**
   * @param {HTMLElement} form
   * @param {Parameters} parameters
   * @param {(parameters: Parameters) => void} changed
   * @param {(error: Error) => void} refused
   */
  constructor(form, parameters, changed, refused) {
    this.#form = form;
    this.#parameters = parameters;
    this.#changed = changed;
    for (const slider of SLIDERS) this.#addSlider(slider);
    this.#model = this.#addChoice("kind of network", [["exact", "exact: Gaussian J, full A"], ["compact", "compact: signs, history of the rates"]], (value) => {
      const model = value === "compact" ? "compact" : "exact";
      this.#change({ model, n: Math.min(this.#parameters.n, MOST_NEURONS[model]) });
    });
    this.#transfer = this.#addChoice("transfer function", [["tanh", "tanh(x)"], ["erf", "erf(√π/2 x)"]], (value) => this.#change({ transfer: value === "erf" ? "erf" : "tanh" }));
    this.#start = this.#addChoice("start", [["small", "small: x = 0.1 z, A = 0"], ["large", "large: x = 3 z, A = (k/N) φ φᵀ"]], (value) => this.#change({ start: value === "large" ? "large" : "small" }));
    this.#seed = this.#addSeed(refused);
    this.#addPace();
    this.show(parameters);
  }

  /** @param {Partial<Parameters>} some */
  #change(some) {
    this.#parameters = { ...this.#parameters, ...some };
    this.show(this.#parameters);
    this.#changed(this.#parameters);
  }

  /** Shows other parameters, without a call back. @param {Parameters} parameters */
  show(parameters) {
    this.#parameters = parameters;
    for (const { name } of SLIDERS) {
      const slider = this.#sliders.get(name);
      if (!slider) continue;
      if (name === "n") slider.range.max = slider.number.max = String(MOST_NEURONS[parameters.model]);
      slider.range.value = String(parameters[name]);
      if (document.activeElement !== slider.number) slider.number.value = String(parameters[name]);
      slider.hint.textContent = hint(parameters, name);
    }
    this.#model.value = parameters.model;
    this.#transfer.value = parameters.transfer;
    this.#start.value = parameters.start;
    if (document.activeElement !== this.#seed) this.#seed.value = String(parameters.seedNetwork);
  }

  /** @param {typeof SLIDERS[number]} slider */
  #addSlider({ name, label, min, max, step }) {
    const range = input("range", name, { min, max, step });
    const number = input("number", `${name}-value`, { step: "any" });
    const text = element("p", { className: "hint", id: `${name}-hint` });
    number.setAttribute("aria-label", `${label}, as a number`);
    range.setAttribute("aria-describedby", text.id);
    this.#form.append(group(labelled(label, range), range, number, text));
    range.addEventListener("input", () => this.#change({ [name]: range.valueAsNumber }));
    number.addEventListener("change", () => {
      if (Number.isFinite(number.valueAsNumber)) this.#change({ [name]: number.valueAsNumber });
    });
    this.#sliders.set(name, { range, number, hint: text });
  }

  /** @param {string} label @param {[string, string][]} options @param {(value: string) => void} chosen */
  #addChoice(label, options, chosen) {
    const select = element("select", { id: label.replaceAll(" ", "-") });
    for (const [value, text] of options) select.append(new Option(text, value));
    select.addEventListener("change", () => chosen(select.value));
    this.#form.append(group(labelled(label, select), select));
    return select;
  }

  /** @param {(error: Error) => void} refused */
  #addSeed(refused) {
    const field = element("input", { id: "seed", inputMode: "numeric", type: "text" });
    field.size = 12;
    const another = element("button", { type: "button", textContent: "Another" });
    another.setAttribute("aria-label", "Another seed");
    field.addEventListener("change", () => {
      try {
        const value = seed("seed", field.value.trim());
        this.#change({ seedNetwork: value, seedState: value });
      } catch (error) {
        refused(/** @type {Error} */ (error));
      }
    });
    another.addEventListener("click", () => {
      const value = (this.#parameters.seedNetwork + 1n) % 2n ** 64n;
      this.#change({ seedNetwork: value, seedState: value });
      field.value = String(value);
    });
    const text = element("p", { className: "hint", textContent: "Of the couplings and of the initial state: another seed, another network." });
    this.#form.append(group(labelled("seed", field), field, another, text));
    return field;
  }

  #addPace() {
    const range = input("range", "pace", { min: 0, max: PACES.length - 1, step: 1 });
    range.value = String(PACES.indexOf(this.pace));
    const text = element("p", { className: "hint", id: "pace-hint" });
    range.setAttribute("aria-describedby", text.id);
    const show = () => {
      this.pace = PACES[range.valueAsNumber] ?? 10;
      range.setAttribute("aria-valuetext", `${this.pace} steps a frame`);
      text.textContent = `${this.pace} steps a frame`;
    };
    range.addEventListener("input", show);
    this.#form.append(group(labelled("pace", range), range, element("span", {}), text));
    show();
  }
}

/** @param {string} type @param {string} id @param {Record<string, string | number>} attributes */
function input(type, id, attributes) {
  const field = element("input", { type, id });
  for (const [name, value] of Object.entries(attributes)) field.setAttribute(name, String(value));
  return field;
}

/** @param {string} text @param {HTMLElement} field */
function labelled(text, field) {
  const label = element("label", { htmlFor: field.id });
  const symbol = / ([gkpN])$/.exec(text);
  label.append(symbol ? text.slice(0, -1) : text);
  if (symbol) label.append(element("b", { textContent: symbol[1] ?? "" }));
  return label;
}

/** @param {HTMLElement[]} parts */
function group(...parts) {
  const box = element("div", { className: "parameter" });
  box.append(...parts);
  return box;
}
