// What a reader chooses: names and defaults as those of `host-sim`, bounds of a page, and what happens along each.
import { Setup } from "../pkg/freezable.js";

/**
 * @typedef {object} Parameters
 * @property {"exact" | "compact"} model
 * @property {number} n
 * @property {number} g
 * @property {number} k
 * @property {number} p
 * @property {number} dt
 * @property {"tanh" | "erf"} transfer
 * @property {bigint} seedNetwork
 * @property {bigint} seedState
 * @property {number} network
 * @property {"small" | "large"} start
 */

/** @type {Readonly<Parameters>} */
export const DEFAULTS = Object.freeze({
  model: "exact",
  n: 200,
  g: 2,
  k: 2,
  p: 2.5,
  dt: 0.05,
  transfer: "tanh",
  seedNetwork: 1n,
  seedState: 1n,
  network: 0,
  start: "small",
});

/** Most neurons of each kind in a page. */
export const MOST_NEURONS = { exact: 512, compact: 2048 };

/** Sliders: bounds of the handle, not of the kernel, which checks the rest. */
export const SLIDERS = /** @type {const} */ ([
  { name: "g", label: "gain g", min: 0, max: 4, step: 0.05 },
  { name: "k", label: "strength of the plasticity k", min: -4, max: 5, step: 0.05 },
  { name: "p", label: "time constant of the synapses p", min: 0.25, max: 20, step: 0.25 },
  { name: "n", label: "neurons N", min: 8, max: 512, step: 1 },
]);

/**
 * What the paper, and the measurements in docs/phase-diagram.md, say of a value.
 * @param {Parameters} parameters
 * @param {"g" | "k" | "p" | "n"} name
 */
export function hint(parameters, name) {
  const { g, k, p, n, model } = parameters;
  switch (name) {
    case "g":
      if (g < 1) return "Below 1, rest is stable: small starts decay. Near 0.9 and 1.75 for k, a large start may stay chaotic.";
      if (g < 1.3) return "Just above 1, rest is unstable; chaos here is weak and needs many neurons.";
      return "Above 1, rest is unstable and large networks are chaotic; a larger gain quickens chaos.";
    case "k":
      if (k < 0) return "Anti-Hebbian: quickens the activity and makes it oscillate. Freezing holds nothing.";
      if (k === 0) return "No plasticity, the control: nothing to freeze, chaos goes on.";
      if (k < freezableFrom(g)) return "Hebbian: slows chaos. Too weak yet for freezing to hold every state.";
      if (k < 2.5 || (g >= 3 && k < 3.5)) return "Freezable chaos: chaotic while plastic, a fixed point near the present state when frozen.";
      return "Strong Hebbian plasticity: the network falls into one of very many stable fixed points.";
    case "p":
      if (p < 1) return "Synapses faster than neurons: A follows the rates at once. dt is at most p.";
      if (p > 5) return "Slow synapses: A averages over a long past, and memory of it lasts as long.";
      return "Synapses a few times slower than neurons, as in the paper's figures (2.5).";
    default:
      if (n < 128) return "Small networks are not robust: most fall into a fixed point sooner or later.";
      if (n < 200) return "Many networks of this size stay chaotic, some do not: try another seed.";
      return model === "exact"
        ? `${(n * n).toLocaleString("en")} plastic synapses, each stored.`
        : `${(n * n).toLocaleString("en")} plastic synapses from a history of eight samples.`;
  }
}

/** From where on 0.95 of all freezes succeed, by docs/phase-diagram.md at N = 400. @param {number} g */
function freezableFrom(g) {
  if (g < 1.25) return Infinity;
  if (g < 1.75) return 1.5;
  return g < 2.5 ? 1.75 : 2.5;
}

/** The kernel's form; the caller frees it. @param {Parameters} parameters */
export function setupOf(parameters) {
  const setup = new Setup();
  setup.model = parameters.model === "exact" ? 1 : 2;
  setup.n = parameters.n;
  setup.g = parameters.g;
  setup.k = parameters.k;
  setup.p = parameters.p;
  setup.dt = parameters.dt;
  setup.transfer = parameters.transfer === "tanh" ? 0 : 2;
  setup.seed_network = parameters.seedNetwork;
  setup.seed_state = parameters.seedState;
  setup.network = parameters.network;
  setup.large_start = parameters.start === "large";
  return setup;
}

/** The part of an address that holds all parameters. @param {Parameters} parameters */
export function toLink(parameters) {
  const { seedNetwork, seedState, ...rest } = parameters;
  const seeds =
    seedNetwork === seedState ? { seed: seedNetwork } : { "seed-network": seedNetwork, "seed-state": seedState };
  return Object.entries({ ...rest, ...seeds })
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/**
 * Reads a link; throws an error that names what it does not understand.
 * @param {string} link without the number sign
 * @returns {Parameters}
 */
export function fromLink(link) {
  const parameters = { ...DEFAULTS };
  for (const [name, value] of new URLSearchParams(link)) {
    switch (name) {
      case "model":
        parameters.model = oneOf(name, value, ["exact", "compact"]);
        break;
      case "transfer":
        parameters.transfer = oneOf(name, value, ["tanh", "erf"]);
        break;
      case "start":
        parameters.start = oneOf(name, value, ["small", "large"]);
        break;
      case "seed":
        parameters.seedNetwork = parameters.seedState = seed(name, value);
        break;
      case "seed-network":
        parameters.seedNetwork = seed(name, value);
        break;
      case "seed-state":
        parameters.seedState = seed(name, value);
        break;
      case "n":
      case "network":
        parameters[name] = Number(seed(name, value, 2n ** 32n));
        break;
      case "g":
      case "k":
      case "p":
      case "dt":
        parameters[name] = number(name, value);
        break;
      default:
        throw new Error(`the link has ${name} = ${value}, which is no parameter`);
    }
  }
  return parameters;
}

/**
 * @template {string} T
 * @param {string} name
 * @param {string} value
 * @param {T[]} allowed
 * @returns {T}
 */
function oneOf(name, value, allowed) {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new Error(`${name} = ${value} is not one of ${allowed.join(" and ")}`);
  return found;
}

/** @param {string} name @param {string} value */
function number(name, value) {
  const found = Number(value);
  if (value.trim() === "" || !Number.isFinite(found)) throw new Error(`${name} = ${value} is not a finite number`);
  return found;
}

/** A whole number below a bound. @param {string} name @param {string} value */
export function seed(name, value, bound = 2n ** 64n) {
  if (!/^\d{1,20}$/.test(value) || BigInt(value) >= bound) {
    throw new Error(`${name} = ${value} is not a whole number from 0 to ${bound - 1n}`);
  }
  return BigInt(value);
}
