//! The signed sums of the compact network: tables filled eight entries at a time, and rows that look them up.

use core::arch::asm;

use crate::signed_sums::{Columns, Key, Table, Tables, Words, look_up};

/// Rows that the loop takes at a time.
const ROWS: usize = 4;
/// Rows whose signs are hashed before they are looked up.
const HASHED_ROWS: usize = 64;

/// The twin of `sums::add_by_tables`.
#[inline(never)]
pub(in crate::connectivity) fn add_by_tables(
    words: Words<'_>,
    columns: &Columns,
    tables: &mut Tables,
    sums: &mut [i32],
) {
    for (table, columns) in tables.iter_mut().zip(columns.as_chunks().0) {
        fill(table, columns);
    }
    match words {
        Words::Stored(words) => add_rows(words, tables, sums),
        Words::Hashed {
            keys: [low, high],
            first_row,
        } => {
            let mut buffer = [0_u64; HASHED_ROWS];
            let mut row = first_row;
            for sums in sums.chunks_mut(HASHED_ROWS) {
                hash(low, high, row, &mut buffer);
                add_rows(&buffer, tables, sums);
                row = row.wrapping_add(HASHED_ROWS as u32);
            }
        }
    }
}

/// The operations of `Key::hash` for two rows, both halves of their words in turn: r0 and r1 hold the origins plus the
/// row's number times the stride.
macro_rules! hash_two_rows {
    () => {
        "eor r2, r0, r0, lsr #16
        eor r3, r1, r1, lsr #16
        add r0, r8
        add r1, r8
        mul r2, r2, r9
        mul r3, r3, r9
        eor r11, r0, r0, lsr #16
        eor r12, r1, r1, lsr #16
        add r0, r8
        add r1, r8
        mul r11, r11, r9
        mul r12, r12, r9
        eor r2, r2, r4
        eor r3, r3, r5
        eor r11, r11, r4
        eor r12, r12, r5
        eor r2, r2, r2, lsr #15
        eor r3, r3, r3, lsr #15
        eor r11, r11, r11, lsr #15
        eor r12, r12, r12, lsr #15
        mul r2, r2, r10
        mul r3, r3, r10
        mul r11, r11, r10
        mul r12, r12, r10
        eor r2, r2, r2, lsr #15
        eor r3, r3, r3, lsr #15
        eor r11, r11, r11, lsr #15
        eor r12, r12, r12, lsr #15
        stmia lr!, {{r2, r3, r11, r12}}
        "
    };
}

/// The words of the rows from one on.
fn hash(low: Key, high: Key, row: u32, words: &mut [u64; HASHED_ROWS]) {
    let first = row.wrapping_mul(Key::STRIDE);
    let [multiplier, last_multiplier] = Key::MULTIPLIERS;
    let end = words.as_mut_ptr_range().end;
    // SAFETY: each turn stores eight words, of a number that is a multiple of eight.
    unsafe {
        asm!(
            "vmov s0, r12",
            "2:",
            hash_two_rows!(),
            hash_two_rows!(),
            hash_two_rows!(),
            hash_two_rows!(),
            "vmov r2, s0",
            "cmp lr, r2",
            "bne.w 2b",
            inout("r0") low.origin.wrapping_add(first) => _,
            inout("r1") high.origin.wrapping_add(first) => _,
            out("r2") _,
            out("r3") _,
            in("r4") low.twist,
            in("r5") high.twist,
            in("r8") Key::STRIDE,
            in("r9") multiplier,
            in("r10") last_multiplier,
            out("r11") _,
            inout("r12") end => _,
            inout("lr") words.as_mut_ptr() => _,
            out("s0") _,
            options(nostack),
        );
    }
}

/// Eight entries follow: those of the 3 lowest columns; from one such row of entries to the next, the same step is
/// added to all.
macro_rules! add_step {
    ($step:literal) => {
        concat!(
            "add r0, ",
            $step,
            "\n",
            "add r1, ",
            $step,
            "\n",
            "add r2, ",
            $step,
            "\n",
            "add r3, ",
            $step,
            "\n",
            "add r4, ",
            $step,
            "\n",
            "add r5, ",
            $step,
            "\n",
            "add r8, ",
            $step,
            "\n",
            "add r9, ",
            $step,
            "\n",
            "stmia lr!, {{r0-r5, r8, r9}}\n",
        )
    };
}

/// Seven steps between eight rows of entries: of the columns 3, 4 and 5.
macro_rules! add_seven_steps {
    () => {
        concat!(
            add_step!("r10"),
            add_step!("r11"),
            add_step!("r10"),
            "vmov r12, s0\n",
            add_step!("r12"),
            add_step!("r10"),
            add_step!("r11"),
            add_step!("r10"),
        )
    };
}

/// The table of 8 columns in the order of its entries. From one row of eight entries to the next, the lowest column
/// of the upper five that counts negative turns positive, and those below it turn back.
#[inline]
fn fill(table: &mut Table, &[a, b, c, upper @ ..]: &[i32; 8]) {
    let rest = upper.iter().fold(0_i32, |sum, &column| sum.wrapping_sub(column));
    let below = rest.wrapping_sub(a).wrapping_sub(b).wrapping_sub(c);
    let (a, b, c) = (2 * a, 2 * b, 2 * c);
    let first = [below, below + a, below + b, below + a + b];
    let mut lower = 0_i32;
    let steps = upper.map(|column| {
        let step = 2 * column.wrapping_sub(lower);
        lower = lower.wrapping_add(column);
        step
    });
    let [step_3, step_4, upper_steps @ ..] = steps;
    let [e0, e1, e2, e3] = first;
    // SAFETY: 32 stores of eight entries each fill the table of 256.
    unsafe {
        asm!(
            "vldmia r12, {{s0-s2}}",
            "stmia lr!, {{r0-r5, r8, r9}}",
            add_seven_steps!(),
            "vmov r12, s1",
            add_step!("r12"),
            add_seven_steps!(),
            "vmov r12, s2",
            add_step!("r12"),
            add_seven_steps!(),
            "vmov r12, s1",
            add_step!("r12"),
            add_seven_steps!(),
            inout("r0") e0 => _,
            inout("r1") e1 => _,
            inout("r2") e2 => _,
            inout("r3") e3 => _,
            inout("r4") e0 + c => _,
            inout("r5") e1 + c => _,
            inout("r8") e2 + c => _,
            inout("r9") e3 + c => _,
            in("r10") step_3,
            in("r11") step_4,
            inout("r12") upper_steps.as_ptr() => _,
            inout("lr") table.as_mut_ptr() => _,
            out("s0") _,
            out("s1") _,
            out("s2") _,
            options(nostack),
        );
    }
}

/// Adds the entries of a row: r0 and r1 are at its word and its sum, r4 to r11 at the tables.
macro_rules! add_row {
    () => {
        "ldrd r2, r3, [r0], #8
        ldr r12, [r1]
        uxtb lr, r2
        ldr lr, [r4, lr, lsl #2]
        add r12, lr
        ubfx lr, r2, #8, #8
        ldr lr, [r5, lr, lsl #2]
        add r12, lr
        ubfx lr, r2, #16, #8
        ldr lr, [r6, lr, lsl #2]
        add r12, lr
        lsr lr, r2, #24
        ldr lr, [r7, lr, lsl #2]
        add r12, lr
        uxtb lr, r3
        ldr lr, [r8, lr, lsl #2]
        add r12, lr
        ubfx lr, r3, #8, #8
        ldr lr, [r9, lr, lsl #2]
        add r12, lr
        ubfx lr, r3, #16, #8
        ldr lr, [r10, lr, lsl #2]
        add r12, lr
        lsr lr, r3, #24
        ldr lr, [r11, lr, lsl #2]
        add r12, lr
        str r12, [r1], #4
        "
    };
}

/// Adds to each sum the entries that its word selects.
fn add_rows(words: &[u64], tables: &Tables, sums: &mut [i32]) {
    let (blocks, tail) = sums.as_chunks_mut::<ROWS>();
    let (words, last_words) = words.as_chunks::<ROWS>();
    let count = blocks.len().min(words.len());
    if count > 0 {
        // SAFETY: `count` blocks of four words and of four sums are there; a byte selects one of the 256 entries of
        // each of the eight tables, which follow one another. r6 and r7, which the compiler keeps to itself, are put
        // back.
        unsafe {
            asm!(
                "vmov s0, s1, r6, r7",
                "vmov s2, r2",
                "add r5, r4, #1024",
                "add r6, r4, #2048",
                "add r7, r5, #2048",
                "add r8, r6, #2048",
                "add r9, r7, #2048",
                "add r10, r8, #2048",
                "add r11, r9, #2048",
                "2:",
                add_row!(),
                add_row!(),
                add_row!(),
                add_row!(),
                "vmov lr, s2",
                "subs lr, #1",
                "vmov s2, lr",
                "bne.w 2b",
                "vmov r6, r7, s0, s1",
                inout("r0") words.as_ptr() => _,
                inout("r1") blocks.as_mut_ptr() => _,
                inout("r2") count => _, out("r3") _,
                inout("r4") tables.as_ptr() => _,
                out("r5") _, out("r8") _, out("r9") _, out("r10") _, out("r11") _, out("r12") _, out("lr") _,
                out("s0") _, out("s1") _,
                out("s2") _,
                options(nostack),
            );
        }
    }
    // Where the words are a buffer of hashed ones, the last of them follow the last whole block.
    let rest = words.get(count).map_or(last_words, |block| block.as_slice());
    for (sum, &word) in tail.iter_mut().zip(rest) {
        *sum = sum.wrapping_add(look_up(tables, word));
    }
}
