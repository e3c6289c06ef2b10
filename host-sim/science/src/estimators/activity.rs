//! Is the network still active? And how fast does it move?

use std::collections::VecDeque;

use super::steps_in;

/// Length of a segment of the alive test.
pub const SEGMENT: f64 = 100.0;
/// The part at the end of each segment that is looked at.
pub const SEGMENT_TAIL: f64 = 2.0;
/// Largest rms speed of a network that has come to rest.
pub const REST_SPEED: f64 = 1e-3;

/// Alive test: the largest rms speed in the last 2 time units of every segment of 100 exceeds 1e-3.
///
/// Feed it the rms speed of every step. A segment cut short by the end of the run is not judged; only a run shorter than a
/// segment is, by its own last 2 time units.
#[derive(Clone, Debug)]
pub struct AliveTest {
    /// The speeds of the last steps of the first segment, as long as that lasts.
    latest: VecDeque<f64>,
    segment_steps: u64,
    tail_steps: u64,
    step: u64,
    largest: f64,
    segments: u64,
    first_at_rest: Option<u64>,
}

impl AliveTest {
    /// A test for steps of `dt`.
    pub fn new(dt: f64) -> Self {
        let segment_steps = steps_in(SEGMENT, dt);
        let tail_steps = steps_in(SEGMENT_TAIL, dt).min(segment_steps);
        Self {
            latest: VecDeque::new(),
            segment_steps,
            tail_steps,
            step: 0,
            largest: 0.0,
            segments: 0,
            first_at_rest: None,
        }
    }

    /// Takes the rms of `dx/dt` over the neurons in the next step. NaN counts as rest: a network whose state is
    /// not finite is not alive.
    pub fn push(&mut self, rms_speed: f64) {
        self.step += 1;
        if self.segments == 0 {
            if self.latest.len() as u64 == self.tail_steps {
                self.latest.pop_front();
            }
            self.latest.push_back(rms_speed);
        }
        if self.step + self.tail_steps > self.segment_steps && rms_speed > self.largest {
            self.largest = rms_speed;
        }
        if self.step == self.segment_steps {
            if self.largest <= REST_SPEED && self.first_at_rest.is_none() {
                self.first_at_rest = Some(self.segments);
            }
            self.segments += 1;
            self.latest = VecDeque::new();
            self.step = 0;
            self.largest = 0.0;
        }
    }

    /// The verdict so far; a network that was never looked at is not alive.
    pub fn alive(&self) -> bool {
        if self.segments > 0 {
            self.first_at_rest.is_none()
        } else {
            self.latest.iter().any(|&speed| speed > REST_SPEED)
        }
    }

    /// Whole segments judged.
    pub fn segments(&self) -> u64 {
        self.segments
    }

    /// End of the first segment that was found at rest, in time units since the first step.
    pub fn rest_time(&self) -> Option<f64> {
        self.first_at_rest.map(|segment| (segment + 1) as f64 * SEGMENT)
    }
}

/// Rms over time and neurons: the root of the time average of the squared rms speeds.
#[derive(Clone, Copy, Debug, Default)]
pub struct RmsAverage {
    sum_of_squares: f64,
    count: u64,
}

impl RmsAverage {
    /// Takes the rms over the neurons in the next step.
    pub fn push(&mut self, rms: f64) {
        self.sum_of_squares += rms * rms;
        self.count += 1;
    }

    /// The rms over all steps so far; `None` without any.
    pub fn value(&self) -> Option<f64> {
        (self.count > 0).then(|| (self.sum_of_squares / self.count as f64).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Speeds of a run of `segments` segments of 400 steps of 0.25 each.
    fn judge(segments: usize, speed: impl Fn(usize, usize) -> f64) -> AliveTest {
        let mut test = AliveTest::new(0.25);
        for segment in 0..segments {
            for step in 0..400 {
                test.push(speed(segment, step));
            }
        }
        test
    }

    #[test]
    fn only_the_last_two_time_units_count() {
        // 8 steps of 0.25: one fast step among them keeps the network alive, one just before does not.
        assert!(judge(3, |_, step| if step == 392 { 0.01 } else { 0.0 }).alive());
        assert!(!judge(3, |_, step| if step == 391 { 0.01 } else { 0.0 }).alive());
    }

    #[test]
    fn one_segment_at_rest_is_enough() {
        let test = judge(4, |segment, _| if segment == 2 { 1e-3 } else { 1.0 });
        assert!(!test.alive());
        assert_eq!(test.rest_time(), Some(300.0));
        assert_eq!(test.segments(), 4);
    }

    #[test]
    fn a_run_shorter_than_a_segment_is_judged_by_its_last_two_time_units() {
        let mut test = AliveTest::new(0.25);
        assert!(!test.alive(), "never looked at");
        (0..200).for_each(|_| test.push(1.0));
        assert!(test.alive());
        (0..7).for_each(|_| test.push(0.0));
        assert!(test.alive(), "one of the last 8 steps moved");
        test.push(0.0);
        assert!(!test.alive());
    }

    #[test]
    fn an_unfinished_segment_is_not_judged() {
        let mut test = AliveTest::new(0.05);
        (0..2000).for_each(|_| test.push(1.0));
        (0..1999).for_each(|_| test.push(0.0));
        assert!(test.alive());
        test.push(0.0);
        assert!(!test.alive());
    }

    #[test]
    fn a_diverged_network_is_not_alive() {
        assert!(!judge(1, |_, _| f64::NAN).alive());
    }

    #[test]
    fn rms_averages_squares() {
        let mut average = RmsAverage::default();
        assert_eq!(average.value(), None);
        average.push(3.0);
        average.push(4.0);
        assert_eq!(average.value(), Some(12.5_f64.sqrt()));
    }
}
