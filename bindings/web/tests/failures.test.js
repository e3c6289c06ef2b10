// What a reader is told when something is missing or breaks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { happens, open, serve, startBrowser, text } from "./support.js";

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

test("without WebAssembly the page says so", async () => {
  const { page, context } = await open(browser, server.address, {
    isReady: false,
    script: () => void delete (/** @type {any} */ (globalThis).WebAssembly),
  });
  await page.getByText(/WebAssembly switched off/).waitFor();
  await context.close();
});

test("without SIMD128 the plain module runs, and the page says so", async () => {
  const { page, context } = await open(browser, server.address, { script: () => void (WebAssembly.validate = () => false) });
  assert.match(await text(page, "build"), /no vector instructions, the same bits/);
  await page.keyboard.press("Space");
  await happens(page, /Frozen/);
  await context.close();
});

test("a worker that was lost is told, and started again", async () => {
  const { page, context } = await open(browser, server.address, {
    script: () => {
      const { Worker } = globalThis;
      globalThis.Worker = class extends Worker {
        /** @param {ConstructorParameters<typeof Worker>} options */
        constructor(...options) {
          super(...options);
          /** @type {any} */ (globalThis).lost = () => this.terminate();
        }
      };
    },
  });
  await page.evaluate(() => /** @type {any} */ (globalThis).lost());
  await page.getByText(/stopped answering/).waitFor();
  await page.click("#restart");
  await page.waitForFunction(() => document.getElementById("problem")?.hidden);
  await page.keyboard.press("Space");
  await happens(page, /Frozen/);
  await context.close();
});

test("a module that cannot be loaded is told", async () => {
  const context = await browser.newContext();
  await context.route("**/*.wasm", (route) => route.fulfill({ status: 404, body: "not found" }));
  const page = await context.newPage();
  await page.goto(server.address);
  await page.locator("#problem").filter({ hasText: /.+/ }).waitFor();
  assert.ok(await page.isVisible("#restart"));
  await context.close();
});

test("without Web Serial the card of the board says so", async () => {
  const { page, context } = await open(browser, server.address, { script: () => void delete (/** @type {any} */ (Navigator.prototype).serial) });
  await page.getByText(/no Web Serial/).waitFor();
  await context.close();
});
