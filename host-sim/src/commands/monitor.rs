//! `host-sim monitor`: a live view of a board in the terminal, from which it can be frozen and released.

use std::path::PathBuf;
use std::sync::mpsc;

use clap::{ArgGroup, Args};

use super::demo::plastic_setup;
use crate::failure::Failure;
use crate::monitor::conversation::Wanted;
use crate::monitor::{screen, worker};
use link::{Cpu, Emulator, Place, SerialPort, Socket};
use science::networks::Model;

/// Options of `monitor`.
#[derive(Args, Clone, Debug)]
#[command(group = ArgGroup::new("place").required(true).args(["port", "firmware", "socket"]))]
pub struct MonitorOptions {
    /// Serial port of a real board
    #[arg(long)]
    port: Option<String>,
    /// Speed of the serial port
    #[arg(long, default_value_t = 115_200, requires = "port")]
    baud: u32,
    /// Firmware image for an emulated board
    #[arg(long)]
    firmware: Option<PathBuf>,
    /// Emulated processor
    #[arg(long, value_enum, default_value_t = Cpu::M4f)]
    emulator: Cpu,
    /// Console of an emulator that runs already: HOST:PORT, or the path of a Unix socket
    #[arg(long)]
    socket: Option<String>,
    /// Kind of network to start on a board that has none
    #[arg(long, value_enum, default_value_t = Model::Exact)]
    model: Model,
    /// Seed of its initial state
    #[arg(long, default_value_t = 2)]
    seed_state: u64,
    /// Steps a second, 0: as many as the board can
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    rate: u32,
    /// Steps between two samples
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    interval: u32,
    /// Folder for recordings and for the flash of the emulated board
    #[arg(long, default_value = "out/monitor")]
    out: PathBuf,
}

/// Runs the command.
pub fn execute(options: MonitorOptions) -> Result<(), Failure> {
    let place = place(&options)?;
    let model = options.model;
    let wanted = Wanted {
        setup: match model {
            Model::Exact => |board, seed| plastic_setup(Model::Exact, board, seed),
            Model::Compact => |board, seed| plastic_setup(Model::Compact, board, seed),
        },
        seed_state: options.seed_state,
        period: 1_000_000_u32.checked_div(options.rate).unwrap_or(0),
        interval: options.interval,
    };
    let (orders, orders_taken) = mpsc::channel();
    let (news_told, news) = mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || worker::serve(place, &wanted, &orders_taken, &news_told));
        // Owned here, so that the thread ends with the picture, whatever ended that.
        let orders = orders;
        screen::show(&orders, &news, &options.out)
    })
}

fn place(options: &MonitorOptions) -> Result<Box<dyn Place + Send>, Failure> {
    Ok(match (&options.port, &options.firmware, &options.socket) {
        (Some(port), ..) => Box::new(SerialPort {
            port: port.clone(),
            baud: options.baud,
        }),
        (_, Some(firmware), _) => {
            Box::new(Emulator::with_flash_in(options.emulator, firmware, &options.out)?)
        }
        (.., Some(address)) => Box::new(Socket {
            address: address.clone(),
        }),
        _ => {
            return Err(Failure::Usage(
                "one of --port, --firmware and --socket is needed".into(),
            ));
        }
    })
}
