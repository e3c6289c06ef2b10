// The same steps in plain JavaScript, as one would write them down: what the kernel is timed beside.
// Single precision in memory, double in between; Math.tanh; every product spelt out.

/** The exact network: Gaussian J, full A. */
export class PlainExact {
  /** @param {{n: number, k: number, p: number, dt: number}} parameters @param {Float32Array} couplings @param {Float32Array} x */
  constructor({ n, k, p, dt }, couplings, x) {
    this.n = n;
    this.dt = dt;
    this.retention = 1 - dt / p;
    this.increment = ((dt / p) * k) / n;
    this.j = couplings;
    this.a = new Float32Array(n * n);
    this.x = Float32Array.from(x);
    this.phi = this.x.map(Math.tanh);
    this.drive = new Float32Array(n);
  }

  step() {
    const { n, dt, retention, increment, j, a, x, phi, drive } = this;
    for (let i = 0; i < n; i++) {
      const row = i * n;
      const scaled = increment * phi[i];
      let sum = 0;
      for (let m = 0; m < n; m++) {
        const synapse = a[row + m];
        sum += (j[row + m] + synapse) * phi[m];
        a[row + m] = synapse * retention + scaled * phi[m];
      }
      drive[i] = sum;
    }
    for (let i = 0; i < n; i++) {
      x[i] += dt * (drive[i] - x[i]);
      phi[i] = Math.tanh(x[i]);
    }
  }
}

/** The compact network: signs of J, A from eight samples of the rates, by docs/compact.md. */
export class PlainCompact {
  /** @param {{n: number, k: number, p: number, dt: number}} parameters @param {Float32Array} couplings @param {Float32Array} x */
  constructor({ n, k, p, dt }, couplings, x) {
    this.n = n;
    this.dt = dt;
    this.strength = k / n;
    this.rate = -Math.log(1 - dt / p);
    this.spacing = Math.max(1, Math.floor((0.4 * p) / dt + 0.5));
    this.scale = Math.abs(couplings[0]);
    this.signs = Int8Array.from(couplings, Math.sign);
    /** @type {Float32Array[]} newest first */
    this.samples = Array.from({ length: 8 }, () => new Float32Array(n));
    this.phase = 0;
    this.x = Float32Array.from(x);
    this.phi = this.x.map(Math.tanh);
    this.drive = new Float32Array(n);
  }

  step() {
    const { n, dt, signs, samples, x, phi, drive, scale, strength, spacing, rate } = this;
    for (let i = 0; i < n; i++) {
      const row = i * n;
      let sum = 0;
      for (let m = 0; m < n; m++) sum += signs[row + m] * phi[m];
      drive[i] = scale * sum;
    }
    let before = 1;
    samples.forEach((sample, age) => {
      const boundary = age === samples.length - 1 ? 0 : Math.exp(-rate * (this.phase + (spacing + 1) / 2 + age * spacing));
      let product = 0;
      for (let m = 0; m < n; m++) product += sample[m] * phi[m];
      const coefficient = strength * (before - boundary) * product;
      for (let i = 0; i < n; i++) drive[i] += coefficient * sample[i];
      before = boundary;
    });
    this.phase = (this.phase + 1) % spacing;
    if (this.phase === 0) {
      const oldest = /** @type {Float32Array} */ (samples.pop());
      oldest.set(phi);
      samples.unshift(oldest);
    }
    for (let i = 0; i < n; i++) {
      x[i] += dt * (drive[i] - x[i]);
      phi[i] = Math.tanh(x[i]);
    }
  }
}
