//! Runs the kernel on a host: simulates, measures, compares with goldens and with boards, draws.
//!
//! The network's arithmetic is the kernel's throughout; [`mod@reference`] is the one second simulator, which exists
//! to check it. `host-sim --help` lists the commands.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod cli;
pub mod commands;
pub mod configuration;
pub mod device;
pub mod ensemble;
pub mod estimators;
pub mod failure;
pub mod figures;
pub mod fixed_points;
pub mod golden;
pub mod interrupt;
pub mod jacobian;
pub mod lyapunov;
pub mod memory;
pub mod monitor;
pub mod output;
pub mod progress;
pub mod reference;
pub mod repro;
pub mod simulation;
pub mod spectrum;
pub mod sweep;
pub mod theory;

/// The examples of the guide are compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide.md")]
struct Guide;
