//! Where a report goes: `json=report.json`, `json=-`.

use std::env;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::str::FromStr;

use super::Reporter;
use super::classroom50::Classroom50;
use super::csv::Csv;
use super::gradescope::Gradescope;
use super::html::Html;
use super::json::Json;
use super::junit::Junit;
use super::kept::{Document, Kept};
use super::markdown::Markdown;
use super::sarif::Sarif;
use super::sink::{Manner, Sink};
use super::tap::Tap;
use crate::spelling::nearest;

/// A form of report that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For programs; see [`super::json`].
    Json,
    /// For build servers; see [`super::junit`].
    Junit,
    /// The Test Anything Protocol; see [`super::tap`].
    Tap,
    /// For spreadsheets; see [`super::csv`].
    Csv,
    /// For the page of a CI job; see [`super::markdown`].
    Markdown,
    /// For Gradescope; see [`super::gradescope`].
    Gradescope,
    /// For Classroom 50; see [`super::classroom50`].
    Classroom50,
    /// For a browser; see [`super::html`].
    Html,
    /// For code hosts and editors; see [`super::sarif`].
    Sarif,
}

impl Format {
    /// Every form.
    pub const ALL: [Self; 9] = [
        Self::Json,
        Self::Junit,
        Self::Tap,
        Self::Csv,
        Self::Markdown,
        Self::Gradescope,
        Self::Classroom50,
        Self::Html,
        Self::Sarif,
    ];

    /// The form's name in `--report`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Tap => "tap",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::Gradescope => "gradescope",
            Self::Classroom50 => "classroom50",
            Self::Html => "html",
            Self::Sarif => "sarif",
        }
    }
}

/// A report that is asked for: its form and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The form.
    pub format: Format,
    /// The file; none: standard output.
    pub file: Option<PathBuf>,
}

impl Target {
    /// Reads `FORMAT=FILE`, in which `-` is standard output, and so is `/dev/stdout`.
    ///
    /// # Errors
    ///
    /// [`TargetError`] where the format is unknown or the file is missing.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let (name, file) = text.split_once('=').unwrap_or((text, ""));
        let format = Format::ALL.into_iter().find(|format| format.name() == name);
        let Some(format) = format else {
            let names = Format::ALL.iter().map(|format| format.name());
            return Err(TargetError::UnknownFormat {
                name: name.to_owned(),
                meant: nearest(name, names).map(str::to_owned),
            });
        };
        match file {
            "" => Err(TargetError::NoFile(format)),
            "-" | "/dev/stdout" => Ok(Self { format, file: None }),
            path => Ok(Self {
                format,
                file: Some(path.into()),
            }),
        }
    }

    /// Whether the report is written to standard output.
    #[must_use]
    pub const fn is_stdout(&self) -> bool {
        self.file.is_none()
    }

    /// Opens the report. A file is written when the run begins, and not before: of a server that
    /// turns out to be none, there is nothing to report.
    ///
    /// # Errors
    ///
    /// [`TargetError::Unwritable`] where the file cannot be written; it names the file.
    /// [`TargetError::NoSubmission`] where nobody says what is graded, and the form asks for it.
    pub fn open(&self) -> Result<Box<dyn Reporter + Send>, TargetError> {
        match self.format {
            Format::Json => self.open_as(Json),
            Format::Junit => self.open_as(Junit),
            Format::Tap => self.open_as(Tap),
            Format::Csv => self.open_as(Csv),
            Format::Markdown => self.open_as(Markdown),
            Format::Gradescope => self.open_as(Gradescope),
            Format::Classroom50 => {
                let document = Classroom50::new(|name| env::var(name).ok());
                self.open_as(document.map_err(TargetError::NoSubmission)?)
            }
            Format::Html => self.open_as(Html),
            Format::Sarif => self.open_as(Sarif),
        }
    }

    fn open_as(
        &self,
        document: impl Document + Send + 'static,
    ) -> Result<Box<dyn Reporter + Send>, TargetError> {
        let Some(path) = &self.file else {
            let sink = Sink::Stream(Box::new(io::stdout()));
            return Ok(Box::new(Kept::new(document, sink, "standard output")));
        };
        let manner = match self.format {
            Format::Markdown => Manner::Appends,
            _ => Manner::Replaces,
        };
        let sink = Sink::open(path, manner).map_err(|source| TargetError::Unwritable {
            path: path.clone(),
            source,
        })?;
        Ok(Box::new(Kept::new(
            document,
            sink,
            path.display().to_string(),
        )))
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.format.name();
        match &self.file {
            Some(path) => write!(out, "{name}={}", path.display()),
            None => write!(out, "{name}=-"),
        }
    }
}

/// A report cannot be made as it is asked for.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// No report has this form.
    #[error("there is no report format `{name}`{}; there is {}", did_you_mean(.meant.as_deref()), known())]
    UnknownFormat {
        /// What was asked for.
        name: String,
        /// The form that was probably meant.
        meant: Option<String>,
    },
    /// It is not said where the report goes.
    #[error("`{name}` needs a file: `{name}=FILE`, or `{name}=-` for standard output", name = .0.name())]
    NoFile(Format),
    /// The form asks for what is graded, and these variables of the environment do not say it.
    #[error("`classroom50` is for the runner of Classroom 50, which says in the environment what is graded: {} {} not set", .0.join(", "), if .0.len() == 1 { "is" } else { "are" })]
    NoSubmission(Vec<&'static str>),
    /// The file cannot be written.
    #[error("cannot write the report {}: {source}", .path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

fn did_you_mean(meant: Option<&str>) -> String {
    meant.map_or(String::new(), |meant| format!(" (did you mean `{meant}`?)"))
}

fn known() -> String {
    Format::ALL
        .map(|format| format!("`{}`", format.name()))
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_format_and_a_file() {
        let target = Target::parse("json=a=b.json").unwrap();
        assert_eq!(
            target,
            Target {
                format: Format::Json,
                file: Some("a=b.json".into())
            }
        );
        assert_eq!(target.to_string(), "json=a=b.json");
        for stdout in ["json=-", "json=/dev/stdout"] {
            assert!(Target::parse(stdout).unwrap().is_stdout());
        }
    }

    #[test]
    fn a_mistake_is_explained() {
        let told = |text: &str| Target::parse(text).unwrap_err().to_string();
        assert_eq!(
            told("jsno=x"),
            "there is no report format `jsno` (did you mean `json`?); there is `json`, `junit`, `tap`, `csv`, `markdown`, `gradescope`, `classroom50`, `html`, `sarif`"
        );
        assert_eq!(
            told("pdf=x"),
            "there is no report format `pdf`; there is `json`, `junit`, `tap`, `csv`, `markdown`, `gradescope`, `classroom50`, `html`, `sarif`"
        );
        assert_eq!(
            told("json"),
            "`json` needs a file: `json=FILE`, or `json=-` for standard output"
        );
        assert_eq!(told("json="), told("json"));
    }

    #[test]
    fn an_unwritable_file_is_known_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing/report.json");
        let error = Target {
            format: Format::Json,
            file: Some(path.clone()),
        }
        .open()
        .err()
        .unwrap();
        let told = error.to_string();
        assert!(
            told.starts_with(&format!("cannot write the report {}: ", path.display())),
            "{told}"
        );
    }
}
