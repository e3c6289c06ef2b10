//! What was trained for a sensor, in flash.

use freezable_chaos::frames::MAX_OUTPUTS;
use freezable_chaos::{AnyTransfer, Connectivity, Network, StoredSensor};

include!(concat!(env!("OUT_DIR"), "/sensors.rs"));

/// Most channels and envelopes of a sensor; the build refuses more of those that it includes.
pub const MAX_INPUTS: usize = include!("sensor_inputs.in");

/// The one that was trained with this very network and has no more inputs and outputs than there is room for. Those of
/// the firmware are the files that `FREEZABLE_SENSOR` named when it was built.
pub fn find<C: Connectivity>(
    network: &Network<'_, C, AnyTransfer>,
    sensors: &[&'static [u8]],
) -> Option<StoredSensor<'static>> {
    let mut sensors = sensors.iter().filter_map(|bytes| StoredSensor::new(bytes).ok());
    sensors.find(|sensor| {
        let header = sensor.header();
        header.inputs() <= MAX_INPUTS && header.outputs() <= MAX_OUTPUTS && sensor.fits(network)
    })
}
