//! How much memory there is, and how much was used, where Linux tells it.

use std::fs;

/// Forgets the peak so far. Linux alone can.
pub fn reset_peak() -> Option<()> {
    // proc(5): 5 resets the peak resident set size
    fs::write("/proc/self/clear_refs", "5").ok()
}

/// Peak resident memory of this process since [`reset_peak`], in megabytes.
pub fn peak() -> Option<f64> {
    megabytes("/proc/self/status", "VmHWM:")
}

/// Why there is too little memory for so many megabytes, if that is known.
pub fn too_little_for(wanted: f64) -> Option<String> {
    let available = megabytes("/proc/meminfo", "MemAvailable:")?;
    (available < wanted).then(|| format!("{wanted:.0} MB of memory are needed, {available:.0} MB are free"))
}

fn megabytes(file: &str, name: &str) -> Option<f64> {
    let text = fs::read_to_string(file).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: f64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0 / 1e6)
}
