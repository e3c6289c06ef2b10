//! Sixteen rows and four columns at a time.
//!
//! A look-up of NEON finds one of 16 bytes, so a table of the 16 signed sums of four columns is three tables of bytes. What they
//! give adds up apart, in 16 bits, and is put together at the end.

use core::arch::aarch64::{
    uint8x16_t, uint16x8_t, uint32x4_t, vaddq_s32, vaddq_u32, vaddw_high_u8, vaddw_u8, vandq_u8, vdupq_n_s32,
    vdupq_n_u8, vdupq_n_u16, vdupq_n_u32, veorq_u32, vget_low_u8, vget_low_u16, vld1q_s32, vld1q_u32,
    vld4q_u8, vmovl_high_u16, vmovl_u16, vmulq_u32, vqtbl1q_u8, vreinterpretq_s32_u32, vshll_high_n_u16,
    vshll_n_u16, vshlq_n_u32, vshrq_n_u8, vshrq_n_u32, vst1q_s32, vst1q_u32, vuzp1q_u8, vuzp2q_u8,
};

use crate::signed_sums::{Columns, Key, Words};

const ROWS: usize = 16;
/// Columns of a table.
const GROUP: usize = 4;
/// Tables of a pass: the lower three bytes of each of 16 sums.
type Tables = [[uint8x16_t; 3]; 64 / GROUP];
/// Makes every entry positive: four columns of at most 2^20 add up to 2^22.
const OFFSET: i32 = 1 << 22;
/// What the entries of a row have too much.
const OFFSETS: i32 = OFFSET * (64 / GROUP as i32);

#[target_feature(enable = "neon")]
pub(super) fn add_columns(words: Words<'_>, columns: &Columns, sums: &mut [i32]) {
    let tables = tables(columns);
    let (blocks, tail) = sums.as_chunks_mut::<ROWS>();
    match words {
        Words::Stored(words) => {
            let (words, last_words) = words.as_chunks::<ROWS>();
            for (sums, words) in blocks.iter_mut().zip(words) {
                add(&tables, bytes_of_words(words), sums);
            }
            let mut padded = [0; ROWS];
            for (padded, &word) in padded.iter_mut().zip(last_words) {
                *padded = word;
            }
            add_to_tail(&tables, bytes_of_words(&padded), tail);
        }
        Words::Hashed { keys, first_row } => {
            let mut row = first_row;
            for sums in blocks {
                add(&tables, bytes_of_hashes(&keys, row), sums);
                row = row.wrapping_add(ROWS as u32);
            }
            add_to_tail(&tables, bytes_of_hashes(&keys, row), tail);
        }
    }
}

/// The signed sums of each group of columns: an entry for each way to set their signs.
#[target_feature(enable = "neon")]
#[inline]
fn tables(columns: &Columns) -> Tables {
    let mut tables = [[vdupq_n_u8(0); 3]; 64 / GROUP];
    for (table, columns) in tables.iter_mut().zip(columns.as_chunks::<GROUP>().0) {
        let mut entries = [OFFSET; ROWS];
        for (place, entry) in entries.iter_mut().enumerate() {
            for (bit, &column) in columns.iter().enumerate() {
                *entry += if place >> bit & 1 == 1 { column } else { -column };
            }
        }
        // SAFETY: sixteen values of four bytes lie there.
        let bytes = unsafe { vld4q_u8(entries.as_ptr().cast()) };
        *table = [bytes.0, bytes.1, bytes.2];
    }
    tables
}

/// The bytes of sixteen words, the first of each in the first.
#[target_feature(enable = "neon")]
#[inline]
fn bytes_of_words(words: &[u64; ROWS]) -> [uint8x16_t; 8] {
    let start = words.as_ptr().cast::<u8>();
    // SAFETY: eight of sixteen words, of eight bytes, lie behind each of the two places.
    let (first, second) = unsafe { (vld4q_u8(start), vld4q_u8(start.add(64))) };
    // Each register has bytes b and b + 4 of eight words by turns.
    [
        vuzp1q_u8(first.0, second.0),
        vuzp1q_u8(first.1, second.1),
        vuzp1q_u8(first.2, second.2),
        vuzp1q_u8(first.3, second.3),
        vuzp2q_u8(first.0, second.0),
        vuzp2q_u8(first.1, second.1),
        vuzp2q_u8(first.2, second.2),
        vuzp2q_u8(first.3, second.3),
    ]
}

/// The bytes of [`Key::hash`] of sixteen rows, with both keys of a pass.
#[target_feature(enable = "neon")]
#[inline]
fn bytes_of_hashes(&[low, high]: &[Key; 2], first_row: u32) -> [uint8x16_t; 8] {
    let (low, high) = (hash(low, first_row), hash(high, first_row));
    let (start, other) = (low.as_ptr().cast(), high.as_ptr().cast());
    // SAFETY: sixteen values of four bytes lie behind each of the two places.
    let (low, high) = unsafe { (vld4q_u8(start), vld4q_u8(other)) };
    [low.0, low.1, low.2, low.3, high.0, high.1, high.2, high.3]
}

#[target_feature(enable = "neon")]
#[inline]
fn hash(key: Key, first_row: u32) -> [u32; ROWS] {
    const PLACES: [u32; 4] = [0, 1, 2, 3];
    let [first, second] = Key::MULTIPLIERS.map(|multiplier| vdupq_n_u32(multiplier));
    let stride = vdupq_n_u32(Key::STRIDE);
    let mut hashes = [0; ROWS];
    for (hashes, block) in hashes.as_chunks_mut::<4>().0.iter_mut().zip((0..).step_by(4)) {
        // SAFETY: four values lie there.
        let places = unsafe { vld1q_u32(PLACES.as_ptr()) };
        let rows = vaddq_u32(vdupq_n_u32(first_row.wrapping_add(block)), places);
        let mut hash = vaddq_u32(vdupq_n_u32(key.origin), vmulq_u32(rows, stride));
        hash = vmulq_u32(veorq_u32(hash, vshrq_n_u32::<16>(hash)), first);
        hash = veorq_u32(hash, vdupq_n_u32(key.twist));
        hash = vmulq_u32(veorq_u32(hash, vshrq_n_u32::<15>(hash)), second);
        hash = veorq_u32(hash, vshrq_n_u32::<15>(hash));
        // SAFETY: there is room for four values.
        unsafe { vst1q_u32(hashes.as_mut_ptr(), hash) }
    }
    hashes
}

/// Looks up and adds the entries of sixteen rows.
#[target_feature(enable = "neon")]
#[inline]
fn add(tables: &Tables, bytes: [uint8x16_t; 8], sums: &mut [i32; ROWS]) {
    // Of each byte of the entries, the sums of the first eight rows and of the others; 16 times 255 at most.
    let mut totals = [[vdupq_n_u16(0); 2]; 3];
    for ([low, high], bytes) in tables.as_chunks::<2>().0.iter().zip(bytes) {
        add_group(low, vandq_u8(bytes, vdupq_n_u8(15)), &mut totals);
        add_group(high, vshrq_n_u8::<4>(bytes), &mut totals);
    }
    let [[a0, a1], [b0, b1], [c0, c1]] = totals;
    let (first, second) = sums.split_at_mut(8);
    add_totals([a0, b0, c0], first);
    add_totals([a1, b1, c1], second);
}

#[target_feature(enable = "neon")]
#[inline]
fn add_group(table: &[uint8x16_t; 3], places: uint8x16_t, totals: &mut [[uint16x8_t; 2]; 3]) {
    for (&table, [first, second]) in table.iter().zip(totals) {
        let found = vqtbl1q_u8(table, places);
        *first = vaddw_u8(*first, vget_low_u8(found));
        *second = vaddw_high_u8(*second, found);
    }
}

/// Puts the bytes of eight sums together.
#[target_feature(enable = "neon")]
#[inline]
fn add_totals([low, middle, high]: [uint16x8_t; 3], sums: &mut [i32]) {
    let first = whole(
        vmovl_u16(vget_low_u16(low)),
        vshll_n_u16::<8>(vget_low_u16(middle)),
        vmovl_u16(vget_low_u16(high)),
    );
    let second = whole(
        vmovl_high_u16(low),
        vshll_high_n_u16::<8>(middle),
        vmovl_high_u16(high),
    );
    for (sums, total) in sums.as_chunks_mut::<4>().0.iter_mut().zip([first, second]) {
        let total = vaddq_s32(vreinterpretq_s32_u32(total), vdupq_n_s32(-OFFSETS));
        // SAFETY: four sums lie there.
        unsafe { vst1q_s32(sums.as_mut_ptr(), vaddq_s32(vld1q_s32(sums.as_ptr()), total)) }
    }
}

#[target_feature(enable = "neon")]
#[inline]
fn whole(low: uint32x4_t, middle: uint32x4_t, high: uint32x4_t) -> uint32x4_t {
    vaddq_u32(vaddq_u32(low, middle), vshlq_n_u32::<16>(high))
}

#[target_feature(enable = "neon")]
#[inline]
fn add_to_tail(tables: &Tables, bytes: [uint8x16_t; 8], tail: &mut [i32]) {
    let mut sums = [0; ROWS];
    add(tables, bytes, &mut sums);
    for (sum, added) in tail.iter_mut().zip(sums) {
        *sum = sum.wrapping_add(added);
    }
}
