// What all drawings share: sharp pixels, and the colours of the style sheet.

/**
 * Fits a canvas to its box in device pixels; gives a context in which units are CSS pixels.
 * @param {HTMLCanvasElement} canvas
 */
export function prepare(canvas) {
  const ratio = Math.min(devicePixelRatio || 1, 2);
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = "11px system-ui, 'Liberation Sans', sans-serif";
  return { context, width, height };
}

const dark = matchMedia("(prefers-color-scheme: dark)");
/** @type {Record<string, string>} */
let colours = {};
const probe = document.createElement("span");

/** The colour of that name in the style sheet, for the present scheme. @param {string} name */
export function colour(name) {
  if (!colours[name]) {
    // custom properties come as they are written; a property that is used comes computed
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    colours[name] = getComputedStyle(probe).color;
    probe.remove();
  }
  return /** @type {string} */ (colours[name]);
}

// Blue over the colour of the paper to orange or red: also apart for people with a colour-vision deficiency.
const LIGHT = [[33, 102, 172], [67, 147, 195], [146, 197, 222], [209, 229, 240], [247, 247, 247], [253, 219, 199], [244, 165, 130], [214, 96, 77], [178, 24, 43]];
const DARK = [[92, 164, 232], [66, 132, 200], [44, 98, 154], [31, 58, 90], [20, 23, 27], [80, 46, 20], [140, 80, 26], [200, 118, 40], [236, 154, 74]];

/** @type {Uint8ClampedArray | undefined} */
let palette;

/** Red, green, blue and opacity of the rates -1 to 1, 255 colours in a row. */
export function divergingPalette() {
  if (palette) return palette;
  const anchors = dark.matches ? DARK : LIGHT;
  palette = new Uint8ClampedArray(255 * 4);
  for (let place = 0; place < 255; place++) {
    const position = (place / 254) * (anchors.length - 1);
    const below = Math.min(Math.floor(position), anchors.length - 2);
    const [a, b] = [anchors[below], anchors[below + 1]];
    for (let part = 0; part < 3; part++) {
      const [from, to] = [a?.[part] ?? 0, b?.[part] ?? 0];
      palette[4 * place + part] = from + (position - below) * (to - from);
    }
    palette[4 * place + 3] = 255;
  }
  return palette;
}

/** Calls back when the reader turns to the other scheme. @param {() => void} changed */
export function onScheme(changed) {
  dark.addEventListener("change", () => {
    colours = {};
    palette = undefined;
    changed();
  });
}
