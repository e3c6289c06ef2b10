// Snapshots as files: the bytes are the kernel's, the name holds what they do not, the seeds.
import { SnapshotHeader } from "../pkg/freezable.js";
import { DEFAULTS } from "./parameters.js";

/** @typedef {import("./parameters.js").Parameters} Parameters */

/** @param {Parameters} parameters @param {number} steps */
export function fileName({ model, n, seedNetwork, seedState, network, start }, steps) {
  const which = network === 0 ? "" : `-network${network}`;
  const from = start === "large" ? "-large" : "";
  return `${model}-n${n}-seed${seedNetwork}-state${seedState}${which}${from}-step${steps}.fzch`;
}

/** Hands bytes to the reader as a file. @param {Uint8Array} bytes @param {string} name */
export function download(bytes, name) {
  const address = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (bytes)], { type: "application/octet-stream" }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/**
 * The network of a snapshot: what its header says, with the seeds in the file's name or, where there are none, the present ones.
 * @param {Uint8Array} bytes
 * @param {string} name
 * @param {Parameters} present
 * @returns {Parameters}
 */
export function networkOf(bytes, name, present) {
  const header = new SnapshotHeader(bytes);
  try {
    const { model, transfer, n, g, k, p, dt } = header;
    if (transfer !== 0 && transfer !== 2) {
      throw new Error(`the snapshot has transfer function ${transfer}, and this page has 0 (tanh) and 2 (erf)`);
    }
    const seeds = /-seed(\d{1,20})(?:-state(\d{1,20}))?(?:-network(\d{1,10}))?(-large)?/.exec(name);
    const [, seed, state, network, large] = seeds ?? [];
    return {
      ...DEFAULTS,
      model: model === 2 ? "compact" : "exact",
      transfer: transfer === 0 ? "tanh" : "erf",
      n,
      g: shortest(g),
      k: shortest(k),
      p: shortest(p),
      dt: shortest(dt),
      seedNetwork: seed ? BigInt.asUintN(64, BigInt(seed)) : present.seedNetwork,
      seedState: state ? BigInt.asUintN(64, BigInt(state)) : seed ? BigInt.asUintN(64, BigInt(seed)) : present.seedState,
      network: seeds ? Number(network ?? 0) : present.network,
      start: large ? "large" : seeds ? "small" : present.start,
    };
  } finally {
    header.free();
  }
}

/** The shortest decimal that is this float of single precision. @param {number} value */
function shortest(value) {
  for (let digits = 1; digits < 10; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
