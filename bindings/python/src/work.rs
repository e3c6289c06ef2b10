//! Long work, with the interpreter's lock released: it runs in a thread of its own, while the caller's looks for Ctrl-C and
//! tells of the progress.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use science::{Stopped, Watch};

use crate::failure;

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(40);

/// Counts steps, and carries the wish for an end.
#[derive(Default)]
struct Gauge {
    steps: AtomicU64,
    ends: AtomicBool,
}

impl Watch for Gauge {
    fn advanced(&self, steps: u64) -> ControlFlow<()> {
        self.steps.fetch_add(steps, Ordering::Relaxed);
        if self.ends.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

/// Does the work. `progress(done, total)` is called some twenty times a second and at the end; what it raises ends the
/// work, as Ctrl-C does.
pub fn compute<R: Send>(
    py: Python<'_>,
    total: u64,
    progress: Option<Py<PyAny>>,
    work: impl FnOnce(&dyn Watch) -> Result<R, Stopped> + Send,
) -> PyResult<R> {
    let gauge = Gauge::default();
    let tell = |py: Python<'_>| match &progress {
        Some(progress) => {
            let done = gauge.steps.load(Ordering::Relaxed).min(total);
            progress.call1(py, (done, total)).map(drop)
        }
        None => Ok(()),
    };
    let (raised, result) = py.detach(|| {
        thread::scope(|scope| {
            let (finished, wait) = mpsc::channel::<()>();
            let gauge = &gauge;
            let worker = scope.spawn(move || {
                // Dropped when the work ends, even by a panic.
                let _finished = finished;
                work(gauge)
            });
            let mut raised = None;
            while wait.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                if raised.is_none() {
                    let look = |py: Python<'_>| py.check_signals().and_then(|()| tell(py));
                    raised = Python::attach(look).err();
                    gauge.ends.store(raised.is_some(), Ordering::Relaxed);
                }
            }
            (raised, worker.join())
        })
    });
    if let Some(raised) = raised {
        return Err(raised);
    }
    let Ok(result) = result else {
        return Err(PyRuntimeError::new_err(
            "an error inside of freezable_chaos, which should not be: please report it",
        ));
    };
    let result = result.map_err(failure::stopped)?;
    tell(py)?;
    Ok(result)
}
