//! The comparison as a table for people.

use science::estimators::MeanSem;
use science::measure::equivalence::{Summary, Thresholds};

/// A line for each kind, and one for each difference.
pub(super) fn of(summary: &Summary, title: &str) -> String {
    let mut text = format!("{title}\n\n");
    let cell = |value: &Option<MeanSem>| match value {
        Some(MeanSem {
            mean, sem: Some(sem), ..
        }) => format!("{mean:.4} +- {sem:.4}"),
        Some(MeanSem { mean, .. }) => format!("{mean:.4}"),
        None => "-".to_owned(),
    };
    text += &format!(
        "{:<22}{:>19}{:>19}{:>19}{:>19}{:>19}{:>19}{:>19}{:>19}\n",
        "",
        "alive",
        "C_phi(0)",
        "half-width",
        "rms speed",
        "separation rate",
        "freeze success",
        "cosine",
        "standstill"
    );
    for kind in &summary.kinds {
        text += &format!("{:<22}", kind.name);
        for value in [
            &kind.alive,
            &kind.c_phi_0,
            &kind.half_width,
            &kind.speed_rms,
            &kind.separation_rate,
            &kind.freeze_success,
            &kind.cosine,
            &kind.standstill,
        ] {
            text += &format!("{:>19}", cell(value));
        }
        text.push('\n');
    }
    text += "\ndifference to exact, signs; half-width relative\n";
    for difference in &summary.differences {
        text += &format!("{:<22}{:>19}", difference.name, "");
        for value in [
            &difference.c_phi_0,
            &difference.half_width,
            &difference.speed_rms,
            &difference.separation_rate,
        ] {
            text += &format!("{:>19}", cell(value));
        }
        text += &format!("{:>19}{:>19}", "", cell(&difference.cosine));
        text += if difference.equal {
            "  equal\n"
        } else {
            "  not equal\n"
        };
    }
    let set = Thresholds::SET;
    text += &format!(
        "\nequal: the 95% interval of the difference lies within {} for C_phi(0) and within {} for the half-width,\n\
         and freeze success is at least {} where that of the exact network is\n",
        set.c_phi_0, set.half_width, set.freeze_success
    );
    text
}
