//! A real board on a serial port.

use std::io;
use std::time::Duration;

use serialport::ErrorKind;

use super::Link;
use crate::LinkError;

/// Speeds that serial ports have, in bits per second.
const SPEEDS: std::ops::RangeInclusive<u32> = 300..=12_000_000;

/// Opens a serial port, eight bits, no parity, one stop bit.
pub fn open(port: &str, baud: u32) -> Result<Link, LinkError> {
    if !SPEEDS.contains(&baud) {
        let (least, most) = (SPEEDS.start(), SPEEDS.end());
        return Err(LinkError::new(format!(
            "--baud {baud} is outside its bounds {least} and {most}"
        )));
    }
    let stream = serialport::new(port, baud)
        .timeout(Duration::from_millis(200))
        .open()
        .map_err(|error| LinkError::new(format!("--port {port}: {error}{}", hint(error.kind()))))?;
    Ok(Link::new(Box::new(stream)))
}

/// What to do about it.
fn hint(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Io(io::ErrorKind::NotFound) => {
            "; is the board plugged in? `ls /dev/ttyACM* /dev/ttyUSB*` shows the ports"
        }
        ErrorKind::Io(io::ErrorKind::PermissionDenied) => {
            "; join the group that owns it (`sudo adduser $USER dialout`) and log in anew"
        }
        ErrorKind::NoDevice => "; does another program have it open?",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Board;
    use freezable_chaos::CONTRACT_VERSION;
    use freezable_chaos::frames::{self, Command, MAX_FRAME, Receiver, Report};
    use serialport::{SerialPort, TTYPort};
    use std::io::{Read, Write};

    /// A pseudo-terminal: the board's end, and the path of the port.
    fn port() -> (TTYPort, String) {
        let (mut board, port) = TTYPort::pair().unwrap();
        board.set_timeout(Duration::from_secs(20)).unwrap();
        let name = port.name().unwrap();
        (board, name)
    }

    /// Waits for `Hello` and answers it as firmware of that contract version, behind the end of some other report.
    fn greet(board: &mut TTYPort, contract: u16) {
        let mut receiver = Receiver::new();
        let mut byte = [0];
        let number = loop {
            board.read_exact(&mut byte).unwrap();
            if let Some(frame) = receiver.push(byte[0]) {
                let (number, command) = frames::decode::<Command<'_>>(frame.unwrap()).unwrap();
                assert_eq!(command, Command::Hello);
                break number;
            }
        };
        board.write_all(&[7, 8, 9, 0]).unwrap();
        let hello = Report::Hello {
            contract,
            board: "pseudo",
            capacity: 17,
            compact_capacity: 0,
            flash: None,
            flash_signs: None,
            refused_frames: 0,
            stored: None,
        };
        let mut frame = [0; MAX_FRAME];
        let length = frames::encode(number, &hello, &mut frame).unwrap();
        board.write_all(&frame[..length]).unwrap();
    }

    fn message(failed: Result<impl Sized, LinkError>) -> String {
        let failure = failed.err().unwrap();
        failure.to_string()
    }

    #[test]
    fn a_board_is_met_on_a_port_that_begins_within_a_report() {
        let (mut board, name) = port();
        let thread = std::thread::spawn(move || {
            greet(&mut board, CONTRACT_VERSION);
            board
        });
        let met = Board::meet(open(&name, 115_200).unwrap()).unwrap();
        assert_eq!(
            (met.identity().name.as_str(), met.identity().capacity),
            ("pseudo", 17)
        );
        thread.join().unwrap();
    }

    #[test]
    fn firmware_of_another_contract_is_refused_with_both_versions() {
        let (mut board, name) = port();
        let thread = std::thread::spawn(move || {
            greet(&mut board, CONTRACT_VERSION + 1);
            board
        });
        let message = message(Board::meet(open(&name, 115_200).unwrap()));
        let versions = [CONTRACT_VERSION + 1, CONTRACT_VERSION].map(|version| version.to_string());
        assert!(
            versions.iter().all(|version| message.contains(version)),
            "{message}"
        );
        thread.join().unwrap();
    }

    #[test]
    fn a_silent_board_is_said_to_be_silent() {
        let (board, name) = port();
        let message = message(Board::meet(open(&name, 115_200).unwrap()));
        assert!(message.starts_with("no board answered for"), "{message}");
        drop(board);
    }

    #[test]
    fn a_missing_port_and_one_in_use_are_told_apart() {
        let missing = message(open("/dev/ttyNONE", 115_200));
        assert!(
            missing.starts_with("--port /dev/ttyNONE: ") && missing.contains("plugged in"),
            "{missing}"
        );
        let (_board, name) = port();
        let _first = open(&name, 115_200).unwrap();
        let busy = message(open(&name, 115_200));
        assert!(busy.contains("another program"), "{busy}");
    }
}
