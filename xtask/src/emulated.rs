//! A chip in the emulator: its serial line is read, its button pressed, and it is reset.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::process::line;

/// How long anything may take in the emulator.
const LIMIT: Duration = Duration::from_secs(300);
/// How long the emulator may take to open its sockets.
const START: Duration = Duration::from_secs(120);

/// A machine of the emulator.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    /// The emulator's program.
    pub program: &'static str,
    /// Name of the machine, with options.
    pub name: &'static str,
    /// An input that the firmware takes for its button, if it has one.
    pub button: Option<Button>,
}

/// An input pin.
#[derive(Clone, Copy, Debug)]
pub struct Button {
    /// The emulator's path of the device.
    pub device: &'static str,
    /// Number of the pin.
    pub pin: u32,
    /// Whether it is high while the button is pressed.
    pub is_high: bool,
}

/// A running machine; it ends when this is dropped.
pub struct Emulated {
    machine: Machine,
    child: Child,
    lines: Receiver<String>,
    pins: Option<BufReader<UnixStream>>,
    monitor: UnixStream,
    sockets: PathBuf,
}

impl Emulated {
    /// Starts a program on a machine.
    pub fn start(machine: Machine, elf: &Path, more: &[String]) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let sockets = env::temp_dir().join(format!("freezable-{}-{number}", process::id()));
        fs::create_dir_all(&sockets).with_context(|| format!("cannot create {}", sockets.display()))?;
        let (pins, monitor) = (sockets.join("pins"), sockets.join("monitor"));
        let socket = |path: &Path| format!("unix:{},server=on,wait=off", path.display());
        let mut qemu = Command::new(machine.program);
        qemu.args(["-machine", machine.name, "-display", "none", "-serial", "stdio"])
            .args(["-monitor", &socket(&monitor)]);
        if machine.button.is_some() {
            qemu.args(["-accel", "tcg", "-qtest-log", "none", "-qtest", &socket(&pins)]);
        }
        qemu.args(more).arg("-kernel").arg(elf);
        eprintln!("$ {}", line(&qemu));
        let mut child = qemu
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start `{}`", line(&qemu)))?;
        let output = child.stdout.take().context("the emulator has no output")?;
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                if sender.send(text).is_err() {
                    break;
                }
            }
        });
        let connected = connect(&monitor).and_then(|monitor| {
            let pins = machine.button.map(|_| connect(&pins).map(BufReader::new));
            Ok((monitor, pins.transpose()?))
        });
        let (monitor, pins) = match connected {
            Ok(sockets) => sockets,
            Err(error) => {
                child.kill()?;
                child.wait()?;
                return Err(error);
            }
        };
        drain(monitor.try_clone()?);
        Ok(Self {
            machine,
            child,
            lines,
            pins,
            monitor,
            sockets,
        })
    }

    /// The next line that the program prints.
    pub fn line(&mut self) -> Result<String> {
        self.lines
            .recv_timeout(LIMIT)
            .with_context(|| format!("{}: the serial line is silent", self.machine.name))
    }

    /// Presses the button, or lets it go.
    pub fn press(&mut self, is_pressed: bool) -> Result<()> {
        let (Some(button), Some(pins)) = (self.machine.button, &mut self.pins) else {
            bail!("{} has no button", self.machine.name);
        };
        let level = u8::from(is_pressed == button.is_high);
        let request = format!(
            "set_irq_in {} unnamed-gpio-in {} {level}\n",
            button.device, button.pin
        );
        pins.get_mut().write_all(request.as_bytes())?;
        let mut answer = String::new();
        pins.read_line(&mut answer)?;
        ensure!(answer.starts_with("OK"), "{}: {answer}", request.trim_end());
        Ok(())
    }

    /// Pulls the reset pin.
    pub fn reset(&mut self) -> Result<()> {
        Ok(self.monitor.write_all(b"system_reset\n")?)
    }
}

impl Drop for Emulated {
    fn drop(&mut self) {
        // it may have ended by itself
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.sockets);
    }
}

/// Waits for the emulator to open a socket.
fn connect(path: &Path) -> Result<UnixStream> {
    let start = Instant::now();
    loop {
        match UnixStream::connect(path) {
            Ok(stream) => {
                stream.set_read_timeout(Some(LIMIT))?;
                return Ok(stream);
            }
            Err(error) if start.elapsed() > START => {
                return Err(error).context("the emulator opens no socket");
            }
            Err(_) => thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// Reads what the monitor prints, which would otherwise fill its socket.
fn drain(mut stream: UnixStream) {
    thread::spawn(move || {
        let mut buffer = [0; 256];
        while stream.read(&mut buffer).is_ok_and(|count| count > 0) {}
    });
}
