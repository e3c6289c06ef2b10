//! Why a measurement ended without a result.

use std::error::Error;

use freezable_chaos::{
    BuildError, CouplingsError, Diverged, ParameterError, SizeError, SnapshotError, StepError, ValuesError,
};

use crate::Refusal;

/// Why a measurement ended without a result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Stopped {
    /// It cannot be done as asked.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It was begun, and failed: a state that is not finite, an iteration that does not converge.
    #[error("{0}")]
    Failed(String),
    /// The watcher asked for the end.
    #[error("interrupted")]
    Interrupted,
    /// Its own share of the networks is done; the others are another program's, as its keeper says.
    #[error("{missing} of {of} networks are missing")]
    Elsewhere {
        /// Networks that are neither kept nor measured here.
        missing: usize,
        /// Networks that make up the whole.
        of: usize,
    },
    /// Something of the caller's own failed: a keeper, a source of networks, a board.
    #[error("{0}")]
    Outside(Box<dyn Error + Send + Sync>),
}

impl Stopped {
    /// The results of several measurements, if all are there. Where networks of some are measured elsewhere, the others are
    /// carried out all the same; any other end is that of all.
    pub fn all<T>(results: impl Iterator<Item = Result<T, Self>>, networks: usize) -> Result<Vec<T>, Self> {
        let (mut all, mut lacking, mut count) = (Vec::new(), 0, 0);
        for result in results {
            count += 1;
            match result {
                Ok(result) => all.push(result),
                Err(Self::Elsewhere { missing, .. }) => lacking += missing,
                Err(stopped) => return Err(stopped),
            }
        }
        if lacking > 0 {
            return Err(Self::Elsewhere {
                missing: lacking,
                of: count * networks,
            });
        }
        Ok(all)
    }
}

impl From<ParameterError> for Stopped {
    fn from(error: ParameterError) -> Self {
        Self::Refused(error.into())
    }
}

macro_rules! refused_from {
    ($($error:ty => $parameter:literal),*) => {$(
        impl From<$error> for Stopped {
            fn from(error: $error) -> Self {
                Self::Refused(Refusal::because($parameter, "", format!("refused: {error}")))
            }
        }
    )*};
}
refused_from!(
    BuildError => "kernel",
    CouplingsError => "J",
    SizeError => "array",
    SnapshotError => "state",
    ValuesError => "array"
);

impl From<Diverged> for Stopped {
    fn from(error: Diverged) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<StepError> for Stopped {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Input(error) => error.into(),
            other => Self::Failed(other.to_string()),
        }
    }
}
