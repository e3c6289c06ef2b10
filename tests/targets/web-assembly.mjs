// Runs the golden trajectories in WebAssembly: node web-assembly.mjs FILE.wasm
import { readFileSync } from "node:fs";

let memory;
const print = (at, length) => process.stdout.write(new Uint8Array(memory.buffer, at, length));
const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), { host: { print } });
memory = instance.exports.memory;
process.exitCode = instance.exports.goldens();
