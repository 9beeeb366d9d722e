//! What the command line says: the port.

use std::ffi::OsString;
use std::num::NonZeroU16;

use crate::Failure;

/// The port to listen on: the first argument. More arguments are ignored, since the subject speaks
/// only of the first.
pub(crate) fn port(arguments: impl IntoIterator<Item = OsString>) -> Result<NonZeroU16, Failure> {
    let first = arguments
        .into_iter()
        .next()
        .ok_or(Failure::WrongNumberOfArguments)?;
    decimal_port(first.as_encoded_bytes()).ok_or(Failure::Fatal)
}

/// Digits and nothing else: `parse` alone would also take "+80". Port 0 would mean "any port" to
/// bind, and nobody could know which.
fn decimal_port(text: &[u8]) -> Option<NonZeroU16> {
    if !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    fn port_of(arguments: &[&str]) -> Result<u16, Failure> {
        port(arguments.iter().map(OsString::from)).map(NonZeroU16::get)
    }

    #[test]
    fn the_first_argument_is_the_port() {
        assert_eq!(port_of(&["1"]), Ok(1));
        assert_eq!(port_of(&["65535"]), Ok(65535));
        assert_eq!(port_of(&["0080"]), Ok(80));
        assert_eq!(port_of(&["4242", "not", "looked", "at"]), Ok(4242));
    }

    #[test]
    fn no_argument_is_a_wrong_number_of_arguments() {
        assert_eq!(port_of(&[]), Err(Failure::WrongNumberOfArguments));
    }

    #[test]
    fn anything_but_a_port_is_fatal() {
        for text in [
            "",
            "0",
            "-1",
            "+42",
            " 42",
            "42 ",
            "4 2",
            "abc",
            "0x50",
            "42.0",
            "4_2",
            "65536",
            "70000",
            "99999999999999999999",
            "٤٢",
        ] {
            assert_eq!(port_of(&[text]), Err(Failure::Fatal), "{text:?}");
        }
    }

    #[test]
    fn an_argument_that_is_not_text_is_fatal() {
        let argument = OsString::from_vec(vec![b'4', 0xff, b'2']);
        assert_eq!(port([argument]), Err(Failure::Fatal));
    }
}
