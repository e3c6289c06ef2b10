// The page in a browser, as a reader uses it.
import assert from "node:assert/strict";
import { readFile, writeFile, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { goldens, happens, open, runTo, serve, startBrowser, text } from "./support.js";

/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  [server, browser] = await Promise.all([serve(), startBrowser()]);
});
after(async () => {
  await browser?.close();
  server?.end();
});

/** @param {string} [link] @param {Parameters<typeof open>[2]} [options] */
const at = (link = "", options) => open(browser, server.address + link, options);
/** @param {import("playwright-core").Page} page @param {string} id */
const value = async (page, id) => Number(await text(page, id));

for (const query of ["", "?simd=off"]) {
  for (const [model, n, transfer] of /** @type {const} */ ([["exact", 17, "tanh"], ["exact", 128, "tanh"], ["compact", 128, "tanh"], ["exact", 17, "erf"]])) {
    test(`the digests shown are the goldens: ${model}, N = ${n}, ${transfer}, ${query || "SIMD128"}`, async () => {
      const golden = goldens(model).find((one) => one.n === n && one.transfer === (transfer === "tanh" ? 0 : 2));
      assert.ok(golden);
      const expected = new Map(golden.digests);
      const { page, context, strange } = await at(`${query}#model=${model}&n=${n}&g=3&k=2&p=2.5&dt=0.05&transfer=${transfer}&seed=${golden.seed}`);
      assert.equal((await text(page, "build")).startsWith("vector"), query === "");
      const { freeze, release } = golden;
      assert.equal(await runTo(page, 16), expected.get(16));
      assert.equal(await runTo(page, freeze), expected.get(freeze));
      await page.keyboard.press("Space");
      await happens(page, /Frozen/);
      assert.equal(await runTo(page, release), expected.get(release));
      await page.keyboard.press("Space");
      await happens(page, /Released/);
      assert.equal(await runTo(page, 2 * freeze), expected.get(2 * freeze));
      assert.deepEqual(strange, []);
      await context.close();
    });
  }
}

test("freezing holds the state, releasing lets it go, and at k = 0 nothing is held", async () => {
  const { page, context, strange } = await at();
  await runTo(page, 4000);
  await page.keyboard.press("Space");
  await happens(page, /Frozen/);
  await runTo(page, 8000);
  assert.equal(await text(page, "plasticity"), "frozen");
  assert.equal(await page.getAttribute("#freeze", "aria-pressed"), "true");
  assert.ok((await value(page, "speed")) < 1e-5, await text(page, "speed"));
  assert.ok((await value(page, "overlap")) > 0.98, await text(page, "overlap"));
  await page.keyboard.press("Space");
  await runTo(page, 14_000);
  assert.ok((await value(page, "speed")) > 1e-3, await text(page, "speed"));
  assert.ok((await value(page, "overlap")) < 0.9, await text(page, "overlap"));

  await page.click("#control");
  await happens(page, /The control/);
  await runTo(page, 4000);
  await page.click("#freeze");
  await happens(page, /nothing is held/);
  await runTo(page, 8000);
  assert.ok((await value(page, "speed")) > 1e-2, await text(page, "speed"));
  assert.ok((await value(page, "overlap")) < 0.9, await text(page, "overlap"));
  await page.click("#control");
  await happens(page, /k = 2/);
  assert.deepEqual(strange, []);
  await context.close();
});

test("a stored state outlives a power cut bit for bit, and several are kept", async () => {
  const { page, context, strange } = await at();
  const workers = [];
  page.on("worker", (worker) => workers.push(worker.url()));
  await runTo(page, 3000);
  await page.click("#store");
  await happens(page, /state 1/);
  const stored = await text(page, "digest");
  await page.keyboard.press("Space");
  await runTo(page, 5000);
  await page.click("#store");
  await happens(page, /state 2/);
  const second = await text(page, "digest");
  await page.click("#power");
  await happens(page, /Power cut/);
  assert.ok(await page.isVisible("#darkness"));
  await happens(page, /Recalled state 2, frozen: the digest is the stored one/);
  assert.equal(workers.length, 1, "another worker with another memory");
  assert.equal(await text(page, "digest"), second);
  assert.equal(await text(page, "plasticity"), "frozen");
  await page.getByRole("button", { name: "Recall state 1" }).click();
  await happens(page, /Recalled state 1/);
  assert.equal(await text(page, "digest"), stored);
  // what follows is what would have followed
  await page.keyboard.press("Space");
  await happens(page, /Released/);
  await runTo(page, 5000);
  await page.click("#store");
  assert.equal(await text(page, "digest"), second);
  assert.deepEqual(strange, []);
  await context.close();
});

test("a downloaded snapshot is taken up in another page, also of another network; a spoilt one is refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "freezable-"));
  const { page, context } = await at("#model=compact&n=150&g=2&k=1.5&p=2.5&dt=0.05&seed=11");
  await runTo(page, 700);
  await page.click("#store");
  const digest = await text(page, "digest");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download state 1" }).click()]);
  const name = download.suggestedFilename();
  assert.equal(name, "compact-n150-seed11-state11-step700.fzch");
  const file = join(folder, name);
  await download.saveAs(file);
  await context.close();

  const other = await at();
  await other.page.click("#pause");
  await other.page.setInputFiles("#upload", file);
  await happens(other.page, /Took up/);
  assert.equal(await text(other.page, "digest"), digest);
  assert.ok(other.page.url().includes("model=compact&n=150"), other.page.url());

  const bytes = await readFile(file);
  bytes[100] ^= 4;
  const spoilt = join(folder, "spoilt-seed11.fzch");
  await writeFile(spoilt, bytes);
  await other.page.setInputFiles("#upload", spoilt);
  await other.page.getByText(/refused, and nothing changed.*checksum/).waitFor();
  assert.equal(await text(other.page, "digest"), digest);

  const renamed = join(folder, "other-seed12.fzch");
  await writeFile(renamed, await readFile(file));
  await other.page.setInputFiles("#upload", renamed);
  await other.page.getByText(/refused.*couplings.*Set the seed/).waitFor();
  await writeFile(spoilt, "no snapshot");
  await other.page.setInputFiles("#upload", spoilt);
  await other.page.getByText(/not a snapshot/).waitFor();
  assert.equal(await text(other.page, "digest"), digest);
  assert.deepEqual(other.strange, []);
  await other.context.close();
});

test("a link holds all parameters, and a bad one is told", async () => {
  const link = "#model=exact&n=40&g=1.75&k=-0.5&p=3.25&dt=0.025&transfer=erf&network=2&start=large&seed-network=5&seed-state=18446744073709551615";
  const { page, context } = await at(link);
  const digest = await runTo(page, 200);
  assert.equal(new URL(page.url()).hash, link);
  await page.reload();
  await page.waitForSelector("html[data-ready]");
  assert.equal(await runTo(page, 200), digest);
  await page.evaluate(() => (location.hash = "#g=1e40"));
  await page.getByText(/g = inf is not a finite number/i).waitFor();
  await page.evaluate(() => (location.hash = "#n=513"));
  await page.getByText(/N = 513 is above the bound 512/i).waitFor();
  await page.evaluate(() => (location.hash = "#gain=2"));
  await page.getByText(/gain = 2, which is no parameter/).waitFor();
  await context.close();
});

test("the keyboard alone suffices", async () => {
  const { page, context } = await at();
  await page.keyboard.press("Space");
  await happens(page, /Frozen/);
  /** @type {string[]} */
  const reached = [];
  for (let press = 0; press < 120; press++) {
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent || ""));
    if (reached.at(-1) === "k" && reached.indexOf("k") === press) {
      await page.keyboard.press("ArrowRight");
      await happens(page, /k = 2\.05/);
    }
  }
  for (const id of ["freeze", "store", "power", "pause", "control", "twin", "g", "k", "p", "n", "seed", "pace", "upload", "target", "link"]) {
    assert.ok(reached.includes(id), `Tab reaches ${id}`);
  }
  // a slider leaves the space bar to the network
  await page.focus("#g");
  await page.keyboard.press("Space");
  await happens(page, /Frozen|Released/);
  await context.close();
});

test("the map of phases and the sliders choose the network", async () => {
  const { page, context } = await at();
  await page.getByRole("button", { name: /g = 1.5, k = 1.5: freezable chaos/ }).click();
  await happens(page, /g = 1.5, k = 1.5/);
  assert.equal(await page.inputValue("#g-value"), "1.5");
  await page.selectOption("#kind-of-network", "compact");
  await page.fill("#n-value", "2048");
  await page.press("#n-value", "Enter");
  await happens(page, /2048 neurons/);
  await page.selectOption("#kind-of-network", "exact");
  await happens(page, /512 neurons/);
  await context.close();
});

test("a narrow screen shows everything, and the scheme is the reader's", async () => {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    const { page, context } = await at("", { viewport: { width: 360, height: 740 }, colorScheme, hasTouch: true });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, `${width} pixels wide`);
    const box = await page.locator("#freeze").boundingBox();
    assert.ok(box && box.height >= 44 && box.width > 100, JSON.stringify(box));
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.tap("#freeze");
    await happens(page, /Frozen/);
    const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    assert.equal(paper, colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(20, 23, 27)");
    await context.close();
  }
});

test("with no network at all, the page that was read once works", async () => {
  const own = await serve();
  const { page, context } = await open(browser, own.address);
  await page.evaluate(() => navigator.serviceWorker.ready);
  own.end();
  await page.reload();
  await page.waitForSelector("html[data-ready]");
  await page.keyboard.press("Space");
  await happens(page, /Frozen/);
  await context.close();
});
