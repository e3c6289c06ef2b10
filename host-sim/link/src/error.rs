//! How a board, or the line to it, fails.

/// What is wrong with a board, an emulator, or the line to either.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LinkError(String);

impl LinkError {
    /// An error in those words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}
