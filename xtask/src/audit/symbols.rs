//! Sorts the names of linked functions into those that the kernel may have and those that it may not.

/// What a linked function says about the code that calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Something can panic.
    Panic,
    /// Something allocates.
    Allocator,
    /// Floating-point arithmetic runs in software.
    SoftFloat,
}

/// The class of a function by its demangled name; `None` is any other function.
pub fn classify(name: &str) -> Option<Class> {
    let last = name.rsplit("::").next().unwrap_or(name);
    let is_panic = name.contains("panic")
        || name.contains("rust_begin_unwind")
        || last.ends_with("_fail")
        || last.ends_with("_failed");
    let is_allocator = name.contains("__rust_alloc")
        || name.contains("__rust_dealloc")
        || name.contains("__rust_realloc")
        || name.contains("__rg_")
        || name.starts_with("alloc::")
        || matches!(name, "malloc" | "calloc" | "realloc" | "free");
    let is_soft_float = name.strip_prefix("__aeabi_").is_some_and(is_float_helper);
    if is_panic {
        Some(Class::Panic)
    } else if is_allocator {
        Some(Class::Allocator)
    } else if is_soft_float {
        Some(Class::SoftFloat)
    } else {
        None
    }
}

/// The helpers of Arm's run-time ABI that a single-precision unit makes superfluous, and all of double precision.
fn is_float_helper(name: &str) -> bool {
    // conversions between floats and 64-bit integers: no instruction does them
    if matches!(name, "l2f" | "ul2f" | "f2lz" | "f2ulz") {
        return false;
    }
    let takes_float =
        name.starts_with('f') || name.starts_with('d') || name.starts_with("cf") || name.starts_with("cd");
    let gives_float = name.ends_with("2f") || name.ends_with("2d");
    takes_float || gives_float
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_their_class() {
        for (name, class) in [
            ("core::panicking::panic_fmt", Some(Class::Panic)),
            ("core::panicking::panic_bounds_check", Some(Class::Panic)),
            ("core::option::unwrap_failed", Some(Class::Panic)),
            ("core::option::expect_failed", Some(Class::Panic)),
            ("core::slice::index::slice_index_fail", Some(Class::Panic)),
            (
                "core::slice::index::slice_start_index_len_fail",
                Some(Class::Panic),
            ),
            (
                "core::slice::copy_from_slice_impl::len_mismatch_fail",
                Some(Class::Panic),
            ),
            ("__rustc::rust_begin_unwind", Some(Class::Panic)),
            ("__rustc::__rust_alloc", Some(Class::Allocator)),
            ("alloc::raw_vec::RawVec<T>::grow_one", Some(Class::Allocator)),
            ("malloc", Some(Class::Allocator)),
            ("__aeabi_fadd", Some(Class::SoftFloat)),
            ("__aeabi_dmul", Some(Class::SoftFloat)),
            ("__aeabi_ui2f", Some(Class::SoftFloat)),
            ("__aeabi_f2iz", Some(Class::SoftFloat)),
            ("__aeabi_cfcmple", Some(Class::SoftFloat)),
            ("__aeabi_ul2d", Some(Class::SoftFloat)),
            ("__aeabi_ul2f", None),
            ("__aeabi_uldivmod", None),
            ("__aeabi_uidiv", None),
            ("__aeabi_memcpy4", None),
            ("compiler_builtins::mem::memset", None),
            ("freezable_chaos::network::Network<C,T>::freeze", None),
            ("audit::step", None),
        ] {
            assert_eq!(classify(name), class, "{name}");
        }
    }
}
