//! The table of signals, for people.

use science::estimators::MeanSem;
use science::measure::signals::{BOUND, Summary, System};

use crate::commands::memory::table::cell;

pub(super) fn text((title, source): (&str, &str), summary: &Summary) -> String {
    let mut text = format!(
        "{title}\n{source}: {} trials of groups held out, chance {:.3}\n",
        summary.tested, summary.chance
    );
    if summary.unseen > 0 {
        text += &format!(
            "{} of them are of a class that nobody in their training does: they cannot be read right\n",
            summary.unseen
        );
    }
    text += &format!("\n{:<48}{:>8}  {:<16}", "", "bytes", "class");
    for name in &summary.targets {
        text += &format!("  {:<16}", format!("{name}, R^2"));
    }
    let mut last = None;
    for row in &summary.rows {
        if last != Some(row.condition.system) {
            text += &format!("\n{}\n", heading(row.condition.system));
            last = Some(row.condition.system);
        }
        let bytes = row.bytes.map_or(String::new(), |bytes| bytes.to_string());
        text += &format!(
            "  {:<46}{bytes:>8}  {:<16}",
            row.condition.when,
            cell(&row.accuracy)
        );
        for r2 in &row.r2 {
            text += &format!("  {:<16}", cell(r2));
        }
        text = text.trim_end().to_owned() + "\n";
    }
    let lines: [(&str, &Option<MeanSem>); 4] = [
        ("stopped after the first freeze", &summary.stopped),
        ("stopped in the end", &summary.held),
        ("time to stop", &summary.stopping_time),
        ("stood still to the bit while held", &summary.repeats),
    ];
    text.push('\n');
    for (name, value) in lines {
        text += &format!("{name:<48}{}\n", cell(value));
    }
    let verdict = if summary.within_bound {
        "within"
    } else {
        "NOT within"
    };
    text += &format!(
        "{:<48}{:.3}, {verdict} {BOUND}\n",
        "largest loss from the freeze to any time held", summary.largest_loss
    );
    text
}

fn heading(system: System) -> &'static str {
    match system {
        System::Frozen => "frozen",
        System::Running => "the same network, running",
        System::Echo => "echo-state network of the same size",
        System::Trivial => "without a network",
    }
}
