// The page's side of the worker: one promise a request, and a word when it falls silent.

/** @typedef {import("./protocol.js").Request} Request */
/** @typedef {import("./protocol.js").View} View */
/** @typedef {import("./protocol.js").Reply} Reply */

/** How long a request may take before the worker counts as lost, in milliseconds. */
const PATIENCE = 8000;

/** A module of one instruction of SIMD128: `v128.const` and `drop` in a function. */
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0, 253, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 26, 11,
]);

/** Which module this browser can run: the one of vector instructions, or its plain twin of the same bits. */
export function chooseModule() {
  if (typeof WebAssembly !== "object") {
    throw new Error("This browser has WebAssembly switched off, and the network runs in it. Allow it for this page, or use another browser.");
  }
  const wantsPlain = new URLSearchParams(location.search).get("simd") === "off";
  return !wantsPlain && WebAssembly.validate(SIMD_PROBE) ? "freezable_simd128_bg.wasm" : "freezable_bg.wasm";
}

/** The worker was lost: it may be started again. */
export class Lost extends Error {}

/** A worker and what it was asked. */
export class Engine {
  #worker;
  #next = 1;
  /** @type {Map<number, {resolve: (view: View) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();
  /** What the module says of itself. @type {Promise<string>} */
  ready;

  /** @param {string} module */
  constructor(module) {
    this.#worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    this.#worker.postMessage({ id: 0, module });
    this.ready = new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Lost("The network was not loaded in time.")), 5 * PATIENCE);
      this.#worker.onmessage = (/** @type {MessageEvent<Reply>} */ { data }) => {
        clearTimeout(late);
        if ("ready" in data) resolve(data.ready);
        else if (data.id === 0) reject(new Lost(`The WebAssembly module could not be loaded: ${"failure" in data ? data.failure : ""}`));
        else this.#settle(data);
      };
      this.#worker.onerror = (event) => {
        const error = new Lost(`The worker of the network failed: ${event.message ?? "it could not be loaded"}`);
        reject(error);
        this.#fail(error);
      };
    });
  }

  /** @param {Reply} reply */
  #settle(reply) {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("view" in reply) waiting?.resolve(reply.view);
    else if ("failure" in reply) waiting?.reject(new Error(reply.failure));
  }

  /** @param {Error} error */
  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  /** @param {Request} request @returns {Promise<View>} */
  ask(request) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => this.#fail(new Lost("The network stopped answering.")), PATIENCE);
      const settled = () => clearTimeout(late);
      this.#waiting.set(id, {
        resolve: (view) => (settled(), resolve(view)),
        reject: (error) => (settled(), reject(error)),
      });
      this.#worker.postMessage({ id, request });
    });
  }

  /** Ends the worker and all that it holds. */
  end() {
    this.#worker.terminate();
    this.#fail(new Lost("The network was switched off."));
  }
}
