//! Couplings of one's own: the same bits in every storage, and as tables made at compile time.

mod support;

use freezable_chaos::{
    Connectivity, CouplingsError, DenseCouplings, Dynamics, Exact, ExactBuffers, ExactNetwork,
    InstructionSet, Lanes, Neurons, PackedSynapses, PanelCouplings, PanelNetwork, PanelSynapses, Panels,
    Params, SignCouplings, Simd, Start, Tanh, couplings_len, dense_image, dynamics, panel_couplings_len,
    panel_synapses_len, sign_image, signs_len, synapses_len,
};
use support::{PARAMS, PlainNetwork, state_generator};

/// Two modes and a diagonal: no symmetry, and nothing that a generator draws.
fn rows(n: usize) -> Vec<f32> {
    let mode = |i: usize, factor: f32| (i as f32 * factor).sin() * 3.0 / (n as f32).sqrt();
    let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
    pairs
        .map(|(i, j)| {
            let diagonal = if i == j { 0.5 } else { 0.0 };
            mode(i, 0.7) * mode(j, 1.9) + mode(i, 2.3) * mode(j + 1, 0.4) + diagonal
        })
        .collect()
}

/// Digests along a run.
fn run<C: Connectivity>(mut network: freezable_chaos::Network<'_, C, Tanh>) -> Vec<u64> {
    network.start(Start::Large, &mut state_generator(5));
    (0..120)
        .map(|step| {
            if step == 60 {
                network.freeze();
            }
            network.step().expect("finite");
            network.digest()
        })
        .collect()
}

#[test]
fn every_storage_has_the_bits_of_the_plain_network() {
    for n in [1, 4, 17, 50] {
        let dynamics = PARAMS.validate(n).expect("in range");
        let rows = rows(n);
        let mut image = vec![0.0; couplings_len(n)];
        let couplings = DenseCouplings::from_rows(&mut image, &rows, &dynamics).expect("a finite matrix");

        let mut plain = PlainNetwork::start(dynamics, couplings, Tanh, Start::Large, 5);
        assert_eq!(plain.j, rows);
        let expected: Vec<u64> = (0..120)
            .map(|step| {
                if step == 60 {
                    plain.plasticity = freezable_chaos::Plasticity::Frozen;
                }
                plain.step(None);
                plain.digest()
            })
            .collect();

        let [mut x, mut phi, mut velocity] = [(); 3].map(|()| vec![0.0; n]);
        let mut synapses = vec![0.0; synapses_len(n)];
        let neurons = Neurons::new(&mut x, &mut phi, &mut velocity).expect("same lengths");
        let exact =
            Exact::new(couplings, PackedSynapses::new(&mut synapses, n).expect("fits")).expect("fits");
        let network = ExactNetwork::new(dynamics, Tanh, neurons, exact).expect("parts fit");
        assert_eq!(run(network), expected, "tiles, N = {n}");

        for simd in InstructionSet::ALL.into_iter().filter_map(Simd::with) {
            let mut values = vec![Lanes::ZERO; panel_couplings_len(n)];
            let mut synapses = vec![Lanes::ZERO; panel_synapses_len(n)];
            let panels = PanelCouplings::from_rows(&mut values, &rows, &dynamics).expect("a finite matrix");
            assert_eq!(panels.digest(), couplings.digest());
            let neurons = Neurons::new(&mut x, &mut phi, &mut velocity).expect("same lengths");
            let synapses = PanelSynapses::new(&mut synapses, n).expect("fits");
            let panels = Panels::with_simd(panels, synapses, simd).expect("fits");
            let network = PanelNetwork::new(dynamics, Tanh, neurons, panels).expect("parts fit");
            assert_eq!(run(network), expected, "{simd:?}, N = {n}");
        }
    }
}

#[test]
fn a_host_refuses_what_is_not_finite() {
    let dynamics = PARAMS.validate(20).expect("in range");
    let mut rows = rows(20);
    let mut values = vec![Lanes::ZERO; panel_couplings_len(20)];
    assert!(PanelCouplings::from_rows(&mut values, &rows[1..], &dynamics).is_err());
    rows[20 * 17 + 3] = f32::NAN;
    let refusal = PanelCouplings::from_rows(&mut values, &rows, &dynamics).expect_err("a NaN");
    assert_eq!(refusal, CouplingsError::NotFinite { row: 17, column: 3 });
    assert_eq!(
        refusal.to_string(),
        "the coupling in row 17 and column 3 is not finite"
    );
}

const N: usize = 128;
const DYNAMICS: Dynamics = dynamics!(
    Params {
        g: 1.0,
        k: 1.5,
        p: 2.5,
        dt: 0.05
    },
    N
);

/// A matrix at compile time: a ring with a longer reach to one side.
#[expect(
    clippy::large_const_arrays,
    reason = "read when it compiles, never at run time"
)]
const ROWS: [[f32; N]; N] = {
    let mut rows = [[0.0; N]; N];
    let mut i = 0;
    while i < N {
        let mut step = 1;
        while step <= 9 {
            rows[i][(i + step) % N] = 1.0 / step as f32;
            step += 1;
        }
        rows[i][(i + N - 1) % N] = -1.25;
        i += 1;
    }
    rows
};
static IMAGE: [f32; couplings_len(N)] = dense_image!(ROWS);

#[test]
fn a_table_made_at_compile_time_is_what_is_copied_at_run_time() {
    let mut buffer = vec![0.0; couplings_len(N)];
    let copied = DenseCouplings::from_rows(&mut buffer, ROWS.as_flattened(), &DYNAMICS).expect("finite");
    let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&IMAGE), bits(copied.image()));

    let mut buffers = Box::new(ExactBuffers::<N, { synapses_len(N) }>::new());
    let in_flash = DenseCouplings::from_image(&IMAGE, &DYNAMICS).expect("an image");
    let in_flash = run(buffers.network(DYNAMICS, in_flash, Tanh).expect("parts fit"));
    let mut buffers = Box::new(ExactBuffers::<N, { synapses_len(N) }>::new());
    let in_ram = run(buffers.network(DYNAMICS, copied, Tanh).expect("parts fit"));
    assert_eq!(in_flash, in_ram);
}

const SIGN_ROWS: [[i8; 70]; 70] = {
    let mut rows = [[1; 70]; 70];
    let mut i = 0;
    while i < 70 {
        let mut j = 0;
        while j < 70 {
            if (i * i + 3 * i * j + j) % 7 < 3 {
                rows[i][j] = -1;
            }
            j += 1;
        }
        i += 1;
    }
    rows
};
static SIGN_IMAGE: [u64; signs_len(70)] = sign_image!(SIGN_ROWS);

#[test]
fn signs_of_ones_own_are_those_of_the_matrix() {
    let dynamics = PARAMS.validate(70).expect("in range");
    let mut buffer = vec![0; signs_len(70)];
    let own = SignCouplings::from_rows(&mut buffer, SIGN_ROWS.as_flattened(), &dynamics).expect("signs");
    assert_eq!(own.image(), SIGN_IMAGE);
    let borrowed = SignCouplings::from_image(&SIGN_IMAGE, &dynamics).expect("an image");
    for (i, row) in SIGN_ROWS.iter().enumerate() {
        for (j, &sign) in row.iter().enumerate() {
            assert_eq!(borrowed.is_positive(i, j), Some(sign == 1));
        }
    }
    let mut rows = SIGN_ROWS.as_flattened().to_vec();
    rows[70 * 2 + 66] = 0;
    let refusal = SignCouplings::from_rows(&mut buffer, &rows, &dynamics).expect_err("a zero");
    let (row, column, value) = (2, 66, 0);
    assert_eq!(refusal, CouplingsError::Sign { row, column, value });
    for bit in 0..64 * SIGN_IMAGE.len() {
        // Bits behind the last column are no signs.
        let unused = bit / 64 >= 4 + 70 && bit % 64 >= 6;
        let mut spoilt = SIGN_IMAGE;
        spoilt[bit / 64] ^= 1 << (bit % 64);
        let is_refused = SignCouplings::from_image(&spoilt, &dynamics).is_err();
        assert_eq!(is_refused, !unused, "bit {bit}");
    }
    let other = PARAMS.validate(71).expect("in range");
    let (expected, found) = (71, 70);
    assert_eq!(
        SignCouplings::from_image(&SIGN_IMAGE, &other).expect_err("another size"),
        CouplingsError::Neurons { expected, found }
    );
}
