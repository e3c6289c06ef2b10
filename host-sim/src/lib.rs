//! The program: options, files, progress, tables, the page of a reproduction, the monitor. What it measures is the science
//! library's, what it draws the figures', and boards are behind the link. `host-sim --help` lists the commands.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod cli;
mod commands;
pub mod failure;
pub mod interrupt;
mod machine;
pub mod monitor;
pub mod options;
pub mod output;
pub mod progress;
pub mod repro;
pub mod store;
pub mod sweep;

/// The examples of the guide are compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide.md")]
struct Guide;

/// So are those of the first page.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
