//! Lyapunov exponents of the joint map of neurons and synapses, by tangent vectors (dx, dA) that the exact derivative of
//! the step carries along, with a QR decomposition now and then (Benettin et al. 1980): how fast they grow, and when that
//! is known well enough. Per unit of time. How often is decided in `frame.rs`.

mod frame;

use freezable_chaos::Generator;

use self::frame::Frame;
use crate::Stopped;
use crate::estimators::{AliveTest, steps_in};
use crate::networks::TangentMap;
use crate::watch::{Watch, advance};

/// Time between two values of the running estimate.
pub const INTERVAL: f64 = 1.0;
/// Time between two looks at the error, and successive looks that must find it small.
const LOOK: f64 = 25.0;
const LOOKS: u32 = 3;

/// How to measure.
#[derive(Clone, Copy, Debug)]
pub struct Protocol {
    /// Number of exponents, the leading ones; at most the dimension.
    pub exponents: usize,
    /// Time in which the vectors turn into the leading directions.
    pub transient: f64,
    /// Least and longest time to measure.
    pub duration: [f64; 2],
    /// Split-half error of the largest exponent at which to stop, in three looks one after the other.
    pub tolerance: f64,
}

/// Exponents of one trajectory, per unit of time.
#[derive(Clone, Debug)]
pub struct Exponents {
    /// In the order of the QR decomposition, which is descending but for errors.
    pub spectrum: Vec<f64>,
    /// Half the difference of the largest exponent between the first and the second half of the time.
    pub split_half_error: f64,
    /// Estimate of the largest exponent after 1, 2, ... intervals.
    pub running: Vec<f64>,
    /// Time measured.
    pub time: f64,
    /// Share of the synapses in the square of the leading vectors, averaged over time: one per exponent.
    pub synaptic_share: Vec<f64>,
    /// Whether the trajectory kept moving.
    pub alive: bool,
}

/// Measures along a trajectory. The watcher is told of the steps taken.
pub fn measure(
    map: &mut dyn TangentMap,
    protocol: &Protocol,
    randomness: &mut Generator,
    watch: &dyn Watch,
) -> Result<Exponents, Stopped> {
    measure_with(map, protocol, frame::LONGEST, randomness, watch)
}

/// The same with at most so many intervals between two QR decompositions.
fn measure_with(
    map: &mut dyn TangentMap,
    protocol: &Protocol,
    longest_spacing: usize,
    randomness: &mut Generator,
    watch: &dyn Watch,
) -> Result<Exponents, Stopped> {
    let (dimension, neurons, dt) = (map.dimension(), map.neurons(), map.dt());
    let count = protocol.exponents.clamp(1, dimension);
    let steps = steps_in(INTERVAL, dt);
    let interval = steps as f64 * dt;
    let intervals = |time: f64| (time / interval).round() as usize;
    let mut frame = Frame::new(dimension, count, longest_spacing, randomness);
    let mut alive = AliveTest::new(dt);
    let (mut largest, mut shares) = (Vec::new(), vec![0.0; count]);
    let transient = intervals(protocol.transient);
    let [least, longest] = protocol.duration.map(|time| intervals(time).max(2));
    let (longest, look) = (longest.max(least), intervals(LOOK).max(1));
    let mut small = 0;
    for round in 1..=transient + longest {
        for _ in 0..steps {
            map.step(frame.vectors(), None)?;
            if round > transient {
                alive.push(map.speed());
            }
        }
        advance(watch, steps)?;
        let growth = frame.growth_of_first();
        let measured = round.saturating_sub(transient);
        if measured > 0 {
            largest.push(growth);
        }
        let mut ends = measured == longest;
        if measured >= least.max(1) && measured.is_multiple_of(look) {
            let error = split_half_error(&largest, interval);
            small = if error < protocol.tolerance { small + 1 } else { 0 };
            ends |= small >= LOOKS;
        }
        let passed = frame.orthonormalise_in_time(ends || round == transient);
        if round == transient {
            frame.forget();
        } else if measured > 0 && passed > 0 {
            // Averages over time weigh each look by the time it stands for.
            for (share, vector) in shares.iter_mut().zip(frame.vectors().chunks_exact(dimension)) {
                *share += passed as f64 * vector[neurons..].iter().map(|v| v * v).sum::<f64>();
            }
        }
        if ends {
            break;
        }
    }
    let time = largest.len() as f64 * interval;
    let running = largest.iter().enumerate().scan(0.0, |sum, (at, growth)| {
        *sum += growth;
        Some(*sum / ((at + 1) as f64 * interval))
    });
    Ok(Exponents {
        spectrum: frame.growth().iter().map(|sum| sum / time).collect(),
        split_half_error: split_half_error(&largest, interval),
        running: running.collect(),
        time,
        synaptic_share: shares.iter().map(|share| share / largest.len() as f64).collect(),
        alive: alive.alive(),
    })
}

/// Half the difference between the two halves of a time; an odd interval in the middle belongs to the second.
fn split_half_error(growth: &[f64], interval: f64) -> f64 {
    let (first, second) = growth.split_at(growth.len() / 2);
    let rate = |part: &[f64]| part.iter().sum::<f64>() / (part.len() as f64 * interval);
    (rate(first) - rate(second)).abs() / 2.0
}

/// Kaplan and Yorke's dimension of the attractor: how many leading exponents together do not shrink, and the part of the
/// next one. `None` if the exponents given still grow together.
pub fn kaplan_yorke_dimension(spectrum: &[f64]) -> Option<f64> {
    let mut spectrum = spectrum.to_vec();
    spectrum.sort_by(|a, b| b.total_cmp(a));
    let mut sum = 0.0;
    for (at, exponent) in spectrum.iter().enumerate() {
        if sum + exponent < 0.0 {
            return Some(at as f64 + sum / exponent.abs());
        }
        sum += exponent;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_worked_by_hand() {
        assert_eq!(kaplan_yorke_dimension(&[0.5, 0.0, -1.0]), Some(2.5));
        assert_eq!(kaplan_yorke_dimension(&[-0.1, -2.0]), Some(0.0));
        assert_eq!(kaplan_yorke_dimension(&[0.5, -0.1]), None);
        assert_eq!(kaplan_yorke_dimension(&[]), None);
        // Lorenz: 0.9056, 0, -14.572 has the dimension 2.062.
        assert!((kaplan_yorke_dimension(&[0.0, -14.572, 0.9056]).unwrap() - 2.062).abs() < 1e-3);
    }

    #[test]
    fn errors_are_half_the_difference_of_the_halves() {
        assert!((split_half_error(&[1.0, 1.0, 3.0, 3.0], 0.5) - 2.0).abs() < 1e-15);
        assert_eq!(split_half_error(&[1.0, 1.0, 1.0], 1.0), 0.0);
    }

    /// Lorenz's flow by the classical fourth-order rule, with the derivative of that step.
    struct Lorenz([f64; 3]);

    impl Lorenz {
        fn slope([x, y, z]: [f64; 3]) -> [f64; 3] {
            [10.0 * (y - x), x * (28.0 - z) - y, x * y - 8.0 / 3.0 * z]
        }

        fn derivative([x, y, z]: [f64; 3], [u, v, w]: [f64; 3]) -> [f64; 3] {
            [
                10.0 * (v - u),
                u * (28.0 - z) - x * w - v,
                u * y + x * v - 8.0 / 3.0 * w,
            ]
        }

        /// The state and a tangent vector after a step.
        fn step(y: [f64; 3], t: [f64; 3]) -> [[f64; 3]; 2] {
            const H: f64 = 0.01;
            let moved = |y: [f64; 3], by: f64, k: [f64; 3]| std::array::from_fn(|i| y[i] + by * k[i]);
            let both = |y, t| (Self::slope(y), Self::derivative(y, t));
            let (k1, l1) = both(y, t);
            let (k2, l2) = both(moved(y, H / 2.0, k1), moved(t, H / 2.0, l1));
            let (k3, l3) = both(moved(y, H / 2.0, k2), moved(t, H / 2.0, l2));
            let (k4, l4) = both(moved(y, H, k3), moved(t, H, l3));
            let sum = |y: [f64; 3], [k1, k2, k3, k4]: [[f64; 3]; 4]| {
                std::array::from_fn(|i| y[i] + H / 6.0 * (k1[i] + 2.0 * (k2[i] + k3[i]) + k4[i]))
            };
            [sum(y, [k1, k2, k3, k4]), sum(t, [l1, l2, l3, l4])]
        }
    }

    impl TangentMap for Lorenz {
        fn dimension(&self) -> usize {
            3
        }
        fn neurons(&self) -> usize {
            3
        }
        fn dt(&self) -> f64 {
            0.01
        }
        fn speed(&self) -> f64 {
            1.0
        }
        fn step(&mut self, tangents: &mut [f64], _input: Option<&[f32]>) -> Result<(), Stopped> {
            let mut next = self.0;
            for tangent in tangents.chunks_exact_mut(3) {
                let moved;
                [next, moved] = Self::step(self.0, [tangent[0], tangent[1], tangent[2]]);
                tangent.copy_from_slice(&moved);
            }
            self.0 = next;
            Ok(())
        }
    }

    #[test]
    fn lorenz_has_its_published_exponents() {
        // 0.9056, 0, -14.5723 (Sprott 2003); their sum is -(10 + 1 + 8/3) exactly. Errors fall as 1/T.
        let mut generator = Generator::new(1, 0, freezable_chaos::Purpose::Tangent);
        let protocol = Protocol {
            exponents: 3,
            transient: 20.0,
            duration: [1500.0, 1500.0],
            tolerance: 0.0,
        };
        let found = measure(&mut Lorenz([1.0, 2.0, 20.0]), &protocol, &mut generator, &()).unwrap();
        let [first, second, third] = found.spectrum[..] else {
            panic!("three exponents")
        };
        assert!(
            (first - 0.9056).abs() < 0.02 && second.abs() < 0.01,
            "{:?}",
            found.spectrum
        );
        assert!(
            (first + second + third + 41.0 / 3.0).abs() < 1e-3,
            "{:?}",
            found.spectrum
        );
        assert_eq!((found.running.len(), found.synaptic_share[0]), (1500, 0.0));
        assert!((found.running[1499] - first).abs() < 1e-12);
    }

    /// The R factors of two decompositions are that of one: only rounding tells how often there was one.
    #[test]
    fn exponents_do_not_depend_on_the_spacing_of_decompositions() {
        let protocol = Protocol {
            exponents: 3,
            transient: 20.0,
            duration: [200.0, 200.0],
            tolerance: 0.0,
        };
        let [every, seldom] = [1, frame::LONGEST].map(|spacing| {
            let mut generator = Generator::new(1, 0, freezable_chaos::Purpose::Tangent);
            let mut lorenz = Lorenz([1.0, 2.0, 20.0]);
            measure_with(&mut lorenz, &protocol, spacing, &mut generator, &()).unwrap()
        });
        for (every, seldom) in every.spectrum.iter().zip(&seldom.spectrum) {
            assert!((every - seldom).abs() < 1e-9, "{every} and {seldom}");
        }
        for (every, seldom) in every.running.iter().zip(&seldom.running) {
            assert!((every - seldom).abs() < 1e-9, "{every} and {seldom}");
        }
    }
}
