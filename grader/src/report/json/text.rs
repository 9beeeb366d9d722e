//! Bytes in a JSON string, without loss.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Bytes as a string: UTF-8 as it is, except that a backslash is doubled and that each byte that
/// is no UTF-8 is written as `\xNN`. (Control characters need nothing: JSON has its own escapes
/// for them.) The bytes can be had back without loss.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text(String);

impl Text {
    /// The bytes as a string.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        let mut text = String::new();
        for chunk in bytes.utf8_chunks() {
            text.push_str(&chunk.valid().replace('\\', r"\\"));
            text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
        }
        Self(text)
    }

    /// The bytes. What nobody has written like this is taken as it stands.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut rest = self.0.as_str();
        while let Some((before, escape)) = rest.split_once('\\') {
            bytes.extend_from_slice(before.as_bytes());
            let number = escape.strip_prefix('x').and_then(|hex| hex.get(..2));
            let byte = number.and_then(|hex| u8::from_str_radix(hex, 16).ok());
            rest = if let Some(byte) = byte {
                bytes.push(byte);
                &escape[3..]
            } else {
                bytes.push(b'\\');
                escape.strip_prefix('\\').unwrap_or(escape)
            };
        }
        bytes.extend_from_slice(rest.as_bytes());
        bytes
    }
}

impl JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Bytes as a string: UTF-8 as it is, except that a backslash is doubled \
                            and that each byte that is no UTF-8 is written as \\xNN, in lower \
                            case. The bytes can be had back without loss.",
            "type": "string",
            "pattern": r"^([^\\]|\\\\|\\x[0-9a-f]{2})*$",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_is_no_text_is_escaped() {
        assert_eq!(Text::new("é\n\0".as_bytes()).0, "é\n\0");
        assert_eq!(Text::new(b"\\x41 \xff").0, r"\\x41 \xff");
    }

    proptest! {
        #[test]
        fn nothing_is_lost(original in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..40),
            "[\\\\xa0é]{0,20}".prop_map(String::into_bytes),
        ]) {
            prop_assert_eq!(Text::new(&original).bytes(), original);
        }
    }
}
