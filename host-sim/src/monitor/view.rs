//! The picture of the monitor's state. It needs 80 columns and 24 rows; with more it shows more neurons and a longer time.

use std::time::Instant;

use freezable_chaos::Plasticity;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Sparkline};

use super::Sample;
use super::state::{Connection, Monitor};

/// Least size of the terminal, in columns and rows.
pub const LEAST_SIZE: (u16, u16) = (80, 24);
/// Columns left of the charts.
const MARGIN: u16 = 11;
/// Rows of a chart.
const CHART: u16 = 3;
/// The chart of the speed is logarithmic between these powers of ten.
const SPEED_DECADES: (f32, f32) = (-7.0, 0.0);
/// Steps of a bar that one row shows.
const EIGHTHS: u64 = 8;
/// From rate -1 to 1. Without colours they are all there is to see.
const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];
/// A rate of 1, and behind it one of -1.
const HIGH: Color = Color::Red;
const LOW: Color = Color::Blue;
const KEYS: &str = "f freeze  r release  s store  c recall  w record  p cut power  q quit";

/// Draws everything.
pub fn draw(frame: &mut Frame<'_>, monitor: &Monitor, now: Instant) {
    let area = frame.area();
    if area.width < LEAST_SIZE.0 || area.height < LEAST_SIZE.1 {
        let (columns, rows) = LEAST_SIZE;
        let text = format!(
            "The terminal has {} columns and {} rows; the monitor needs {columns} and {rows}.",
            area.width, area.height
        );
        frame.render_widget(Paragraph::new(text), area);
        return;
    }
    let [title, raster, speed, overlap, figures, message, keys] = Layout::vertical([
        Constraint::Length(2),
        Constraint::Min(8),
        Constraint::Length(CHART + 1),
        Constraint::Length(CHART + 1),
        Constraint::Length(2),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(area);
    frame.render_widget(title_line(monitor, now), title);
    draw_raster(frame.buffer_mut(), raster, monitor);
    let newest = monitor.newest();
    draw_chart(
        frame,
        speed,
        ["speed", "rms|dx/dt|", &number(newest.map(|sample| sample.speed))],
        monitor,
        speed_height,
    );
    draw_chart(
        frame,
        overlap,
        [
            "overlap",
            "with state",
            &decimal(newest.map(|sample| sample.overlap)),
        ],
        monitor,
        |sample| (sample.overlap + 1.0) / 2.0,
    );
    frame.render_widget(Paragraph::new(figure_lines(monitor)), figures);
    let style = match monitor.connection() {
        Connection::Lost { .. } => Style::new().fg(Color::Red),
        _ => Style::new().fg(Color::Yellow),
    };
    frame.render_widget(Line::styled(monitor.message().to_owned(), style), message);
    frame.render_widget(Line::styled(KEYS, Style::new().add_modifier(Modifier::DIM)), keys);
}

fn title_line(monitor: &Monitor, now: Instant) -> Line<'static> {
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let connection = match monitor.connection() {
        Connection::Connecting => Span::styled("connecting", Style::new().fg(Color::Yellow)),
        Connection::Connected(name) => Span::styled(name.clone(), Style::new().fg(Color::Green)),
        Connection::Lost { since, .. } => {
            let seconds = now.duration_since(*since).as_secs();
            Span::styled(format!("no board for {seconds} s"), Style::new().fg(Color::Red))
        }
    };
    let plasticity = match monitor.plasticity() {
        None => Span::raw(""),
        Some(Plasticity::Running) => Span::styled("PLASTIC", bold.fg(Color::Green)),
        Some(Plasticity::Frozen) => Span::styled("FROZEN", bold.fg(Color::Cyan)),
    };
    let stored = match (monitor.stored(), monitor.connection()) {
        (Some(stored), _) => format!("state {stored} in flash"),
        (None, Connection::Connected(_)) => "no state in flash".to_owned(),
        (None, _) => String::new(),
    };
    let mut spans = vec![
        Span::styled("freezable chaos", bold),
        Span::raw("  "),
        connection,
        Span::raw("  "),
        plasticity,
    ];
    spans.push(Span::raw(format!("  {stored}")));
    if let Some(recorded) = monitor.recorded() {
        spans.push(Span::styled(
            format!("  recording {recorded}"),
            bold.fg(Color::Red),
        ));
    }
    Line::from(spans)
}

/// Every row a neuron, every column a sample, the newest at the right.
fn draw_raster(buffer: &mut Buffer, area: Rect, monitor: &Monitor) {
    let neurons = monitor.newest().map_or(0, |sample| sample.activity.len());
    let rows = usize::from(area.height).min(neurons);
    let dim = Style::new().add_modifier(Modifier::DIM);
    buffer.set_string(area.x, area.y, "rates", Style::new());
    if rows > 0 {
        let last = format!("{rows} of {neurons}");
        buffer.set_string(area.x, area.y + 1, "of neurons", dim);
        buffer.set_string(area.x, area.y + 2, last, dim);
    }
    for (column, sample) in columns(monitor, area) {
        for (row, &rate) in sample.activity.iter().take(rows).enumerate() {
            if let Some(cell) = buffer.cell_mut((column, area.y + row as u16)) {
                cell.set_char(shade(rate)).set_fg(HIGH).set_bg(LOW);
            }
        }
    }
}

/// The five shades divide the rates from -1 to 1 in equal parts.
fn shade(rate: i8) -> char {
    let above_lowest = usize::from(rate.max(-127).wrapping_add(127).cast_unsigned());
    SHADES[above_lowest * SHADES.len() / 255]
}

/// The newest samples with the columns that show them.
fn columns(monitor: &Monitor, area: Rect) -> impl Iterator<Item = (u16, &Sample)> {
    let samples = monitor.samples();
    let width = usize::from(area.width.saturating_sub(MARGIN)).min(samples.len());
    let first = area.right() - width as u16;
    (first..).zip(samples.iter().skip(samples.len() - width))
}

fn draw_chart(
    frame: &mut Frame<'_>,
    area: Rect,
    labels: [&str; 3],
    monitor: &Monitor,
    height: impl Fn(&Sample) -> f32,
) {
    for (row, label) in (1..).zip(labels) {
        let style = if row == 2 {
            Style::new().add_modifier(Modifier::DIM)
        } else {
            Style::new()
        };
        frame.buffer_mut().set_string(area.x, area.y + row, label, style);
    }
    let full = EIGHTHS * u64::from(CHART);
    let shown: Vec<(u16, &Sample)> = columns(monitor, area).collect();
    let Some(&(first, _)) = shown.first() else { return };
    let bars: Vec<u64> = shown
        .iter()
        .map(|(_, sample)| eighths(height(sample), full))
        .collect();
    let chart = Rect {
        x: first,
        y: area.y + 1,
        width: area.right() - first,
        height: CHART,
    };
    frame.render_widget(
        Sparkline::default()
            .data(&bars)
            .max(full)
            .style(Style::new().fg(Color::Cyan)),
        chart,
    );
    // Frozen samples stand on another ground.
    for (column, sample) in shown {
        if sample.plasticity == Plasticity::Frozen {
            for row in chart.rows() {
                if let Some(cell) = frame.buffer_mut().cell_mut((column, row.y)) {
                    cell.set_bg(Color::DarkGray);
                }
            }
        }
    }
}

/// A share of a chart's height in steps of a bar; at least one, so that no sample looks missing.
fn eighths(share: f32, full: u64) -> u64 {
    let share = if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    };
    ((share * full as f32).round() as u64).max(1)
}

fn speed_height(sample: &Sample) -> f32 {
    let (low, high) = SPEED_DECADES;
    (sample.speed.log10() - low) / (high - low)
}

fn figure_lines(monitor: &Monitor) -> Vec<Line<'static>> {
    let step = monitor
        .newest()
        .map_or("-".to_owned(), |sample| sample.step.to_string());
    let rate = monitor.rate().map_or("-".to_owned(), |rate| format!("{rate:.0}"));
    let milliseconds = |nanoseconds: u32| match nanoseconds {
        0 => "-".to_owned(),
        measured => format!("{:.2}", f64::from(measured) / 1e6),
    };
    let (last, longest, period, missed, dropped) = monitor.timing().map_or_else(
        || <[String; 5]>::default().map(|_| "-".to_owned()).into(),
        |timing| {
            let period = match timing.period {
                0 => "none".to_owned(),
                period => format!("{:.2} ms", f64::from(period) / 1e3),
            };
            let counts = [timing.missed, timing.dropped].map(|count| count.to_string());
            let [missed, dropped] = counts;
            (
                milliseconds(timing.last_step),
                milliseconds(timing.longest_step),
                period,
                missed,
                dropped,
            )
        },
    );
    vec![
        Line::raw(format!(
            "step {step}  {rate} steps/s  step time {last} ms, longest {longest} ms"
        )),
        Line::raw(format!(
            "period {period}  missed {missed}  telemetry dropped {dropped}  damaged reports {}",
            monitor.damaged()
        )),
    ]
}

fn number(value: Option<f32>) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.2e}"))
}

fn decimal(value: Option<f32>) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.4}"))
}

#[cfg(test)]
mod tests;
