// The part of the page that talks to a real board.
import { Board } from "./board.js";
import { element } from "./element.js";
import { Raster } from "./raster.js";
import { Timeline } from "./timeline.js";

/**
 * What the card takes from the page, and gives to it.
 * @typedef {object} Page
 * @property {() => import("./parameters.js").Parameters} parameters
 * @property {() => Promise<Uint8Array | undefined>} snapshot
 * @property {(bytes: Uint8Array, name: string) => Promise<unknown>} take
 */

const BAUD_RATE = 115_200;
/** Steps a second, and between two reports: what a line of that rate carries with ease. */
const RATE = 200;
const REPORT_EVERY = 10;
/** Neurons whose rates a report shows, and columns of the raster. */
const SHOWN = 64;
const COLUMNS = 400;

/** @param {HTMLElement} place @param {Page} page */
export function boardCard(place, page) {
  if (!("serial" in navigator)) {
    place.append(element("p", { textContent: "This browser has no Web Serial; Chrome, Edge and Opera on a computer have it." }));
    return;
  }
  /** @type {Board | undefined} */
  let board;
  const status = element("p", { textContent: "No board is connected." });
  status.setAttribute("role", "status");
  const report = element("p", { className: "hint report" });
  const canvas = element("canvas", { hidden: true });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "Rates of the board's first 64 neurons");
  const raster = new Raster(canvas, COLUMNS);
  const timeline = new Timeline();
  const buttons = element("div", { className: "row", hidden: true });

  /** @param {any} telemetry */
  const show = ({ step, plasticity, rms_speed: speed, overlap, digest, activity }) => {
    const samples = Int8Array.from(activity, (/** @type {number} */ byte) => (byte << 24) >> 24);
    if (raster.rows !== samples.length) raster.clear(samples.length);
    raster.push(samples, samples.length);
    timeline.push(Number(step) * page.parameters().dt, plasticity === "Frozen", []);
    raster.draw(timeline);
    report.textContent =
      `${plasticity === "Frozen" ? "Frozen" : "Plastic"} at step ${step}, speed ${speed.toExponential(1)}, ` +
      `cosine ${overlap.toFixed(3)}, digest ${BigInt(digest).toString(16).padStart(16, "0")}`;
  };

  /** @param {string} text @param {(board: Board) => Promise<string>} act */
  const add = (text, act) => {
    const button = element("button", { type: "button", textContent: text });
    button.addEventListener("click", async () => {
      if (!board) return;
      try {
        status.textContent = await act(board);
      } catch (error) {
        status.textContent = error instanceof Error ? error.message : String(error);
      }
    });
    buttons.append(button);
  };
  /** @param {Board} board */
  const go = (board) => void board.run(0xffff_ffff, REPORT_EVERY, RATE).catch(() => {});

  const connect = element("button", { type: "button", textContent: "Connect a board" });
  connect.addEventListener("click", async () => {
    try {
      if (board) {
        await board.close();
        return;
      }
      const port = await navigator.serial.requestPort();
      await port.open({ baudRate: BAUD_RATE });
      board = new Board(port, show, (error) => {
        board = undefined;
        setConnected(false);
        status.textContent = error.message;
      });
      const { Hello } = await board.hello();
      setConnected(true);
      raster.clear(SHOWN);
      const kept = Hello.stored === undefined || Hello.stored === null ? "no state in its flash" : `state ${Hello.stored} in its flash`;
      status.textContent = `${Hello.board}: exact networks of up to ${Hello.capacity} neurons, compact ones of up to ${Hello.compact_capacity}; ${kept}.`;
    } catch (error) {
      status.textContent = error instanceof Error ? error.message : String(error);
    }
  });
  /** @param {boolean} is */
  const setConnected = (is) => {
    connect.textContent = is ? "Disconnect" : "Connect a board";
    canvas.hidden = buttons.hidden = report.hidden = !is;
  };

  add("Start this network", async (board) => {
    await board.configure(page.parameters());
    timeline.clear();
    go(board);
    return `The network of this page runs on the board, ${RATE} steps a second.`;
  });
  add("Freeze", async (board) => (await board.freeze(), "Frozen."));
  add("Release", async (board) => (await board.release(), "Released."));
  add("Store in flash", async (board) => {
    const { Stored } = await board.store();
    return `Frozen and stored as state ${Stored.generation}, ${Stored.bytes} bytes in flash.`;
  });
  add("Recall from flash", async (board) => {
    const { Recalled } = await board.recall();
    go(board);
    return `Recalled state ${Recalled.generation}, frozen, at step ${Recalled.step}.`;
  });
  add("Send the page's state", async (board) => {
    const bytes = await page.snapshot();
    if (!bytes) return "There is no state to send.";
    await board.configure(page.parameters());
    await board.restore(bytes);
    go(board);
    return `The board took up ${bytes.length} bytes.`;
  });
  add("Fetch the board's state", async (board) => {
    const bytes = await board.snapshot();
    await page.take(bytes, "the board's state");
    return `Fetched ${bytes.length} bytes.`;
  });
  place.append(connect, buttons, status, canvas, report);
}
