//! Signs of J, 64 columns at a time: read, or hashed.

/// Columns that a pass over the rows adds up.
pub(crate) const COLUMNS: usize = 64;

/// The signs of 64 columns in neighbouring rows: bit b is the sign of the b-th column, set where it is positive.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Words<'a> {
    /// A word for each row.
    Stored(&'a [u64]),
    /// The hash of the row's number, with the keys of the low and of the high half of the word.
    Hashed {
        /// Keys of the two halves.
        keys: [Key; 2],
        /// Number of the first row.
        first_row: u32,
    },
}

impl Words<'_> {
    /// The word of a row, counted from the first of these.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> u64 {
        match self {
            Self::Stored(words) => words.get(row).copied().unwrap_or(0),
            Self::Hashed {
                keys: [low, high],
                first_row,
            } => {
                let row = first_row.wrapping_add(row as u32);
                u64::from(low.hash(row)) | u64::from(high.hash(row)) << 32
            }
        }
    }

    /// These words without those of the first rows.
    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn skip(self, rows: usize) -> Self {
        match self {
            Self::Stored(words) => Self::Stored(words.get(rows..).unwrap_or(&[])),
            Self::Hashed { keys, first_row } => Self::Hashed {
                keys,
                first_row: first_row.wrapping_add(rows as u32),
            },
        }
    }
}

/// What a word of 32 columns adds to the hash of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// Where the rows begin to count.
    pub origin: u32,
    /// Mixed in between the two multiplications: two words that share some origins do not share their signs.
    pub twist: u32,
}

impl Key {
    /// Distance of neighbouring rows: the golden ratio, times 2^32.
    pub const STRIDE: u32 = 0x9E37_79B9;
    /// The two multipliers.
    pub const MULTIPLIERS: [u32; 2] = [0x21F0_AAAD, 0x735A_2D97];

    /// 32 signs of a row.
    #[inline]
    pub(crate) fn hash(self, row: u32) -> u32 {
        let [first, second] = Self::MULTIPLIERS;
        let mut hash = self.origin.wrapping_add(row.wrapping_mul(Self::STRIDE));
        hash = (hash ^ (hash >> 16)).wrapping_mul(first) ^ self.twist;
        hash = (hash ^ (hash >> 15)).wrapping_mul(second);
        hash ^ (hash >> 15)
    }
}
