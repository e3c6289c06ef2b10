//! Tables in Markdown, of whatever rows the figures have.

use serde_json::Value;

/// A column: its heading, where in a row its values are, and how many decimals a number has.
pub type Column = (&'static str, &'static str, usize);

/// A table of these rows. A column that no row has a value for is left out.
pub fn table<'a>(rows: impl IntoIterator<Item = &'a Value>, columns: &[Column]) -> String {
    let rows: Vec<_> = rows.into_iter().collect();
    let is_filled = |column: &&Column| {
        rows.iter()
            .any(|row| row.pointer(column.1).is_some_and(|value| !value.is_null()))
    };
    let columns: Vec<_> = columns.iter().filter(is_filled).collect();
    if columns.is_empty() {
        return "No figures yet.\n".to_owned();
    }
    let mut text = line(columns.iter().map(|column| column.0.to_owned()));
    text += &line(columns.iter().map(|_| "---".to_owned()));
    for row in rows {
        text += &line(
            columns
                .iter()
                .map(|&&(_, place, decimals)| cell(row.pointer(place), decimals)),
        );
    }
    text
}

fn line(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

/// A value as the page shows it.
pub fn cell(value: Option<&Value>, decimals: usize) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.replace('|', "\\|"),
        Some(Value::Number(number)) if number.is_f64() => {
            format!("{:.decimals$}", number.as_f64().unwrap_or(f64::NAN))
        }
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_appear_and_empty_columns_do_not() {
        let rows = [
            json!({"n": 64, "time": {"median": 1.25}}),
            json!({"n": 128, "time": {"median": 2.0}}),
        ];
        let columns = [("N", "/n", 0), ("core", "/core", 0), ("time", "/time/median", 1)];
        let expected = "| N | time |\n| --- | --- |\n| 64 | 1.2 |\n| 128 | 2.0 |\n";
        assert_eq!(table(&rows, &columns), expected);
        assert_eq!(table(&[], &columns), "No figures yet.\n");
    }
}
