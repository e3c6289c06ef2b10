//! Named arrays with axes and units: what a file of arrays and a notebook both get.

use std::borrow::Cow;

/// Numbers of an array, the last axis running fastest.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Single precision.
    F32(Vec<f32>),
    /// Double precision.
    F64(Vec<f64>),
    /// Whole numbers: counts, digests, codes.
    U64(Vec<u64>),
    /// Real and imaginary parts.
    Complex(Vec<[f64; 2]>),
    /// Yes or no.
    Bool(Vec<bool>),
}

impl Values {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::F32(values) => values.len(),
            Self::F64(values) => values.len(),
            Self::U64(values) => values.len(),
            Self::Complex(values) => values.len(),
            Self::Bool(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl From<Vec<f32>> for Values {
    fn from(values: Vec<f32>) -> Self {
        Self::F32(values)
    }
}

impl From<Vec<f64>> for Values {
    fn from(values: Vec<f64>) -> Self {
        Self::F64(values)
    }
}

impl From<Vec<u64>> for Values {
    fn from(values: Vec<u64>) -> Self {
        Self::U64(values)
    }
}

impl From<Vec<[f64; 2]>> for Values {
    fn from(values: Vec<[f64; 2]>) -> Self {
        Self::Complex(values)
    }
}

impl From<Vec<bool>> for Values {
    fn from(values: Vec<bool>) -> Self {
        Self::Bool(values)
    }
}

/// One axis of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// What it counts: "network", "lag", "neuron". Arrays of the same result share axes by name.
    pub name: &'static str,
    /// How many.
    pub length: usize,
}

/// An array of a result.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Its name in a file.
    pub name: Cow<'static, str>,
    /// What it holds, in a sentence.
    pub about: &'static str,
    /// The unit of its numbers: "time" is the neuronal time constant, "1/time" an exponent's; "" has none.
    pub unit: &'static str,
    /// Its axes, the last running fastest; none of a single number.
    pub axes: Vec<Axis>,
    /// Its numbers, as many as the product of the lengths of its axes.
    pub values: Values,
}

impl Array {
    /// An array without unit.
    ///
    /// # Panics
    ///
    /// Where the values are not as many as the axes ask for: a mistake of the measurement, not of its data.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        about: &'static str,
        axes: &[(&'static str, usize)],
        values: impl Into<Values>,
    ) -> Self {
        let (name, values) = (name.into(), values.into());
        let axes: Vec<Axis> = axes.iter().map(|&(name, length)| Axis { name, length }).collect();
        let room: usize = axes.iter().map(|axis| axis.length).product();
        assert_eq!(
            room,
            values.len(),
            "values of the array {name} for its axes {axes:?}"
        );
        Self {
            name,
            about,
            unit: "",
            axes,
            values,
        }
    }

    /// Which networks stayed active, one value per network.
    pub fn alive(networks: impl Iterator<Item = bool>) -> Self {
        let alive: Vec<bool> = networks.collect();
        let axis = ("network", alive.len());
        Self::new("alive", "whether the network stayed active", &[axis], alive)
    }

    /// The same array with a unit.
    pub fn in_units(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// Length of each axis.
    pub fn shape(&self) -> Vec<usize> {
        self.axes.iter().map(|axis| axis.length).collect()
    }
}
