//! Tables for people, on standard output.

use std::io::Write;

use crate::failure::Failure;
use science::estimators::MeanSem;

/// A title and rows of a name and a value.
pub(super) fn text(title: &str, rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut text = format!("{title}\n");
    for (name, value) in rows {
        text.push_str(&format!("  {name:<width$}  {value}\n"));
    }
    text
}

/// Prints a title and rows of a name and a value.
pub(super) fn print(title: &str, rows: &[(&str, String)]) -> Result<(), Failure> {
    print_text(&text(title, rows))
}

/// Prints text; a reader that has gone away is no failure.
pub(crate) fn print_text(text: &str) -> Result<(), Failure> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Device(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// An average over networks, or a dash where there is none.
pub(super) fn average(value: &Option<MeanSem>) -> String {
    value.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string)
}
