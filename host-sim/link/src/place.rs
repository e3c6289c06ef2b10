//! Where a board is, so that a line to it can be opened again after it broke.

use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;

use super::emulator::READ_TIMEOUT;
use super::{Emulator, Link, serial};
use crate::LinkError;

/// Where a board is.
pub trait Place {
    /// Opens a line to it.
    fn connect(&mut self) -> Result<Link, LinkError>;

    /// Cuts the power of an emulated board, until a line to it is opened; `false` elsewhere.
    fn cut_power(&mut self) -> bool {
        false
    }
}

/// On a serial port.
#[derive(Clone, Debug)]
pub struct SerialPort {
    /// Its name or path.
    pub port: String,
    /// Its speed.
    pub baud: u32,
}

impl Place for SerialPort {
    fn connect(&mut self) -> Result<Link, LinkError> {
        serial::open(&self.port, self.baud)
    }
}

/// Behind a socket, as an emulator that somebody else started has it.
#[derive(Clone, Debug)]
pub struct Socket {
    /// `HOST:PORT`, or the path of a Unix socket.
    pub address: String,
}

impl Place for Socket {
    fn connect(&mut self) -> Result<Link, LinkError> {
        let failed = |error: std::io::Error| LinkError::new(format!("--socket {}: {error}", self.address));
        // A path is no address with a port.
        if let Ok(addresses) = self.address.to_socket_addrs() {
            let addresses: Vec<_> = addresses.collect();
            let stream = TcpStream::connect(&addresses[..]).map_err(failed)?;
            stream.set_read_timeout(Some(READ_TIMEOUT)).map_err(failed)?;
            return Ok(Link::new(Box::new(stream)));
        }
        let stream = UnixStream::connect(&self.address).map_err(failed)?;
        stream.set_read_timeout(Some(READ_TIMEOUT)).map_err(failed)?;
        Ok(Link::new(Box::new(stream)))
    }
}

impl Place for Emulator {
    fn connect(&mut self) -> Result<Link, LinkError> {
        self.switch_on()
    }

    fn cut_power(&mut self) -> bool {
        Emulator::cut_power(self);
        true
    }
}

impl<P: Place + ?Sized> Place for Box<P> {
    fn connect(&mut self) -> Result<Link, LinkError> {
        (**self).connect()
    }

    fn cut_power(&mut self) -> bool {
        (**self).cut_power()
    }
}
