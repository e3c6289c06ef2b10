//! Sixteen rows and four columns at a time: the sixteen tables of a pass stay in registers.

use core::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_mask_add_epi32, _mm512_mask_storeu_epi32, _mm512_maskz_loadu_epi32,
    _mm512_maskz_loadu_epi64, _mm512_mullo_epi32, _mm512_permutex2var_epi32, _mm512_permutexvar_epi32,
    _mm512_set1_epi32, _mm512_setr_epi32, _mm512_setzero_si512, _mm512_srli_epi32, _mm512_xor_si512,
};

use crate::connectivity::compact::hashed::Key;
use crate::connectivity::compact::signs::Words;
use crate::connectivity::compact::sums::Columns;

const ROWS: usize = 16;
/// Columns of a table.
const GROUP: usize = 4;
/// Tables for half a word.
type Half = [__m512i; 32 / GROUP];

#[target_feature(enable = "avx512f")]
pub(super) fn add_columns(words: Words<'_>, columns: &Columns, sums: &mut [i32]) {
    let (low, high) = columns.split_at(columns.len() / 2);
    let tables = [tables(low), tables(high)];
    match words {
        Words::Stored(words) => {
            for (sums, words) in sums.chunks_mut(ROWS).zip(words.chunks(ROWS)) {
                add(&tables, load(words), sums);
            }
        }
        Words::Hashed { keys, first_row } => {
            let row = |row: u32| first_row.wrapping_add(row).wrapping_mul(Key::STRIDE) as i32;
            let mut rows = _mm512_setr_epi32(
                row(0),
                row(1),
                row(2),
                row(3),
                row(4),
                row(5),
                row(6),
                row(7), //
                row(8),
                row(9),
                row(10),
                row(11),
                row(12),
                row(13),
                row(14),
                row(15),
            );
            let stride = _mm512_set1_epi32(Key::STRIDE.wrapping_mul(ROWS as u32) as i32);
            for sums in sums.chunks_mut(ROWS) {
                add(&tables, hash(&keys, rows), sums);
                rows = _mm512_add_epi32(rows, stride);
            }
        }
    }
}

/// The signed sums of each group of columns: an entry for each way to set their signs.
#[target_feature(enable = "avx512f")]
#[inline]
fn tables(columns: &[i32]) -> Half {
    let mut tables = [_mm512_setzero_si512(); 32 / GROUP];
    for (table, &[a, b, c, d]) in tables.iter_mut().zip(columns.as_chunks::<GROUP>().0) {
        let mut entries = _mm512_set1_epi32(-(a + b + c + d));
        // The places in which the bit of the column is set.
        for (places, column) in [(0xAAAA, a), (0xCCCC, b), (0xF0F0, c), (0xFF00, d)] {
            entries = _mm512_mask_add_epi32(entries, places, entries, _mm512_set1_epi32(2 * column));
        }
        *table = entries;
    }
    tables
}

/// The low and the high halves of up to sixteen words.
#[target_feature(enable = "avx512f")]
#[inline]
fn load(words: &[u64]) -> [__m512i; 2] {
    let mask = u16::MAX >> (ROWS - words.len());
    let start = words.as_ptr().cast::<i64>();
    // SAFETY: the mask has a bit for each word and keeps all others from being read.
    let (first, second) = unsafe {
        (
            _mm512_maskz_loadu_epi64(mask as u8, start),
            _mm512_maskz_loadu_epi64((mask >> 8) as u8, start.wrapping_add(8)),
        )
    };
    let even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    let odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    [
        _mm512_permutex2var_epi32(first, even, second),
        _mm512_permutex2var_epi32(first, odd, second),
    ]
}

/// [`Key::hash`] of sixteen rows with both keys of a pass, given the rows' numbers times [`Key::STRIDE`].
// Without a closure: the compiler calls one for each key, as `array::map` has not the instructions.
#[target_feature(enable = "avx512f")]
#[inline]
fn hash(&[low, high]: &[Key; 2], rows: __m512i) -> [__m512i; 2] {
    [hash_half(low, rows), hash_half(high, rows)]
}

#[target_feature(enable = "avx512f")]
#[inline]
fn hash_half(key: Key, rows: __m512i) -> __m512i {
    let [first, second] = Key::MULTIPLIERS.map(|multiplier| _mm512_set1_epi32(multiplier as i32));
    let mut hash = _mm512_add_epi32(rows, _mm512_set1_epi32(key.origin as i32));
    hash = _mm512_mullo_epi32(_mm512_xor_si512(hash, _mm512_srli_epi32::<16>(hash)), first);
    hash = _mm512_xor_si512(hash, _mm512_set1_epi32(key.twist as i32));
    hash = _mm512_mullo_epi32(_mm512_xor_si512(hash, _mm512_srli_epi32::<15>(hash)), second);
    _mm512_xor_si512(hash, _mm512_srli_epi32::<15>(hash))
}

/// Looks up and adds the entries of up to sixteen rows.
#[target_feature(enable = "avx512f")]
#[inline]
fn add(tables: &[Half; 2], words: [__m512i; 2], sums: &mut [i32]) {
    let mask = u16::MAX >> (ROWS - sums.len());
    // SAFETY: the mask has a bit for each sum and keeps all others from being read.
    let mut sum = unsafe { _mm512_maskz_loadu_epi32(mask, sums.as_ptr()) };
    for (tables, mut word) in tables.iter().zip(words) {
        for &table in tables {
            // Only the four lowest bits of a lane are looked at.
            sum = _mm512_add_epi32(sum, _mm512_permutexvar_epi32(word, table));
            word = _mm512_srli_epi32::<{ GROUP as u32 }>(word);
        }
    }
    // SAFETY: as above, of writing.
    unsafe { _mm512_mask_storeu_epi32(sums.as_mut_ptr(), mask, sum) }
}
