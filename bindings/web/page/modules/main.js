// Puts the page together: the network in its worker, the buttons, and the drawings of every frame.
import init from "../pkg/freezable.js";
import { onScheme } from "./canvas.js";
import { Portrait, TimeChart, drawAutocorrelation } from "./charts.js";
import { Controls } from "./controls.js";
import { Engine, Lost, chooseModule } from "./engine.js";
import { networkOf } from "./files.js";
import { DEFAULTS, fromLink, toLink } from "./parameters.js";
import { phaseMap } from "./phases.js";
import { by, readOut, say, write } from "./readout.js";
import { Raster } from "./raster.js";
import { States } from "./states.js";
import { SPAN, Timeline } from "./timeline.js";
import { boardCard } from "./board-card.js";

/** @typedef {import("./parameters.js").Parameters} Parameters */
/** @typedef {import("./protocol.js").Request} Request */
/** @typedef {import("./protocol.js").View} View */
/** @typedef {import("./states.js").State} State */

/** Units of time between two samples. */
const SAMPLE_INTERVAL = 0.25;
/** Milliseconds between two digests while the network runs. */
const DIGEST_EVERY = 500;

const timeline = new Timeline();
const raster = new Raster(by("raster"), SPAN / SAMPLE_INTERVAL);
const portrait = new Portrait(by("portrait"));
const charts = [
  new TimeChart(by("speed-chart"), 0, { min: -7, max: 0.3, logarithmic: true, ticks: [[1, "1"], [1e-6, "10⁻⁶"]] }, "main"),
  new TimeChart(by("overlap-chart"), 1, { min: -1, max: 1, ticks: [[1, "1"], [0, "0"], [-1, "-1"]] }, "main"),
  new TimeChart(by("distance-chart"), 2, { min: -9, max: 0.6, logarithmic: true, ticks: [[1, "1"], [1e-6, "10⁻⁶"]] }, "overlay"),
];

/** @type {Parameters} */
let parameters = { ...DEFAULTS };
/** @type {Engine | undefined} */
let engine;
/** @type {View | undefined} */
let view;
let isPaused = false;
let hasTwin = false;
let lastDigest = 0;
/** The strength to come back to from the control. */
let strength = DEFAULTS.k;
/** Requests follow each other, also where they are made of several. @type {Promise<unknown>} */
let queue = Promise.resolve();

/** Tells a reader what is wrong, and whether to start again. @param {unknown} error */
function complain(error) {
  const problem = by("problem");
  const text = error instanceof Error ? error.message : String(error);
  /** @type {HTMLElement} */ (problem.firstElementChild).textContent = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  problem.hidden = false;
  by("restart").hidden = !(error instanceof Lost);
  if (error instanceof Lost) engine = undefined;
}

function settle() {
  by("problem").hidden = true;
}

/** Does this after all that was asked before. @template T @param {() => Promise<T>} act @returns {Promise<T | undefined>} */
function then(act) {
  const result = queue.then(act).catch((error) => void complain(error));
  queue = result;
  return result;
}

/** @param {Request} request */
async function ask(request) {
  if (!engine) throw new Lost("There is no network: it was lost.");
  const next = await engine.ask(request);
  take(next, request.kind === "build" || request.kind === "restore");
  return next;
}

/** @param {View} next @param {boolean} isAnew */
function take(next, isAnew) {
  const time = next.steps * next.dt;
  if (isAnew) timeline.clear(time);
  if (isAnew && next.n !== view?.n) raster.clear(next.n);
  if (isAnew) portrait.clear();
  raster.push(next.samples, next.n);
  portrait.push(next.samples, next.twinSamples, next.n);
  timeline.push(time, next.isFrozen, [next.speed, next.overlap, next.distance]);
  view = { ...next, samples: next.samples.length ? next.samples : view?.samples ?? next.samples };
  if (next.digest) {
    write("digest", next.digest);
    write("digest-steps", next.steps.toLocaleString("en"));
  }
  readOut(next);
}

function draw() {
  if (!view) return;
  raster.draw(timeline);
  for (const chart of charts) chart.draw(timeline);
  portrait.draw(view.isFrozen);
  drawAutocorrelation(by("autocorrelation"), view.autocorrelation, 2 * view.sampleEvery * view.dt);
}

/** The worker computes the next steps while the page draws the last ones. */
async function frame() {
  if (engine && !isPaused && !document.hidden) {
    // what was asked for before it may have paused the network
    const steps = then(async () => isPaused || (await ask({ kind: "advance", steps: controls.pace })));
    draw();
    await steps;
    if (performance.now() - lastDigest > DIGEST_EVERY) {
      lastDigest = performance.now();
      await then(async () => engine && (await ask({ kind: "look" })));
    }
  } else {
    draw();
  }
  requestAnimationFrame(frame);
}

/** Builds the network of these parameters and starts it, or takes the state of a snapshot. @param {Parameters} next @param {Uint8Array} [bytes] */
async function build(next, bytes) {
  try {
    await ask({ kind: "build", parameters: next, ...(bytes && { bytes }) });
    parameters = next;
  } finally {
    // of the one before, where this one was refused
    controls.show(parameters);
  }
  settle();
  if (hasTwin) await ask({ kind: "twin", on: true });
  history.replaceState(null, "", `${location.pathname}${location.search}#${toLink(next)}`);
  markPhase(next.p === 2.5 ? next.g : NaN, next.k);
  by("control").setAttribute("aria-pressed", String(next.k === 0));
  if (next.k !== 0) strength = next.k;
}

/** @type {Parameters | undefined} */
let wanted;
/** Builds the last of several networks that were asked for in a row. @param {Parameters} next @param {string} [words] */
function change(next, words) {
  const isFirst = !wanted;
  wanted = next;
  if (!isFirst) return;
  then(async () => {
    const last = /** @type {Parameters} */ (wanted);
    wanted = undefined;
    await build(last);
    say(words ?? `A network of ${last.n} neurons starts, g = ${last.g}, k = ${last.k}.`);
  });
}

async function toggle() {
  if (view?.isFrozen) {
    await ask({ kind: "release" });
    say("Released: the synapses change again.");
  } else {
    await ask({ kind: "freeze" });
    say(
      parameters.k === 0
        ? "There is no plasticity to halt at k = 0: the activity goes on, and nothing is held."
        : "Frozen: the synapses stand still. The state is held from here on.",
    );
  }
}

/** The rates of the last sample, to look at. */
function shown() {
  return { rates: (view?.samples ?? new Int8Array()).slice(-(view?.n ?? 0)) };
}

/** Halts the plasticity and keeps the bytes, as a board does. */
async function store() {
  await ask({ kind: "freeze" });
  const kept = await ask({ kind: "snapshot" });
  const state = states.add({
    parameters,
    steps: kept.steps,
    digest: kept.digest,
    bytes: kept.bytes ?? new Uint8Array(),
    ...shown(),
  });
  say(`Frozen and stored as ${state.name}, ${state.bytes.length.toLocaleString("en")} bytes.`);
}

/** Takes up the state of a snapshot of this network; gives the digest. @param {Parameters} next @param {Uint8Array} bytes */
async function takeUp(next, bytes) {
  if (toLink(next) !== toLink(parameters)) {
    await build(next, bytes);
    return (await ask({ kind: "look" })).digest;
  }
  const { digest } = await ask({ kind: "restore", bytes });
  settle();
  return digest;
}

/** @param {State} state */
async function recall(state) {
  const digest = await takeUp(state.parameters, state.bytes);
  const verdict = digest === state.digest ? "the digest is the stored one, bit for bit" : `its digest is ${digest}, not ${state.digest}`;
  say(`Recalled ${state.name}, frozen: ${verdict}.`);
}

/** Throws the network and its memory away, and recalls the newest state from its bytes. */
async function cutPower() {
  engine?.end();
  engine = undefined;
  view = undefined;
  by("darkness").hidden = false;
  say("Power cut: the network is gone.");
  await new Promise((resolve) => setTimeout(resolve, 1200));
  await start(parameters);
  by("darkness").hidden = true;
  const newest = states.all[0];
  if (newest) await recall(newest);
  else say("Nothing was stored: the network starts anew.");
}

/** Starts a worker, and the network in it. @param {Parameters} next */
async function start(next) {
  engine?.end();
  const module = chooseModule();
  engine = new Engine(module);
  // the page has an instance of its own, for the headers of files and the frames of a board
  const own = init({ module_or_path: new URL(`../pkg/${module}`, import.meta.url) });
  const [about] = await Promise.all([engine.ready, own.catch((error) => Promise.reject(new Lost(`The WebAssembly module could not be loaded: ${error.message}`)))]);
  write("build", about);
  await build(next);
}

/** @param {number} target */
async function runTo(target) {
  pause(true);
  if (!view || target < view.steps) await build(parameters);
  while (view && view.steps < target) {
    await ask({ kind: "advance", steps: Math.min(target - view.steps, 50) });
    await new Promise((resolve) => requestAnimationFrame(resolve));
    draw();
  }
  await ask({ kind: "look" });
  say(`Paused after ${view?.steps.toLocaleString("en")} steps.`);
}

/** @param {boolean} on */
function pause(on) {
  isPaused = on;
  by("pause").setAttribute("aria-pressed", String(on));
}

/** @param {File} file */
async function open(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    const digest = await takeUp(networkOf(bytes, file.name, parameters), bytes);
    const steps = view?.steps ?? 0;
    states.add({ parameters, steps, digest, bytes, ...shown() });
    say(`Took up ${file.name} after ${steps.toLocaleString("en")} steps.`);
  } catch (error) {
    if (error instanceof Lost) throw error;
    const text = error instanceof Error ? error.message : String(error);
    const advice = /coupling/.test(text) ? " Set the seed that it was made with, and open it again." : "";
    throw new Error(`${file.name} was refused, and nothing changed: ${text}.${advice}`);
  }
}

const controls = new Controls(by("parameters"), parameters, (next) => change(next), complain);
const markPhase = phaseMap(by("phases"), (g, k) => {
  change({ ...parameters, g, k, p: 2.5, dt: DEFAULTS.dt });
});
const states = new States(
  by("states"),
  (state) => then(() => recall(state)),
  (count) => (/** @type {HTMLButtonElement} */ (by("recall")).disabled = count === 0),
);

by("freeze").addEventListener("click", () => then(toggle));
by("store").addEventListener("click", () => then(store));
by("recall").addEventListener("click", () => then(async () => states.all[0] && recall(states.all[0])));
by("power").addEventListener("click", () => then(cutPower));
by("pause").addEventListener("click", () => pause(!isPaused));
by("again").addEventListener("click", () => change(parameters, "Started anew from the same seeds."));
by("restart").addEventListener("click", () => then(() => start(parameters)));
by("control").addEventListener("click", () => {
  const k = parameters.k === 0 ? strength : 0;
  change({ ...parameters, k }, k === 0 ? "The control: k = 0, no plasticity. Freezing holds nothing." : `Plastic again, k = ${k}.`);
});
by("twin").addEventListener("click", () => {
  hasTwin = !hasTwin;
  by("twin").setAttribute("aria-pressed", String(hasTwin));
  then(() => ask({ kind: "twin", on: hasTwin }));
  say(hasTwin ? "A twin runs beside it, one neuron kicked by 1e-6." : "The twin is gone.");
});
by("link").addEventListener("click", async () => {
  await navigator.clipboard?.writeText(location.href).catch(() => {});
  write("link-done", "The address holds all parameters.");
});
by("run-to").addEventListener("submit", (event) => {
  event.preventDefault();
  const target = /** @type {HTMLInputElement} */ (by("target")).valueAsNumber;
  then(() => runTo(target));
});
by("upload").addEventListener("change", () => {
  const field = /** @type {HTMLInputElement} */ (by("upload"));
  const file = field.files?.[0];
  field.value = "";
  if (file) then(() => open(file));
});
// a button that was clicked would keep the space bar for itself; one that was reached by keyboard may
addEventListener("click", (event) => {
  if (event.detail > 0 && document.activeElement instanceof HTMLButtonElement) document.activeElement.blur();
});
addEventListener("keydown", (event) => {
  const isField = event.target instanceof Element && event.target.closest("button, a, select, input:not([type=range]), textarea");
  if (event.code !== "Space" || event.repeat || event.ctrlKey || event.altKey || event.metaKey || isField) return;
  event.preventDefault();
  then(toggle);
});
addEventListener("hashchange", () => {
  try {
    change(fromLink(location.hash.slice(1)));
  } catch (error) {
    complain(error);
  }
});
onScheme(() => raster.repaint());

boardCard(by("board"), {
  parameters: () => parameters,
  snapshot: () => then(async () => (await ask({ kind: "snapshot" })).bytes),
  take: (bytes, board) => then(() => open(new File([/** @type {BlobPart} */ (bytes)], board))),
});

then(async () => {
  let first = parameters;
  try {
    first = fromLink(location.hash.slice(1));
  } catch (error) {
    complain(error);
  }
  const hadProblem = !by("problem").hidden;
  await start(first);
  if (hadProblem) by("problem").hidden = false;
  else say("Chaotic. Press Freeze, or the space bar, to hold the present state.");
  draw();
  performance.mark("first picture");
  document.documentElement.dataset.ready = "true";
  requestAnimationFrame(frame);
  navigator.serviceWorker?.register("service-worker.js").catch(() => {});
});
