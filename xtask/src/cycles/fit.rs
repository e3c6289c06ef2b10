//! The parabola through counts at several sizes.

/// `a N^2 + b N + c`, by least squares; three sizes or more.
pub fn parabola(points: &[(f64, f64)]) -> [f64; 3] {
    // normal equations with N in units of 32, which keeps their numbers of one magnitude
    const UNIT: f64 = 32.0;
    let mut rows = [[0.0; 4]; 3];
    for &(n, value) in points {
        let powers = [(n / UNIT) * (n / UNIT), n / UNIT, 1.0];
        for (row, &power) in rows.iter_mut().zip(&powers) {
            for (slot, factor) in row.iter_mut().zip([powers[0], powers[1], powers[2], value]) {
                *slot += power * factor;
            }
        }
    }
    for pivot in 0..3 {
        let lead = rows[pivot].map(|value| value / rows[pivot][pivot]);
        for (index, row) in rows.iter_mut().enumerate() {
            let factor = row[pivot];
            for (slot, lead) in row.iter_mut().zip(lead) {
                *slot = if index == pivot {
                    lead
                } else {
                    *slot - factor * lead
                };
            }
        }
    }
    [rows[0][3] / (UNIT * UNIT), rows[1][3] / UNIT, rows[2][3]]
}

#[cfg(test)]
mod tests {
    use super::parabola;

    #[test]
    fn a_parabola_is_found_again() {
        let points = [32.0, 64.0, 96.0, 128.0].map(|n: f64| (n, 7.5 * n * n - 3.0 * n + 120.0));
        let [a, b, c] = parabola(&points);
        assert!((a - 7.5).abs() < 1e-9 && (b + 3.0).abs() < 1e-6 && (c - 120.0).abs() < 1e-5);
    }
}
