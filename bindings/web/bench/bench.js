// Times the step in Node.js, and the page in headless Chromium; prints the tables of docs/web.md. `npm run bench` in
// bindings/web, after `cargo xtask web --build-only`.
import { readFile, readdir, stat } from "node:fs/promises";
import { cpus } from "node:os";
import { gzipSync } from "node:zlib";
import { PlainCompact, PlainExact } from "./plain.js";
import { open, path, serve, startBrowser } from "../tests/support.js";

/** The classes of a module. @param {string} name */
async function load(name) {
  const classes = await import(`../page/pkg/freezable.js?${name}`);
  await classes.default({ module_or_path: await readFile(path(`../page/pkg/${name}`)) });
  return classes;
}

/** Microseconds of this processor a step, the least of several rounds, each long enough for its clock of milliseconds: what else the machine does counts little. @param {number} count @param {(count: number) => void} step */
function time(count, step) {
  let least = Infinity;
  for (let round = 0; round < 4; round++) {
    const began = process.cpuUsage();
    step(count);
    const { user, system } = process.cpuUsage(began);
    if (round > 0) least = Math.min(least, (user + system) / count);
  }
  return least;
}

/** Microseconds a step of each. */
async function* steps() {
  const [plainModule, simdModule] = [await load("freezable_bg.wasm"), await load("freezable_simd128_bg.wasm")];
  for (const [model, n, count] of [[1, 200, 6000], [1, 512, 1200], [2, 1024, 1200], [2, 2048, 300]]) {
    const [slow, fast] = [plainModule, simdModule].map(({ Setup, Simulation }) => new Simulation(Object.assign(new Setup(), { model, n })));
    const plain = new (model === 1 ? PlainExact : PlainCompact)({ n, k: 2, p: 2.5, dt: 0.05 }, fast.couplings(), fast.state());
    // the same step: before chaos and the samples' eight bits tell them apart
    fast.advance(60);
    slow.advance(60);
    for (let done = 0; done < 60; done++) plain.step();
    const state = fast.state();
    const apart = plain.x.reduce((most, x, i) => Math.max(most, Math.abs(x - state[i])), 0);
    if (!(apart < (model === 1 ? 1e-4 : 2e-2)) || fast.digest() !== slow.digest()) throw new Error(`model ${model}, N = ${n}: not the same step, ${apart} apart`);
    const javascript = time(Math.ceil(count / 60), (count) => {
      for (let done = 0; done < count; done++) plain.step();
    });
    const advance = (simulation) => time(count, (count) => (simulation.advance(count), simulation.take_recording()));
    const [without, running] = [advance(slow), advance(fast)];
    fast.freeze();
    yield { model: model === 1 ? "exact" : "compact", n, javascript, plain: without, simd: running, frozen: advance(fast) };
  }
}

/** Frames a second at so many steps a frame. @param {string} link @param {number} pace */
async function frames(link, pace) {
  const { page, context } = await open(browser, server.address + link);
  await page.locator("#pace").fill(String([1, 2, 5, 10, 20, 50, 100, 200].indexOf(pace)));
  await page.waitForTimeout(1000);
  const rate = await page.evaluate(async () => {
    const steps = () => Number(document.getElementById("steps")?.textContent?.replaceAll(",", ""));
    const [began, first] = [performance.now(), steps()];
    await new Promise((resolve) => setTimeout(resolve, 4000));
    return (steps() - first) / ((performance.now() - began) / 1000);
  });
  await context.close();
  return rate / pace;
}

/** Milliseconds from the request for the page to the first drawing of its network. */
async function firstPicture() {
  const times = [];
  for (let trial = 0; trial < 5; trial++) {
    const { page, context } = await open(browser, server.address);
    times.push(await page.evaluate(() => performance.getEntriesByName("first picture")[0]?.startTime ?? NaN));
    await context.close();
  }
  return times.sort((a, b) => a - b)[2] ?? NaN;
}

console.log(`Node.js ${process.versions.node} with V8 ${process.versions.v8}, ${cpus()[0]?.model.trim()}\n`);
console.log("| network | plain JavaScript | module without vector instructions | module with SIMD128 | faster than JavaScript | frozen, SIMD128 |\n|---|---|---|---|---|---|");
for await (const { model, n, javascript, plain, simd, frozen } of steps()) {
  const microseconds = (/** @type {number} */ value) => value.toFixed(value < 100 ? 1 : 0);
  console.log(`| ${model}, N = ${n} | ${microseconds(javascript)} | ${microseconds(plain)} | ${microseconds(simd)} | ${(javascript / simd).toFixed(1)} times | ${microseconds(frozen)} |`);
}

const [server, browser] = await Promise.all([serve(), startBrowser()]);
console.log(`\nChromium ${browser.version()}`);
console.log("\n| goal | measured |\n|---|---|");
console.log(`| exact, N = 200, 60 frames a second with at least 100 steps each | ${(await frames("", 100)).toFixed(0)} frames a second with 100 steps |`);
console.log(`| compact, N = 1,024, 60 frames a second with at least 20 steps each | ${(await frames("#model=compact&n=1024", 20)).toFixed(0)} frames a second with 20 steps |`);
console.log(`| first picture within 1 s | ${(await firstPicture()).toFixed(0)} ms |`);
for (const name of await readdir(path("../page/pkg"))) {
  const file = path(`../page/pkg/${name}`);
  if (name.endsWith(".wasm")) console.log(`| ${name} below 150 KB compressed | ${(gzipSync(await readFile(file), { level: 9 }).length / 1000).toFixed(0)} KB of ${((await stat(file)).size / 1000).toFixed(0)} KB |`);
}
await browser.close();
server.end();
