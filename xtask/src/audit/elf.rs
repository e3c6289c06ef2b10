//! Reads from a linked file: functions, stretches of code, noted stack sizes, and the memory that it takes.

use anyhow::{Context, Result, bail};
use object::{File, Object, ObjectSection, ObjectSymbol, SectionFlags, SectionKind, SymbolKind, elf};

/// A linked function.
pub struct Function {
    /// Demangled name, without the compiler's hash.
    pub name: String,
    /// First byte.
    pub address: u64,
    /// Length in bytes.
    pub size: u64,
}

/// The code of a linked file.
pub struct Code<'a> {
    /// Every function, by address.
    pub functions: Vec<Function>,
    /// Address and bytes of each stretch of instructions without data.
    pub stretches: Vec<(u64, &'a [u8])>,
    /// The section in which the compiler notes stack frames.
    pub stack_sizes: &'a [u8],
}

impl<'a> Code<'a> {
    /// Reads an ELF file of an Arm microcontroller.
    pub fn read(bytes: &'a [u8]) -> Result<Self> {
        let file = File::parse(bytes)?;
        let mut functions: Vec<Function> = file
            .symbols()
            .filter(|symbol| symbol.kind() == SymbolKind::Text)
            .map(|symbol| {
                let name = symbol.name()?;
                // bit 0 of an address says "Thumb"
                Ok(Function {
                    name: demangle(name),
                    address: symbol.address() & !1,
                    size: symbol.size(),
                })
            })
            .collect::<Result<_>>()?;
        if functions.is_empty() {
            bail!("there are no function names: the file is stripped");
        }
        functions.sort_by_key(|function| function.address);
        let stack_sizes = match file.section_by_name(".stack_sizes") {
            Some(section) => section.data()?,
            None => &[],
        };
        Ok(Self {
            functions,
            stretches: stretches(&file)?,
            stack_sizes,
        })
    }

    /// Name of the function at an address.
    pub fn function_at(&self, address: u64) -> String {
        let address = address & !1;
        let holds = |function: &&Function| {
            (function.address..function.address + function.size.max(1)).contains(&address)
        };
        self.functions
            .iter()
            .find(holds)
            .map_or_else(|| format!("{address:#x}"), |function| function.name.clone())
    }
}

/// Bytes that a linked file takes of a microcontroller's memories.
#[derive(Clone, Copy, Debug)]
pub struct Memories {
    /// Code, constants, and the initial values of variables.
    pub flash: u64,
    /// Variables: `.data`, `.bss` and whatever else can be written.
    pub ram: u64,
}

/// Adds up the sections that are loaded or reserved.
pub fn memories(bytes: &[u8]) -> Result<Memories> {
    let mut memories = Memories { flash: 0, ram: 0 };
    for section in File::parse(bytes)?.sections() {
        let SectionFlags::Elf { sh_flags, .. } = section.flags() else {
            bail!("the file is not ELF");
        };
        let has = |flag: elf::SectionFlags| sh_flags & flag == flag;
        if !has(elf::SHF_ALLOC) {
            continue;
        }
        // riscv-rt gives what is left of the RAM these names
        let is_rest = matches!(section.name(), Ok(".stack" | ".heap"));
        if has(elf::SHF_WRITE) && !is_rest {
            memories.ram += section.size();
        }
        if section.kind() != SectionKind::UninitializedData {
            memories.flash += section.size();
        }
    }
    if memories.flash == 0 {
        bail!("the file loads nothing");
    }
    Ok(memories)
}

/// Addresses of what a Cortex-M starts with and of its handlers, from the table of vectors; 0 where there is none.
pub fn vectors(bytes: &[u8]) -> Result<Vec<u64>> {
    let file = File::parse(bytes)?;
    let section = file
        .section_by_name(".vector_table")
        .context("there is no section .vector_table")?;
    let words = section.data()?.chunks_exact(4).skip(1);
    Ok(words
        .map(|word| u64::from(u32::from_le_bytes([word[0], word[1], word[2], word[3]])) & !1)
        .collect())
}

/// Cuts the code sections at the mapping symbols, which say where Thumb code (`$t`) and data (`$d`) begin.
fn stretches<'a>(file: &File<'a>) -> Result<Vec<(u64, &'a [u8])>> {
    let mut found = Vec::new();
    for section in file
        .sections()
        .filter(|section| section.kind() == SectionKind::Text)
    {
        let data = section.data()?;
        let end = section.address() + data.len() as u64;
        let mut marks: Vec<(u64, bool)> = file
            .symbols()
            .filter(|symbol| symbol.section_index() == Some(section.index()))
            .filter_map(|symbol| match symbol.name() {
                Ok(name) if name == "$t" || name.starts_with("$t.") => Some((symbol.address(), true)),
                Ok(name) if name == "$d" || name.starts_with("$d.") => Some((symbol.address(), false)),
                _ => None,
            })
            .collect();
        marks.sort_unstable();
        let ends = marks.iter().skip(1).map(|&(address, _)| address).chain([end]);
        for (&(start, is_code), end) in marks.iter().zip(ends) {
            let range = (start - section.address()) as usize..(end - section.address()) as usize;
            if is_code {
                found.push((
                    start,
                    data.get(range)
                        .context("a mapping symbol lies outside its section")?,
                ));
            }
        }
    }
    if found.is_empty() {
        bail!("there are no mapping symbols, so code cannot be told from data");
    }
    Ok(found)
}

/// A readable name; the alternate form leaves out the compiler's hash.
fn demangle(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}
