// The rates of the neurons over time: a row a neuron, a column a sample.
import { colour, divergingPalette, prepare } from "./canvas.js";

/** Most neurons that are shown. */
const ROWS = 128;

/** A drawing of the last samples. */
export class Raster {
  #canvas;
  #columns;
  /** @type {Int8Array} */
  #rates = new Int8Array(0);
  #rows = 0;
  #head = 0;
  #count = 0;
  #image = new OffscreenCanvas(1, 1);

  /** @param {HTMLCanvasElement} canvas @param {number} columns samples from the left to the right edge */
  constructor(canvas, columns) {
    this.#canvas = canvas;
    this.#columns = columns;
  }

  /** Empties it for a network of n neurons. @param {number} n */
  clear(n) {
    this.#rows = Math.min(n, ROWS);
    this.#rates = new Int8Array(this.#rows * this.#columns);
    this.#image = new OffscreenCanvas(this.#columns, this.#rows);
    this.#head = this.#count = 0;
  }

  get rows() {
    return this.#rows;
  }

  /** @param {Int8Array} samples @param {number} n */
  push(samples, n) {
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (this.#image.getContext("2d"));
    const count = Math.floor(samples.length / n);
    for (let sample = Math.max(0, count - this.#columns); sample < count; sample++) {
      const column = samples.subarray(sample * n, sample * n + this.#rows);
      this.#rates.set(column, this.#head * this.#rows);
      this.#paint(context, this.#head);
      this.#head = (this.#head + 1) % this.#columns;
      this.#count = Math.min(this.#count + 1, this.#columns);
    }
  }

  /** @param {OffscreenCanvasRenderingContext2D} context @param {number} column */
  #paint(context, column) {
    const palette = divergingPalette();
    const pixels = context.createImageData(1, this.#rows);
    for (let row = 0; row < this.#rows; row++) {
      const place = 4 * ((this.#rates[column * this.#rows + row] ?? 0) + 127);
      pixels.data.set(palette.subarray(place, place + 4), 4 * row);
    }
    context.putImageData(pixels, column, 0);
  }

  /** In the colours of another scheme. */
  repaint() {
    const context = this.#image.getContext("2d");
    if (context) for (let column = 0; column < this.#count; column++) this.#paint(context, column);
  }

  /** @param {import("./timeline.js").Timeline} timeline */
  draw(timeline) {
    const { context, width, height } = prepare(this.#canvas);
    const axis = 16;
    const top = 8;
    const tall = height - axis - top;
    context.fillStyle = colour("frozen-edge");
    for (const [from, to] of timeline.frozenSpans()) {
      context.fillRect(from * width, 0, Math.max(1, (to - from) * width), 5);
    }
    context.imageSmoothingEnabled = false;
    // the older part of the ring, then the newer; the newest sample is at the right edge
    const scale = width / this.#columns;
    const older = this.#count === this.#columns ? this.#columns - this.#head : 0;
    const newer = this.#head;
    if (older) context.drawImage(this.#image, this.#head, 0, older, this.#rows, 0, top, older * scale, tall);
    if (newer) context.drawImage(this.#image, 0, 0, newer, this.#rows, width - newer * scale, top, newer * scale, tall);
    timeline.drawTicks(context, width, height);
  }
}
