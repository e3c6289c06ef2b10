//! What is done before an interrupt or a request to terminate ends this program.

use std::sync::{Mutex, Once, PoisonError};

type Action = Box<dyn Fn() + Send>;

static ACTIONS: Mutex<Vec<Action>> = Mutex::new(Vec::new());

/// Exit code of a program that was interrupted, by convention 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

/// Has this done, too, before the program ends by a signal.
pub fn before_exit(action: impl Fn() + Send + 'static) {
    static ONCE: Once = Once::new();
    ACTIONS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(Box::new(action));
    ONCE.call_once(|| {
        // Without the handler these things are only done by a normal end: no reason not to begin.
        let _ = ctrlc::set_handler(|| {
            let actions = ACTIONS.lock().unwrap_or_else(PoisonError::into_inner);
            actions.iter().for_each(|action| action());
            std::process::exit(INTERRUPTED);
        });
    });
}
