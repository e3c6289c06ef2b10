// Web Serial: a stand-in port, behind which the firmware runs on the emulated board.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { open, runTo, serve, startBrowser, text } from "./support.js";

const FIRMWARE = process.env.FREEZABLE_BOARD ?? "";

/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("node:child_process").ChildProcess} */
let emulator;
/** @type {import("node:net").Socket} */
let line;

before(async () => {
  [server, browser] = await Promise.all([serve(), startBrowser()]);
  // the board's flash is a file in this folder
  const folder = await mkdtemp(join(tmpdir(), "freezable-"));
  const socket = join(folder, "uart");
  const options = ["-machine", "mps2-an386", "-cpu", "cortex-m4", "-icount", "shift=0", "-display", "none", "-monitor", "none", "-no-reboot", "-semihosting-config", "enable=on,target=native", "-chardev", `socket,id=uart,path=${socket},server=on,wait=on`, "-serial", "chardev:uart", "-kernel", FIRMWARE];
  emulator = spawn("qemu-system-arm", options, { cwd: folder, stdio: "ignore" });
  line = await reach(socket);
});
after(async () => {
  line?.destroy();
  emulator?.kill();
  await browser?.close();
  server?.end();
});

/** @param {string} socket @returns {Promise<import("node:net").Socket>} */
async function reach(socket) {
  for (let trial = 0; trial < 200; trial++) {
    const found = await new Promise((resolve) => {
      const trying = connect(socket, () => resolve(trying)).once("error", () => resolve(undefined));
    });
    if (found) return found;
    await setTimeout(100);
  }
  throw new Error("the emulator does not open its socket");
}

/** In the page: a port whose bytes come and go through two functions of the test. */
function standIn() {
  const page = /** @type {any} */ (globalThis);
  page.closed = () => {};
  const port = {
    async open() {
      this.readable = new ReadableStream({
        start(controller) {
          page.fromBoard = (/** @type {number[]} */ bytes) => controller.enqueue(Uint8Array.from(bytes));
          page.unplug = () => controller.error(new Error("The device has been lost."));
        },
      });
      this.writable = new WritableStream({ write: (/** @type {Uint8Array} */ bytes) => page.toBoard(Array.from(bytes)) });
    },
    async close() {},
    /** @type {ReadableStream | null} */ readable: null,
    /** @type {WritableStream | null} */ writable: null,
  };
  Object.defineProperty(navigator, "serial", { value: { requestPort: async () => port } });
}

test("the page drives a board: freeze, store, recall, states both ways, with the page's own digests", async () => {
  const { page, strange } = await open(browser, `${server.address}#n=64&g=1.5&k=1.5&p=2.5&dt=0.05&seed=3`, { script: standIn });
  await page.context().exposeFunction("toBoard", (/** @type {number[]} */ bytes) => line.write(Uint8Array.from(bytes)));
  line.on("data", (bytes) => void page.evaluate((bytes) => /** @type {any} */ (globalThis).fromBoard?.(bytes), Array.from(bytes)).catch(() => {}));
  const card = page.locator("#board");
  const status = card.getByRole("status");
  const telemetry = card.locator(".report");
  const click = (/** @type {string} */ name) => card.getByRole("button", { name, exact: true }).click();
  const says = (/** @type {RegExp} */ words) => status.filter({ hasText: words }).waitFor({ timeout: 60_000 });
  /** Step and digest of the next report of that kind. @param {RegExp} words */
  const reports = async (words) => {
    await telemetry.filter({ hasText: words }).waitFor({ timeout: 60_000 });
    const [, step, digest] = /step (\d+).*digest ([0-9a-f]{16})/.exec(await telemetry.innerText()) ?? [];
    return { step: Number(step), digest };
  };

  assert.match(await text(page, "board"), /Connect a board/);
  await click("Connect a board");
  await says(/mps2-an386.*no state in its flash/);
  await click("Start this network");
  await says(/runs on the board/);
  await reports(/Plastic at step \d\d\d+/);
  await click("Freeze");
  await says(/Frozen/);
  const frozen = await reports(/Frozen at step/);
  await click("Store in flash");
  await says(/stored as state 1/);
  await click("Release");
  await says(/Released/);
  await reports(/Plastic at step/);
  await click("Recall from flash");
  await says(/Recalled state 1/);
  assert.ok((await reports(/Frozen at step/)).step >= frozen.step);

  // a state of the page, on the board: the same digest after as many steps of each
  await runTo(page, 500);
  await click("Send the page's state");
  await says(/took up/);
  const sent = await reports(/Plastic at step/);
  assert.ok(sent.step > 500 && sent.step < 3000, `step ${sent.step}`);
  assert.equal(await runTo(page, sent.step), sent.digest);

  // and back: the page goes on where the board is
  await click("Freeze");
  await says(/Frozen/);
  await click("Fetch the board's state");
  await page.locator("#status").filter({ hasText: /Took up the board's state/ }).waitFor({ timeout: 60_000 });
  assert.equal(await text(page, "plasticity"), "frozen");

  await page.evaluate(() => /** @type {any} */ (globalThis).unplug());
  await says(/device has been lost/);
  assert.deepEqual(strange, []);
});
