// What the page says in words: of the network, and of what happened.

/** @template {HTMLElement} T @param {string} id @returns {T} */
export const by = (id) => /** @type {T} */ (document.getElementById(id));
/** @param {string} id @param {string} text */
export const write = (id, text) => {
  if (by(id).textContent !== text) by(id).textContent = text;
};
/** A happening, in a sentence, that screen readers speak. @param {string} text */
export const say = (text) => write("status", text);

/** The network as it is now. @param {import("./protocol.js").View} next */
export function readOut({ steps, dt, isFrozen, speed, overlap, distance }) {
  write("plasticity", isFrozen ? "frozen" : "running");
  write("time", (steps * dt).toFixed(1));
  write("steps", steps.toLocaleString("en"));
  write("speed", Number.isNaN(speed) ? "-" : speed >= 0.01 ? speed.toFixed(3) : speed.toExponential(1));
  write("overlap", Number.isNaN(overlap) ? "nothing stored" : overlap.toFixed(4));
  write("distance", Number.isNaN(distance) ? "no twin" : distance.toExponential(1));
  const freeze = by("freeze");
  freeze.setAttribute("aria-pressed", String(isFrozen));
  /** @type {HTMLElement} */ (freeze.firstElementChild).textContent = isFrozen ? "Release" : "Freeze";
}
