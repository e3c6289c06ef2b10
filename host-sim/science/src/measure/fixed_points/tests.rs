use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::measure::{Values, measure};
use crate::networks::rules::Factor;
use crate::networks::{Biases, Execution, Network, PlasticityRule, TransferFunction};
use freezable_chaos::Params;

const PARAMS: Params = Params {
    g: 1.5,
    k: 4.0,
    p: 2.5,
    dt: 0.05,
};

fn ensemble(n: usize) -> Ensemble {
    let network = Network::exact(n, PARAMS).unwrap();
    Ensemble::of(network, 3).unwrap().over(0.0, 200.0).unwrap()
}

#[derive(Default)]
struct Counted(AtomicU64);

impl Watch for Counted {
    fn advanced(&self, steps: u64) -> ControlFlow<()> {
        self.0.fetch_add(steps, Ordering::Relaxed);
        ControlFlow::Continue(())
    }
}

#[test]
fn starts_end_somewhere_and_all_their_steps_are_reported() {
    let (search, of, counted) = (FixedPoints { starts: 9 }, ensemble(5), Counted::default());
    let found = measure(&search, &of, &Execution::default(), &counted, &()).unwrap();
    for outcome in &found.outcomes {
        assert_eq!(outcome.settled + outcome.quiescent + outcome.unsettled, 9);
        assert!(outcome.pairs.iter().all(|pair| pair.rightmost < 0.0));
    }
    assert_eq!(counted.0.into_inner(), 3 * search.check(&of).unwrap().steps);
    assert_eq!(found.summary.by_size[0].n, 5);
}

#[test]
fn sizes_are_joined_and_grow() {
    let search = FixedPoints { starts: 60 };
    let found = [4, 6].map(|n| {
        (
            n,
            measure(&search, &ensemble(n), &Execution::default(), &(), &()).unwrap(),
        )
    });
    let sizes: Vec<(usize, &[Outcome])> = found.iter().map(|(n, found)| (*n, &found.outcomes[..])).collect();
    let summary = summarise(&ensemble(6), &sizes);
    assert_eq!(summary.by_size.len(), 2);
    assert_eq!(summary.distinct, found[1].1.summary.distinct);
    let arrays = arrays(&sizes);
    let Values::U64(n) = &arrays[0].values else {
        panic!("whole numbers")
    };
    assert!(n.contains(&4) && n.contains(&6) && n.is_sorted());
    let of_size = |n: usize, bound: f64| BySize {
        n,
        distinct: MeanSem::of([bound; 2]),
        lower_bound: Some(MeanSem {
            mean: bound,
            sem: Some(0.1),
            count: 2,
        }),
        ..summary.by_size[0].clone()
    };
    let growth = Growth::over(&[of_size(4, 8.0), of_size(7, 64.0)]).unwrap();
    assert!((growth.value - 2.0).abs() < 1e-12, "{growth:?}");
    assert_eq!(Growth::over(&[of_size(4, 8.0)]), None);
}

#[test]
fn what_cannot_be_searched_is_refused() {
    let refused = |network, starts| {
        let of = Ensemble::of(network, 1).unwrap();
        FixedPoints { starts }.check(&of).unwrap_err().to_string()
    };
    let exact = |n| Network::exact(n, PARAMS).unwrap();
    assert_eq!(refused(exact(8), 0), "starts 0 is below its bound 1");
    assert_eq!(refused(exact(2000), 1), "n 2000 is above its bound 1024");
    let logistic = exact(8).with_transfer(TransferFunction::Logistic);
    assert!(refused(logistic, 1).starts_with("transfer logistic makes no pairs x and -x"));
    let biased = exact(8).with_bias(Biases::new(vec![0.1; 8]).unwrap()).unwrap();
    assert!(refused(biased, 1).starts_with("bias of the neurons makes no pairs"));
    let rule = PlasticityRule::new(Factor::Sign, Factor::Rate);
    assert_eq!(
        refused(exact(8).with_rule(rule).unwrap(), 1),
        "rule sign x rate is not the paper's, of which alone this holds"
    );
    let compact = refused(Network::compact(8, PARAMS).unwrap(), 1);
    assert!(
        compact.starts_with("model compact has no fixed points"),
        "{compact}"
    );
}
