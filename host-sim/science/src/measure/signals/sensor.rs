//! Input weights and readout of one network as the bytes that a device carries.

use freezable_chaos::{SensorHeader, TransferId};

use super::Signals;
use crate::memory::Subject;
use crate::networks::{Ensemble, Simulation};
use crate::signals::{Split, regress};
use crate::watch::{Watch, advance};
use crate::{Refusal, Stopped};

/// What was trained for a sensor, and on what.
#[derive(Clone, Debug)]
pub struct TrainedSensor {
    /// The bytes of the kernel's `StoredSensor`.
    pub bytes: Vec<u8>,
    /// Trials that trained, and trials of people that did not.
    pub split: Split,
    /// Share of the trials of training that were held in the end.
    pub held: f64,
}

/// Writes every trial of training into a network, and trains the readout on the states held. The weights are those that
/// [`Signals`] gives the network of that index.
pub fn train_sensor(
    of: &Signals,
    ensemble: &Ensemble,
    index: u32,
    network: &mut dyn Simulation,
    watch: &dyn Watch,
) -> Result<TrainedSensor, Stopped> {
    let recordings = &of.recordings;
    let channels = recordings.channels();
    if channels > 64 {
        let refusal = Refusal::above("signals", channels, 64);
        return Err(Stopped::Failed(
            refusal
                .reason("channels, which a stored sensor has at most")
                .to_string(),
        ));
    }
    let couplings = network.couplings_digest();
    let couplings = couplings.ok_or_else(|| Stopped::Failed("no device has this network".to_owned()))?;
    let split = recordings.split(of.held_out as usize, index as usize);
    let (drive, _) = of.drive(ensemble, index, &split);
    let dt = ensemble.network.dt;
    let (mut rows, mut held) = (Vec::new(), 0_u32);
    let mut input = vec![0.0; network.n()];
    for &trial in &split.training {
        let mut subject = Subject {
            network: &mut *network,
            dt,
        };
        let mut write = of.rule().begin(&mut subject)?;
        for sample in 0..drive.length(trial) {
            drive.write(trial, sample, &mut input)?;
            for _ in 0..of.steps_of_sample {
                write.drive(&mut subject, &input)?;
            }
        }
        held += u32::from(write.finish(&mut subject)? == freezable_chaos::WriteProgress::Held);
        let mut rates = Vec::new();
        network.copy_rates(&mut rates);
        rows.push(rates);
        advance(watch, 1)?;
    }
    let readout = regress(recordings, &split.training, &rows)?;
    let units: Vec<f32> = readout
        .units
        .iter()
        .flatten()
        .map(|&value| value as f32)
        .collect();
    let header = SensorHeader {
        model: ensemble.network.model.id(),
        transfer: TransferId::TANH,
        n: network.n() as u32,
        channels: channels as u16,
        envelopes: of.channels.envelopes.len() as u16,
        classes: recordings.classes() as u16,
        quantities: recordings.names.len() as u16,
        couplings,
        params: ensemble.network.dynamics.params(),
        rate: of.channels.rate(),
        settle: of.settle,
        steps_of_sample: of.steps_of_sample,
    };
    let fitted = &readout.fitted;
    let parts = [
        &drive.scaling[..],
        &units,
        &drive.weights,
        &fitted.biases,
        &fitted.weights,
    ];
    let mut bytes = vec![0; header.stored_len().unwrap_or(0)];
    header
        .store(&of.channels.masks(), &parts, &mut bytes)
        .map_err(|error| Stopped::Failed(error.to_string()))?;
    Ok(TrainedSensor {
        bytes,
        held: f64::from(held) / split.training.len().max(1) as f64,
        split,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signals::tests::{ensemble, signals};
    use crate::networks::{Model, with_simulation};
    use freezable_chaos::StoredSensor;

    #[test]
    fn a_device_computes_the_input_of_the_measurement_to_the_bit() {
        let (signals, ensemble) = (signals(), ensemble(Model::Compact, 64));
        let trained = with_simulation(&ensemble, 0, |network| {
            train_sensor(&signals, &ensemble, 0, network, &())
        })
        .unwrap();
        let sensor = StoredSensor::new(&trained.bytes).unwrap();
        let (drive, _) = signals.drive(&ensemble, 0, &trained.split);
        let recordings = &signals.recordings;
        let (channels, inputs) = (recordings.channels(), sensor.header().inputs());
        let n = ensemble.network.n;
        let (mut state, mut extended) = (vec![0.0; inputs], vec![0.0; inputs]);
        let (mut input, mut expected) = (vec![0.0; n], vec![0.0; n]);
        for &trial in &trained.split.test {
            let samples = recordings.trial(trial);
            sensor.begin(&samples[..channels], &mut state);
            for (number, sample) in samples.chunks_exact(channels).enumerate() {
                sensor
                    .sense(sample, &mut state, &mut extended, &mut input)
                    .unwrap();
                drive.write(trial, number, &mut expected).unwrap();
                let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&input), bits(&expected), "trial {trial}, sample {number}");
            }
        }
    }
}
