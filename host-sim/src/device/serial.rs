//! A real board on a serial port.

use std::time::Duration;

use super::Link;
use crate::failure::Failure;

/// Opens a serial port, eight bits, no parity, one stop bit.
pub fn open(port: &str, baud: u32) -> Result<Link, Failure> {
    let stream = serialport::new(port, baud)
        .timeout(Duration::from_millis(200))
        .open()
        .map_err(|error| Failure::Device(format!("--port {port}: {error}")))?;
    Ok(Link::new(Box::new(stream)))
}
