// A board on a serial line, in the kernel's frames.
import { Board as Line, longest_chunk } from "../pkg/freezable.js";
import { setupOf } from "./parameters.js";

/** @typedef {Record<string, any>} Report one variant of the kernel's `Report`, as {Name: fields} */

/** How long a board may take to answer, in milliseconds. */
const PATIENCE = 4000;

/** A board behind a port that was opened. */
export class Board {
  #port;
  #line = new Line();
  #writer;
  #reader;
  /** @type {Map<number, {resolve: (report: Report) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();
  #onTelemetry;
  #onEnd;
  damaged = 0;

  /**
   * @param {SerialPort} port open
   * @param {(telemetry: any) => void} onTelemetry
   * @param {(error: Error) => void} onEnd
   */
  constructor(port, onTelemetry, onEnd) {
    this.#port = port;
    this.#onTelemetry = onTelemetry;
    this.#onEnd = onEnd;
    if (!port.writable || !port.readable) throw new Error("the port is not open");
    this.#writer = port.writable.getWriter();
    this.#reader = port.readable.getReader();
    this.#listen();
  }

  async #listen() {
    try {
      for (;;) {
        const { value, done } = await this.#reader.read();
        if (done) throw new Error("The board went away.");
        for (const received of this.#line.receive(value)) this.#take(received);
      }
    } catch (error) {
      for (const { reject } of this.#waiting.values()) reject(/** @type {Error} */ (error));
      this.#waiting.clear();
      this.#onEnd(/** @type {Error} */ (error));
    }
  }

  /** @param {any} received */
  #take(received) {
    if ("Damaged" in received) {
      this.damaged++;
      return;
    }
    const { sequence, report } = received.Report;
    if ("Telemetry" in report) {
      this.#onTelemetry(report.Telemetry);
      return;
    }
    const waiting = this.#waiting.get(sequence);
    this.#waiting.delete(sequence);
    if ("Refused" in report) waiting?.reject(new Error(`The board refused: ${describe(report.Refused)}.`));
    else waiting?.resolve(report);
  }

  /** @param {Uint8Array} frame @param {number} [patience] @returns {Promise<Report>} */
  async #ask(frame, patience = PATIENCE) {
    const { sequence } = this.#line;
    const answer = new Promise((/** @type {(report: Report) => void} */ resolve, reject) => {
      const late = patience === Infinity ? 0 : setTimeout(() => {
        this.#waiting.delete(sequence);
        reject(new Error(`The board did not answer within ${patience / 1000} s.`));
      }, patience);
      this.#waiting.set(sequence, {
        resolve: (report) => (clearTimeout(late), resolve(report)),
        reject: (error) => (clearTimeout(late), reject(error)),
      });
    });
    await this.#writer.write(frame);
    return answer;
  }

  hello() {
    return this.#ask(this.#line.hello());
  }
  freeze() {
    return this.#ask(this.#line.freeze());
  }
  release() {
    return this.#ask(this.#line.release());
  }
  digest() {
    return this.#ask(this.#line.digest());
  }
  /** Flash takes its time. */
  store() {
    return this.#ask(this.#line.store(), 5 * PATIENCE);
  }
  recall() {
    return this.#ask(this.#line.recall(), 5 * PATIENCE);
  }

  /** Builds and starts a network. @param {import("./parameters.js").Parameters} parameters */
  async configure(parameters) {
    const setup = setupOf(parameters);
    try {
      return await this.#ask(this.#line.configure(setup), 5 * PATIENCE);
    } finally {
      setup.free();
    }
  }

  /** Steps at a rate; answered when they are done. @param {number} steps @param {number} every @param {number} perSecond */
  async run(steps, every, perSecond) {
    await this.#ask(this.#line.pace(perSecond > 0 ? Math.round(1e6 / perSecond) : 0));
    return this.#ask(this.#line.step(steps, every), Infinity);
  }

  /** Asks for a snapshot, piece by piece. */
  async snapshot() {
    /** @type {number[]} */
    const bytes = [];
    for (;;) {
      const { Snapshot: piece } = await this.#ask(this.#line.snapshot(bytes.length));
      if (!piece || piece.offset !== bytes.length) throw new Error("The board sent the snapshot out of order.");
      bytes.push(...piece.bytes);
      if (bytes.length >= piece.total) return Uint8Array.from(bytes);
    }
  }

  /** Hands a snapshot over, piece by piece. @param {Uint8Array} bytes */
  async restore(bytes) {
    const length = longest_chunk();
    for (let offset = 0; offset < bytes.length; offset += length) {
      await this.#ask(this.#line.restore(offset, bytes.subarray(offset, offset + length)));
    }
    return this.#ask(this.#line.restore_commit(bytes.length));
  }

  async close() {
    await this.#reader.cancel().catch(() => {});
    this.#reader.releaseLock();
    this.#writer.releaseLock();
    await this.#port.close().catch(() => {});
  }
}

/** A refusal in words. @param {any} refusal @returns {string} */
export function describe(refusal) {
  if (typeof refusal === "string") return refusal;
  const [[name, fields] = ["nothing", {}]] = Object.entries(refusal);
  const list = typeof fields === "object" && fields !== null ? Object.entries(fields).map(([key, value]) => `${key} = ${typeof value === "object" ? describe(value) : value}`) : [String(fields)];
  return `${name} (${list.join(", ")})`;
}
