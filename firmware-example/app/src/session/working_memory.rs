//! The working memory: a cue is written, the state kept in flash and recalled, and read out.

use freezable_chaos::frames::{MAX_CHUNK, MAX_OUTPUTS, Refusal, Report};
use freezable_chaos::{AnyTransfer, Connectivity, Cue, Network, Plasticity, StoredReadout};

use super::Session;
use crate::board::Board;
use crate::line::Line;
use crate::readout::READOUT;
use crate::stored::{self, Stored};

/// Whether the firmware's readout is one of this network's couplings.
pub(super) fn has_readout<C: Connectivity>(network: &Network<'_, C, AnyTransfer>) -> bool {
    StoredReadout::new(READOUT).is_ok_and(|readout| {
        let header = readout.header();
        header.n as usize == network.n() && header.couplings == network.connectivity().couplings_digest()
    })
}

impl<C: Connectivity> Session<'_, C> {
    /// Freezes the network and keeps its state in flash; where that fails, it runs on if it ran.
    pub(super) fn store<B: Board>(
        &mut self,
        board: &mut B,
        line: &mut Line,
        sequence: u16,
    ) -> Result<(), Refusal<'static>> {
        let before = self.network.plasticity();
        let network = &mut self.network;
        self.snapshot
            .take(|bytes| network.store(bytes))
            .map_err(Refusal::Snapshot)?;
        let record = stored::put(board, &self.setup, self.snapshot.taken()).inspect_err(|_| {
            if before == Plasticity::Running {
                self.network.release();
            }
        })?;
        self.end_event(line);
        if before == Plasticity::Running {
            self.remember();
        }
        self.show(board);
        let (generation, bytes) = (record.generation(), record.len());
        info!(
            "stored: step {=u64}, generation {=u32}",
            self.network.steps(),
            generation
        );
        line.send(sequence, &Report::Stored { generation, bytes });
        Ok(())
    }

    /// Takes up the state in flash, of the network that was just built for it.
    pub(super) fn recall<B: Board>(
        &mut self,
        board: &mut B,
        line: &mut Line,
        sequence: Option<u16>,
        stored: &Stored,
    ) -> Result<(), Refusal<'static>> {
        self.snapshot.take(|bytes| stored.load(board, bytes))?;
        self.network
            .recall(self.snapshot.taken())
            .map_err(Refusal::Snapshot)?;
        self.remember();
        self.show(board);
        let (generation, bytes) = (stored.record().generation(), stored.record().len());
        let (step, setup) = (self.network.steps(), self.setup);
        info!("recalled: step {=u64}, generation {=u32}", step, generation);
        let lost = stored.record().lost();
        if lost.is_some() {
            warning!("the state recalled may not be the last one that was stored");
        }
        let report = Report::Recalled {
            generation,
            bytes,
            step,
            setup,
            lost,
        };
        if let Some(sequence) = sequence {
            line.send(sequence, &report);
        }
        Ok(())
    }

    /// Gives the next steps a cue as their input.
    pub(super) fn write_cue(&mut self, cue: Cue, steps: u32) -> Result<(), Refusal<'static>> {
        if !cue.strength.is_finite() {
            return Err(Refusal::Parameter {
                name: "strength",
                value: cue.strength,
            });
        }
        self.input.begin(&cue, steps);
        info!("cue {=u32} for {=u32} steps", cue.index, steps);
        Ok(())
    }

    /// Reads the rates with the readout in flash.
    pub(super) fn read(&mut self, line: &mut Line, sequence: u16) -> Result<(), Refusal<'static>> {
        let readout = StoredReadout::new(READOUT).map_err(|_| Refusal::Readout)?;
        let header = readout.header();
        let network = &self.network;
        let mut outputs = [0.0; MAX_OUTPUTS];
        let outputs = outputs.get_mut(..header.outputs as usize);
        let (true, Some(outputs)) = (self.has_readout, outputs) else {
            return Err(Refusal::Readout);
        };
        readout
            .read(network.rates(), outputs)
            .map_err(|_| Refusal::Readout)?;
        self.send_outputs(line, sequence, outputs);
        Ok(())
    }

    /// Answers a reading.
    pub(super) fn send_outputs(&self, line: &mut Line, sequence: u16, outputs: &[f32]) {
        let bytes = outputs.iter().flat_map(|output| output.to_le_bytes());
        let outputs: heapless::Vec<u8, MAX_CHUNK> = bytes.collect();
        let report = Report::Read {
            step: self.network.steps(),
            outputs: &outputs,
        };
        line.send(sequence, &report);
    }
}
