//! What is checked while a program is compiled, with the mistake reported at the line of the program.

/// The constants of a step, of parameters that are known at compile time: wrong ones do not compile.
///
/// ```
/// use freezable_chaos::{Dynamics, Params, dynamics};
/// const N: usize = 64;
/// const DYNAMICS: Dynamics = dynamics!(Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 }, N);
/// assert_eq!(DYNAMICS.n(), 64);
/// ```
///
/// ```compile_fail
/// # use freezable_chaos::{Dynamics, Params, dynamics};
/// // "dt is not above 0 and at most its stability bound min(1, p)"
/// const DYNAMICS: Dynamics = dynamics!(Params { g: 2.0, k: 2.0, p: 2.5, dt: 5.0 }, 64);
/// ```
#[macro_export]
macro_rules! dynamics {
    ($params:expr, $n:expr) => {
        const {
            match $crate::Params::validate($params, $n) {
                Ok(dynamics) => dynamics,
                Err(error) => panic!("{}", error.cause()),
            }
        }
    };
}

/// The image of a matrix of couplings of one's own, `[[f32; N]; N]` row by row, made at compile time: a table in flash for
/// [`DenseCouplings::from_image`](crate::DenseCouplings::from_image). The matrix itself is not in the program, if it is a
/// `const`.
///
/// ```
/// use freezable_chaos::{DenseCouplings, Params, couplings_len, dense_image, dynamics};
/// const ROWS: [[f32; 3]; 3] = [[0.0, 1.2, -0.7], [0.4, 0.0, 2.0], [-1.5, 0.3, 0.0]];
/// static IMAGE: [f32; couplings_len(3)] = dense_image!(ROWS);
/// let dynamics = dynamics!(Params { g: 1.0, k: 1.0, p: 2.5, dt: 0.05 }, 3);
/// let couplings = DenseCouplings::from_image(&IMAGE, &dynamics).unwrap();
/// assert_eq!(couplings.get(1, 2), Some(2.0));
/// ```
///
/// ```compile_fail
/// # use freezable_chaos::{couplings_len, dense_image};
/// // "a coupling is not finite"
/// static IMAGE: [f32; couplings_len(1)] = dense_image!([[f32::NAN]]);
/// ```
///
/// The compiler takes some steps for each coupling; from about 300 neurons on it warns that this takes long, which
/// `#![allow(long_running_const_eval)]` permits.
#[macro_export]
macro_rules! dense_image {
    ($rows:expr) => {
        const {
            match $crate::dense_image(&$rows) {
                Ok(image) => image,
                Err(error) => panic!("{}", error.cause()),
            }
        }
    };
}

/// The image of signs of one's own, `[[i8; N]; N]` row by row, each 1 or -1, made at compile time: a table in flash for
/// [`SignCouplings::from_image`](crate::SignCouplings::from_image).
///
/// ```
/// use freezable_chaos::{Params, SignCouplings, dynamics, sign_image, signs_len};
/// const ROWS: [[i8; 2]; 2] = [[1, -1], [1, 1]];
/// static IMAGE: [u64; signs_len(2)] = sign_image!(ROWS);
/// let dynamics = dynamics!(Params { g: 1.0, k: 1.0, p: 2.5, dt: 0.05 }, 2);
/// let signs = SignCouplings::from_image(&IMAGE, &dynamics).unwrap();
/// assert_eq!(signs.is_positive(0, 1), Some(false));
/// ```
///
/// ```compile_fail
/// # use freezable_chaos::{sign_image, signs_len};
/// // "a sign is neither 1 nor -1"
/// static IMAGE: [u64; signs_len(1)] = sign_image!([[0]]);
/// ```
#[macro_export]
macro_rules! sign_image {
    ($rows:expr) => {
        const {
            match $crate::sign_image(&$rows) {
                Ok(image) => image,
                Err(error) => panic!("{}", error.cause()),
            }
        }
    };
}

/// The type of [`ExactBuffers`](crate::ExactBuffers) for that many neurons, without their second number.
///
/// ```
/// use freezable_chaos::{ExactBuffers, exact_buffers};
/// static BUFFERS: exact_buffers!(128) = ExactBuffers::new();
/// ```
///
/// ```compile_fail
/// # use freezable_chaos::{ExactBuffers, exact_buffers};
/// static BUFFERS: exact_buffers!(0) = ExactBuffers::new();
/// ```
#[macro_export]
macro_rules! exact_buffers {
    ($n:expr) => {
        $crate::ExactBuffers<
            {
                assert!(
                    1 <= $n && $n <= $crate::NEURON_LIMIT,
                    "the number of neurons is outside its bounds 1 and 1048576"
                );
                $n
            },
            { $crate::synapses_len($n) },
        >
    };
}

/// The type of [`CompactBuffers`](crate::CompactBuffers) for that many neurons, and for 8 samples or as many as a second
/// number says.
///
/// ```
/// use freezable_chaos::{CompactBuffers, compact_buffers};
/// static BUFFERS: compact_buffers!(256) = CompactBuffers::new();
/// static FINER: compact_buffers!(256, 12) = CompactBuffers::new();
/// ```
///
/// ```compile_fail
/// # use freezable_chaos::{CompactBuffers, compact_buffers};
/// static BUFFERS: compact_buffers!(2048) = CompactBuffers::new();
/// ```
#[macro_export]
macro_rules! compact_buffers {
    ($n:expr) => {
        $crate::compact_buffers!($n, 8)
    };
    ($n:expr, $samples:expr) => {
        $crate::CompactBuffers<
            {
                assert!(
                    1 <= $n && $crate::wide_len($n) == 0,
                    "the number of neurons is outside its bounds 1 and 2047"
                );
                $n
            },
            {
                assert!(
                    1 <= $samples && $samples <= $crate::connectivity::SAMPLES_LIMIT as usize,
                    "the number of samples is outside its bounds 1 and 32"
                );
                $samples
            },
        >
    };
}
