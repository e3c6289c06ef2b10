//! The compact network on a host: its matrix-vector product (`drive`) and a plastic step, couplings stored and hashed,
//! by N and instruction set.
//!
//! `cargo bench --bench compact`, about two minutes; `-- 'stored/step/.*/16384'` for a few of them. Criterion's
//! throughput is in synapses, N^2 of them. Compare ratios within one run; `cargo xtask compare --part compact` has larger
//! networks, and a dense product beside.

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use freezable_chaos::{CompactNetwork, Connectivity, HistoryRule, InstructionSet, Params, Simd, Start, Tanh};
use support::{CompactStorage, state_generator};

const PARAMS: Params = Params {
    g: 2.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};
const SIZES: [usize; 4] = [256, 1024, 4096, 16_384];

fn measure(criterion: &mut Criterion, name: &str, storage: &mut CompactStorage, is_hashed: bool, simd: Simd) {
    let (dynamics, couplings) = (storage.dynamics, if is_hashed { "hashed" } else { "stored" });
    let n = dynamics.n();
    let mut group = criterion.benchmark_group(couplings);
    group
        .throughput(Throughput::Elements((n * n) as u64))
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1500))
        .sample_size(20);
    {
        let (_, mut compact) = storage.compact(is_hashed, simd);
        let (rates, mut drive) = (vec![0.5; n], vec![0.0; n]);
        group.bench_function(BenchmarkId::new(format!("drive/{name}"), n), |bencher| {
            bencher.iter(|| compact.drive(&dynamics, black_box(&rates), black_box(&mut drive)));
        });
    }
    let (neurons, compact) = storage.compact(is_hashed, simd);
    let mut network = CompactNetwork::new(dynamics, Tanh, neurons, compact).expect("parts fit");
    network.start(Start::Large, &mut state_generator(1));
    group.bench_function(BenchmarkId::new(format!("step/{name}"), n), |bencher| {
        bencher.iter(|| black_box(network.step()));
    });
    group.finish();
}

fn compact(criterion: &mut Criterion) {
    for n in SIZES {
        let mut storage = CompactStorage::new(n, PARAMS, HistoryRule::recommended(&PARAMS), 1);
        for set in InstructionSet::ALL {
            let name = format!("{set:?}").to_lowercase();
            match Simd::with(set) {
                Some(simd) => {
                    for is_hashed in [false, true] {
                        measure(criterion, &name, &mut storage, is_hashed, simd);
                    }
                }
                None => println!("skipped: {name} is not on this machine"),
            }
        }
    }
}

criterion_group!(benches, compact);
criterion_main!(benches);
