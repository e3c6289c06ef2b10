//! Movements that nobody made: a generator for tests, and for machines without a network. It is no stand-in for recordings.

use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, Purpose};

use super::recordings::Recordings;

const CLASSES: usize = 5;
const PEOPLE: u64 = 6;
/// Of each class by each person.
const REPEATS: usize = 4;
/// Samples, at 50 Hz: 4 s.
const LENGTH: usize = 200;
const CHANNELS: usize = 6;
const RATE: f32 = 50.0;

/// Synthetic windows of a wrist that repeats one of five movements: three accelerations in units of gravity and three
/// angular velocities, at 50 Hz for 4 s.
///
/// Each class has a direction of gravity and two directions of rotation with a phase between them; each person a
/// tempo, a strength and a tilt of the wrist; each trial a phase, a strength and noise of its own. The quantities are those of the
/// recordings: intensity (root mean square of the angular velocity) and the mean of the first two accelerations.
pub fn synthetic_movements(seed: u64) -> Recordings {
    let mut generator = Generator::new(seed, 0, Purpose::Input);
    let mut vector = |scale: f32| -> [f32; 3] { [0; 3].map(|_| scale * generator.gaussian()) };
    let classes: Vec<[[f32; 3]; 3]> = (0..CLASSES)
        .map(|_| [vector(0.6), vector(1.2), vector(1.2)])
        .collect();
    let people: Vec<[[f32; 3]; 2]> = (0..PEOPLE).map(|_| [vector(0.12), vector(0.2)]).collect();
    let (mut samples, mut targets) = (Vec::new(), Vec::new());
    let (mut labels, mut groups) = (Vec::new(), Vec::new());
    for (person, [tilt, manner]) in people.iter().enumerate() {
        for (class, [gravity, first, second]) in classes.iter().enumerate() {
            for _ in 0..REPEATS {
                let [phase, strength, _] = vector(1.0);
                let strength = (1.0 + manner[0] + 0.2 * strength).abs();
                let cycle = std::f32::consts::TAU * 0.5 * (1.0 + 0.5 * manner[1]) / RATE;
                let start = samples.len();
                for sample in 0..LENGTH {
                    let angle = cycle * sample as f32 + 2.0 * phase;
                    let (swing, back) = (angle.sin(), (angle + 1.2 + 0.5 * class as f32).sin());
                    let [shake, noise] = [vector(0.08), vector(0.15)];
                    for axis in 0..3 {
                        let turn = 0.15 * strength * first[axis] * back;
                        samples.push(gravity[axis] + tilt[axis] + turn + shake[axis]);
                    }
                    for axis in 0..3 {
                        let rotation = first[axis] * swing + second[axis] * back;
                        samples.push(strength * rotation + noise[axis]);
                    }
                }
                targets.extend(quantities(&samples[start..]));
                labels.push(class as u64);
                groups.push(person as u64);
            }
        }
    }
    let names = ["intensity", "gravity x", "gravity y"]
        .map(str::to_owned)
        .to_vec();
    let shape = [labels.len(), LENGTH, CHANNELS];
    match Recordings::new(samples, shape, (labels, groups), (targets, names)) {
        Ok(recordings) => recordings,
        Err(refusal) => unreachable!("the generator makes whole trials: {refusal}"),
    }
}

/// Intensity and the mean of the first two accelerations of a window.
fn quantities(window: &[f32]) -> [f64; 3] {
    let samples = || window.chunks_exact(CHANNELS);
    let count = samples().count().max(1) as f64;
    let square = |sample: &[f32]| -> f64 { sample[3..].iter().map(|w| f64::from(w * w)).sum() };
    let mean = |axis: usize| samples().map(|sample| f64::from(sample[axis])).sum::<f64>() / count;
    let intensity = (samples().map(square).sum::<f64>() / count).sqrt();
    [intensity, mean(0), mean(1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn movements_are_of_their_seed_and_have_every_class_of_every_person() {
        let recordings = synthetic_movements(1);
        assert_eq!(recordings, synthetic_movements(1));
        assert_ne!(recordings.digest(), synthetic_movements(2).digest());
        assert_eq!(recordings.trials(), CLASSES * PEOPLE as usize * REPEATS);
        assert_eq!((recordings.classes(), recordings.distinct_groups().len()), (5, 6));
        let [still, moving] = [
            quantities(&[1.0, 0.5, 0.0, 0.0, 0.0, 0.0]),
            quantities(&[0.0, 0.0, 0.0, 3.0, 0.0, 4.0]),
        ];
        assert_eq!((still, moving), ([0.0, 1.0, 0.5], [5.0, 0.0, 0.0]));
    }
}
