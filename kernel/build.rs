//! Names the targets that have hand-written inner loops: `cfg(cortex_m_float)`.
//!
//! They are Thumb code for Cortex-M with a floating-point unit. No stable `cfg` tells these from other ARM processors.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(cortex_m_float)");
    let target = std::env::var("TARGET").unwrap_or_default();
    if ["thumbv7em-none-eabihf", "thumbv8m.main-none-eabihf"].contains(&target.as_str()) {
        println!("cargo::rustc-cfg=cortex_m_float");
    }
}
