// The time axis that the raster and the charts below it share: the newest moment is at the right edge.
import { colour } from "./canvas.js";

/** Units of time from the left to the right edge. */
export const SPAN = 200;

/** The last stretch of time, what was measured in it, and when the network was frozen. */
export class Timeline {
  now = 0;
  /** @type {{time: number, values: number[]}[]} */
  #points = [];
  /** @type {[number, number][]} */
  #frozen = [];

  clear(now = 0) {
    this.now = now;
    this.#points = [];
    this.#frozen = [];
  }

  /** @param {number} time @param {boolean} isFrozen @param {number[]} values */
  push(time, isFrozen, values) {
    if (time < this.now) this.clear(time);
    const last = this.#frozen.at(-1);
    if (isFrozen && last && last[1] === this.now) last[1] = time;
    else if (isFrozen) this.#frozen.push([this.now, time]);
    if (!isFrozen && last && last[1] === this.now && time === this.now) last[1] = this.now - 1e-9;
    this.now = time;
    this.#points.push({ time, values });
    const first = this.#points.findIndex((point) => point.time > time - SPAN);
    if (first > 200) this.#points.splice(0, first - 1);
    while ((this.#frozen[0]?.[1] ?? Infinity) < time - SPAN) this.#frozen.shift();
  }

  /** Where a time is, from 0 at the left to 1 at the right edge. @param {number} time */
  place(time) {
    return 1 + (time - this.now) / SPAN;
  }

  /** From where to where it was frozen. @returns {[number, number][]} */
  frozenSpans() {
    return this.#frozen.map(([from, to]) => [this.place(from), this.place(to)]);
  }

  /** Places and values of one measured quantity. @param {number} which @returns {[number, number][]} */
  series(which) {
    return this.#points.map(({ time, values }) => [this.place(time), values[which] ?? NaN]);
  }

  /** @param {CanvasRenderingContext2D} context @param {number} width @param {number} height */
  drawTicks(context, width, height) {
    context.fillStyle = colour("faint");
    context.textBaseline = "bottom";
    const narrow = width < 500;
    const every = narrow ? 100 : 50;
    for (let time = Math.ceil((this.now - SPAN) / every) * every; time <= this.now; time += every) {
      if (time < 0) continue;
      const x = this.place(time) * width;
      context.fillRect(x, height - 15, 1, 4);
      context.textAlign = x > width - 24 ? "right" : x < 24 ? "left" : "center";
      context.fillText(time === 0 ? "time 0" : String(time), x, height);
    }
  }
}
