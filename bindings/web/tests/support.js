// A browser, a server of the page, and the goldens.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const BROWSER = process.env.FREEZABLE_BROWSER ?? "/usr/bin/chromium";
const TOOL = process.env.FREEZABLE_WEB_TOOL ?? path("../target/debug/freezable-chaos-web-tool");
// No sandbox, as root in CI has none; nothing is asked of any other machine.
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** @param {string} relative to this folder */
export function path(relative) {
  return fileURLToPath(new URL(relative, import.meta.url));
}

/** Serves the page; `end` stops it. */
export async function serve() {
  const server = spawn(TOOL, ["serve", path("../page")], { stdio: ["ignore", "pipe", "inherit"] });
  const [address] = await once(createInterface(server.stdout), "line");
  return { address: String(address), end: () => server.kill() };
}

/** @param {string[]} [flags] */
export function startBrowser(flags = []) {
  return chromium.launch({ executablePath: BROWSER, args: [...FLAGS, ...flags] });
}

/**
 * Opens the page and waits until its network runs. Errors that nobody caught, and requests to other machines, are kept.
 * @param {import("playwright-core").Browser} browser
 * @param {string} address
 * @param {import("playwright-core").BrowserContextOptions & {script?: () => void, isReady?: boolean}} [options]
 */
export async function open(browser, address, { script, isReady = true, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
  if (script) await context.addInitScript(script);
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  /** @type {string[]} */
  const strange = [];
  page.on("pageerror", (error) => strange.push(error.message));
  context.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== new URL(address).origin) strange.push(request.url());
  });
  await page.goto(address);
  if (isReady) await page.waitForSelector("html[data-ready]", { timeout: 60_000 });
  return { page, context, strange };
}

/** Waits until the last happening is that. @param {import("playwright-core").Page} page @param {RegExp} words */
export async function happens(page, words) {
  await page.waitForFunction((source) => new RegExp(source).test(document.getElementById("status")?.textContent ?? ""), words.source, { timeout: 60_000 });
}

/** @param {import("playwright-core").Page} page @param {string} id */
export function text(page, id) {
  return page.locator(`#${id}`).innerText();
}

/**
 * Runs the page's network up to a step, where it pauses; gives the digest.
 * @param {import("playwright-core").Page} page
 * @param {number} step
 */
export async function runTo(page, step) {
  await page.fill("#target", String(step));
  await page.click("#run-to button");
  await happens(page, new RegExp(`Paused after ${step.toLocaleString("en")} steps`));
  return text(page, "digest");
}

/**
 * The committed goldens of a kind of network.
 * @param {"exact" | "compact"} model
 * @returns {{n: number, transfer: number, seed: number, freeze: number, release: number, digests: [number, string][]}[]}
 */
export function goldens(model) {
  const file = readFileSync(path(`../../../tests/golden/${model}.toml`), "utf8");
  return file.split("[[case]]").slice(1).map((text) => {
    const number = (/** @type {string} */ name) => Number(new RegExp(`^${name} = (\\d+)$`, "m").exec(text)?.[1]);
    const digests = [...text.matchAll(/step = (\d+)\ndigest = "([0-9a-f]{16})"/g)];
    return {
      n: number("n"),
      transfer: number("transfer"),
      seed: number("seed"),
      freeze: number("freeze"),
      release: number("release"),
      digests: digests.map(([, step, digest]) => [Number(step), String(digest)]),
    };
  });
}
