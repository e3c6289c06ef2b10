//! What a device needs to write the samples of a sensor and to read what it holds, as bytes that it keeps in flash.
//!
//! Little-endian: `"FzSg"`, version of this format (u16), kind of network and transfer function (u8), neurons n (u32); channels,
//! envelopes, classes and quantities (u16); digest of J (u64); g, k, p, dt, rate of the envelopes, time of settling
//! (f32); steps for each sample (u32). Then a mask of channels for each envelope (u64); and as f32: for each channel and
//! envelope the mean and the scale, for each quantity the mean and the unit, n rows of input weights, a bias for each
//! output, and a row of n weights for each output. Then the CRC-32 of all before.

use super::envelope::Envelopes;
use super::error::SensorError;
use super::write::WriteRule;
use crate::bytes::{ByteSink, ByteSource, CRC_32, SliceSink};
use crate::connectivity::Connectivity;
use crate::network::Network;
use crate::parameters::{ParameterError, Params};
use crate::transfer::{Transfer, TransferId};
use crate::values::SizeError;

const MAGIC: [u8; 4] = *b"FzSg";
const VERSION: u16 = 1;
/// Bytes before the masks.
const HEADER: usize = 56;
const CHECKSUM: usize = 4;
/// Most channels: a mask has a bit for each.
const MOST_CHANNELS: u32 = 64;
/// Most steps for each sample.
const MOST_STEPS: u32 = 10_000;

/// What input weights and readout were trained for.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SensorHeader {
    /// Kind of network, [`Connectivity::MODEL`].
    pub model: u8,
    /// Transfer function.
    pub transfer: TransferId,
    /// Number of neurons.
    pub n: u32,
    /// Channels of the sensor, 64 at most.
    pub channels: u16,
    /// Envelopes of groups of them.
    pub envelopes: u16,
    /// Classes that are told apart.
    pub classes: u16,
    /// Continuous quantities that are read; may be none, which classes may not.
    pub quantities: u16,
    /// Digest of the quenched couplings.
    pub couplings: u64,
    /// Parameters of the network.
    pub params: Params,
    /// See [`Envelopes::rate`].
    pub rate: f32,
    /// See [`WriteRule::settle`].
    pub settle: f32,
    /// Steps of the network for each sample, 10,000 at most.
    pub steps_of_sample: u32,
}

impl SensorHeader {
    /// Channels of the input: the sensor's and the envelopes.
    pub const fn inputs(&self) -> usize {
        self.channels as usize + self.envelopes as usize
    }

    /// Outputs of the readout: a score for each class, then the quantities.
    pub const fn outputs(&self) -> usize {
        self.classes as usize + self.quantities as usize
    }

    /// Numbers after the masks; `None` if there are more than can be counted.
    const fn numbers(&self) -> Option<usize> {
        let rows = self.inputs() + self.outputs();
        let Some(weights) = rows.checked_mul(self.n as usize) else {
            return None;
        };
        weights.checked_add(2 * self.inputs() + 2 * self.quantities as usize + self.outputs())
    }

    /// Bytes when stored; `None` if there are more than can be counted.
    pub const fn stored_len(&self) -> Option<usize> {
        let Some(numbers) = self.numbers() else {
            return None;
        };
        let Some(bytes) = numbers.checked_mul(size_of::<f32>()) else {
            return None;
        };
        bytes.checked_add(HEADER + 8 * self.envelopes as usize + CHECKSUM)
    }

    /// How an event is written.
    fn rule(&self) -> WriteRule {
        WriteRule {
            settle: self.settle,
            ..WriteRule::RECOMMENDED
        }
    }

    /// Refuses what no network has, and a rule that a network would refuse.
    fn check(&self) -> Result<(), ParameterError> {
        self.params.validate(self.n as usize)?;
        for (parameter, value, maximum) in [
            ("channels of a sensor", self.channels.into(), MOST_CHANNELS),
            ("classes of a sensor", self.classes.into(), u16::MAX.into()),
            ("steps for each sample", self.steps_of_sample, MOST_STEPS),
        ] {
            if value == 0 || value > maximum {
                return Err(ParameterError::Whole {
                    parameter,
                    value,
                    maximum,
                });
            }
        }
        let (parameter, value) = ("the rate of the envelopes", self.rate);
        if !value.is_finite() {
            return Err(ParameterError::NotFinite { parameter, value });
        }
        if value <= 0.0 {
            return Err(ParameterError::NotPositive { parameter, value });
        }
        if value > 1.0 {
            let maximum = 1.0;
            return Err(ParameterError::AboveMaximum {
                parameter,
                value,
                maximum,
            });
        }
        self.rule().check(self.params.dt).map(|_| ())
    }

    /// Refuses bits of channels that there are not, and numbers that are not finite.
    fn check_numbers(
        &self,
        masks: impl IntoIterator<Item = u64>,
        numbers: impl IntoIterator<Item = f32>,
    ) -> Result<(), SensorError> {
        let channels = self.channels;
        let is_beyond = |mask: &u64| mask.checked_shr(channels.into()).is_some_and(|rest| rest != 0);
        if let Some(mask) = masks.into_iter().find(is_beyond) {
            return Err(SensorError::Mask { mask, channels });
        }
        match numbers.into_iter().position(|number| !number.is_finite()) {
            Some(place) => Err(SensorError::NonFinite { place }),
            None => Ok(()),
        }
    }

    /// Writes what was trained into the start of a buffer; returns the bytes written, [`stored_len`](Self::stored_len).
    /// `parts` are the numbers in the order of the format, from the means and scales on. Refuses other numbers of masks
    /// and numbers, and what [`StoredSensor::new`] would refuse.
    pub fn store(&self, masks: &[u64], parts: &[&[f32]], buffer: &mut [u8]) -> Result<usize, SensorError> {
        let size = |what, expected, found| SizeError::check(what, expected, found).map_err(SensorError::Size);
        size("the set of masks", self.envelopes.into(), masks.len())?;
        let found = parts.iter().map(|part| part.len()).sum();
        size("the set of numbers", self.numbers().unwrap_or(usize::MAX), found)?;
        let numbers = || parts.iter().flat_map(|part| part.iter().copied());
        self.check().map_err(SensorError::Parameter)?;
        self.check_numbers(masks.iter().copied(), numbers())?;
        let (length, found) = (self.stored_len().unwrap_or(usize::MAX), buffer.len());
        let (body, checksum) = buffer
            .split_at_mut_checked(length.saturating_sub(CHECKSUM))
            .and_then(|(body, rest)| Some((body, rest.first_chunk_mut::<CHECKSUM>()?)))
            .ok_or(SensorError::Length {
                expected: length,
                found,
            })?;
        let mut sink = SliceSink::new(body);
        sink.put(&MAGIC);
        sink.put(&VERSION.to_le_bytes());
        sink.put(&[self.model, self.transfer.0]);
        sink.put(&self.n.to_le_bytes());
        for count in [self.channels, self.envelopes, self.classes, self.quantities] {
            sink.put(&count.to_le_bytes());
        }
        sink.put(&self.couplings.to_le_bytes());
        let Params { g, k, p, dt } = self.params;
        for value in [g, k, p, dt, self.rate, self.settle] {
            sink.put(&value.to_le_bytes());
        }
        sink.put(&self.steps_of_sample.to_le_bytes());
        masks.iter().for_each(|mask| sink.put(&mask.to_le_bytes()));
        numbers().for_each(|value| sink.put(&value.to_le_bytes()));
        *checksum = CRC_32.checksum(body).to_le_bytes();
        Ok(length)
    }
}

/// Input weights and readout of a sensor in bytes of any alignment, which stay where they are.
///
/// A firmware includes them (`host-sim memory sensor-image` trains and writes them), and refuses those of another network
/// with [`fits`](Self::fits).
#[derive(Clone, Debug)]
pub struct StoredSensor<'a> {
    header: SensorHeader,
    masks: &'a [[u8; 8]],
    /// Mean and scale of every input.
    scaling: ByteSource<'a>,
    /// Mean and unit of every quantity.
    units: ByteSource<'a>,
    weights: ByteSource<'a>,
    /// Biases, then weights of the outputs.
    readout: ByteSource<'a>,
}

impl<'a> StoredSensor<'a> {
    /// Takes what [`SensorHeader::store`] wrote. Refuses bytes that are cut short, of another version or spoilt, parameters
    /// that no network and no write has, envelopes of channels that there are not, and numbers that are not finite.
    pub fn new(bytes: &'a [u8]) -> Result<Self, SensorError> {
        let found = bytes.len();
        let short = SensorError::Length {
            expected: HEADER + CHECKSUM,
            found,
        };
        let (body, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or(short)?;
        let (head, rest) = body.split_at_checked(HEADER).ok_or(short)?;
        let header = read_header(head).ok_or(short)??;
        let expected = header.stored_len().unwrap_or(usize::MAX);
        let wrong = SensorError::Length { expected, found };
        if found != expected {
            return Err(wrong);
        }
        let (expected, found) = (CRC_32.checksum(body), u32::from_le_bytes(*checksum));
        if found != expected {
            return Err(SensorError::Checksum { expected, found });
        }
        let mut rest = rest;
        let mut part = |bytes: usize| -> Result<&'a [u8], SensorError> {
            let (part, after) = rest.split_at_checked(bytes).ok_or(wrong)?;
            rest = after;
            Ok(part)
        };
        let masks = part(8 * header.envelopes as usize)?;
        let scaling = part(8 * header.inputs())?;
        let units = part(8 * header.quantities as usize)?;
        let weights = part(4 * header.inputs() * header.n as usize)?;
        let mut all = ByteSource::new(body.get(HEADER + masks.len()..).unwrap_or_default());
        let masks = masks.as_chunks().0;
        header.check().map_err(SensorError::Parameter)?;
        let each_mask = masks.iter().map(|&mask| u64::from_le_bytes(mask));
        header.check_numbers(each_mask, core::iter::from_fn(|| all.float()))?;
        Ok(Self {
            header,
            masks,
            scaling: ByteSource::new(scaling),
            units: ByteSource::new(units),
            weights: ByteSource::new(weights),
            readout: ByteSource::new(rest),
        })
    }

    /// What it was trained for.
    pub fn header(&self) -> &SensorHeader {
        &self.header
    }

    /// Whether it was trained with this very network: kind, size, quenched couplings, parameters, transfer function.
    pub fn fits<C: Connectivity, T: Transfer>(&self, network: &Network<'_, C, T>) -> bool {
        let header = &self.header;
        header.model == C::MODEL
            && header.n as usize == network.n()
            && header.transfer == network.transfer().id()
            && header.params == network.dynamics().params()
            && header.couplings == network.connectivity().couplings_digest()
    }

    /// How an event is written: a rule that a network which it [`fits`](Self::fits) does not refuse.
    pub fn rule(&self) -> WriteRule {
        self.header.rule()
    }

    /// An event begins with this sample, see [`Envelopes::begin`].
    pub fn begin(&self, first: &[f32], state: &mut [f32]) {
        self.filter().begin(first, state);
    }

    /// From a sample to the input of every neuron: envelopes, scaling, weights, `I_i = sum over c of W_ic u_c` for c ascending.
    /// `extended` is room for all inputs, the state of the envelopes as large. Refuses other sizes.
    pub fn sense(
        &self,
        sample: &[f32],
        state: &mut [f32],
        extended: &mut [f32],
        input: &mut [f32],
    ) -> Result<(), SizeError> {
        SizeError::check("the input", self.header.n as usize, input.len())?;
        let masks = self.masks.iter().map(|&mask| u64::from_le_bytes(mask));
        self.filter().extend(masks, state, sample, extended)?;
        let mut scaling = self.scaling.clone();
        for value in extended.iter_mut() {
            let (mean, scale) = (scaling.float().unwrap_or(0.0), scaling.float().unwrap_or(0.0));
            *value = (*value - mean) * scale;
        }
        let mut weights = self.weights.clone();
        for input in input {
            *input = extended
                .iter()
                .fold(0.0, |sum, &value| sum + weights.float().unwrap_or(0.0) * value);
        }
        Ok(())
    }

    /// Reads the rates: a score for each class, of which the [`strongest`](super::strongest()) is the answer, then every
    /// quantity in its own unit. Refuses rates or outputs of another number.
    pub fn read(&self, rates: &[f32], outputs: &mut [f32]) -> Result<(), SizeError> {
        let header = &self.header;
        SizeError::check("the slice of rates", header.n as usize, rates.len())?;
        SizeError::check("the slice of outputs", header.outputs(), outputs.len())?;
        let mut numbers = self.readout.clone();
        for output in outputs.iter_mut() {
            *output = numbers.float().unwrap_or(0.0);
        }
        for output in outputs.iter_mut() {
            let products = rates.iter().map(|&rate| (numbers.float().unwrap_or(0.0), rate));
            *output = products.fold(*output, |sum, (weight, rate)| sum + weight * rate);
        }
        let mut units = self.units.clone();
        for output in outputs.iter_mut().skip(header.classes.into()) {
            let (mean, unit) = (units.float().unwrap_or(0.0), units.float().unwrap_or(1.0));
            *output = mean + unit * *output;
        }
        Ok(())
    }

    fn filter(&self) -> Envelopes {
        Envelopes {
            channels: self.header.channels.into(),
            rate: self.header.rate,
        }
    }
}

fn read_header(bytes: &[u8]) -> Option<Result<SensorHeader, SensorError>> {
    let mut source = ByteSource::new(bytes);
    if source.take::<4>()? != MAGIC {
        return Some(Err(SensorError::Magic));
    }
    let found = u16::from_le_bytes(source.take()?);
    if found != VERSION {
        return Some(Err(SensorError::Version {
            expected: VERSION,
            found,
        }));
    }
    let [model, transfer] = source.take()?;
    let n = u32::from_le_bytes(source.take()?);
    let mut count = || source.take().map(u16::from_le_bytes);
    let [channels, envelopes, classes, quantities] = [count()?, count()?, count()?, count()?];
    Some(Ok(SensorHeader {
        model,
        transfer: TransferId(transfer),
        n,
        channels,
        envelopes,
        classes,
        quantities,
        couplings: u64::from_le_bytes(source.take()?),
        params: Params {
            g: source.float()?,
            k: source.float()?,
            p: source.float()?,
            dt: source.float()?,
        },
        rate: source.float()?,
        settle: source.float()?,
        steps_of_sample: u32::from_le_bytes(source.take()?),
    }))
}

#[cfg(test)]
mod tests;
