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
    const setup = setupOf(request.parameters);
    try {
      const next = new Simulation(setup);
      simulation?.free();
      simulation = next;
    } finally {
      setup.free();
    }
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

const module = new URL(location.href).searchParams.get("module") ?? "";
init({ module_or_path: new URL(`../pkg/${module}`, import.meta.url) }).then(
  () => reply({ id: 0, ready: build() }),
  (error) => reply({ id: 0, failure: words(error) }),
);

addEventListener("message", ({ data: { id, request } }) => {
  try {
    reply({ id, view: answer(request) });
  } catch (error) {
    reply({ id, failure: words(error) });
  }
});
