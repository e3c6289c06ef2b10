//! What a person at the board does and sees: buttons, indicator, display.

use freezable_chaos::frames::Refusal;
use freezable_chaos::{Connectivity, Plasticity};

use embedded_hal::digital::OutputPin;

use super::Session;
use crate::board::Board;
use crate::button::Press;
use crate::line::Line;

/// Pictures per second on a display.
const PICTURES: u32 = 30;

impl<C: Connectivity> Session<'_, C> {
    /// Freezes or releases the synapses.
    pub(super) fn set<B: Board>(&mut self, board: &mut B, plasticity: Plasticity) {
        if self.network.plasticity() == plasticity {
            return;
        }
        let step = self.network.steps();
        match plasticity {
            Plasticity::Frozen => {
                self.network.freeze();
                self.remember();
                info!("frozen: step {=u64}", step);
            }
            Plasticity::Running => {
                self.network.release();
                info!("released: step {=u64}", step);
            }
        }
        self.show(board);
    }

    /// Keeps the rates, for overlaps with them.
    pub(super) fn remember(&mut self) {
        for (remembered, &rate) in self.remembered.iter_mut().zip(self.network.rates()) {
            *remembered = rate;
        }
    }

    /// Shows on the indicator whether the synapses are frozen.
    pub(super) fn show<B: Board>(&mut self, board: &mut B) {
        let shown = match self.network.plasticity() {
            Plasticity::Frozen => board.indicator().set_high(),
            Plasticity::Running => board.indicator().set_low(),
        };
        if shown.is_err() {
            warning!("the indicator does not answer");
        }
    }

    /// Reads the buttons once; a press freezes, releases, or does so by turns. What it changes ends an event under way.
    pub(super) fn watch_buttons<B: Board>(&mut self, board: &mut B, line: &mut Line) {
        let wanted = match (self.buttons.read(board), self.network.plasticity()) {
            (None, _) => return,
            (Some(Press::Freeze), _) | (Some(Press::Toggle), Plasticity::Running) => Plasticity::Frozen,
            (Some(Press::Release), _) | (Some(Press::Toggle), Plasticity::Frozen) => Plasticity::Running,
        };
        if wanted != self.network.plasticity() {
            self.end_event(line);
            self.set(board, wanted);
        }
    }

    /// Has the board press its button, and watches it until it is up again: what acts is the pin.
    pub(super) fn push_button<B: Board>(
        &mut self,
        board: &mut B,
        line: &mut Line,
    ) -> Result<(), Refusal<'static>> {
        if !board.press_button() {
            return Err(Refusal::Unsupported);
        }
        let start = board.ticks();
        self.watch_buttons(board, line);
        // a person may hold the button down meanwhile: after a second the loop goes on without waiting for it
        while self.buttons.is_busy() && board.ticks().wrapping_sub(start) < B::TICKS {
            self.watch_buttons(board, line);
        }
        Ok(())
    }

    /// Shows the rates on a display, not more often than an eye can follow.
    pub(super) fn show_activity<B: Board>(&mut self, board: &mut B) {
        let now = board.ticks();
        if now.wrapping_sub(self.shown) >= B::TICKS / PICTURES {
            self.shown = now;
            board.show(self.network.rates());
        }
    }
}
