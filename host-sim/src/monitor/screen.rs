//! The terminal: draws, reads keys, and is left as it was found, whatever happens.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use std::time::{Duration, Instant};

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyModifiers};

use super::recording::{Recording, next_path};
use super::state::{Action, Monitor};
use super::{News, Order, view};
use crate::failure::Failure;
use crate::interrupt;

/// Time between two pictures.
const FRAME: Duration = Duration::from_millis(50);

/// Shows the monitor until it is quit. Recordings go into the folder. What is under way then is written, also after an error.
pub fn show(orders: &Sender<Order>, news: &Receiver<News>, folder: &Path) -> Result<(), Failure> {
    if !std::io::stdout().is_terminal() {
        return Err(Failure::Usage(
            "the monitor needs a terminal on standard output".into(),
        ));
    }
    let mut monitor = Monitor::new();
    // Raw mode and the alternate screen; a panic puts the terminal back before it says why.
    interrupt::before_exit(ratatui::restore);
    let terminal = ratatui::try_init().map_err(|error| terminal_failed(&error))?;
    let shown = run(terminal, &mut monitor, orders, news, folder);
    ratatui::restore();
    let written = monitor.end_recording().map_or(Ok(()), |recording| {
        let message = write(&recording, folder)?;
        eprintln!("{message}");
        Ok(())
    });
    shown.and(written)
}

fn run(
    mut terminal: DefaultTerminal,
    monitor: &mut Monitor,
    orders: &Sender<Order>,
    news: &Receiver<News>,
    folder: &Path,
) -> Result<(), Failure> {
    loop {
        let now = Instant::now();
        loop {
            match news.try_recv() {
                Ok(news) => monitor.take(news, now),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    return Err(Failure::Device(
                        "the thread that talks to the board ended early".into(),
                    ));
                }
            }
        }
        terminal
            .draw(|frame| view::draw(frame, monitor, now))
            .map_err(|error| terminal_failed(&error))?;
        let next = now + FRAME;
        while event::poll(next.saturating_duration_since(Instant::now()))
            .map_err(|error| terminal_failed(&error))?
        {
            let Event::Key(key) = event::read().map_err(|error| terminal_failed(&error))? else {
                // Another size is drawn at once.
                break;
            };
            match action(key) {
                Action::None => {}
                Action::Record => {
                    if let Some(recording) = monitor.toggle_recording() {
                        let message = write(&recording, folder).unwrap_or_else(|error| error.to_string());
                        monitor.say(message);
                    }
                }
                Action::Order(order) => {
                    // A thread that has ended is noticed above.
                    let _ = orders.send(order);
                    if order == Order::Quit {
                        return Ok(());
                    }
                }
            }
        }
    }
}

fn action(key: KeyEvent) -> Action {
    match key.code {
        _ if !key.is_press() => Action::None,
        // In raw mode the terminal makes no signal of it.
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Action::Order(Order::Quit),
        KeyCode::Char(key) => Monitor::action(key),
        KeyCode::Esc => Action::Order(Order::Quit),
        _ => Action::None,
    }
}

fn write(recording: &Recording, folder: &Path) -> Result<String, Failure> {
    if recording.is_empty() {
        return Ok("nothing came while recording: no file".to_owned());
    }
    let path = next_path(folder);
    recording.write(&path)?;
    Ok(format!("{} samples in {}", recording.len(), path.display()))
}

fn terminal_failed(error: &std::io::Error) -> Failure {
    Failure::Device(format!("the terminal: {error}"))
}
