//! The functions that the subject allows, and those that nobody asked for.

/// The functions that the subject lists.
pub const FUNCTIONS: [&str; 22] = [
    "write", "close", "select", "socket", "accept", "listen", "send", "recv", "bind", "strstr",
    "malloc", "realloc", "free", "calloc", "bzero", "atoi", "sprintf", "strlen", "exit", "strcpy",
    "strcat", "memset",
];

/// The functions that no socket can do without: newer lists name them, and solutions with them
/// have passed (docs/exam.md).
pub const BYTE_ORDER: [&str; 4] = ["htons", "htonl", "ntohs", "ntohl"];

/// Whether a function may be called.
#[must_use]
pub fn is_allowed(name: &str) -> bool {
    FUNCTIONS.contains(&name) || BYTE_ORDER.contains(&name)
}

/// The function that a symbol stands for: what the C library calls it inside, by the sizes that
/// it checks or the standard that it follows, is the same function (`__sprintf_chk`, `__select64`).
pub(super) fn function_of(symbol: &str) -> &str {
    let Some(name) = symbol.strip_prefix("__") else {
        return symbol;
    };
    let name = name
        .strip_prefix("isoc99_")
        .or_else(|| name.strip_prefix("isoc23_"))
        .or_else(|| name.strip_prefix("builtin_"))
        .unwrap_or(name);
    ["_chk", "_time64", "64"]
        .into_iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or_else(|| {
            if symbol.starts_with("__isoc") || symbol.starts_with("__builtin_") {
                name
            } else {
                symbol
            }
        })
}

/// Whether a symbol is one that compilers put there by themselves: for a struct that is copied or
/// cleared, for a stack that is guarded, for `errno` and the macros of select.
pub(super) fn is_compiler_made(symbol: &str) -> bool {
    matches!(
        symbol,
        "memcpy"
            | "memmove"
            | "memset"
            | "memcmp"
            | "_GLOBAL_OFFSET_TABLE_"
            | "__stack_chk_fail"
            | "__stack_chk_guard"
            | "__fdelt_chk"
            | "__fdelt_warn"
            | "__errno_location"
            | "__error"
            | "__tls_get_addr"
            | "__dso_handle"
    )
}

/// Whether a symbol of the C library is a variable and no function.
pub(super) fn is_variable(symbol: &str) -> bool {
    matches!(
        symbol.trim_start_matches('_'),
        "stdin"
            | "stdout"
            | "stderr"
            | "stdinp"
            | "stdoutp"
            | "stderrp"
            | "environ"
            | "errno"
            | "h_errno"
            | "optarg"
            | "optind"
            | "opterr"
            | "optopt"
            | "timezone"
            | "daylight"
            | "tzname"
            | "signgam"
            | "progname"
            | "program_invocation_name"
            | "program_invocation_short_name"
            | "in6addr_any"
            | "in6addr_loopback"
            | "getdate_err"
            | "sys_errlist"
            | "sys_nerr"
            | "sys_siglist"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_keeps_its_name_inside_the_library() {
        for (symbol, function) in [
            ("printf", "printf"),
            ("__sprintf_chk", "sprintf"),
            ("__isoc99_sscanf", "sscanf"),
            ("__isoc23_strtol", "strtol"),
            ("__select64", "select"),
            ("__builtin_printf", "printf"),
            ("__builtin___sprintf_chk", "__sprintf"),
            ("__assert_fail", "__assert_fail"),
            ("__libc_start_main", "__libc_start_main"),
        ] {
            assert_eq!(function_of(symbol), function);
        }
    }

    #[test]
    fn the_lists_do_not_overlap() {
        assert!(FUNCTIONS.into_iter().all(is_allowed));
        for name in [
            "printf", "memcpy", "fcntl", "signal", "_exit", "strdup", "memmove", "poll",
        ] {
            assert!(!is_allowed(name), "{name}");
        }
    }
}
