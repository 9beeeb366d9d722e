//! What is wrong at a line of the candidate's source.

/// Something wrong in a source, or worth knowing about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong, in one sentence without a full stop that can stand alone.
    pub message: String,
    /// Where it is wrong, where a place can be named.
    pub place: Option<Place>,
    /// How it is usually mended, where the rule's hint is too general.
    pub cure: Option<String>,
    /// The functions of the candidate's file that were being called, the innermost first; empty
    /// where nothing ran.
    pub stack: Vec<Frame>,
    /// The scenarios in which it was seen, sorted; empty where nothing was played.
    pub scenarios: Vec<String>,
}

impl Finding {
    /// A finding that says no more than this.
    #[must_use]
    pub fn new(message: impl Into<String>, place: Option<Place>) -> Self {
        Self {
            message: message.into(),
            place,
            cure: None,
            stack: Vec::new(),
            scenarios: Vec::new(),
        }
    }

    /// The same with a cure of its own.
    #[must_use]
    pub fn cured_by(self, cure: impl Into<String>) -> Self {
        Self {
            cure: Some(cure.into()),
            ..self
        }
    }

    /// The line, from 1, where there is one.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.place.as_ref().map(|place| place.line)
    }
}

/// A place in a source, with the text that stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The source as the user named it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters from 1.
    pub column: usize,
    /// How many characters are meant, at least 1.
    pub width: usize,
    /// The line without its end, or of a very long one its beginning, so that the place can lie
    /// behind it. What is no UTF-8 has become U+FFFD.
    pub excerpt: String,
}

/// A function that was being called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The function's name.
    pub function: String,
    /// The line of the candidate's file at which it was, from 1.
    pub line: usize,
}
