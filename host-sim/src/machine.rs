//! What this machine, and the job that it is part of, can give.

use std::fs;
use std::path::{Path, PathBuf};

/// Bytes of memory that this process can still get: the least of what it shares with others and of what the limit of its address
/// space leaves. `None` where nothing says so.
pub fn available_memory() -> Option<u64> {
    let limit = read("/proc/self/limits").and_then(|text| address_space_limit(&text));
    let address_space = limit.map(|limit| {
        let taken = read("/proc/self/status").and_then(|text| kilobytes(&text, "VmSize:"));
        limit.saturating_sub(taken.unwrap_or(0))
    });
    [shared_memory(), address_space].into_iter().flatten().min()
}

/// Bytes that this process and the others of its job can still get together: what the system has, and what the control groups of
/// the job leave.
pub fn shared_memory() -> Option<u64> {
    let system = read("/proc/meminfo").and_then(|text| kilobytes(&text, "MemAvailable:"));
    let groups = read("/proc/self/cgroup").and_then(|text| group_limit(&text, Path::new("/sys/fs/cgroup")));
    [system, groups].into_iter().flatten().min()
}

fn read(path: &str) -> Option<String> {
    fs::read_to_string(path).ok()
}

/// The value of a line like `VmSize:  1234 kB`, in bytes.
pub fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// The soft limit in bytes; `None` if it is unlimited.
fn address_space_limit(limits: &str) -> Option<u64> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max address space"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// What the control groups of version 2 leave: the least of the group's own and of those that it is in.
fn group_limit(membership: &str, root: &Path) -> Option<u64> {
    let group = membership.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let group: PathBuf = root.join(group);
    let number = |path: PathBuf| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    group
        .ancestors()
        .take_while(|folder| folder.starts_with(root))
        // "max" is no number: that group has no limit.
        .filter_map(|folder| {
            let limit = number(folder.join("memory.max"))?;
            Some(limit.saturating_sub(number(folder.join("memory.current")).unwrap_or(0)))
        })
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_the_address_space_are_read() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max address space         409600000            unlimited            bytes     \n";
        assert_eq!(address_space_limit(limits), Some(409_600_000));
        assert_eq!(
            address_space_limit(&limits.replace("409600000", "unlimited")),
            None
        );
        assert_eq!(
            kilobytes("VmPeak: 9 kB\nVmSize:\t 12 kB\n", "VmSize:"),
            Some(12 * 1024)
        );
    }

    #[test]
    fn the_least_limit_of_all_groups_counts() {
        let root = tempfile::tempdir().unwrap();
        let job = root.path().join("slurm/job");
        fs::create_dir_all(&job).unwrap();
        fs::write(job.join("memory.max"), "max\n").unwrap();
        fs::write(root.path().join("slurm/memory.max"), "1000\n").unwrap();
        fs::write(root.path().join("slurm/memory.current"), "300\n").unwrap();
        assert_eq!(group_limit("0::/slurm/job\n", root.path()), Some(700));
        assert_eq!(group_limit("0::/elsewhere\n", root.path()), None);
        assert_eq!(group_limit("1:cpu:/slurm/job\n", root.path()), None);
    }

    #[test]
    fn this_machine_says_what_it_has() {
        assert!(available_memory().is_none_or(|bytes| bytes > 1_000_000));
    }
}
