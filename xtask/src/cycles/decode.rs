//! Reads Thumb-2 opcodes as far as the cycle tables need: what kind of operation an instruction is, and which
//! floating-point registers it reads and computes.
//!
//! Encodings: Armv7-M Architecture Reference Manual, A5 and A6. An opcode that this file does not know is an error,
//! never a guess.

use anyhow::{Result, bail};

use super::float::float;
use super::instruction::{Instruction, Operation};

/// Reads one opcode; a wide one has its first halfword in front.
pub fn decode(opcode: u32) -> Result<Instruction> {
    let known = match (opcode >> 16, opcode & 0xffff) {
        (0, short) => narrow(short),
        (first, second) if first >> 8 & 0xec == 0xec => float(first, second),
        (first, second) => wide(first, second).map(Instruction::from),
    };
    match known {
        Some(instruction) => Ok(instruction),
        None => bail!("the cycle tables do not know the instruction {opcode:#010x}"),
    }
}

/// Instructions of one halfword.
fn narrow(opcode: u32) -> Option<Instruction> {
    let listed = (opcode & 0xff).count_ones();
    let operation = match opcode >> 8 {
        0x43 if opcode & 0xc0 == 0x40 => Operation::Multiply,
        // MOV to PC; BX, BLX
        0x46 if opcode & 0x87 == 0x87 => Operation::Branch,
        0x47 => Operation::Branch,
        // shift, add, subtract, move, compare; data processing; high registers
        0x00..=0x46 => Operation::Simple,
        // loads and stores of one register
        0x48..=0x9f => Operation::Memory(1),
        // ADR, ADD to SP, SP by an immediate; extend, reverse
        0xa0..=0xb0 | 0xb2 | 0xba => Operation::Simple,
        // CBZ, CBNZ
        0xb1 | 0xb3 | 0xb9 | 0xbb => Operation::Branch,
        // PUSH, with LR; POP, with PC
        0xb4 | 0xbc => Operation::Memory(listed),
        0xb5 | 0xbd => Operation::Memory(listed + 1),
        // IT and hints
        0xbf => Operation::Simple,
        // STM, LDM
        0xc0..=0xcf => Operation::Memory(listed),
        // conditional branch; 0xde is undefined and 0xdf calls the supervisor
        0xd0..=0xdd => Operation::Branch,
        0xe0..=0xe7 => Operation::Branch,
        _ => return None,
    };
    Some(operation.into())
}

/// Instructions of two halfwords without floating point.
fn wide(first: u32, second: u32) -> Option<Operation> {
    let operation = first >> 4 & 0x7f;
    Some(match first >> 11 {
        0b11101 => match operation {
            // LDM, STM, PUSH, POP
            _ if operation & 0x64 == 0 => Operation::Memory(second.count_ones()),
            0x0d if second & 0xffe0 == 0xf000 => Operation::TableBranch,
            // LDRD, STRD: with write-back or with an offset
            _ if operation & 0x64 == 0x04 && operation & 0x12 != 0 => Operation::Memory(2),
            // data processing, shifted register
            _ if operation & 0x60 == 0x20 => Operation::Simple,
            _ => return None,
        },
        0b11110 if second & 0x8000 == 0 => Operation::Simple,
        0b11110 => match (second >> 12 & 0b101, operation) {
            (0b101, _) => Operation::Call,
            (0b001, _) => Operation::Branch,
            // conditional B
            (0, _) if operation & 0x38 != 0x38 => Operation::Branch,
            // hints
            (0, 0x3a) => Operation::Simple,
            // MSR, MRS
            (0, 0x38 | 0x39 | 0x3e | 0x3f) => Operation::Special,
            _ => return None,
        },
        0b11111 => match operation {
            // stores and loads of one register
            _ if operation & 0x71 == 0x00 => Operation::Memory(1),
            0x01 | 0x03 | 0x05 | 0x09 | 0x0b | 0x0d | 0x11 | 0x13 | 0x19 | 0x1b => Operation::Memory(1),
            // MUL; MLA, MLS
            0x30 if second & 0xf0f0 == 0xf000 => Operation::Multiply,
            0x30 => Operation::MultiplyAccumulate,
            // data processing by register; products of halfwords
            0x20..=0x37 => Operation::Simple,
            // SMULL, UMULL; SMLAL, UMLAL
            0x38 | 0x3a => Operation::LongMultiply,
            0x3c | 0x3e => Operation::LongMultiplyAccumulate,
            // SDIV, UDIV
            0x39 | 0x3b => Operation::Divide,
            _ => return None,
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::Operation::*;
    use super::*;

    /// Instruction, opcode as an assembler gives it, operation, registers read and computed.
    const CASES: [(&str, u32, Operation, u32, u32); 32] = [
        ("adds r0, r1, r2", 0x1888, Simple, 0, 0),
        ("muls r0, r1", 0x4348, Multiply, 0, 0),
        ("bx lr", 0x4770, Branch, 0, 0),
        ("ldr r0, [r1]", 0x6808, Memory(1), 0, 0),
        ("push {r4, r5, lr}", 0xb530, Memory(3), 0, 0),
        ("pop {r4, pc}", 0xbd10, Memory(2), 0, 0),
        ("ldmia r0!, {r1, r2}", 0xc806, Memory(2), 0, 0),
        ("bne", 0xd1fc, Branch, 0, 0),
        ("it ne", 0xbf18, Simple, 0, 0),
        ("ldrd r0, r1, [r2, #8]", 0xe9d2_0102, Memory(2), 0, 0),
        ("stmdb sp!, {r4-r11, lr}", 0xe92d_4ff0, Memory(9), 0, 0),
        ("add.w r0, r1, r2, lsl #2", 0xeb01_0082, Simple, 0, 0),
        ("mul r0, r1, r2", 0xfb01_f002, Multiply, 0, 0),
        ("mls r0, r1, r2, r3", 0xfb01_3012, MultiplyAccumulate, 0, 0),
        ("umull r0, r1, r2, r3", 0xfba2_0103, LongMultiply, 0, 0),
        ("umlal r0, r1, r2, r3", 0xfbe2_0103, LongMultiplyAccumulate, 0, 0),
        ("udiv r0, r1, r2", 0xfbb1_f0f2, Divide, 0, 0),
        ("ldr.w r0, [r1, r2, lsl #2]", 0xf851_0022, Memory(1), 0, 0),
        ("bl", 0xf000_f800, Call, 0, 0),
        ("vadd.f32 s31, s1, s2", 0xee70_fa81, Float, 0b110, 1 << 31),
        ("vmul.f32 s0, s1, s2", 0xee20_0a81, FloatMultiply, 0b110, 1),
        ("vfma.f32 s0, s1, s2", 0xeea0_0a81, FloatMultiplyAdd, 0b111, 1),
        ("vdiv.f32 s0, s1, s2", 0xee80_0a81, FloatDivide, 0b110, 1),
        ("vsqrt.f32 s0, s1", 0xeeb1_0ae0, FloatDivide, 0b10, 1),
        ("vcvt.u32.f32 s0, s1", 0xeebc_0ae0, Float, 0b10, 1),
        ("vcvt.u32.f32 s0, s0, #4", 0xeebf_0ace, Float, 1, 1),
        ("vmrs APSR_nzcv, fpscr", 0xeef1_fa10, Float, 0, 0),
        ("vmov r4, r5, s8, s9", 0xec55_4a14, FloatPair, 0b11 << 8, 0),
        ("vldr s0, [r0, #4]", 0xed90_0a01, Memory(1), 0, 0),
        ("vldmia r0!, {s0-s7}", 0xecb0_0a08, Memory(8), 0, 0),
        ("vstmia r0!, {s4-s7}", 0xeca0_2a04, Memory(4), 0xf0, 0),
        ("vpush {d8, d9}", 0xed2d_8b04, Memory(4), 0x000f_0000, 0),
    ];

    #[test]
    fn each_instruction_has_its_operation_and_its_registers() {
        for (text, opcode, operation, reads, computes) in CASES {
            let found = decode(opcode).unwrap();
            assert_eq!(
                (found.operation, found.reads, found.computes),
                (operation, reads, computes),
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
