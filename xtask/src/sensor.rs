//! Events of a sensor on the emulated board: `cargo xtask demo --signals`, and the short form that tests it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::cpu::Cpu;
use crate::{emulator, firmware, host, paths, process};

/// A network whose quenched couplings the board has in flash.
struct Network {
    name: &'static str,
    options: &'static str,
}

const NETWORKS: [Network; 2] = [
    Network {
        name: "exact",
        options: "--model exact --n 128 --g 1.5 --k 2.5 --seed-network 46",
    },
    Network {
        name: "compact",
        options: "--model compact --n 1024 --g 1.5 --k 2.5 --seed-network 1",
    },
];

/// Of `memory signals`: envelopes of accelerations and of angular velocities.
const TASK: &str = "--networks 1 --envelope 0,1,2 --envelope 3,4,5 --replace";

/// Trains both networks, builds the firmware that carries what was trained, and has the emulated board feel so many events
/// with each. Without recordings the movements are synthetic.
pub fn on_the_board(folder: &str, recordings: Option<&Path>, events: u32) -> Result<()> {
    emulator::ensure()?;
    host::build_host_sim()?;
    let data: Vec<OsString> = match recordings {
        Some(file) => {
            let file = file
                .canonicalize()
                .with_context(|| format!("--recordings {}", file.display()))?;
            vec!["--data".into(), file.into()]
        }
        None => vec!["--synthetic".into()],
    };
    let out =
        |network: &Network, what: &str| paths::root().join(folder).join(format!("{}{what}", network.name));
    for network in &NETWORKS {
        let mut train = host::host_sim(&["memory", "sensor-image"]);
        train
            .args(network.options.split(' '))
            .args(TASK.split(' '))
            .args(&data);
        process::run(train.arg("--out").arg(out(network, "-trained")))?;
    }
    let trained: Vec<PathBuf> = NETWORKS
        .iter()
        .map(|network| out(network, "-trained").join("sensor.bin"))
        .collect();
    let elf = firmware::build_with_sensors(Cpu::M4f, &trained)?;
    for (network, sensor) in NETWORKS.iter().zip(&trained) {
        let mut feel = host::host_sim(&["memory", "sensor"]);
        feel.args(network.options.split(' '))
            .args(TASK.split(' '))
            .args(&data);
        feel.args(["--events", &events.to_string()]);
        feel.arg("--sensor").arg(sensor).arg("--firmware").arg(&elf);
        process::run(feel.arg("--out").arg(out(network, "")))?;
        println!("{}", out(network, "").join("sensor.png").display());
    }
    Ok(())
}
