//! A plasticity rule of one's own: the paper's, but only synapses from the first neurons are plastic. A is then not
//! symmetric.

use freezable_chaos::random::Randomness;
use freezable_chaos::{
    BuildError, ByteSink, Connectivity, Dynamics, Fnv1a, Generator, Network, SizeError, SnapshotError,
    Transfer,
};
use science::networks::{Rule, Simulation, TangentMap};
use science::{Refusal, Stopped};

/// J and A, N x N each, row-major; A_ij is plastic where j is below `plastic`.
pub struct PartlyPlastic {
    n: usize,
    plastic: usize,
    j: Vec<f32>,
    a: Vec<f32>,
}

impl PartlyPlastic {
    /// Gaussian couplings from a generator, as the kernel draws them.
    pub fn new(dynamics: &Dynamics, plastic: usize, randomness: &mut Generator) -> Self {
        let n = dynamics.n();
        let scale = dynamics.coupling_scale();
        Self {
            n,
            plastic,
            j: (0..n * n).map(|_| scale * randomness.gaussian()).collect(),
            a: vec![0.0; n * n],
        }
    }

    fn change(&mut self, retention: f32, increment: f32, phi: &[f32]) {
        for (i, row) in self.a.chunks_exact_mut(self.n).enumerate() {
            for (j, a) in row[..self.plastic].iter_mut().enumerate() {
                // The order of the kernel's contract, so that the bits are the paper's where all is plastic.
                *a = *a * retention + (increment * phi[i.min(j)]) * phi[i.max(j)];
            }
        }
    }
}

impl Connectivity for PartlyPlastic {
    const MODEL: u8 = 128;

    fn check(&self, dynamics: &Dynamics) -> Result<(), BuildError> {
        if dynamics.n() == self.n {
            return Ok(());
        }
        Err(BuildError::Size(SizeError {
            what: "the couplings, in neurons,",
            expected: dynamics.n(),
            found: self.n,
        }))
    }

    fn clear(&mut self) {
        self.a.fill(0.0);
    }

    fn imprint(&mut self, dynamics: &Dynamics, phi: &[f32]) {
        self.clear();
        self.change(0.0, dynamics.strength(), phi);
    }

    fn drive(&mut self, _dynamics: &Dynamics, phi: &[f32], drive: &mut [f32]) {
        let rows = self.j.chunks_exact(self.n).zip(self.a.chunks_exact(self.n));
        for (drive, (j, a)) in drive.iter_mut().zip(rows) {
            *drive = 0.0;
            for ((j, a), phi) in j.iter().zip(a).zip(phi) {
                *drive += (j + a) * phi;
            }
        }
    }

    fn learn(&mut self, dynamics: &Dynamics, phi: &[f32]) {
        self.change(dynamics.retention(), dynamics.increment(), phi);
    }

    fn couplings_digest(&self) -> u64 {
        let mut digest = Fnv1a::new();
        self.j.iter().for_each(|j| digest.put(&j.to_le_bytes()));
        digest.digest()
    }

    fn plastic_len(&self) -> usize {
        4 * self.a.len()
    }

    // Pieces are of whole numbers: their offsets are multiples of 64.
    fn write_plastic(&self, offset: usize, piece: &mut [u8]) {
        let numbers = self.a.iter().skip(offset / 4);
        for (bytes, a) in piece.chunks_exact_mut(4).zip(numbers) {
            bytes.copy_from_slice(&a.to_le_bytes());
        }
    }

    fn check_plastic(&self, _phase: u32, _offset: usize, piece: &[u8]) -> Result<(), SnapshotError> {
        if numbers(piece).all(f32::is_finite) {
            Ok(())
        } else {
            Err(SnapshotError::NonFinite)
        }
    }

    fn read_plastic(&mut self, _phase: u32, offset: usize, piece: &[u8]) {
        for (a, number) in self.a.iter_mut().skip(offset / 4).zip(numbers(piece)) {
            *a = number;
        }
    }
}

/// The numbers of a piece.
fn numbers(piece: &[u8]) -> impl Iterator<Item = f32> {
    piece.as_chunks().0.iter().copied().map(f32::from_le_bytes)
}

impl Rule for PartlyPlastic {
    fn coupling(&self, _dynamics: &Dynamics, i: usize, j: usize) -> (f64, f64) {
        let at = i * self.n + j;
        (self.j[at].into(), self.a[at].into())
    }

    fn tangent<'a, T: Transfer>(
        network: &'a mut Network<'_, Self, T>,
    ) -> Result<Box<dyn TangentMap + 'a>, Refusal> {
        let (dynamics, plastic) = (*network.dynamics(), network.connectivity().plastic);
        Ok(Box::new(Tangent::new(network, &dynamics, plastic)))
    }
}

/// The derivative of the step in N + N P dimensions, P of the neurons having plastic synapses. With D = diag(phi'(x)):
///
/// ```text
/// dx' = dx + dt (-dx + (J + A) D dx + dA phi)
/// dA' = (1 - dt/p) dA + (dt/p)(k/N) (D dx phi^T + phi (D dx)^T), in the plastic columns
/// ```
struct Tangent<'a> {
    network: &'a mut dyn Simulation,
    plastic: usize,
    dt: f64,
    retention: f64,
    increment: f64,
    rates: Vec<f64>,
    slopes: Vec<f64>,
}

impl<'a> Tangent<'a> {
    fn new(network: &'a mut dyn Simulation, dynamics: &Dynamics, plastic: usize) -> Self {
        network.release();
        let params = dynamics.params();
        let [dt, p, k] = [params.dt, params.p, params.k].map(f64::from);
        Self {
            network,
            plastic,
            dt,
            retention: 1.0 - dt / p,
            increment: dt / p * k / dynamics.n() as f64,
            rates: Vec::new(),
            slopes: Vec::new(),
        }
    }
}

impl TangentMap for Tangent<'_> {
    fn dimension(&self) -> usize {
        let n = self.neurons();
        n + n * self.plastic
    }

    fn neurons(&self) -> usize {
        self.network.n()
    }

    fn dt(&self) -> f64 {
        self.dt
    }

    fn step(&mut self, tangents: &mut [f64], input: Option<&[f32]>) -> Result<(), Stopped> {
        let (n, dimension) = (self.neurons(), self.dimension());
        let (j, a) = self.network.couplings();
        self.network
            .copy_rates_and_slopes(&mut self.rates, &mut self.slopes);
        for tangent in tangents.chunks_exact_mut(dimension) {
            let (dx, da) = tangent.split_at_mut(n);
            let moved: Vec<f64> = dx
                .iter()
                .zip(&self.slopes)
                .map(|(dx, slope)| dx * slope)
                .collect();
            for (i, dx) in dx.iter_mut().enumerate() {
                let row = i * n..(i + 1) * n;
                let couplings = j[row.clone()].iter().zip(&a[row]);
                let mut drive: f64 = couplings.zip(&moved).map(|((j, a), moved)| (j + a) * moved).sum();
                let da = &mut da[i * self.plastic..(i + 1) * self.plastic];
                drive += da
                    .iter()
                    .zip(&self.rates)
                    .map(|(da, rate)| da * rate)
                    .sum::<f64>();
                for (j, da) in da.iter_mut().enumerate() {
                    let growth = moved[i] * self.rates[j] + self.rates[i] * moved[j];
                    *da = self.retention * *da + self.increment * growth;
                }
                *dx += self.dt * (drive - *dx);
            }
        }
        self.network.step_under(input)
    }

    fn speed(&self) -> f64 {
        self.network.speed().rms
    }
}

/// The same rule for who has not written its derivative down.
pub struct WithoutDerivative(pub PartlyPlastic);

impl Connectivity for WithoutDerivative {
    const MODEL: u8 = 129;

    fn check(&self, dynamics: &Dynamics) -> Result<(), BuildError> {
        self.0.check(dynamics)
    }

    fn clear(&mut self) {
        self.0.clear();
    }

    fn imprint(&mut self, dynamics: &Dynamics, phi: &[f32]) {
        self.0.imprint(dynamics, phi);
    }

    fn drive(&mut self, dynamics: &Dynamics, phi: &[f32], drive: &mut [f32]) {
        self.0.drive(dynamics, phi, drive);
    }

    fn learn(&mut self, dynamics: &Dynamics, phi: &[f32]) {
        self.0.learn(dynamics, phi);
    }

    fn couplings_digest(&self) -> u64 {
        self.0.couplings_digest()
    }

    fn plastic_len(&self) -> usize {
        self.0.plastic_len()
    }

    fn write_plastic(&self, offset: usize, piece: &mut [u8]) {
        self.0.write_plastic(offset, piece);
    }

    fn check_plastic(&self, phase: u32, offset: usize, piece: &[u8]) -> Result<(), SnapshotError> {
        self.0.check_plastic(phase, offset, piece)
    }

    fn read_plastic(&mut self, phase: u32, offset: usize, piece: &[u8]) {
        self.0.read_plastic(phase, offset, piece);
    }
}

impl Rule for WithoutDerivative {
    fn coupling(&self, dynamics: &Dynamics, i: usize, j: usize) -> (f64, f64) {
        self.0.coupling(dynamics, i, j)
    }
}
