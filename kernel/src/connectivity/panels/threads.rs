//! The walk over the panels, shared among threads.
//!
//! A panel adds to the sums of all later neurons, and the contract fixes the order: panel after panel. The sums lie in
//! stretches that the panels pass through one behind the other, as in a pipeline: while one is at a stretch, the next
//! may be at the one before. Panels are taken in order by threads that finish them, so the first one under way never
//! waits, and the others wait for it alone.

use std::hint::spin_loop;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::yield_now;
use std::vec::Vec;

use super::walk::{Visit, take_pairs, take_tile, write_tail};
use crate::simd::{Block, High, LANES, Lanes, Low};

/// Blocks of neurons in a stretch: long enough that taking turns costs little beside the work on it.
const STRETCH: usize = 16;
/// Looks at a stretch before a waiting thread lets others have the processor.
const PATIENCE: usize = 200;

/// Some neighbouring blocks of neurons.
struct Stretch<'a> {
    /// The panel whose turn it is.
    turn: usize,
    rates: &'a [Block],
    sums: &'a mut [Block],
}

/// What is left to do.
struct Queue<'a, V> {
    panel: usize,
    couplings: &'a [Lanes],
    visit: V,
}

/// [`walk`](super::walk::walk) on the threads of rayon's present pool, with the same bits.
pub(super) fn walk<V: Visit + Send>(couplings: &[Lanes], phi: &[f32], drive: &mut [f32], visit: V) {
    drive.fill(0.0);
    let (blocks, tail) = phi.as_chunks::<LANES>();
    let last = [Lanes::padded(tail).0];
    let mut last_sums = [[0.0; LANES]];
    let (sums, tail_sums) = drive.as_chunks_mut::<LANES>();
    let panels = phi.len().div_ceil(LANES);
    let rates = blocks
        .chunks(STRETCH)
        .chain((!tail.is_empty()).then_some(&last[..]));
    let sums = sums.chunks_mut(STRETCH).chain([&mut last_sums[..]]);
    let stretches = rates.zip(sums).map(|(rates, sums)| {
        let turn = 0;
        Mutex::new(Stretch { turn, rates, sums })
    });
    let stretches: Vec<_> = stretches.collect();
    let queue = Mutex::new(Queue {
        panel: 0,
        couplings,
        visit,
    });
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads() {
            scope.spawn(|_| {
                while let Some((panel, couplings, visit)) = next_panel(&queue, panels) {
                    // The tail is a stretch of its own.
                    let own = match panel < blocks.len() {
                        true => [panel / STRETCH, panel % STRETCH],
                        false => [stretches.len() - 1, 0],
                    };
                    pass(panel, own, couplings, visit, &stretches);
                }
            });
        }
    });
    drop(stretches);
    write_tail(last_sums[0], tail_sums);
}

fn next_panel<'a, V: Visit>(queue: &Mutex<Queue<'a, V>>, panels: usize) -> Option<(usize, &'a [Lanes], V)> {
    let mut queue = lock(queue);
    let panel = queue.panel;
    let tiles = panels.checked_sub(panel).filter(|&tiles| tiles > 0)?;
    queue.panel += 1;
    let couplings = queue.couplings.split_off(..(2 * tiles - 1) * LANES)?;
    Some((panel, couplings, queue.visit.split_off(tiles)))
}

/// One panel through all its stretches. Its own block of neurons is in stretch `own` at `place`.
fn pass(
    panel: usize,
    [own, place]: [usize; 2],
    mut couplings: &[Lanes],
    mut visit: impl Visit,
    stretches: &[Mutex<Stretch<'_>>],
) {
    let mut low = Low {
        rates: [0.0; LANES],
        sums: [0.0; LANES],
    };
    for (number, stretch) in stretches.iter().enumerate().skip(own) {
        let mut stretch = wait_for(stretch, panel);
        let Stretch { turn, rates, sums } = &mut *stretch;
        let mut first = 0;
        if number == own
            && let (Some(&rates), Some(&sums)) = (rates.get(place), sums.get(place))
        {
            low = Low { rates, sums };
            visit.diagonal(&mut low, take_tile(&mut couplings));
            first = place + 1;
        }
        if let (Some(rates), Some(sums)) = (rates.get(first..), sums.get_mut(first..)) {
            let couplings = take_pairs(&mut couplings, rates.len());
            visit.row(&mut low, couplings, High { rates, sums });
        }
        *turn += 1;
    }
    if let Some(stretch) = stretches.get(own)
        && let Some(sums) = lock(stretch).sums.get_mut(place)
    {
        *sums = low.sums;
    }
}

/// The stretch, once it is this panel's turn.
fn wait_for<'a, 'b>(stretch: &'a Mutex<Stretch<'b>>, panel: usize) -> MutexGuard<'a, Stretch<'b>> {
    let mut looks = 0usize;
    loop {
        let guard = lock(stretch);
        if guard.turn >= panel {
            return guard;
        }
        drop(guard);
        looks = looks.wrapping_add(1);
        if looks.is_multiple_of(PATIENCE) {
            yield_now();
        } else {
            spin_loop();
        }
    }
}

/// No thread panics while it holds a lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
