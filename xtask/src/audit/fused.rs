//! Finds fused or chained multiply-add instructions in Thumb code.
//!
//! They round differently from a multiplication followed by an addition (VFMA), or cost more on a Cortex-M4F
//! (VMLA), so the kernel's code must hold none. Bits: Arm Architecture Reference Manual for Armv7-M, A6.4,
//! "Floating-point data-processing instructions".

/// Names of the multiply-add instructions, by their operation bits.
fn multiply_add(first: u16, second: u16) -> Option<&'static str> {
    // 1110 1110 in front, coprocessor 10 or 11, bit 4 of the second halfword clear: data processing
    if first & 0xff00 != 0xee00 || second & 0x0e10 != 0x0a00 {
        return None;
    }
    // operation: bit 7 and bits 5 and 4; bit 6 belongs to a register number
    match ((first >> 5) & 0b100) | ((first >> 4) & 0b011) {
        0b000 => Some("vmla/vmls"),
        0b001 => Some("vnmla/vnmls"),
        0b101 => Some("vfnma/vfnms"),
        0b110 => Some("vfma/vfms"),
        _ => None,
    }
}

/// Offset and name of each multiply-add instruction in a stretch of Thumb code that holds no data.
pub fn find(code: &[u8]) -> Vec<(usize, &'static str)> {
    let halfwords: Vec<u16> = code
        .chunks_exact(2)
        .map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]))
        .collect();
    let mut found = Vec::new();
    let mut index = 0;
    while let Some(&first) = halfwords.get(index) {
        // 11101, 11110 and 11111 start an instruction of two halfwords
        let is_long = first >> 11 >= 0b11101;
        if is_long
            && let Some(&second) = halfwords.get(index + 1)
            && let Some(name) = multiply_add(first, second)
        {
            found.push((2 * index, name));
        }
        index += if is_long { 2 } else { 1 };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::find;

    /// Instruction, its bytes as an assembler gives them, and what is to be found.
    const CASES: [(&str, [u8; 4], Option<&str>); 16] = [
        ("vmla.f32 s0, s1, s2", [0x00, 0xee, 0x81, 0x0a], Some("vmla/vmls")),
        ("vmls.f32 s0, s1, s2", [0x00, 0xee, 0xc1, 0x0a], Some("vmla/vmls")),
        (
            "vnmla.f32 s0, s1, s2",
            [0x10, 0xee, 0xc1, 0x0a],
            Some("vnmla/vnmls"),
        ),
        (
            "vnmls.f32 s0, s1, s2",
            [0x10, 0xee, 0x81, 0x0a],
            Some("vnmla/vnmls"),
        ),
        ("vfma.f32 s0, s1, s2", [0xa0, 0xee, 0x81, 0x0a], Some("vfma/vfms")),
        (
            "vfms.f32 s31, s1, s2",
            [0xe0, 0xee, 0xc1, 0xfa],
            Some("vfma/vfms"),
        ),
        (
            "vfnma.f32 s0, s1, s2",
            [0x90, 0xee, 0xc1, 0x0a],
            Some("vfnma/vfnms"),
        ),
        (
            "vfnms.f32 s0, s1, s2",
            [0x90, 0xee, 0x81, 0x0a],
            Some("vfnma/vfnms"),
        ),
        ("vmul.f32 s0, s1, s2", [0x20, 0xee, 0x81, 0x0a], None),
        ("vadd.f32 s31, s1, s2", [0x70, 0xee, 0x81, 0xfa], None),
        ("vsub.f32 s0, s1, s2", [0x30, 0xee, 0xc1, 0x0a], None),
        ("vdiv.f32 s0, s1, s2", [0x80, 0xee, 0x81, 0x0a], None),
        ("vsqrt.f32 s0, s1", [0xb1, 0xee, 0xe0, 0x0a], None),
        ("vldr s0, [r0]", [0x90, 0xed, 0x00, 0x0a], None),
        ("vmov s0, r1", [0x00, 0xee, 0x10, 0x1a], None),
        ("two short instructions", [0x00, 0xbf, 0x00, 0xbf], None),
    ];

    #[test]
    fn each_instruction_is_told_apart() {
        for (text, bytes, expected) in CASES {
            assert_eq!(find(&bytes).first().map(|&(_, name)| name), expected, "{text}");
        }
    }

    #[test]
    fn the_second_half_of_an_instruction_is_not_taken_for_a_first() {
        // b.w with an immediate whose halfword looks like the start of vfma, then a short instruction
        assert!(find(&[0x00, 0xf0, 0xa0, 0xee, 0x81, 0x0a]).is_empty());
        // one short instruction in front
        assert_eq!(find(&[0x00, 0xbf, 0xa0, 0xee, 0x81, 0x0a]), [(2, "vfma/vfms")]);
    }
}
