// The worker: holds the network, answers one request after the other.
import init, { Simulation, build } from "../pkg/freezable.js";
import { setupOf } from "./parameters.js";

/** @typedef {import("./protocol.js").Request} Request */
/** @typedef {import("./protocol.js").View} View */

/** @type {Simulation | undefined} */
let simulation;
let n = 0;
let dt = 0;

/** @param {Request} request @returns {View} */
function answer(request) {
  if (request.kind === "build") {
    // the one before goes on if the new one is refused
    const next = begin(request.parameters, request.bytes);
    simulation?.free();
    simulation = next;
    ({ n, dt } = request.parameters);
    return view(simulation, true);
  }
  if (!simulation) throw new Error("there is no network yet");
  switch (request.kind) {
    case "advance":
      simulation.advance(request.steps);
      return view(simulation, false);
    case "look":
      return view(simulation, true);
    case "freeze":
      simulation.freeze();
      return view(simulation, true);
    case "release":
      simulation.release();
      return view(simulation, true);
    case "snapshot":
      return { ...view(simulation, true), bytes: simulation.snapshot() };
    case "restore":
      simulation.restore(request.bytes);
      return view(simulation, true);
    case "twin":
      if (request.on) simulation.add_twin(1e-6);
      else simulation.remove_twin();
      return view(simulation, true);
  }
}

/** A network from its start, or from a snapshot. @param {import("./parameters.js").Parameters} parameters @param {Uint8Array} [bytes] */
function begin(parameters, bytes) {
  const setup = setupOf(parameters);
  try {
    const next = new Simulation(setup);
    try {
      if (bytes) next.restore(bytes);
      return next;
    } catch (error) {
      next.free();
      throw error;
    }
  } finally {
    setup.free();
  }
}

/** @param {Simulation} network @param {boolean} withDigest @returns {View} */
function view(network, withDigest) {
  return {
    n,
    dt,
    steps: Number(network.steps),
    sampleEvery: Number(network.sample_every),
    isFrozen: network.is_frozen,
    speed: network.speed,
    overlap: network.overlap,
    distance: network.twin_distance,
    samples: network.take_recording(),
    twinSamples: network.take_twin_recording(),
    autocorrelation: network.autocorrelation(),
    digest: withDigest ? network.digest() : "",
  };
}

/** @param {import("./protocol.js").Reply} reply */
const reply = (reply) => postMessage(reply);
/** @param {unknown} error */
const words = (error) => (error instanceof Error ? error.message : String(error));

addEventListener("message", ({ data: { id, module, request } }) => {
  if (module) {
    init({ module_or_path: new URL(`../pkg/${module}`, import.meta.url) }).then(
      () => reply({ id: 0, ready: build() }),
      (error) => reply({ id: 0, failure: words(error) }),
    );
    return;
  }
  try {
    reply({ id, view: answer(request) });
  } catch (error) {
    reply({ id, failure: words(error) });
  }
});
