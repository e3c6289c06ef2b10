//! How deep the stack may go below a function: its own frame and those of the functions that it calls, read from the
//! machine code.
//!
//! Frames are the sums of what a function's instructions take off the stack pointer, calls are branches to other
//! functions. A call through a pointer, or of a function by itself, leaves the depth without a bound: it is told.

use std::collections::{BTreeMap, BTreeSet};

use super::elf::Code;

/// Depth below a function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Bytes of stack.
    pub bytes: u64,
    /// Whether a call through a pointer, or a recursion, lies below, which is not counted.
    pub is_open: bool,
}

/// Frames and calls of every function, by its address.
pub struct Depths {
    functions: BTreeMap<u64, Function>,
}

#[derive(Default)]
struct Function {
    frame: u64,
    calls: BTreeSet<u64>,
    calls_pointers: bool,
}

/// What an instruction does, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    None,
    /// Takes so many bytes of stack.
    Take(u64),
    /// Branches, or calls, so far from its own address.
    Branch(i64),
    /// Calls through a register.
    Pointer,
}

impl Depths {
    /// Reads the code of a linked file.
    pub fn read(code: &Code<'_>) -> Self {
        let mut functions: BTreeMap<u64, Function> = code
            .functions
            .iter()
            .map(|function| (function.address, Function::default()))
            .collect();
        let starts: Vec<u64> = functions.keys().copied().collect();
        // Behind a function the linker pads with what may read as a branch.
        let ends: BTreeMap<u64, u64> = code
            .functions
            .iter()
            .filter(|function| function.size > 0)
            .map(|function| (function.address, function.address + function.size))
            .collect();
        let holder = |address: u64| {
            let after = starts.partition_point(|&start| start <= address);
            after.checked_sub(1).map(|index| starts[index])
        };
        for &(start, bytes) in &code.stretches {
            let halves: Vec<u16> = bytes
                .chunks_exact(2)
                .map(|half| u16::from_le_bytes([half[0], half[1]]))
                .collect();
            let mut index = 0;
            while let Some(&first) = halves.get(index) {
                let address = start + 2 * index as u64;
                let is_wide = first >> 11 >= 0b11101;
                let effect = match (is_wide, halves.get(index + 1)) {
                    (true, Some(&second)) => wide(first, second),
                    _ => narrow(first),
                };
                index += if is_wide { 2 } else { 1 };
                let Some(own) = holder(address).filter(|own| ends.get(own).is_none_or(|&end| address < end))
                else {
                    continue;
                };
                let Some(function) = functions.get_mut(&own) else {
                    continue;
                };
                match effect {
                    Effect::None => {}
                    Effect::Take(bytes) => function.frame += bytes,
                    Effect::Pointer => function.calls_pointers = true,
                    Effect::Branch(distance) => {
                        let target = holder(address.wrapping_add_signed(distance));
                        function.calls.extend(target.filter(|&target| target != own));
                    }
                }
            }
        }
        Self { functions }
    }

    /// Bytes of a function's own frame.
    pub fn frame(&self, address: u64) -> u64 {
        self.functions
            .get(&(address & !1))
            .map_or(0, |function| function.frame)
    }

    /// The deepest that the stack may go below a function, its own frame included.
    pub fn below(&self, address: u64) -> Depth {
        self.walk(address & !1, &mut BTreeMap::new(), &mut Vec::new())
    }

    fn walk(&self, address: u64, known: &mut BTreeMap<u64, Depth>, path: &mut Vec<u64>) -> Depth {
        if let Some(&depth) = known.get(&address) {
            return depth;
        }
        let Some(function) = self.functions.get(&address) else {
            return Depth::default();
        };
        if path.contains(&address) {
            return Depth {
                bytes: 0,
                is_open: true,
            };
        }
        path.push(address);
        let below = function
            .calls
            .iter()
            .map(|&callee| self.walk(callee, known, path))
            .fold(Depth::default(), |deepest, depth| Depth {
                bytes: deepest.bytes.max(depth.bytes),
                is_open: deepest.is_open || depth.is_open,
            });
        path.pop();
        let depth = Depth {
            bytes: function.frame + below.bytes,
            is_open: below.is_open || function.calls_pointers,
        };
        known.insert(address, depth);
        depth
    }
}

/// A 16-bit instruction (Arm v7-M reference manual, chapter A5.2).
fn narrow(half: u16) -> Effect {
    let (low, bit_8) = (half & 0xFF, half & 0x100);
    match half {
        // push
        _ if half & 0xFE00 == 0xB400 => Effect::Take(4 * u64::from(low.count_ones() + u32::from(bit_8 != 0))),
        // sub sp, #
        _ if half & 0xFF80 == 0xB080 => Effect::Take(4 * u64::from(half & 0x7F)),
        // blx, or bx to anything but the link register
        _ if half & 0xFF87 == 0x4780 => Effect::Pointer,
        _ if half & 0xFF87 == 0x4700 && half >> 3 & 0xF != 14 => Effect::Pointer,
        // b
        _ if half & 0xF800 == 0xE000 => Effect::Branch(4 + signed(u32::from(half & 0x7FF) << 1, 12)),
        _ if half & 0xF000 == 0xD000 && half & 0x0F00 < 0x0E00 => {
            Effect::Branch(4 + signed(u32::from(low) << 1, 9))
        }
        _ => Effect::None,
    }
}

/// A 32-bit instruction (chapter A5.3).
fn wide(first: u16, second: u16) -> Effect {
    let to_stack_pointer = second & 0x0F00 == 0x0D00;
    match first {
        // push.w
        0xE92D => Effect::Take(4 * u64::from(second.count_ones())),
        // str.w r, [sp, #-n]!
        0xF84D if to_stack_pointer => Effect::Take(u64::from(second & 0xFF)),
        // strd r, r, [sp, #-n]!
        0xE96D => Effect::Take(4 * u64::from(second & 0xFF)),
        // vpush
        _ if first & 0xFFBF == 0xED2D && second & 0x0E00 == 0x0A00 => {
            Effect::Take(4 * u64::from(second & 0xFF))
        }
        // sub.w sp, sp, #
        _ if first & 0xFBEF == 0xF1AD && to_stack_pointer => Effect::Take(expand(immediate(first, second))),
        // subw sp, sp, #
        _ if first & 0xFBFF == 0xF2AD && to_stack_pointer => {
            Effect::Take(u64::from(immediate(first, second)))
        }
        // sub.w sp, sp, r: nothing is known of its size
        0xEBAD if to_stack_pointer => Effect::Pointer,
        // bl, b.w
        _ if first & 0xF800 == 0xF000 && second & 0x9000 == 0x9000 => {
            let sign = u32::from(first >> 10 & 1);
            let (j_1, j_2) = (u32::from(second >> 13 & 1), u32::from(second >> 11 & 1));
            let (i_1, i_2) = (1 ^ j_1 ^ sign, 1 ^ j_2 ^ sign);
            let high = sign << 24 | i_1 << 23 | i_2 << 22 | u32::from(first & 0x3FF) << 12;
            Effect::Branch(4 + signed(high | u32::from(second & 0x7FF) << 1, 25))
        }
        // b<condition>.w
        _ if first & 0xF800 == 0xF000 && second & 0xD000 == 0x8000 && first & 0x0380 != 0x0380 => {
            let (j_1, j_2) = (u32::from(second >> 13 & 1), u32::from(second >> 11 & 1));
            let high = u32::from(first >> 10 & 1) << 20 | j_2 << 19 | j_1 << 18;
            let low = u32::from(first & 0x3F) << 12 | u32::from(second & 0x7FF) << 1;
            Effect::Branch(4 + signed(high | low, 21))
        }
        _ => Effect::None,
    }
}

/// Twelve bits that an instruction holds in three pieces.
fn immediate(first: u16, second: u16) -> u32 {
    u32::from(first >> 10 & 1) << 11 | u32::from(second >> 12 & 7) << 8 | u32::from(second & 0xFF)
}

/// What twelve bits of a "modified immediate constant" stand for.
fn expand(bits: u32) -> u64 {
    let byte = bits & 0xFF;
    let value = match bits >> 8 {
        0 => byte,
        1 => byte << 16 | byte,
        2 => byte << 24 | byte << 8,
        3 => byte * 0x0101_0101,
        _ => (0x80 | bits & 0x7F).rotate_right(bits >> 7),
    };
    u64::from(value)
}

/// The value of so many bits with a sign.
fn signed(bits: u32, width: u32) -> i64 {
    let shift = 32 - width;
    i64::from((bits << shift).cast_signed() >> shift)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::elf;

    #[test]
    fn instructions_are_read_as_the_disassembler_reads_them() {
        for (text, half, effect) in [
            ("push {r4, r5, r7, lr}", 0xb5b0, Effect::Take(16)),
            ("push {r7}", 0xb480, Effect::Take(4)),
            ("sub sp, #8", 0xb082, Effect::Take(8)),
            ("add sp, #8", 0xb002, Effect::None),
            ("pop {r4, pc}", 0xbd10, Effect::None),
            ("blx r3", 0x4798, Effect::Pointer),
            ("bx lr", 0x4770, Effect::None),
            ("bx r12", 0x4760, Effect::Pointer),
            ("b .", 0xe7fe, Effect::Branch(0)),
            ("beq .+8", 0xd002, Effect::Branch(8)),
            ("udf #0", 0xde00, Effect::None),
        ] {
            assert_eq!(narrow(half), effect, "{text}");
        }
        for (text, first, second, effect) in [
            ("push.w {r4-r11, lr}", 0xe92d, 0x4ff0, Effect::Take(36)),
            ("str r11, [sp, #-4]!", 0xf84d, 0xbd04, Effect::Take(4)),
            ("vpush {d8-d9}", 0xed2d, 0x8b04, Effect::Take(16)),
            ("sub.w sp, sp, #512", 0xf5ad, 0x7d00, Effect::Take(512)),
            ("sub.w sp, sp, #1208", 0xf5ad, 0x6d97, Effect::Take(1208)),
            ("subw sp, sp, #1036", 0xf2ad, 0x4d0c, Effect::Take(1036)),
            ("bl .+4", 0xf000, 0xf800, Effect::Branch(4)),
            ("bl .-4", 0xf7ff, 0xfffc, Effect::Branch(-4)),
            ("b.w .+256", 0xf000, 0xb87e, Effect::Branch(256)),
            ("beq.w .+1024", 0xf000, 0x81fe, Effect::Branch(1024)),
            ("ldr.w r0, [r1]", 0xf8d1, 0x0000, Effect::None),
        ] {
            assert_eq!(wide(first, second), effect, "{text}");
        }
    }

    fn function(address: u64, size: u64) -> elf::Function {
        elf::Function {
            name: format!("at {address}"),
            address,
            size,
        }
    }

    #[test]
    fn the_deepest_path_counts_and_an_open_end_is_told() {
        // at 0: push {r7, lr}; bl 16; bl 32; pop. At 16: sub sp, #8; bx lr. At 32: push {r4, lr}; blx r3; pop.
        let mut bytes = vec![0; 48];
        let mut put = |address: usize, halves: &[u16]| {
            for (place, half) in bytes[address..].chunks_exact_mut(2).zip(halves) {
                place.copy_from_slice(&half.to_le_bytes());
            }
        };
        put(0, &[0xb580, 0xf000, 0xf805, 0xf000, 0xf80b, 0xbd80]);
        // the linker's padding: bmi .-84
        put(16, &[0xb082, 0x4770, 0xd4d4]);
        put(32, &[0xb510, 0x4798, 0xbd10]);
        let code = Code {
            functions: vec![function(0, 12), function(16, 4), function(32, 6)],
            stretches: vec![(0, &bytes)],
            stack_sizes: &[],
        };
        let depths = Depths::read(&code);
        assert_eq!(depths.frame(0), 8);
        let below = |address| {
            let Depth { bytes, is_open } = depths.below(address);
            (bytes, is_open)
        };
        assert_eq!(below(16), (8, false));
        assert_eq!(below(32), (8, true));
        assert_eq!(below(0), (16, true));
    }
}
