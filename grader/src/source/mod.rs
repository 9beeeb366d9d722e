//! Reads a candidate's C source, without running any of it.
//!
//! Pure functions from bytes to [`Finding`](crate::verdict::Finding)s: nothing here touches the
//! machine, so that everything can be tried on any text.
//!
//! | File | What it knows |
//! |---|---|
//! | `text` | the file as it is, its lines and the places in it |
//! | `logical` | the file without its backslash-newlines, and where each byte of it came from |
//! | `lexer` | comments, literals and words, as the standard cuts them |
//! | `directives` | the lines of the preprocessor: `#define`, and what `#if` leaves away |
//! | `preprocessed` | what the compiler's preprocessor made of the file |
//! | `object` | which symbols a compiled file asks for |
//! | `syntax` | the syntax tree: which names are used, and which of them are the file's own |
//! | `allowed` | the functions that the subject allows |
//! | `functions`, `defines`, `eagain` | the rules |
//! | `starting_file` | what is left of the file that the subject hands out |

pub mod allowed;
pub mod defines;
pub mod directives;
pub mod eagain;
pub mod functions;
mod lexer;
mod logical;
pub mod object;
pub mod preprocessed;
pub mod starting_file;
pub mod syntax;
mod text;

pub use text::SourceText;
