//! Sixteen rows and four columns at a time: the sixteen tables of a pass stay in registers.

use core::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_mask_add_epi32, _mm512_mask_storeu_epi32, _mm512_maskz_loadu_epi32,
    _mm512_maskz_loadu_epi64, _mm512_mullo_epi32, _mm512_permutex2var_epi32, _mm512_permutexvar_epi32,
    _mm512_set1_epi16, _mm512_set1_epi32, _mm512_setr_epi32, _mm512_setzero_si512, _mm512_srli_epi32,
    _mm512_xor_si512,
};

use core::arch::asm;

use crate::signed_sums::{Columns, Key, Words};

const ROWS: usize = 16;
/// Columns of a table.
const GROUP: usize = 4;
/// Tables for the quarters of a word.
type Tables = [[__m512i; 16 / GROUP]; 4];

#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn add_columns(words: Words<'_>, columns: &Columns, sums: &mut [i32]) {
    let tables = tables(columns);
    let factors = factors();
    match words {
        Words::Stored(words) => {
            // Where the length is known, the masks cost nothing.
            let (blocks, tail) = sums.as_chunks_mut::<ROWS>();
            let (words, last_words) = words.as_chunks::<ROWS>();
            for (sums, words) in blocks.iter_mut().zip(words) {
                add(&tables, &factors, load(words), sums);
            }
            add(&tables, &factors, load(last_words), tail);
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
            let (blocks, tail) = sums.as_chunks_mut::<ROWS>();
            for sums in blocks {
                add(&tables, &factors, hash(&keys, rows), sums);
                rows = _mm512_add_epi32(rows, stride);
            }
            add(&tables, &factors, hash(&keys, rows), tail);
        }
    }
}

/// The signed sums of each group of columns: an entry for each way to set their signs.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn tables(columns: &Columns) -> Tables {
    let mut tables = [[_mm512_setzero_si512(); 16 / GROUP]; 4];
    let groups = columns.as_chunks::<GROUP>().0;
    for (table, &[a, b, c, d]) in tables.as_flattened_mut().iter_mut().zip(groups) {
        let mut entries = _mm512_set1_epi32(-(a + b + c + d));
        // The places in which the bit of the column is set.
        for (places, column) in [(0xAAAA, a), (0xCCCC, b), (0xF0F0, c), (0xFF00, d)] {
            entries = _mm512_mask_add_epi32(entries, places, entries, _mm512_set1_epi32(2 * column));
        }
        *table = entries;
    }
    tables
}

/// The upper half of a product of 16 bits with one of these is a shift to the right by 4, 8 or 12: multipliers do it
/// while the units of shifts and permutations look up.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn factors() -> [__m512i; 3] {
    [
        _mm512_set1_epi16(1 << 12),
        _mm512_set1_epi16(1 << 8),
        _mm512_set1_epi16(1 << 4),
    ]
}

/// Upper halves of the products of 16 bits.
// Not as an intrinsic: the compiler makes a shift of it, or three instructions.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn upper_half(word: __m512i, factor: __m512i) -> __m512i {
    let product: __m512i;
    // SAFETY: the instruction is here, and works on registers alone.
    unsafe {
        asm!(
            "vpmulhuw {}, {}, {}", out(zmm_reg) product, in(zmm_reg) word, in(zmm_reg) factor,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    product
}

/// The low and the high halves of up to sixteen words.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn load(words: &[u64]) -> [__m512i; 2] {
    let mask = mask(words.len());
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
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn hash(&[low, high]: &[Key; 2], rows: __m512i) -> [__m512i; 2] {
    [hash_half(low, rows), hash_half(high, rows)]
}

#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn hash_half(key: Key, rows: __m512i) -> __m512i {
    let [first, second] = Key::MULTIPLIERS.map(|multiplier| _mm512_set1_epi32(multiplier as i32));
    let mut hash = _mm512_add_epi32(rows, _mm512_set1_epi32(key.origin as i32));
    hash = _mm512_mullo_epi32(_mm512_xor_si512(hash, _mm512_srli_epi32::<16>(hash)), first);
    hash = _mm512_xor_si512(hash, _mm512_set1_epi32(key.twist as i32));
    hash = _mm512_mullo_epi32(_mm512_xor_si512(hash, _mm512_srli_epi32::<15>(hash)), second);
    _mm512_xor_si512(hash, _mm512_srli_epi32::<15>(hash))
}

/// A bit for each of up to sixteen.
#[inline]
fn mask(length: usize) -> u16 {
    ((1_u32 << length) - 1) as u16
}

/// Looks up and adds the entries of up to sixteen rows.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn add(tables: &Tables, factors: &[__m512i; 3], words: [__m512i; 2], sums: &mut [i32]) {
    let mask = mask(sums.len());
    // SAFETY: the mask has a bit for each sum and keeps all others from being read.
    let mut sum = unsafe { _mm512_maskz_loadu_epi32(mask, sums.as_ptr()) };
    let &[by_4, by_8, by_12] = factors;
    let [low, high] = words;
    let quarters = [
        low,
        _mm512_srli_epi32::<16>(low),
        high,
        _mm512_srli_epi32::<16>(high),
    ];
    // Only the four lowest bits of a lane are looked at.
    for (&[a, b, c, d], word) in tables.iter().zip(quarters) {
        let a = _mm512_permutexvar_epi32(word, a);
        let b = _mm512_permutexvar_epi32(upper_half(word, by_4), b);
        let c = _mm512_permutexvar_epi32(upper_half(word, by_8), c);
        let d = _mm512_permutexvar_epi32(upper_half(word, by_12), d);
        let (ab, cd) = (_mm512_add_epi32(a, b), _mm512_add_epi32(c, d));
        sum = _mm512_add_epi32(sum, _mm512_add_epi32(ab, cd));
    }
    // SAFETY: as above, of writing.
    unsafe { _mm512_mask_storeu_epi32(sums.as_mut_ptr(), mask, sum) }
}
