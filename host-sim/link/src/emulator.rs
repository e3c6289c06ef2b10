//! A board emulated by QEMU: started with a firmware image, its serial line on a socket of this machine.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::Link;
use super::link::printable;
use crate::{LinkError, image};

/// The processor of an emulated board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
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
    pub fn start(cpu: Cpu, firmware: &Path, log: Option<&Path>) -> Result<(Self, Link), LinkError> {
        let mut emulator = Self::new(cpu, firmware, log, Folder::Temporary(temporary_folder()?))?;
        let link = emulator.switch_on()?;
        Ok((emulator, link))
    }

    /// A board whose flash is kept in that folder, switched off.
    pub fn with_flash_in(cpu: Cpu, firmware: &Path, folder: &Path) -> Result<Self, LinkError> {
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        Self::new(cpu, firmware, None, Folder::Kept(folder.to_owned()))
    }

    fn new(cpu: Cpu, firmware: &Path, log: Option<&Path>, folder: Folder) -> Result<Self, LinkError> {
        if !firmware.is_file() {
            return Err(LinkError::new(format!(
                "--firmware {}: no such file",
                firmware.display()
            )));
        }
        let image = std::fs::read(firmware).map_err(|error| failed(firmware, &error))?;
        if let Some(defect) = image::defect(&image) {
            return Err(LinkError::new(format!(
                "--firmware {} {defect}",
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
    pub fn switch_on(&mut self) -> Result<Link, LinkError> {
        self.cut_power();
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
        // What it says of a firmware that it refuses; kept open, so that it outlives its folder.
        let said = folder.path().join("said");
        let mut said = File::options()
            .create(true)
            .read(true)
            .append(true)
            .open(&said)
            .map_err(|error| failed(&said, &error))?;
        let told = said.try_clone().map_err(|error| failed(&socket, &error))?;
        let child = self.command(&socket, output, told.into()).spawn();
        let child =
            child.map_err(|error| LinkError::new(format!("qemu-system-arm does not start: {error}")))?;
        let running = Running::new(child);
        let stream = running
            .connect(&socket)
            .map_err(|error| match cause(&running.0, &mut said) {
                Some(cause) => LinkError::new(cause),
                None => error,
            })?;
        stream
            .set_read_timeout(Some(READ_TIMEOUT))
            .map_err(|error| failed(&socket, &error))?;
        let port = EmulatedPort {
            stream,
            child: Arc::clone(&running.0),
            said,
        };
        self.running = Some(running);
        Ok(Link::new(Box::new(port)))
    }

    /// The file that stands for the board's flash.
    pub fn flash(&self) -> PathBuf {
        self.folder.path().join("flash.bin")
    }

    /// Waits for the end after a shutdown; anything but exit code 0 is an error.
    pub fn finish(self) -> Result<(), LinkError> {
        let Some(Running(child)) = &self.running else {
            return Err(LinkError::new("the emulator is off"));
        };
        let began = Instant::now();
        while began.elapsed() < END_LIMIT {
            match lock(child).try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(LinkError::new(format!("the emulator ended with {status}"))),
                Ok(None) => std::thread::sleep(Duration::from_millis(10)),
                Err(error) => return Err(LinkError::new(format!("the emulator: {error}"))),
            }
        }
        Err(LinkError::new(format!(
            "the emulator did not end within {} s",
            END_LIMIT.as_secs()
        )))
    }

    fn command(&self, socket: &Path, output: Stdio, said: Stdio) -> Command {
        let mut command = ending_with_this_program("qemu-system-arm");
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
            .stderr(said);
        command
    }
}

/// The serial line of an emulator. Where that ends, its own words are the error, not those of the broken line.
struct EmulatedPort {
    stream: UnixStream,
    child: Arc<Mutex<Child>>,
    said: File,
}

impl EmulatedPort {
    fn explained<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        match result {
            Err(error) if !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                Err(cause(&self.child, &mut self.said).map_or(error, io::Error::other))
            }
            other => other,
        }
    }
}

impl Read for EmulatedPort {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self.stream.read(bytes) {
            Ok(0) => match cause(&self.child, &mut self.said) {
                Some(cause) => Err(io::Error::other(cause)),
                None => Ok(0),
            },
            result => self.explained(result),
        }
    }
}

impl Write for EmulatedPort {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.stream.write(bytes);
        self.explained(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Why an emulator ended, in its own words; `None` if it runs, or was told to end.
fn cause(child: &Mutex<Child>, said: &mut File) -> Option<String> {
    /// It ends a moment after its line.
    const MOMENTS: u32 = 50;
    let mut status = None;
    for _ in 0..MOMENTS {
        status = lock(child).try_wait().ok()?;
        if status.is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let status = status.filter(|status| !status.success())?;
    let mut text = String::new();
    let _ = said
        .seek(SeekFrom::Start(0))
        .and_then(|_| said.read_to_string(&mut text));
    // That it waits for the connection is no news.
    let mut lines = text
        .lines()
        .filter(|line| !line.contains("waiting for connection"));
    let words = lines.next().unwrap_or_default();
    Some(match words {
        "" => format!("the emulator ended with {status}"),
        words => format!("the emulator ended with {status}: {}", printable(words)),
    })
}

/// A program that ends when this one does, however that ends; where the system has no such help, only when it ends well.
fn ending_with_this_program(program: &str) -> Command {
    let helper = Path::new("/usr/bin/setpriv");
    if !helper.exists() {
        return Command::new(program);
    }
    let mut command = Command::new(helper);
    command.args(["--pdeathsig", "KILL", "--", program]);
    command
}

fn temporary_folder() -> Result<TempDir, LinkError> {
    let folder = tempfile::Builder::new().prefix("freezable-").tempdir();
    folder.map_err(|error| LinkError::new(format!("no temporary folder for the emulator: {error}")))
}

impl Running {
    fn new(child: Child) -> Self {
        let child = Arc::new(Mutex::new(child));
        lock(&RUNNING).push(Arc::clone(&child));
        Self(child)
    }

    fn connect(&self, socket: &Path) -> Result<UnixStream, LinkError> {
        let began = Instant::now();
        loop {
            match UnixStream::connect(socket) {
                Ok(stream) => return Ok(stream),
                Err(error) if began.elapsed() > START_LIMIT => return Err(failed(socket, &error)),
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
            }
            if let Ok(Some(status)) = lock(&self.0).try_wait() {
                return Err(LinkError::new(format!("the emulator ended at once: {status}")));
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

/// Ends all emulators: what a program does before a signal ends it.
pub fn end_all() {
    lock(&RUNNING).iter().for_each(|child| end(child));
}

fn failed(path: &Path, error: &io::Error) -> LinkError {
    LinkError::new(format!("{}: {error}", path.display()))
}
