// Both modules, without a browser: every golden, and each other's bits.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { goldens, path } from "./support.js";

const MODULES = ["freezable_bg.wasm", "freezable_simd128_bg.wasm"];
/** Most bytes of a module as a server sends it. */
const LARGEST = 150_000;

/** The classes of a module; each has its own. @param {string} name @returns {Promise<typeof import("../page/pkg/freezable.js")>} */
async function load(name) {
  const classes = await import(`../page/pkg/freezable.js?${name}`);
  await classes.default({ module_or_path: readFileSync(path(`../page/pkg/${name}`)) });
  return classes;
}

for (const name of MODULES) {
  test(`${name} gives the goldens of the page's transfer functions`, async () => {
    const { Setup, Simulation, build } = await load(name);
    assert.equal(build().startsWith("vector instructions"), name.includes("simd"));
    let count = 0;
    for (const model of /** @type {const} */ (["exact", "compact"])) {
      for (const { n, transfer, seed, freeze, release, digests } of goldens(model)) {
        if (transfer === 3) continue; // micromath is not in the page
        const setup = Object.assign(new Setup(), { model: model === "exact" ? 1 : 2, n, g: 3, transfer, seed_network: BigInt(seed), seed_state: BigInt(seed) });
        const simulation = new Simulation(setup);
        for (const [step, digest] of digests) {
          simulation.advance(step - Number(simulation.steps));
          simulation.take_recording();
          assert.equal(simulation.digest(), digest, `${model}, N = ${n}, transfer ${transfer}, step ${step}`);
          if (step === freeze) simulation.freeze();
          if (step === release) simulation.release();
          count++;
        }
        simulation.free();
      }
    }
    assert.ok(count > 100, `${count} digests`);
  });
}

test("the modules have each other's bits where no golden is, and a snapshot of one is taken by the other", async () => {
  const [plain, simd] = await Promise.all(MODULES.map(load));
  for (const [model, n] of [[1, 200], [1, 333], [2, 1024], [2, 2048]]) {
    const [a, b] = [plain, simd].map(({ Setup, Simulation }) => new Simulation(Object.assign(new Setup(), { model, n })));
    a.advance(300);
    b.advance(200);
    a.freeze();
    b.restore(a.snapshot());
    for (const simulation of [a, b]) {
      simulation.advance(20);
      simulation.release();
      simulation.advance(30);
    }
    assert.equal(b.digest(), a.digest(), `model ${model}, N = ${n}`);
  }
});

test("a twin parts while it runs, stays where it is while frozen, and a kick of a frozen state is forgotten", async () => {
  const { Setup, Simulation } = await load(MODULES[1]);
  const simulation = new Simulation(new Setup());
  for (let trial = 0; trial < 3; trial++) {
    simulation.advance(4000);
    simulation.add_twin(1e-6);
    simulation.advance(1);
    const kicked = simulation.twin_distance * Math.sqrt(200);
    assert.ok(kicked > 0.9e-6 && kicked < 1.1e-6, `kicked by ${kicked}`);
    simulation.advance(2500);
    const apart = simulation.twin_distance;
    simulation.freeze();
    simulation.advance(3000);
    const held = simulation.twin_distance;
    assert.ok(held < 3 * apart, `frozen: from ${apart} to ${held}`);
    simulation.add_twin(1e-6);
    simulation.advance(2000);
    assert.ok(simulation.twin_distance < 1e-6, `a kick while frozen: ${simulation.twin_distance}`);
    simulation.release();
    simulation.add_twin(1e-6);
    simulation.advance(12_000);
    assert.ok(simulation.twin_distance > 0.1, `released: ${simulation.twin_distance}`);
    simulation.take_recording();
  }
});

test("a module is small", () => {
  for (const name of MODULES) {
    const size = gzipSync(readFileSync(path(`../page/pkg/${name}`)), { level: 9 }).length;
    assert.ok(size < LARGEST, `${name}: ${size} bytes compressed`);
  }
});

test("what the page keeps for times without a network is every file of it", () => {
  const list = readFileSync(path("../page/service-worker.js"), "utf8");
  const names = readdirSync(path("../page"), { recursive: true, encoding: "utf8" });
  for (const name of names.filter((name) => statSync(path(`../page/${name}`)).isFile())) {
    const inList = name.startsWith("modules/") ? name.slice("modules/".length, -".js".length) : name;
    if (/\.d\.ts$|^index\.html$|^service-worker\.js$|^pkg\/(package\.json|\.gitignore)$/.test(name)) continue;
    assert.ok(list.includes(`"${inList}"`), `${name} is not in service-worker.js`);
  }
});
