// Lines: over time, over the lag, and the trajectory in a plane.
import { colour, prepare } from "./canvas.js";

/** @typedef {import("./timeline.js").Timeline} Timeline */

/**
 * @typedef {object} Scale
 * @property {number} min
 * @property {number} max
 * @property {boolean} [logarithmic] then min and max are powers of ten
 * @property {[number, string][]} ticks
 */

/** A quantity over the time of a timeline. */
export class TimeChart {
  #canvas;
  #which;
  #scale;
  #colour;

  /** @param {HTMLCanvasElement} canvas @param {number} which @param {Scale} scale @param {string} colourName */
  constructor(canvas, which, scale, colourName) {
    this.#canvas = canvas;
    this.#which = which;
    this.#scale = scale;
    this.#colour = colourName;
  }

  /** @param {Timeline} timeline */
  draw(timeline) {
    const { context, width, height } = prepare(this.#canvas);
    context.fillStyle = colour("frozen");
    for (const [from, to] of timeline.frozenSpans()) context.fillRect(from * width, 0, (to - from) * width, height);
    const y = vertical(this.#scale, height);
    drawGrid(context, this.#scale, y, width, height);
    line(context, timeline.series(this.#which).map(([x, value]) => [x * width, y(value)]), this.#colour);
  }
}

/** @param {Scale} scale @param {number} height @returns {(value: number) => number} */
function vertical({ min, max, logarithmic }, height) {
  return (value) => {
    const position = logarithmic ? Math.log10(Math.max(value, 1e-30)) : value;
    return 4 + (height - 8) * (1 - (Math.min(Math.max(position, min), max) - min) / (max - min));
  };
}

/** @param {CanvasRenderingContext2D} context @param {Scale} scale @param {(value: number) => number} y @param {number} width @param {number} height */
function drawGrid(context, { ticks }, y, width, height) {
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const [value, label] of ticks) {
    context.fillStyle = colour("line");
    context.fillRect(0, y(value), width, 1);
    context.fillStyle = colour("faint");
    context.fillText(label, 2, y(value) + (y(value) < height / 2 ? 7 : -6));
  }
}

/** @param {CanvasRenderingContext2D} context @param {[number, number][]} points @param {string} name */
function line(context, points, name) {
  context.strokeStyle = colour(name);
  context.lineWidth = 1.6;
  context.lineJoin = "round";
  context.beginPath();
  let isDrawing = false;
  for (const [x, y] of points) {
    const isFinite = Number.isFinite(y);
    if (isFinite && isDrawing) context.lineTo(x, y);
    else if (isFinite) context.moveTo(x, y);
    isDrawing = isFinite;
  }
  context.stroke();
}

/** `C_phi` by lag. @param {HTMLCanvasElement} canvas @param {Float32Array} values @param {number} interval */
export function drawAutocorrelation(canvas, values, interval) {
  const { context, width, height } = prepare(canvas);
  /** @type {Scale} */
  const scale = { min: -0.5, max: 1, ticks: [[1, "1"], [0.5, "0.5"], [0, "0"], [-0.5, "-0.5"]] };
  const y = vertical(scale, height - 14);
  drawGrid(context, scale, y, width, height - 14);
  const longest = 40;
  context.textBaseline = "bottom";
  context.fillStyle = colour("faint");
  for (const lag of [10, 20, 30, 40]) {
    context.textAlign = lag === longest ? "right" : "center";
    context.fillText(lag === longest ? "lag 40" : String(lag), (lag / longest) * width, height);
  }
  line(context, Array.from(values, (value, lag) => [((lag * interval) / longest) * width, y(value)]), "main");
}

/** Points of the trajectory that stay in sight. */
const TRAIL = 800;

/** The rates of all neurons along two random directions, and those of a twin. */
export class Portrait {
  #canvas;
  /** @type {[number, number][]} */
  #own = [];
  /** @type {[number, number][]} */
  #twin = [];

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
  }

  clear() {
    this.#own = [];
    this.#twin = [];
  }

  /** @param {Int8Array} samples @param {Int8Array} twinSamples @param {number} n */
  push(samples, twinSamples, n) {
    this.#own = [...this.#own, ...project(samples, n)].slice(-TRAIL);
    this.#twin = twinSamples.length ? [...this.#twin, ...project(twinSamples, n)].slice(-TRAIL) : [];
  }

  /** @param {boolean} isFrozen */
  draw(isFrozen) {
    const { context, width, height } = prepare(this.#canvas);
    context.fillStyle = colour("line");
    context.fillRect(width / 2, 0, 1, height);
    context.fillRect(0, height / 2, width, 1);
    // the standard deviation is at most 1
    /** @param {[number, number]} point @returns {[number, number]} */
    const place = ([a, b]) => [width * (0.5 + a / 5), height * (0.5 - b / 5)];
    /** @type {[[number, number][], string][]} */
    const trails = [[this.#twin, "overlay"], [this.#own, "main"]];
    for (const [trail, name] of trails) {
      context.globalAlpha = 0.75;
      line(context, trail.map(place), name);
      context.globalAlpha = 1;
      const last = trail.at(-1);
      if (!last) continue;
      const [x, y] = place(last);
      context.fillStyle = colour(name);
      context.beginPath();
      context.arc(x, y, isFrozen ? 7 : 4, 0, 2 * Math.PI);
      context.fill();
    }
  }
}

/** Signs of two random directions, the same for every network. @type {Int8Array} */
const SIGNS = new Int8Array(2 * 2048);
let word = 0x9e3779b9;
for (let place = 0; place < SIGNS.length; place++) {
  word ^= word << 13;
  word ^= word >>> 17;
  word ^= word << 5;
  SIGNS[place] = word & 1 ? 1 : -1;
}

/** @param {Int8Array} samples @param {number} n @returns {[number, number][]} */
function project(samples, n) {
  const scale = 1 / (127 * Math.sqrt(n));
  /** @type {[number, number][]} */
  const points = [];
  for (let from = 0; from + n <= samples.length; from += n) {
    let [a, b] = [0, 0];
    for (let i = 0; i < n; i++) {
      const rate = samples[from + i] ?? 0;
      a += rate * (SIGNS[2 * i] ?? 0);
      b += rate * (SIGNS[2 * i + 1] ?? 0);
    }
    points.push([a * scale, b * scale]);
  }
  return points;
}
