//! Reads Thumb-2 opcodes as far as the cycle table needs: what an instruction costs on a Cortex-M4, and which
//! floating-point registers it reads and computes.
//!
//! Encodings: Armv7-M Architecture Reference Manual, A5 and A6. Costs: Cortex-M4 Technical Reference Manual,
//! tables 3-1 and 7-1, zero wait states; where those give a range, the upper end. An opcode that this file does
//! not know is an error, never a guess.

use anyhow::{Result, bail};

/// What a taken branch costs on top: the pipeline is filled anew, 1 to 3 cycles.
pub const REFILL: u64 = 2;

/// An instruction, as the cycle table sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Instruction {
    /// Cycles when its operands are there and it does not branch.
    pub cycles: u64,
    /// Floating-point registers read, bit 0 for s0.
    pub reads: u32,
    /// Floating-point registers computed: one cycle more if the next instruction reads one of them.
    pub computes: u32,
    /// Whether it multiplies floating-point numbers: the count is known beforehand, which checks the counter.
    pub multiplies: bool,
}

impl Instruction {
    fn cost(cycles: u64) -> Self {
        Self {
            cycles,
            ..Self::default()
        }
    }
}

/// Reads one opcode; a wide one has its first halfword in front.
pub fn decode(opcode: u32) -> Result<Instruction> {
    let known = match (opcode >> 16, opcode & 0xffff) {
        (0, short) => narrow(short),
        (first, second) if first >> 8 & 0xec == 0xec => float(first, second),
        (first, second) => wide(first, second).map(Instruction::cost),
    };
    match known {
        Some(instruction) => Ok(instruction),
        None => bail!("the cycle table does not know the instruction {opcode:#010x}"),
    }
}

/// Instructions of one halfword.
fn narrow(opcode: u32) -> Option<Instruction> {
    let listed = u64::from((opcode & 0xff).count_ones());
    let cycles = match opcode >> 8 {
        // shift, add, subtract, move, compare; data processing; high registers, BX, BLX
        0x00..=0x47 => 1,
        // loads and stores of one register
        0x48..=0x9f => 2,
        // ADR, ADD to SP, SP by an immediate; CBZ, CBNZ, extend, reverse
        0xa0..=0xb3 | 0xb9..=0xbb => 1,
        // PUSH, with LR; POP, with PC
        0xb4 | 0xbc => 1 + listed,
        0xb5 | 0xbd => 2 + listed,
        // IT and hints
        0xbf => 1,
        // STM, LDM
        0xc0..=0xcf => 1 + listed,
        // conditional branch; 0xde is undefined and 0xdf calls the supervisor
        0xd0..=0xdd => 1,
        // branch
        0xe0..=0xe7 => 1,
        _ => return None,
    };
    Some(Instruction::cost(cycles))
}

/// Instructions of two halfwords without floating point.
fn wide(first: u32, second: u32) -> Option<u64> {
    let operation = first >> 4 & 0x7f;
    match first >> 11 {
        0b11101 => match operation {
            // LDM, STM, PUSH, POP
            _ if operation & 0x64 == 0 => Some(1 + u64::from(second.count_ones())),
            // TBB, TBH: the branch itself is counted as taken
            0x0d if second & 0xffe0 == 0xf000 => Some(2),
            // LDRD, STRD: with write-back or with an offset
            _ if operation & 0x64 == 0x04 && operation & 0x12 != 0 => Some(3),
            // data processing, shifted register
            _ if operation & 0x60 == 0x20 => Some(1),
            _ => None,
        },
        0b11110 if second & 0x8000 == 0 => Some(1),
        0b11110 => match (second >> 12 & 0b101, operation) {
            // B and BL
            (0b001 | 0b101, _) => Some(1),
            // conditional B
            (0, _) if operation & 0x38 != 0x38 => Some(1),
            // hints
            (0, 0x3a) => Some(1),
            // MSR, MRS
            (0, 0x38 | 0x39 | 0x3e | 0x3f) => Some(2),
            _ => None,
        },
        0b11111 => match operation {
            // stores and loads of one register
            _ if operation & 0x71 == 0x00 => Some(2),
            0x01 | 0x03 | 0x05 | 0x09 | 0x0b | 0x0d | 0x11 | 0x13 | 0x19 | 0x1b => Some(2),
            // data processing by register; MUL, MLA; SMULL, UMULL, SMLAL, UMLAL
            0x20..=0x37 | 0x38 | 0x3a | 0x3c | 0x3e => Some(1),
            // SDIV, UDIV
            0x39 | 0x3b => Some(7),
            _ => None,
        },
        _ => None,
    }
}

/// Floating-point instructions, single precision.
fn float(first: u32, second: u32) -> Option<Instruction> {
    if second >> 8 & 0xe != 0xa {
        return None;
    }
    let is_double = second >> 8 & 1 == 1;
    match (first >> 8 & 0xf, second >> 4 & 1) {
        (0xc | 0xd, _) => Some(float_memory(first, second, is_double)),
        _ if is_double => None,
        (0xe, 0) => float_arithmetic(first, second),
        // moves between a core register and a floating-point one or FPSCR
        (0xe, 1) => {
            let reads_register = first & 0xf0 == 0x10;
            Some(Instruction {
                cycles: 1,
                reads: if reads_register {
                    register_n(first, second)
                } else {
                    0
                },
                ..Instruction::default()
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
        // two core registers and two floating-point ones
        return Instruction {
            cycles: 2,
            reads: if is_store { 0 } else { u32::MAX },
            ..Instruction::default()
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
        cycles: 1 + u64::from(words),
        reads: if is_store { registers } else { 0 },
        ..Instruction::default()
    }
}

/// Data processing: the table of A6.4.
fn float_arithmetic(first: u32, second: u32) -> Option<Instruction> {
    let destination = 1 << (second >> 11 & 0x1e | first >> 6 & 1);
    let (n, m) = (
        register_n(first, second),
        1 << (second << 1 & 0x1e | second >> 5 & 1),
    );
    let (cycles, reads, computes) = match first >> 4 & 0xb {
        // multiply-add, chained or fused, in all its signs
        0x0 | 0x1 | 0x9 | 0xa => (3, destination | n | m, destination),
        // VMUL, VNMUL; VADD, VSUB
        0x2 | 0x3 => (1, n | m, destination),
        0x8 => (14, n | m, destination),
        // VMOV of an immediate
        0xb if second & 0x40 == 0 => (1, 0, 0),
        0xb => match (first & 0xf, second >> 7 & 1) {
            // VMOV; VABS; VNEG; VSQRT
            (0x0, 0) => (1, m, 0),
            (0x0, _) | (0x1, 0) => (1, m, destination),
            (0x1, _) => (14, m, destination),
            // VCMP with a register, with zero
            (0x4, _) => (1, destination | m, 0),
            (0x5, _) => (1, destination, 0),
            // VCVT from and to integers
            (0x8 | 0xc | 0xd, _) => (1, m, destination),
            _ => return None,
        },
        _ => return None,
    };
    Some(Instruction {
        cycles,
        reads,
        computes,
        multiplies: first >> 4 & 0xb == 0x2,
    })
}

/// The register that the fields Vn and N name, as a bit.
fn register_n(first: u32, second: u32) -> u32 {
    1 << (first << 1 & 0x1e | second >> 7 & 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Instruction, opcode as an assembler gives it, cycles, registers read and computed.
    const CASES: [(&str, u32, u64, u32, u32); 24] = [
        ("adds r0, r1, r2", 0x1888, 1, 0, 0),
        ("ldr r0, [r1]", 0x6808, 2, 0, 0),
        ("push {r4, r5, lr}", 0xb530, 4, 0, 0),
        ("pop {r4, pc}", 0xbd10, 3, 0, 0),
        ("ldmia r0!, {r1, r2}", 0xc806, 3, 0, 0),
        ("bne", 0xd1fc, 1, 0, 0),
        ("it ne", 0xbf18, 1, 0, 0),
        ("ldrd r0, r1, [r2, #8]", 0xe9d2_0102, 3, 0, 0),
        ("stmdb sp!, {r4-r11, lr}", 0xe92d_4ff0, 10, 0, 0),
        ("add.w r0, r1, r2, lsl #2", 0xeb01_0082, 1, 0, 0),
        ("udiv r0, r1, r2", 0xfbb1_f0f2, 7, 0, 0),
        ("ldr.w r0, [r1, r2, lsl #2]", 0xf851_0022, 2, 0, 0),
        ("bl", 0xf000_f800, 1, 0, 0),
        ("vadd.f32 s31, s1, s2", 0xee70_fa81, 1, 0b110, 1 << 31),
        ("vmul.f32 s0, s1, s2", 0xee20_0a81, 1, 0b110, 1),
        ("vfma.f32 s0, s1, s2", 0xeea0_0a81, 3, 0b111, 1),
        ("vdiv.f32 s0, s1, s2", 0xee80_0a81, 14, 0b110, 1),
        ("vsqrt.f32 s0, s1", 0xeeb1_0ae0, 14, 0b10, 1),
        ("vcvt.u32.f32 s0, s1", 0xeebc_0ae0, 1, 0b10, 1),
        ("vmrs APSR_nzcv, fpscr", 0xeef1_fa10, 1, 0, 0),
        ("vldr s0, [r0, #4]", 0xed90_0a01, 2, 0, 0),
        ("vldmia r0!, {s0-s7}", 0xecb0_0a08, 9, 0, 0),
        ("vstmia r0!, {s4-s7}", 0xeca0_2a04, 5, 0xf0, 0),
        ("vpush {d8, d9}", 0xed2d_8b04, 5, 0x000f_0000, 0),
    ];

    #[test]
    fn each_instruction_has_its_cost_and_its_registers() {
        for (text, opcode, cycles, reads, computes) in CASES {
            let found = decode(opcode).unwrap();
            assert_eq!(
                (found.cycles, found.reads, found.computes),
                (cycles, reads, computes),
                "{text}"
            );
        }
    }

    #[test]
    fn an_unknown_instruction_is_named() {
        for opcode in [0xde00, 0xdf00, 0xbe00, 0xf7f0_a000, 0xee30_0b01] {
            let message = decode(opcode).unwrap_err().to_string();
            assert!(message.contains(&format!("{opcode:#010x}")), "{message}");
        }
    }
}
