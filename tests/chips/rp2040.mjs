// Runs an ELF file on the emulated RP2040 from its vector table on, prints what its UART 0 sends until it says "done", and
// on the standard error the cycles and instructions that the emulator counted.
//   node rp2040.mjs FOLDER ELF          FOLDER has node_modules/rp2040js
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, elf] = process.argv.slice(2);
const { RP2040 } = createRequire(resolve(folder, "package.json"))("rp2040js");

const FLASH = 0x10000000;
const SECOND_STAGE = 0x100; // bytes of the second boot stage, which the emulator has no need of

/** Copies the segments that are loaded to flash. */
function load(flash, file) {
  const view = new DataView(file.buffer, file.byteOffset);
  const [start, size, count] = [view.getUint32(28, true), view.getUint16(42, true), view.getUint16(44, true)];
  for (let segment = start; segment < start + count * size; segment += size) {
    const [type, offset, , address, length] = [0, 4, 8, 12, 16].map((at) => view.getUint32(segment + at, true));
    if (type === 1 && length > 0 && address >= FLASH) {
      flash.set(file.subarray(offset, offset + length), address - FLASH);
    }
  }
}

const chip = new RP2040();
load(chip.flash, readFileSync(elf));
let line = "";
let isDone = false;
chip.uart[0].onByte = (byte) => {
  if (byte !== 10) {
    line += String.fromCharCode(byte);
    return;
  }
  console.log(line);
  isDone = line === "done" || line.includes("panic");
  line = "";
};
const vectors = FLASH + SECOND_STAGE;
chip.core.VTOR = vectors;
chip.core.SP = chip.readUint32(vectors);
chip.core.PC = chip.readUint32(vectors + 4) & ~1;
let instructions = 0;
while (!isDone) {
  for (let count = 0; count < 10000; count++) {
    chip.core.executeInstruction();
  }
  instructions += 10000;
}
console.error(`${chip.core.cycles} cycles, ${instructions} instructions`);
