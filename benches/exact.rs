//! One step of the exact network on a host: packed and in panels, running and frozen, by N and instruction set.
//!
//! `cargo bench --bench exact` measures all; `cargo bench --bench exact -- running/avx512` a part. Criterion's
//! throughput is in synapses (N^2 of them), so its inverse is the time per synapse and step. Compare ratios within one
//! run: times move with the machine's load.

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use freezable_chaos::{
    Connectivity, InstructionSet, Network, PanelNetwork, Params, Plasticity, Simd, Start, Tanh,
};
use support::{PanelStorage, Storage, state_generator};

const PARAMS: Params = Params {
    g: 3.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};
const SIZES: [usize; 7] = [64, 128, 256, 512, 1024, 2048, 4096];

/// Steps from the small start until the rates are of order one.
const WARM_UP: usize = 200;

const BOTH: [Plasticity; 2] = [Plasticity::Running, Plasticity::Frozen];

fn measure<C: Connectivity>(
    criterion: &mut Criterion,
    layout: &str,
    mut network: Network<'_, C, Tanh>,
    plasticities: &[Plasticity],
) {
    let n = network.n();
    network.start(Start::Small, &mut state_generator(1));
    for &plasticity in plasticities {
        let name = match plasticity {
            Plasticity::Running => "running",
            Plasticity::Frozen => "frozen",
        };
        let mut group = criterion.benchmark_group(name);
        group
            .throughput(Throughput::Elements((n * n) as u64))
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_millis(1500))
            .sample_size(20);
        group.bench_function(BenchmarkId::new(layout, n), |bencher| {
            // Inside, so that parts that are filtered out cost nothing.
            network.release();
            while network.steps() < WARM_UP as u64 {
                network.step().expect("finite");
            }
            if plasticity == Plasticity::Frozen {
                network.freeze();
            }
            bencher.iter(|| black_box(network.step()));
        });
        group.finish();
    }
}

fn exact(criterion: &mut Criterion) {
    for n in SIZES {
        measure(
            criterion,
            "packed",
            Storage::new(n, PARAMS, 1).network(Tanh),
            &BOTH,
        );
        let mut storage = PanelStorage::new(n, PARAMS, 1);
        for set in InstructionSet::ALL {
            let name = format!("{set:?}").to_lowercase();
            match Simd::with(set) {
                Some(simd) => measure(criterion, &name, storage.network(Tanh, simd), &BOTH),
                None => println!("skipped: {name} is not on this machine"),
            }
        }
        let merging = storage.merging_network(Tanh, Simd::detect());
        measure(criterion, "merged", merging, &[Plasticity::Frozen]);
        if n >= 1024 {
            let (neurons, panels) = storage.panels(Simd::detect());
            let dynamics = PARAMS.validate(n).expect("in range");
            let network = PanelNetwork::new(dynamics, Tanh, neurons, panels.share_rows()).expect("parts fit");
            measure(criterion, "threads", network, &BOTH);
        }
    }
}

criterion_group!(benches, exact);
criterion_main!(benches);
