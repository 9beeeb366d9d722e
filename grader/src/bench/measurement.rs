//! What is measured.

use std::fmt;

use clap::ValueEnum;
use clap::builder::PossibleValue;

/// One thing that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measurement {
    /// One client speaks as fast as the lines go through, many listen.
    Burst {
        /// How many listen.
        listeners: usize,
        /// How many bytes a line has, with its newline.
        length: usize,
    },
    /// One short line at a time, from a client to another.
    Latency,
    /// Clients that connect and leave at once.
    Turnover,
    /// Nothing happens.
    Idle,
    /// One client speaks, and the others do not read.
    Unread {
        /// How many do not read.
        lazy: usize,
        /// How much is said, in megabytes of 1,000,000 bytes.
        megabytes: usize,
    },
}

/// A quantity that a measurement brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Lines delivered per second of wall time: one line to ten listeners counts ten.
    LinesPerSecond,
    /// The same per second of the server's time on a processor.
    LinesPerCpuSecond,
    /// Megabytes delivered per second of the server's time on a processor, with what the server
    /// puts before the lines.
    MegabytesPerCpuSecond,
    /// From send to receipt, in microseconds: the median.
    Median,
    /// The same: what 99 of 100 do not exceed.
    Percentile99,
    /// Arrivals and departures of a client per second.
    VisitsPerSecond,
    /// Milliseconds on a processor per second.
    IdleCpu,
    /// Megabytes of the server's own memory.
    Megabytes,
}

impl Unit {
    /// Whether a larger figure is the better one.
    #[must_use]
    pub const fn more_is_better(self) -> bool {
        matches!(
            self,
            Self::LinesPerSecond
                | Self::LinesPerCpuSecond
                | Self::MegabytesPerCpuSecond
                | Self::VisitsPerSecond
        )
    }

    /// What it counts, for the head of a table.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::LinesPerSecond => "Lines delivered per second",
            Self::LinesPerCpuSecond => "Lines delivered per second of the server's processor time",
            Self::MegabytesPerCpuSecond => {
                "Megabytes delivered per second of the server's processor time"
            }
            Self::Median => "From send to receipt of a short line, median, in microseconds",
            Self::Percentile99 => {
                "From send to receipt of a short line, 99th percentile, in microseconds"
            }
            Self::VisitsPerSecond => "Arrivals and departures of a client per second",
            Self::IdleCpu => "Processor time while idle, in milliseconds per second",
            Self::Megabytes => "Memory of the server's own, in megabytes",
        }
    }

    /// Its name for programs.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::LinesPerSecond => "lines_per_second",
            Self::LinesPerCpuSecond => "lines_per_cpu_second",
            Self::MegabytesPerCpuSecond => "megabytes_per_cpu_second",
            Self::Median => "latency_median_us",
            Self::Percentile99 => "latency_99th_us",
            Self::VisitsPerSecond => "visits_per_second",
            Self::IdleCpu => "idle_cpu_ms_per_s",
            Self::Megabytes => "memory_mb",
        }
    }
}

impl Measurement {
    /// What it brings, in the order in which it is shown.
    #[must_use]
    pub const fn units(self) -> &'static [Unit] {
        match self {
            Self::Burst { .. } => &[
                Unit::LinesPerSecond,
                Unit::LinesPerCpuSecond,
                Unit::MegabytesPerCpuSecond,
            ],
            Self::Latency => &[Unit::Median, Unit::Percentile99],
            Self::Turnover => &[Unit::VisitsPerSecond],
            Self::Idle => &[Unit::IdleCpu],
            Self::Unread { .. } => &[Unit::Megabytes],
        }
    }

    /// Whether the floor can take part: it announces nobody, and it waits for those who do not
    /// read.
    #[must_use]
    pub const fn has_a_floor(self) -> bool {
        matches!(self, Self::Burst { .. } | Self::Latency | Self::Idle)
    }

    /// Its name, by which it is chosen.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Burst { .. } => "burst",
            Self::Latency => "latency",
            Self::Turnover => "turnover",
            Self::Idle => "idle",
            Self::Unread { .. } => "unread",
        }
    }
}

/// One of each kind stands for its kind, whatever its figures.
impl ValueEnum for Measurement {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Burst {
                listeners: 1,
                length: 1,
            },
            Self::Latency,
            Self::Turnover,
            Self::Idle,
            Self::Unread {
                lazy: 1,
                megabytes: 1,
            },
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            Self::Burst { .. } => "Lines as fast as they go",
            Self::Latency => "How long one line takes",
            Self::Turnover => "Clients that come and go",
            Self::Idle => "Processor time when there is nothing to do",
            Self::Unread { .. } => "Memory for what clients do not read",
        }))
    }
}

/// The circumstances, for a line of a table.
impl fmt::Display for Measurement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Burst { listeners, length } => {
                let s = if *listeners == 1 { "" } else { "s" };
                write!(f, "{listeners} listener{s}, {length} bytes")
            }
            Self::Latency => f.write_str("1 listener"),
            Self::Turnover => f.write_str("1 watcher"),
            Self::Idle => f.write_str("10 clients"),
            Self::Unread { lazy, megabytes } => {
                write!(f, "{lazy} lazy clients, {megabytes} MB unread")
            }
        }
    }
}
