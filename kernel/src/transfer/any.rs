//! One of the kernel's transfer functions, chosen at run time.

use super::{Tanh, Transfer, TransferId};

/// A transfer function chosen at run time; the choice is made once per vector, not once per neuron.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum AnyTransfer {
    /// [`Tanh`].
    Tanh,
    /// [`LibmTanh`](super::LibmTanh).
    #[cfg(feature = "libm")]
    LibmTanh,
    /// [`LibmErf`](super::LibmErf).
    #[cfg(feature = "libm")]
    LibmErf,
    /// [`MicromathTanh`](super::MicromathTanh).
    #[cfg(feature = "micromath")]
    MicromathTanh,
    /// [`ThresholdLinear`](super::ThresholdLinear), on a host: firmware that wants it has it without this choice.
    #[cfg(feature = "std")]
    ThresholdLinear,
    /// [`Logistic`](super::Logistic), likewise.
    #[cfg(feature = "std")]
    Logistic,
}

/// Evaluates an expression with the chosen function's own type, so that each gets its own inner loop.
macro_rules! with_chosen {
    ($any:expr, $transfer:ident => $body:expr) => {
        match $any {
            AnyTransfer::Tanh => {
                let $transfer = Tanh;
                $body
            }
            #[cfg(feature = "libm")]
            AnyTransfer::LibmTanh => {
                let $transfer = super::LibmTanh;
                $body
            }
            #[cfg(feature = "libm")]
            AnyTransfer::LibmErf => {
                let $transfer = super::LibmErf;
                $body
            }
            #[cfg(feature = "micromath")]
            AnyTransfer::MicromathTanh => {
                let $transfer = super::MicromathTanh;
                $body
            }
            #[cfg(feature = "std")]
            AnyTransfer::ThresholdLinear => {
                let $transfer = super::ThresholdLinear;
                $body
            }
            #[cfg(feature = "std")]
            AnyTransfer::Logistic => {
                let $transfer = super::Logistic;
                $body
            }
        }
    };
}

impl AnyTransfer {
    /// The function of that name, if this build has it.
    pub fn from_id(id: TransferId) -> Option<Self> {
        match id {
            TransferId::TANH => Some(Self::Tanh),
            #[cfg(feature = "libm")]
            TransferId::LIBM_TANH => Some(Self::LibmTanh),
            #[cfg(feature = "libm")]
            TransferId::LIBM_ERF => Some(Self::LibmErf),
            #[cfg(feature = "micromath")]
            TransferId::MICROMATH_TANH => Some(Self::MicromathTanh),
            #[cfg(feature = "std")]
            TransferId::THRESHOLD_LINEAR => Some(Self::ThresholdLinear),
            #[cfg(feature = "std")]
            TransferId::LOGISTIC => Some(Self::Logistic),
            _ => None,
        }
    }
}

impl Transfer for AnyTransfer {
    fn id(&self) -> TransferId {
        with_chosen!(self, transfer => transfer.id())
    }

    fn value(&self, x: f32) -> f32 {
        with_chosen!(self, transfer => transfer.value(x))
    }

    fn slope(&self, x: f32) -> f32 {
        with_chosen!(self, transfer => transfer.slope(x))
    }

    #[cfg(feature = "std")]
    fn bound(&self) -> f32 {
        with_chosen!(self, transfer => transfer.bound())
    }

    fn apply(&self, x: &[f32], phi: &mut [f32]) {
        with_chosen!(self, transfer => transfer.apply(x, phi))
    }
}
