//! Messages for a person: defmt's where the binary brings a logger, nothing elsewhere (the tests on a host).

/// Says what happened.
#[cfg(feature = "defmt")]
macro_rules! info {
    ($($message:tt)*) => { defmt::info!($($message)*) };
}

/// Says what was refused or went wrong.
#[cfg(feature = "defmt")]
macro_rules! warning {
    ($($message:tt)*) => { defmt::warn!($($message)*) };
}

#[cfg(not(feature = "defmt"))]
macro_rules! info {
    ($format:literal $(, $argument:expr)*) => {{ $(let _ = &$argument;)* }};
}

#[cfg(not(feature = "defmt"))]
macro_rules! warning {
    ($format:literal $(, $argument:expr)*) => {{ $(let _ = &$argument;)* }};
}
