//! Matrices in panels of rows, and the two loops over them. Neighbouring rows lie side by side, so that their sums, of which
//! each has a fixed order, run in the lanes of vector instructions.

use multiversion::multiversion;

/// Rows of a panel.
pub(super) const LANES: usize = 16;
pub(super) type Lanes = [f32; LANES];

/// A matrix of n rows: of each panel one column after the other, or one column that stands for all.
#[derive(Clone, Debug)]
pub(super) struct Panels {
    lanes: Vec<Lanes>,
    columns: usize,
}

impl Panels {
    /// A whole matrix, asked for in row-major order.
    pub(super) fn of(n: usize, mut entry: impl FnMut(usize, usize) -> f32) -> Self {
        let mut panels = Self {
            lanes: vec![[0.0; LANES]; n.div_ceil(LANES) * n],
            columns: n,
        };
        for i in 0..n {
            for j in 0..n {
                *panels.get_mut(i, j) = entry(i, j);
            }
        }
        panels
    }

    /// A matrix whose rows are constant.
    pub(super) fn of_rows(n: usize, entry: impl Fn(usize) -> f32) -> Self {
        let mut panels = Self {
            lanes: vec![[0.0; LANES]; n.div_ceil(LANES)],
            columns: 1,
        };
        for i in 0..n {
            *panels.get_mut(i, 0) = entry(i);
        }
        panels
    }

    pub(super) fn get(&self, i: usize, j: usize) -> f32 {
        self.lanes[i / LANES * self.columns + j.min(self.columns - 1)][i % LANES]
    }

    pub(super) fn get_mut(&mut self, i: usize, j: usize) -> &mut f32 {
        &mut self.lanes[i / LANES * self.columns + j.min(self.columns - 1)][i % LANES]
    }

    pub(super) fn fill(&mut self, value: f32) {
        self.lanes.fill([value; LANES]);
    }

    /// Largest magnitude.
    pub(super) fn largest(&self) -> f32 {
        let values = self.lanes.as_flattened().iter();
        values.fold(0.0, |largest, value| f32::max(largest, value.abs()))
    }

    /// The columns of a panel.
    fn panel(&self, panel: usize) -> &[Lanes] {
        &self.lanes[panel * self.columns..(panel + 1) * self.columns]
    }
}

/// For each row i: `s = 0`, then `s = s + (J_ij + A_ij) phi_j` for j ascending; no fused multiply-add.
pub(super) fn drive(quenched: &Panels, plastic: &Panels, phi: &[f32], drive: &mut [f32]) {
    let n = phi.len();
    let panels = quenched.lanes.chunks_exact(n).zip(plastic.lanes.chunks_exact(n));
    for ((quenched, plastic), drive) in panels.zip(drive.chunks_mut(LANES)) {
        let sums = drive_panel(quenched, plastic, phi);
        for (drive, sum) in drive.iter_mut().zip(sums) {
            *drive = sum;
        }
    }
}

#[multiversion(targets = "simd")]
fn drive_panel(quenched: &[Lanes], plastic: &[Lanes], phi: &[f32]) -> Lanes {
    let mut sums = [0.0; LANES];
    for ((quenched, plastic), phi) in quenched.iter().zip(plastic).zip(phi) {
        for ((sum, quenched), plastic) in sums.iter_mut().zip(quenched).zip(plastic) {
            *sum += (quenched + plastic) * phi;
        }
    }
    sums
}

/// `A_ij = A_ij d_ij + (c_ij u) v` with u the factor of the neuron of the lower number and v that of the other, f of i and h
/// of j: with `f = h` the step of A is symmetric bit for bit.
pub(super) fn learn(plastic: &mut Panels, [retention, increment]: [&Panels; 2], post: &[f32], pre: &[f32]) {
    for (panel, columns) in plastic.lanes.chunks_exact_mut(pre.len()).enumerate() {
        let first = panel * LANES;
        let mut rows = [0.0; LANES];
        for (row, post) in rows.iter_mut().zip(&post[first..]) {
            *row = *post;
        }
        learn_panel(
            columns,
            [retention.panel(panel), increment.panel(panel)],
            (first, &rows),
            pre,
        );
    }
}

#[multiversion(targets = "simd")]
fn learn_panel(
    columns: &mut [Lanes],
    [retention, increment]: [&[Lanes]; 2],
    (first, post): (usize, &Lanes),
    pre: &[f32],
) {
    if let ([retention], [increment]) = (retention, increment) {
        learn_columns(columns, |_| (retention, increment), (first, post), pre);
    } else {
        learn_columns(columns, |j| (&retention[j], &increment[j]), (first, post), pre);
    }
}

/// Rows up to j take f first: none of them left of the panel of the diagonal, all right of it, some within. One loop for
/// each, or no vector instruction would take any.
#[inline(always)]
fn learn_columns<'a>(
    columns: &mut [Lanes],
    constants: impl Fn(usize) -> (&'a Lanes, &'a Lanes),
    (first, post): (usize, &Lanes),
    pre: &[f32],
) {
    let ends = [
        first.min(pre.len()),
        (first + LANES - 1).min(pre.len()),
        pre.len(),
    ];
    for j in 0..ends[0] {
        let (retention, increment) = constants(j);
        for lane in 0..LANES {
            let growth = (increment[lane] * pre[j]) * post[lane];
            columns[j][lane] = columns[j][lane] * retention[lane] + growth;
        }
    }
    for j in ends[0]..ends[1] {
        let (retention, increment) = constants(j);
        for lane in 0..LANES {
            let growth = if lane <= j - first {
                (increment[lane] * post[lane]) * pre[j]
            } else {
                (increment[lane] * pre[j]) * post[lane]
            };
            columns[j][lane] = columns[j][lane] * retention[lane] + growth;
        }
    }
    for j in ends[1]..ends[2] {
        let (retention, increment) = constants(j);
        for lane in 0..LANES {
            let growth = (increment[lane] * post[lane]) * pre[j];
            columns[j][lane] = columns[j][lane] * retention[lane] + growth;
        }
    }
}
