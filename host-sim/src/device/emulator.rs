//! A board emulated by QEMU: started with a firmware image, its serial line on a socket of this machine.

use std::fs::File;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use tempfile::TempDir;

use super::Link;
use crate::failure::Failure;
use crate::interrupt;

/// The processor of an emulated board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Cpu {
    /// Cortex-M4F on mps2-an386, with a floating-point unit.
    M4f,
    /// Cortex-M3 on mps2-an385, floating point in software.
    M3,
}

impl Cpu {
    /// The processor's name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::M4f => "Cortex-M4F (emulated)",
            Self::M3 => "Cortex-M3 (emulated)",
        }
    }

    fn arguments(self) -> [&'static str; 4] {
        match self {
            Self::M4f => ["-machine", "mps2-an386", "-cpu", "cortex-m4"],
            Self::M3 => ["-machine", "mps2-an385", "-cpu", "cortex-m3"],
        }
    }
}

/// An emulated board. Its flash is a file in a folder of its own, so that a state in it outlives a power cut; switched off
/// it is with this value, and with this program.
pub struct Emulator {
    cpu: Cpu,
    firmware: PathBuf,
    log: Option<PathBuf>,
    folder: Folder,
    running: Option<Running>,
}

/// Where the flash of an emulated board is kept.
enum Folder {
    /// Until the end of this value.
    Temporary(TempDir),
    /// For good.
    Kept(PathBuf),
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(path) => path,
        }
    }
}

/// A running emulator.
struct Running(Arc<Mutex<Child>>);

/// Emulators that must not outlive this program when it is told to stop.
static RUNNING: Mutex<Vec<Arc<Mutex<Child>>>> = Mutex::new(Vec::new());

/// How long the emulator may take to open its socket.
const START_LIMIT: Duration = Duration::from_secs(20);
/// How long it may take to end after a shutdown.
const END_LIMIT: Duration = Duration::from_secs(10);
/// A read that finds nothing returns after this time.
pub(super) const READ_TIMEOUT: Duration = Duration::from_millis(200);

impl Emulator {
    /// Starts the firmware on a board whose flash is empty. Its log (defmt frames) goes to `log`, or nowhere.
    pub fn start(cpu: Cpu, firmware: &Path, log: Option<&Path>) -> Result<(Self, Link), Failure> {
        let mut emulator = Self::new(cpu, firmware, log, Folder::Temporary(temporary_folder()?))?;
        let link = emulator.switch_on()?;
        Ok((emulator, link))
    }

    /// A board whose flash is kept in that folder, switched off.
    pub fn with_flash_in(cpu: Cpu, firmware: &Path, folder: &Path) -> Result<Self, Failure> {
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        Self::new(cpu, firmware, None, Folder::Kept(folder.to_owned()))
    }

    fn new(cpu: Cpu, firmware: &Path, log: Option<&Path>, folder: Folder) -> Result<Self, Failure> {
        if !firmware.is_file() {
            return Err(Failure::Device(format!(
                "--firmware {}: no such file",
                firmware.display()
            )));
        }
        if let Some(path) = log {
            // A power cut appends.
            File::create(path).map_err(|error| failed(path, &error))?;
        }
        Ok(Self {
            cpu,
            // The emulator works in another folder.
            firmware: firmware
                .canonicalize()
                .map_err(|error| failed(firmware, &error))?,
            log: log.map(Path::to_owned),
            folder,
            running: None,
        })
    }

    /// Cuts the power: whatever the board was doing, it does not finish it.
    pub fn cut_power(&mut self) {
        self.running = None;
    }

    /// Gives power again, to the same board with the same flash. Without [`cut_power`](Self::cut_power) before, that
    /// comes first.
    pub fn switch_on(&mut self) -> Result<Link, Failure> {
        self.cut_power();
        end_with_this_program();
        let output = match &self.log {
            Some(path) => File::options()
                .append(true)
                .open(path)
                .map_err(|error| failed(path, &error))?
                .into(),
            None => Stdio::null(),
        };
        // Only until the connection stands. Short: the path of a socket may have some hundred characters at most.
        let folder = temporary_folder()?;
        let socket = folder.path().join("uart");
        let child = self.command(&socket, output).spawn();
        let child =
            child.map_err(|error| Failure::Device(format!("qemu-system-arm does not start: {error}")))?;
        let running = Running::new(child);
        let stream = running.connect(&socket)?;
        stream
            .set_read_timeout(Some(READ_TIMEOUT))
            .map_err(|error| failed(&socket, &error))?;
        self.running = Some(running);
        Ok(Link::new(Box::new(stream)))
    }

    /// The file that stands for the board's flash.
    pub fn flash(&self) -> PathBuf {
        self.folder.path().join("flash.bin")
    }

    /// Waits for the end after a shutdown; anything but exit code 0 is an error.
    pub fn finish(self) -> Result<(), Failure> {
        let Some(Running(child)) = &self.running else {
            return Err(Failure::Device("the emulator is off".into()));
        };
        let began = Instant::now();
        while began.elapsed() < END_LIMIT {
            match lock(child).try_wait() {
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

    fn command(&self, socket: &Path, output: Stdio) -> Command {
        let mut command = Command::new("qemu-system-arm");
        command
            .args(self.cpu.arguments())
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
            .arg(&self.firmware)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(output)
            // QEMU says here that it waits for the connection; what matters it says by its exit code.
            .stderr(Stdio::null());
        command
    }
}

fn temporary_folder() -> Result<TempDir, Failure> {
    let folder = tempfile::Builder::new().prefix("freezable-").tempdir();
    folder.map_err(|error| Failure::Device(format!("no temporary folder for the emulator: {error}")))
}

impl Running {
    fn new(child: Child) -> Self {
        let child = Arc::new(Mutex::new(child));
        lock(&RUNNING).push(Arc::clone(&child));
        Self(child)
    }

    fn connect(&self, socket: &Path) -> Result<UnixStream, Failure> {
        let began = Instant::now();
        loop {
            match UnixStream::connect(socket) {
                Ok(stream) => return Ok(stream),
                Err(error) if began.elapsed() > START_LIMIT => return Err(failed(socket, &error)),
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
            }
            if let Ok(Some(status)) = lock(&self.0).try_wait() {
                return Err(Failure::Device(format!("the emulator ended at once: {status}")));
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        end(&self.0);
        lock(&RUNNING).retain(|running| !Arc::ptr_eq(running, &self.0));
    }
}

/// Already ended, or no longer wanted; nothing is lost either way.
fn end(child: &Mutex<Child>) {
    let mut child = lock(child);
    let _ = child.kill();
    let _ = child.wait();
}

/// A thread that panicked while it held the lock left nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has an interrupt or a request to terminate end the emulators too.
fn end_with_this_program() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| interrupt::before_exit(|| lock(&RUNNING).iter().for_each(|child| end(child))));
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Device(format!("{}: {error}", path.display()))
}
