// What the page asks of its worker, and what comes back.

/**
 * @typedef {{kind: "build", parameters: import("./parameters.js").Parameters, bytes?: Uint8Array}
 *   | {kind: "advance", steps: number}
 *   | {kind: "freeze"} | {kind: "release"} | {kind: "look"}
 *   | {kind: "snapshot"} | {kind: "restore", bytes: Uint8Array}
 *   | {kind: "twin", on: boolean}} Request
 */

/**
 * The network after a request.
 * @typedef {object} View
 * @property {number} n
 * @property {number} dt
 * @property {number} steps
 * @property {number} sampleEvery steps between two samples
 * @property {boolean} isFrozen
 * @property {number} speed
 * @property {number} overlap
 * @property {number} distance
 * @property {Int8Array} samples 127 phi of all neurons, one sample after the other, since the last view
 * @property {Int8Array} twinSamples
 * @property {Float32Array} autocorrelation
 * @property {string} digest empty where it was not asked for: its cost grows with N^2
 * @property {Uint8Array} [bytes] the snapshot, where one was asked for
 */

/** @typedef {{id: number, view: View} | {id: number, failure: string} | {id: 0, ready: string} | {id: 0, failure: string}} Reply */

export {};
