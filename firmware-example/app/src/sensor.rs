//! What was trained for a sensor, in flash.

use freezable_chaos::{AnyTransfer, Connectivity, Network, StoredSensor};

include!(concat!(env!("OUT_DIR"), "/sensors.rs"));

/// Most channels and envelopes of a sensor; the build refuses more.
pub const MAX_INPUTS: usize = include!("sensor_inputs.in");

/// The one that was trained with this very network, of the files that `FREEZABLE_SENSOR` named when this was built.
pub fn find<C: Connectivity>(network: &Network<'_, C, AnyTransfer>) -> Option<StoredSensor<'static>> {
    let mut sensors = SENSORS.iter().filter_map(|bytes| StoredSensor::new(bytes).ok());
    sensors.find(|sensor| sensor.fits(network))
}
