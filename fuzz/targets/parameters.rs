//! Any bits as parameters: refused with a reason, or a network of them steps without a panic and stays finite.
#![no_main]

use freezable_chaos::{Params, Start, Tanh};
use freezable_fuzz::support::{Storage, state_generator};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (f32, f32, f32, f32, u32, bool)| {
    let (g, k, p, dt, n, is_large) = input;
    let params = Params { g, k, p, dt };
    let _ = params.validate(n as usize).map_err(|error| error.to_string());
    let n = 1 + n as usize % 20;
    if params.validate(n).is_err() {
        return;
    }
    let mut storage = Storage::new(n, params, 3);
    let mut network = storage.network(Tanh);
    let start = if is_large { Start::Large } else { Start::Small };
    network.start(start, &mut state_generator(5));
    for _ in 0..40 {
        let before = network.digest();
        if network.step().is_err() {
            assert_eq!(
                network.digest(),
                before,
                "a step that was not done changed the state"
            );
            return;
        }
        assert!(network.state().iter().all(|x| x.is_finite()));
        assert!(network.rates().iter().all(|phi| (-1.0..=1.0).contains(phi)));
    }
});
