//! The input of the steps to come.

use freezable_chaos::Cue;

/// A cue, and for how long it lasts.
#[derive(Debug)]
pub struct Input<'a> {
    values: &'a mut [f32],
    steps: u32,
}

impl<'a> Input<'a> {
    /// No input, of as many neurons as the buffer has numbers.
    pub fn new(values: &'a mut [f32]) -> Self {
        Self { values, steps: 0 }
    }

    /// A cue for so many steps, in place of what is left of the one before.
    pub fn begin(&mut self, cue: &Cue, steps: u32) {
        cue.write(self.values);
        self.steps = steps;
    }

    /// Nothing more.
    pub fn end(&mut self) {
        self.steps = 0;
    }

    /// Room for the input of a step that a sensor drives, in place of what is left of a cue.
    #[cfg(feature = "sensor")]
    pub fn values(&mut self) -> &mut [f32] {
        self.end();
        self.values
    }

    /// The input of the next step, if it has one.
    pub fn next(&mut self) -> Option<&[f32]> {
        self.steps = self.steps.checked_sub(1)?;
        Some(self.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cue_lasts_as_long_as_it_was_begun_for() {
        let (mut values, mut expected) = ([0.0; 40], [0.0; 40]);
        let cue = |index| Cue {
            seed: 3,
            index,
            strength: 0.5,
        };
        let mut input = Input::new(&mut values);
        assert_eq!(input.next(), None);
        input.begin(&cue(1), 9);
        assert!(input.next().is_some());
        input.begin(&cue(2), 2);
        cue(2).write(&mut expected);
        assert_eq!(input.next(), Some(&expected[..]));
        assert_eq!(input.next(), Some(&expected[..]));
        assert_eq!(input.next(), None);
        input.begin(&cue(0), 5);
        input.end();
        assert_eq!(input.next(), None);
    }
}
