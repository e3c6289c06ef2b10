//! Any text as the TOML file of a sweep: refused with one line, or settings whose every point can be built.
#![no_main]

use host_sim::sweep::settings;
use libfuzzer_sys::fuzz_target;
use science::networks::InitialState;

fuzz_target!(|text: &str| {
    match settings::parse(text, "map.toml") {
        Err(error) => {
            let message = error.to_string();
            assert!(!message.is_empty() && message.lines().count() == 1, "{message:?}");
        }
        Ok(settings) => {
            let (g, k) = (&settings.g, &settings.k);
            let diagonal = g.iter().cycle().zip(k.iter().cycle());
            for (&g, &k) in diagonal.take(g.len().max(k.len())) {
                settings
                    .ensemble(g, k, InitialState::Small)
                    .expect("checked when it was read");
            }
        }
    }
});
