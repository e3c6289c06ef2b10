//! Tables of recall, for people.

use science::estimators::MeanSem;
use science::measure::recall::{Capacity, GridSummary, REMEMBERED};

pub(super) fn text(title: &str, summary: &GridSummary) -> String {
    let mut text = format!("{title}\n\n");
    for row in &summary.rows {
        text += &format!(
            "{} cues of strength {}, N = {}, {} held-out trials, chance {:.3}\n",
            row.cues, row.strength, row.n, row.held_out, row.chance
        );
        for (name, value) in [
            ("recalled at the freeze", &row.at_freeze),
            ("recalled when settled", &row.settled),
            ("recalled after the hold", &row.held),
            ("came to rest", &row.converged),
            ("repeat to the bit, for ever", &row.repeats),
            ("cosine to the state at the freeze", &row.cosine),
            ("time to leave it when released", &row.release_time),
            ("not left after 200", &row.release_censored),
            ("active at the end of the control", &row.active),
        ] {
            text += &format!("  {name:<34}{}\n", cell(value));
        }
        for (time, value) in &row.running {
            text += &format!("  {:<34}{}\n", format!("not frozen, after {time}"), cell(value));
        }
        text.push('\n');
    }
    for Capacity {
        n,
        strength,
        capacity,
    } in &summary.capacities
    {
        let capacity = capacity.map_or("none".to_owned(), |cues| cues.to_string());
        text += &format!(
            "N = {n}, strength {strength}: largest number of cues recalled at {REMEMBERED} or better after {} time \
             units: {capacity}\n",
            summary.hold_time
        );
    }
    text
}

/// An average with its standard error, or a dash.
pub(super) fn cell(value: &Option<MeanSem>) -> String {
    match value {
        Some(MeanSem {
            mean, sem: Some(sem), ..
        }) => format!("{mean:.3} +- {sem:.3}"),
        Some(MeanSem { mean, .. }) => format!("{mean:.3}"),
        None => "-".to_owned(),
    }
}
