//! The picture of one event on a board.

use std::path::Path;

use figures::SensorFigure;
use science::signals::Recordings;

use super::conversation::Event;
use crate::failure::Failure;
use crate::output::draw as draw_figure;

pub(super) fn draw(event: &Event, title: &str, recordings: &Recordings, out: &Path) -> Result<(), Failure> {
    let mut lines = vec![format!(
        "movement: read {}, true {}",
        event.read.class, event.class
    )];
    let targets = recordings
        .names
        .iter()
        .zip(&event.targets)
        .zip(&event.read.quantities);
    lines.extend(targets.map(|((name, truth), read)| format!("{name}: read {read:.2}, true {truth:.2}")));
    let equal = event.comparisons.len() - event.different();
    let bits = format!(
        "{equal} of {} digests and readings of the board equal those of this machine; {} bytes in flash",
        event.comparisons.len(),
        event.stored_bytes
    );
    let [drive, freeze, cut, end] = event.seen.times;
    draw_figure(
        &SensorFigure {
            title,
            signal: recordings.trial(event.trial),
            channels: recordings.channels(),
            rates: &event.seen.rates,
            neurons: event.seen.neurons,
            interval: event.seen.dt,
            drive,
            freeze,
            cut,
            end,
            read: &lines,
            note: &bits,
        },
        &out.join("sensor"),
    )
}
