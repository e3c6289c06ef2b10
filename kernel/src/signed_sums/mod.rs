//! Sums of rates with the signs of J: exact integers, by the method of the Four Russians.
//!
//! A pass adds up 64 columns. For each group of 8 columns it makes a table of their 256 signed sums; a row then adds
//! one entry of each table, found by 8 of its bits. Every other way to add, in any order, gives the same integers.
//!
//! What both the compact network and the loops of each processor are made of.

mod tables;
mod words;

pub(crate) use tables::{Columns, Tables, add_by_tables};
#[cfg(cortex_m_float)]
pub(crate) use tables::{Table, look_up};
pub(crate) use words::{COLUMNS, Key, Words};
