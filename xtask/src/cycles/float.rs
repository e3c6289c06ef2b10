//! Floating-point instructions of Thumb-2: Armv7-M Architecture Reference Manual, A6.

use super::instruction::{Instruction, Operation};

/// Floating-point instructions, single precision.
pub fn float(first: u32, second: u32) -> Option<Instruction> {
    if second >> 8 & 0xe != 0xa {
        return None;
    }
    let is_double = second >> 8 & 1 == 1;
    match (first >> 8 & 0xf, second >> 4 & 1) {
        (0xc | 0xd, _) => Some(float_memory(first, second, is_double)),
        _ if is_double => None,
        // VSEL, VMAXNM, VMINNM, VRINT, VCVT with a rounding mode: Armv8-M and the Cortex-M7
        (0xe, 0) if first >> 12 == 0xf => Some(Instruction {
            operation: Operation::Float,
            reads: register_n(first, second) | register_m(second),
            computes: register_d(first, second),
        }),
        (0xe, 0) => float_arithmetic(first, second),
        // moves between a core register and a floating-point one or FPSCR
        (0xe, 1) => {
            let reads_register = first & 0xf0 == 0x10;
            Some(Instruction {
                operation: Operation::Float,
                reads: if reads_register {
                    register_n(first, second)
                } else {
                    0
                },
                computes: 0,
            })
        }
        _ => None,
    }
}

/// Loads, stores, and moves of two registers at once.
fn float_memory(first: u32, second: u32, is_double: bool) -> Instruction {
    let is_store = first & 0x10 == 0;
    let words = second & 0xff;
    let start = if is_double {
        (second >> 12 & 0xf | first >> 2 & 0x10) * 2
    } else {
        second >> 11 & 0x1e | first >> 6 & 1
    };
    if first & 0xfe0 == 0xc40 {
        return Instruction {
            operation: Operation::FloatPair,
            // two neighbours to the core, or from it
            reads: if is_store {
                0
            } else {
                register_m(second) | register_m(second) << 1
            },
            computes: 0,
        };
    }
    let is_single_transfer = first & 0x120 == 0x100;
    let words = match (is_single_transfer, is_double) {
        (true, false) => 1,
        (true, true) => 2,
        (false, _) => words,
    };
    let registers = (((1_u64 << words.min(32)) - 1) << start) as u32;
    Instruction {
        operation: Operation::Memory(words),
        reads: if is_store { registers } else { 0 },
        computes: 0,
    }
}

/// Data processing: the table of A6.4.
fn float_arithmetic(first: u32, second: u32) -> Option<Instruction> {
    let destination = register_d(first, second);
    let (n, m) = (register_n(first, second), register_m(second));
    let (operation, reads, computes) = match first >> 4 & 0xb {
        // multiply-add, chained or fused, in all its signs
        0x0 | 0x1 | 0x9 | 0xa => (Operation::FloatMultiplyAdd, destination | n | m, destination),
        // VMUL, VNMUL; VADD, VSUB
        0x2 => (Operation::FloatMultiply, n | m, destination),
        0x3 => (Operation::Float, n | m, destination),
        0x8 => (Operation::FloatDivide, n | m, destination),
        // VMOV of an immediate
        0xb if second & 0x40 == 0 => (Operation::Float, 0, 0),
        0xb => match (first & 0xf, second >> 7 & 1) {
            // VMOV; VABS; VNEG; VSQRT
            (0x0, 0) => (Operation::Float, m, 0),
            (0x0, _) | (0x1, 0) => (Operation::Float, m, destination),
            (0x1, _) => (Operation::FloatDivide, m, destination),
            // VCMP with a register, with zero
            (0x4, _) => (Operation::Float, destination | m, 0),
            (0x5, _) => (Operation::Float, destination, 0),
            // VCVT from and to integers
            (0x8 | 0xc | 0xd, _) => (Operation::Float, m, destination),
            // VCVT from and to fixed point, in place
            (0xa | 0xb | 0xe | 0xf, _) => (Operation::Float, destination, destination),
            _ => return None,
        },
        _ => return None,
    };
    Some(Instruction {
        operation,
        reads,
        computes,
    })
}

/// The register that the fields Vd and D name, as a bit.
fn register_d(first: u32, second: u32) -> u32 {
    1 << (second >> 11 & 0x1e | first >> 6 & 1)
}

/// The register that the fields Vn and N name, as a bit.
fn register_n(first: u32, second: u32) -> u32 {
    1 << (first << 1 & 0x1e | second >> 7 & 1)
}

/// The register that the fields Vm and M name, as a bit.
fn register_m(second: u32) -> u32 {
    1 << (second << 1 & 0x1e | second >> 5 & 1)
}
