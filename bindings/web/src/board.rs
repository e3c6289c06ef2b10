//! The frames that a page and a board exchange on a serial line: the kernel's own.

use freezable_chaos::TransferId;
use freezable_chaos::frames::{
    Command, CouplingSource, MAX_FRAME, Receiver, Report, Setup as BoardSetup, decode, encode,
};
use js_sys::Array;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::Outcome;
use crate::setup::Setup;

/// Most bytes of a snapshot in one frame.
#[wasm_bindgen]
pub fn longest_chunk() -> usize {
    freezable_chaos::frames::MAX_CHUNK
}

/// The page's end of a serial line: makes the bytes of commands, and takes those of reports.
#[wasm_bindgen]
#[derive(Default)]
pub struct Board {
    receiver: Receiver,
    sequence: u16,
}

/// A frame that came in.
#[derive(Serialize)]
enum Received<'a> {
    Report { sequence: u16, report: Report<'a> },
    Damaged(String),
}

#[wasm_bindgen]
impl Board {
    /// A line on which nothing was said yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of the last command.
    #[wasm_bindgen(getter)]
    pub fn sequence(&self) -> u16 {
        self.sequence
    }

    /// Takes bytes from the line; gives the reports that they complete as an array of `{Report: {sequence, report}}` and
    /// `{Damaged: reason}`, numbers of 64 bits as BigInt.
    pub fn receive(&mut self, bytes: &[u8]) -> Outcome<JsValue> {
        let serializer = Serializer::new().serialize_large_number_types_as_bigints(true);
        let reports = Array::new();
        for &byte in bytes {
            let Some(frame) = self.receiver.push(byte) else {
                continue;
            };
            let received = match frame.and_then(decode::<Report>) {
                Ok((sequence, report)) => Received::Report { sequence, report },
                Err(error) => Received::Damaged(error.to_string()),
            };
            let value = received.serialize(&serializer)?;
            reports.push(&value);
        }
        Ok(reports.into())
    }

    fn frame(&mut self, command: &Command) -> Outcome<Vec<u8>> {
        self.sequence = self.sequence.wrapping_add(1);
        let mut buffer = [0; MAX_FRAME];
        let length = encode(self.sequence, command, &mut buffer)?;
        Ok(buffer[..length].to_vec())
    }

    /// Who are you?
    pub fn hello(&mut self) -> Outcome<Vec<u8>> {
        self.frame(&Command::Hello)
    }

    /// Builds and starts a network whose couplings the board draws.
    pub fn configure(&mut self, setup: &Setup) -> Outcome<Vec<u8>> {
        self.frame(&Command::Configure(BoardSetup {
            model: setup.model,
            n: setup.n,
            params: setup.params(),
            seed_network: setup.seed_network,
            seed_state: setup.seed_state,
            network: setup.network,
            start: setup.start(),
            transfer: TransferId(setup.transfer),
            couplings: CouplingSource::Seeded,
        }))
    }

    /// Does so many steps, with telemetry after every `report_every` of them.
    pub fn step(&mut self, steps: u32, report_every: u32) -> Outcome<Vec<u8>> {
        self.frame(&Command::Step {
            steps,
            report_every,
            chain_every: 0,
        })
    }

    /// Microseconds from one step to the next; 0 as fast as possible.
    pub fn pace(&mut self, period: u32) -> Outcome<Vec<u8>> {
        self.frame(&Command::Pace { period })
    }

    /// Halts the plasticity.
    pub fn freeze(&mut self) -> Outcome<Vec<u8>> {
        self.frame(&Command::Freeze)
    }

    /// Lets the plasticity run.
    pub fn release(&mut self) -> Outcome<Vec<u8>> {
        self.frame(&Command::Release)
    }

    /// Keeps the state in the board's flash.
    pub fn store(&mut self) -> Outcome<Vec<u8>> {
        self.frame(&Command::Store)
    }

    /// Takes up the state in the board's flash.
    pub fn recall(&mut self) -> Outcome<Vec<u8>> {
        self.frame(&Command::Recall)
    }

    /// Asks for the digest of x and A.
    pub fn digest(&mut self) -> Outcome<Vec<u8>> {
        self.frame(&Command::Digest)
    }

    /// Asks for bytes of a snapshot; offset 0 takes a new one.
    pub fn snapshot(&mut self, offset: u32) -> Outcome<Vec<u8>> {
        self.frame(&Command::Snapshot { offset })
    }

    /// Hands over bytes of a snapshot.
    pub fn restore(&mut self, offset: u32, bytes: &[u8]) -> Outcome<Vec<u8>> {
        self.frame(&Command::Restore { offset, bytes })
    }

    /// Has the board take the state of the bytes handed over.
    pub fn restore_commit(&mut self, length: u32) -> Outcome<Vec<u8>> {
        self.frame(&Command::RestoreCommit { length })
    }
}
