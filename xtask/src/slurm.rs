//! `host-sim submit` under a real Slurm of one machine: a job array of which one task is killed and one begun again.
//!
//! The daemons are Debian's, on addresses of this machine alone, with their files in the build folder; they end with the test.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::runner::Outcome;
use crate::{debian, host, paths, process};

const CONTROLLER: [&str; 2] = ["slurmctld", "slurmctld"];
const PACKAGES: [&str; 4] = ["slurmctld", "slurmd", "slurm-client", "munge"];
/// What is measured: long enough to kill a task of it, in shares of one network.
const MEASUREMENT: &str = "freeze --n 100 --networks 6 --trials 4 --burn-in 100 --duration 200";
const TASKS: &str = "6";
/// For all jobs to end.
const PATIENCE: Duration = Duration::from_secs(300);

/// Submits, disturbs, and compares with what one process gives.
pub fn check() -> Result<Outcome> {
    if !process::exists(CONTROLLER[0]) {
        if !debian::can_install() {
            return Ok(Outcome::Skipped(format!(
                "there is no Slurm; on Debian: `sudo apt-get install {}`",
                PACKAGES.join(" ")
            )));
        }
        debian::install(&PACKAGES)?;
    }
    if thread::available_parallelism().map_or(1, usize::from) < 2 {
        return Ok(Outcome::Skipped(
            "there is one processor, and two tasks are to run together".to_owned(),
        ));
    }
    host::build_host_sim()?;
    let folder = paths::target().join("slurm");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    fs::create_dir_all(&folder)?;
    let words: Vec<&str> = MEASUREMENT.split(' ').collect();
    let (whole, shared) = (folder.join("whole"), folder.join("shared"));
    process::run(host::host_sim(&words).arg("--out").arg(&whole))?;

    let cluster = Cluster::start(&folder)?;
    let mut submit = host::host_sim(&["submit", "--tasks", TASKS, "--submit", "--"]);
    submit.args(&words).arg("--out").arg(&shared);
    let jobs = process::output(cluster.knows(&mut submit))?;
    let (array, merge) = jobs.split_once(' ').context("submit prints two numbers")?;
    cluster.disturb(array)?;
    cluster.wait(&shared.join("freeze.json"), merge)?;
    compare(&whole, &shared)?;
    println!(
        "job array {array} and merge {merge}: one task killed, one begun again; the files are those of one process"
    );
    Ok(Outcome::Passed)
}

/// Arrays and figures byte for byte, of the result all but when and how it came about.
pub fn compare(whole: &Path, shared: &Path) -> Result<()> {
    for entry in fs::read_dir(whole)?.flatten() {
        let (one, other) = (entry.path(), shared.join(entry.file_name()));
        let read = |path: &Path| fs::read(path).with_context(|| format!("reading {}", path.display()));
        let (mut one_bytes, mut other_bytes) = (read(&one)?, read(&other)?);
        if one.extension().is_some_and(|extension| extension == "json") {
            for bytes in [&mut one_bytes, &mut other_bytes] {
                let mut object: Value = serde_json::from_slice(bytes)?;
                object.as_object_mut().context("an object")?.remove("provenance");
                *bytes = object.to_string().into_bytes();
            }
        }
        ensure!(
            one_bytes == other_bytes,
            "{} is not that of one process",
            other.display()
        );
    }
    Ok(())
}

/// The daemons.
struct Cluster {
    folder: PathBuf,
    daemons: Vec<Child>,
}

impl Cluster {
    fn start(folder: &Path) -> Result<Self> {
        let name = process::output(Command::new("hostname").arg("--short"))?;
        let here = folder.display();
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let configuration = format!(
            "ClusterName=freezable\nSlurmctldHost={name}(127.0.0.1)\nSlurmUser=root\nSlurmdUser=root\n\
             SlurmctldPort=26817\nSlurmdPort=26818\nAuthType=auth/munge\nAuthInfo=socket={here}/munge.socket\n\
             CryptoType=crypto/munge\nStateSaveLocation={here}/state\nSlurmdSpoolDir={here}/spool\n\
             SlurmctldPidFile={here}/slurmctld.pid\nSlurmdPidFile={here}/slurmd.pid\n\
             ProctrackType=proctrack/pgid\nTaskPlugin=task/none\nSelectType=select/cons_tres\n\
             SelectTypeParameters=CR_Core\nJobAcctGatherType=jobacct_gather/none\nSchedulerParameters=sched_interval=2,batch_sched_delay=0\nReturnToService=2\nMpiDefault=none\n\
             NodeName={name} NodeAddr=127.0.0.1 CPUs={processors} RealMemory=4000 State=UNKNOWN\n\
             PartitionName=all Nodes={name} Default=YES MaxTime=INFINITE State=UP\n"
        );
        fs::create_dir_all(folder.join("state"))?;
        fs::create_dir_all(folder.join("spool"))?;
        fs::write(folder.join("slurm.conf"), configuration)?;
        let mut cluster = Self {
            folder: folder.to_owned(),
            daemons: Vec::new(),
        };
        cluster.start_munge()?;
        cluster.start_daemon("slurmctld")?;
        cluster.start_daemon("slurmd")?;
        let start = Instant::now();
        loop {
            let mut info = Command::new("sinfo");
            let states = process::output(cluster.knows(info.args(["--noheader", "--format=%t"])));
            match states.as_deref() {
                Ok("idle") => return Ok(cluster),
                _ if start.elapsed() < Duration::from_secs(60) => thread::sleep(Duration::from_millis(300)),
                Ok(state) => bail!("the node of Slurm is {state}, not idle; logs are in {here}"),
                Err(error) => bail!("Slurm does not answer: {error:#}; logs are in {here}"),
            }
        }
    }

    /// Tells a command where this cluster is.
    fn knows<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("SLURM_CONF", self.folder.join("slurm.conf"))
    }

    /// The messages between the daemons carry its seals.
    fn start_munge(&mut self) -> Result<()> {
        let file = |name: &str| self.folder.join(name);
        let key = file("munge.key");
        let mut random = [0; 1024];
        std::io::Read::read_exact(&mut fs::File::open("/dev/urandom")?, &mut random)?;
        fs::File::create(&key)?.write_all(&random)?;
        fs::set_permissions(&key, fs::Permissions::from_mode(0o400))?;
        let log = fs::File::create(file("munge.out"))?;
        let mut munge = Command::new("munged");
        munge.args(["--foreground", "--force", "--num-threads=2"]);
        for (option, name) in [
            ("--socket", "munge.socket"),
            ("--key-file", "munge.key"),
            ("--pid-file", "munge.pid"),
            ("--log-file", "munge.log"),
            ("--seed-file", "munge.seed"),
        ] {
            munge.arg(format!("{option}={}", file(name).display()));
        }
        let daemon = munge.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        self.daemons.push(daemon.spawn().context("starting munged")?);
        Ok(())
    }

    fn start_daemon(&mut self, name: &str) -> Result<()> {
        let log = fs::File::create(self.folder.join(format!("{name}.log")))?;
        let mut daemon = Command::new(name);
        daemon.arg("-D").arg("-f").arg(self.folder.join("slurm.conf"));
        daemon.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let daemon = daemon.spawn().with_context(|| format!("starting {name}"))?;
        self.daemons.push(daemon);
        Ok(())
    }

    /// Kills one task and has another begun again, while they run.
    fn disturb(&self, array: &str) -> Result<()> {
        let task = |number: u32| format!("{array}_{number}");
        let start = Instant::now();
        loop {
            let mut queue = Command::new("squeue");
            queue.args(["--noheader", "--array", "--format=%i %t"]);
            let jobs = process::output(self.knows(&mut queue))?;
            let runs = |number| jobs.lines().any(|line| line == format!("{} R", task(number)));
            if runs(1) && runs(2) {
                break;
            }
            ensure!(
                start.elapsed() < PATIENCE,
                "tasks 1 and 2 never ran together:\n{jobs}"
            );
            thread::sleep(Duration::from_millis(20));
        }
        let mut cancel = Command::new("scancel");
        process::run(self.knows(cancel.args(["--batch", "--signal=KILL", &task(1)])))?;
        let mut again = Command::new("scontrol");
        process::run(self.knows(again.args(["requeue", &task(2)])))?;
        // not after the two minutes that it would be made to wait
        let mut now = Command::new("scontrol");
        let job = format!("JobId={}", task(2));
        process::run(self.knows(now.args(["update", &job, "StartTime=now"])))
    }

    /// Until a result is there.
    fn wait(&self, result: &Path, merge: &str) -> Result<()> {
        let start = Instant::now();
        while !result.exists() {
            thread::sleep(Duration::from_millis(500));
            if start.elapsed() > PATIENCE {
                let mut queue = Command::new("squeue");
                let jobs = process::output(self.knows(&mut queue)).unwrap_or_default();
                bail!("no {} after merge {merge}:\n{jobs}", result.display());
            }
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut cancel = Command::new("scancel");
        let _ = process::output(self.knows(cancel.args(["--user", "root", "--full"])));
        for daemon in self.daemons.iter_mut().rev() {
            // whatever it was at, its jobs have ended or do not matter
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}
