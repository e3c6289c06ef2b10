//! A board emulated by QEMU: started with a firmware image, its serial line on a socket of this machine.

use std::fs::File;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use clap::ValueEnum;

use super::Link;
use crate::failure::Failure;

/// The processor of an emulated board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Cpu {
    /// Cortex-M4F on mps2-an386, with a floating-point unit.
    M4f,
    /// Cortex-M3 on mps2-an385, floating point in software.
    M3,
}

impl Cpu {
    fn arguments(self) -> [&'static str; 4] {
        match self {
            Self::M4f => ["-machine", "mps2-an386", "-cpu", "cortex-m4"],
            Self::M3 => ["-machine", "mps2-an385", "-cpu", "cortex-m3"],
        }
    }
}

/// A running emulator; it ends with this value.
pub struct Emulator {
    child: Child,
    folder: PathBuf,
}

/// How long the emulator may take to open its socket.
const START_LIMIT: Duration = Duration::from_secs(20);
/// How long it may take to end after a shutdown.
const END_LIMIT: Duration = Duration::from_secs(10);
/// A read that finds nothing returns after this time.
const READ_TIMEOUT: Duration = Duration::from_millis(200);

impl Emulator {
    /// Starts the firmware. Its log (defmt frames) goes to `log`, or nowhere.
    pub fn start(cpu: Cpu, firmware: &Path, log: Option<&Path>) -> Result<(Self, Link), Failure> {
        if !firmware.is_file() {
            return Err(Failure::Device(format!(
                "--firmware {}: no such file",
                firmware.display()
            )));
        }
        // Short: the path of a socket may have some hundred characters at most.
        let folder =
            std::env::temp_dir().join(format!("freezable-{}-{cpu:?}-{}", std::process::id(), unique()));
        std::fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
        let socket = folder.join("uart");
        let output = match log {
            Some(path) => File::create(path).map_err(|error| failed(path, &error))?.into(),
            None => Stdio::null(),
        };
        let child = Command::new("qemu-system-arm")
            .args(cpu.arguments())
            .args([
                "-icount",
                "shift=0",
                "-display",
                "none",
                "-monitor",
                "none",
                "-no-reboot",
            ])
            .args(["-semihosting-config", "enable=on,target=native"])
            .arg("-chardev")
            .arg(format!(
                "socket,id=uart,path={},server=on,wait=on",
                socket.display()
            ))
            .args(["-serial", "chardev:uart", "-kernel"])
            .arg(firmware)
            .stdin(Stdio::null())
            .stdout(output)
            // QEMU says here that it waits for the connection; what matters it says by its exit code.
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| Failure::Device(format!("qemu-system-arm does not start: {error}")))?;
        let mut emulator = Self { child, folder };
        let stream = emulator.connect(&socket)?;
        stream
            .set_read_timeout(Some(READ_TIMEOUT))
            .map_err(|error| failed(&socket, &error))?;
        Ok((emulator, Link::new(Box::new(stream))))
    }

    fn connect(&mut self, socket: &Path) -> Result<UnixStream, Failure> {
        let began = Instant::now();
        loop {
            match UnixStream::connect(socket) {
                Ok(stream) => return Ok(stream),
                Err(error) if began.elapsed() > START_LIMIT => return Err(failed(socket, &error)),
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(Failure::Device(format!("the emulator ended at once: {status}")));
            }
        }
    }

    /// Waits for the end after a shutdown; anything but exit code 0 is an error.
    pub fn finish(mut self) -> Result<(), Failure> {
        let began = Instant::now();
        while began.elapsed() < END_LIMIT {
            match self.child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(Failure::Device(format!("the emulator ended with {status}"))),
                Ok(None) => std::thread::sleep(Duration::from_millis(10)),
                Err(error) => return Err(Failure::Device(format!("the emulator: {error}"))),
            }
        }
        Err(Failure::Device(format!(
            "the emulator did not end within {} s",
            END_LIMIT.as_secs()
        )))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // Already ended, or no longer wanted; nothing is lost either way.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Tells emulators of one process apart.
fn unique() -> u32 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Device(format!("{}: {error}", path.display()))
}
