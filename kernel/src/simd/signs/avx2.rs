//! Eight rows and three columns at a time.

use core::arch::x86_64::{
    __m256i, _mm256_add_epi32, _mm256_castps_si256, _mm256_castsi256_ps, _mm256_loadu_si256,
    _mm256_mullo_epi32, _mm256_permute4x64_epi64, _mm256_permutevar8x32_epi32, _mm256_set1_epi32,
    _mm256_setr_epi32, _mm256_setzero_si256, _mm256_shuffle_ps, _mm256_srli_epi32, _mm256_storeu_si256,
    _mm256_xor_si256,
};

use crate::signed_sums::{Columns, Key, Words};

const ROWS: usize = 8;
/// Columns of a table.
const GROUP: usize = 3;
/// Tables for half a word: ten of three columns and one of two.
type Half = [__m256i; 11];

#[target_feature(enable = "avx2")]
pub(super) fn add_columns(words: Words<'_>, columns: &Columns, sums: &mut [i32]) {
    let (low, high) = columns.split_at(columns.len() / 2);
    let tables = [tables(low), tables(high)];
    match words {
        Words::Stored(words) => {
            let (blocks, tail) = sums.as_chunks_mut::<ROWS>();
            let (words, last_words) = words.as_chunks::<ROWS>();
            for (sums, words) in blocks.iter_mut().zip(words) {
                add(&tables, load(words), sums);
            }
            let mut padded = [0; ROWS];
            for (padded, &word) in padded.iter_mut().zip(last_words) {
                *padded = word;
            }
            add_to_tail(&tables, load(&padded), tail);
        }
        Words::Hashed { keys, first_row } => {
            let row = |row: u32| first_row.wrapping_add(row).wrapping_mul(Key::STRIDE) as i32;
            let mut rows = _mm256_setr_epi32(row(0), row(1), row(2), row(3), row(4), row(5), row(6), row(7));
            let stride = _mm256_set1_epi32(Key::STRIDE.wrapping_mul(ROWS as u32) as i32);
            let (blocks, tail) = sums.as_chunks_mut::<ROWS>();
            for sums in blocks {
                add(&tables, hash(&keys, rows), sums);
                rows = _mm256_add_epi32(rows, stride);
            }
            add_to_tail(&tables, hash(&keys, rows), tail);
        }
    }
}

/// The signed sums of each group of columns: an entry for each way to set their signs.
#[target_feature(enable = "avx2")]
#[inline]
fn tables(columns: &[i32]) -> Half {
    let mut tables = [_mm256_setzero_si256(); 11];
    for (table, columns) in tables.iter_mut().zip(columns.chunks(GROUP)) {
        let mut entries = [0_i32; ROWS];
        for (place, entry) in entries.iter_mut().enumerate() {
            for (bit, &column) in columns.iter().enumerate() {
                *entry += if place >> bit & 1 == 1 { column } else { -column };
            }
        }
        *table = load_sums(&entries);
    }
    tables
}

/// The low and the high halves of eight words.
#[target_feature(enable = "avx2")]
#[inline]
fn load(words: &[u64; ROWS]) -> [__m256i; 2] {
    let start = words.as_ptr().cast::<__m256i>();
    // SAFETY: four of eight words lie behind each of the two places.
    let (first, second) = unsafe {
        (
            _mm256_castsi256_ps(_mm256_loadu_si256(start)),
            _mm256_castsi256_ps(_mm256_loadu_si256(start.add(1))),
        )
    };
    // The halves in the order of rows 0 1 4 5 2 3 6 7, then in their own.
    let low = _mm256_castps_si256(_mm256_shuffle_ps::<0b10_00_10_00>(first, second));
    let high = _mm256_castps_si256(_mm256_shuffle_ps::<0b11_01_11_01>(first, second));
    [
        _mm256_permute4x64_epi64::<0b11_01_10_00>(low),
        _mm256_permute4x64_epi64::<0b11_01_10_00>(high),
    ]
}

/// [`Key::hash`] of eight rows with both keys of a pass, given the rows' numbers times [`Key::STRIDE`].
// Without a closure: the compiler calls one for each key, as `array::map` has not the instructions.
#[target_feature(enable = "avx2")]
#[inline]
fn hash(&[low, high]: &[Key; 2], rows: __m256i) -> [__m256i; 2] {
    [hash_half(low, rows), hash_half(high, rows)]
}

#[target_feature(enable = "avx2")]
#[inline]
fn hash_half(key: Key, rows: __m256i) -> __m256i {
    let [first, second] = Key::MULTIPLIERS.map(|multiplier| _mm256_set1_epi32(multiplier as i32));
    let mut hash = _mm256_add_epi32(rows, _mm256_set1_epi32(key.origin as i32));
    hash = _mm256_mullo_epi32(_mm256_xor_si256(hash, _mm256_srli_epi32::<16>(hash)), first);
    hash = _mm256_xor_si256(hash, _mm256_set1_epi32(key.twist as i32));
    hash = _mm256_mullo_epi32(_mm256_xor_si256(hash, _mm256_srli_epi32::<15>(hash)), second);
    _mm256_xor_si256(hash, _mm256_srli_epi32::<15>(hash))
}

#[target_feature(enable = "avx2")]
#[inline]
fn load_sums(sums: &[i32; ROWS]) -> __m256i {
    // SAFETY: eight values of 32 bits lie there.
    unsafe { _mm256_loadu_si256(sums.as_ptr().cast()) }
}

/// Looks up and adds the entries of eight rows.
#[target_feature(enable = "avx2")]
#[inline]
fn add(tables: &[Half; 2], words: [__m256i; 2], sums: &mut [i32; ROWS]) {
    let mut sum = load_sums(sums);
    for (tables, mut word) in tables.iter().zip(words) {
        for &table in tables {
            // Only the three lowest bits of a lane are looked at; in the last turn, the third is zero.
            sum = _mm256_add_epi32(sum, _mm256_permutevar8x32_epi32(table, word));
            word = _mm256_srli_epi32::<{ GROUP as i32 }>(word);
        }
    }
    // SAFETY: room for eight values of 32 bits is there.
    unsafe { _mm256_storeu_si256(sums.as_mut_ptr().cast(), sum) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn add_to_tail(tables: &[Half; 2], words: [__m256i; 2], tail: &mut [i32]) {
    let mut sums = [0; ROWS];
    add(tables, words, &mut sums);
    for (sum, added) in tail.iter_mut().zip(sums) {
        *sum = sum.wrapping_add(added);
    }
}
