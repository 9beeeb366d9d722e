//! The results for programs.

use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;

use super::contestant::Role;
use super::measurement::{Measurement, Unit};
use super::results::Results;
use super::statistics::Summary;

/// What `grader bench --json` writes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Document {
    /// The version of the grader.
    grader: String,
    /// How many turns everybody had, if nobody interrupted.
    rounds: usize,
    /// Who took part.
    contestants: Vec<ContestantShape>,
    /// What was measured, in the order of the run.
    measurements: Vec<MeasurementShape>,
}

/// Somebody who took part.
#[derive(Debug, Serialize, JsonSchema)]
struct ContestantShape {
    /// Its part: `server`, `other` or `floor`.
    role: &'static str,
    /// As people know it.
    name: String,
}

/// A measurement.
#[derive(Debug, Serialize, JsonSchema)]
struct MeasurementShape {
    /// `burst`, `latency`, `turnover`, `idle` or `unread`.
    name: &'static str,
    /// How many clients listen in a burst, or do not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    clients: Option<usize>,
    /// How many bytes a line of a burst has.
    #[serde(skip_serializing_if = "Option::is_none")]
    line_bytes: Option<usize>,
    /// How much is said to clients that do not read, in megabytes of 1,000,000 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    megabytes: Option<usize>,
    /// What came of it, for each that took part.
    results: Vec<ResultShape>,
}

/// What somebody did in a measurement.
#[derive(Debug, Serialize, JsonSchema)]
struct ResultShape {
    /// Its part: `server`, `other` or `floor`.
    role: &'static str,
    /// Why there is nothing more, where it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    /// How many lines were not delivered, in all turns.
    lost_lines: u64,
    /// How many should have been.
    due_lines: u64,
    /// The share of its time in which the bench itself was on a processor: the median of the turns.
    #[serde(skip_serializing_if = "Option::is_none")]
    bench_busy: Option<f64>,
    /// The same of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    server_busy: Option<f64>,
    /// Whether the bench itself was the bottleneck.
    held_up_by_bench: bool,
    /// What was measured.
    figures: Vec<FigureShape>,
}

/// A quantity.
#[derive(Debug, Serialize, JsonSchema)]
struct FigureShape {
    /// What it counts, such as `lines_per_second`.
    unit: &'static str,
    /// Whether a larger one is the better one.
    more_is_better: bool,
    /// What the turns come to.
    #[serde(flatten)]
    value: SummaryShape,
    /// The server's own divided by this one, turn by turn; missing for the server itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    server_to_this: Option<SummaryShape>,
}

/// What the turns come to.
#[derive(Debug, Serialize, JsonSchema)]
struct SummaryShape {
    /// The middle one.
    median: f64,
    /// A quarter of them is smaller.
    lower_quartile: f64,
    /// A quarter of them is larger.
    upper_quartile: f64,
}

impl Document {
    /// The results as a document.
    #[must_use]
    pub fn new(results: &Results) -> Self {
        Self {
            grader: env!("CARGO_PKG_VERSION").into(),
            rounds: results.rounds,
            contestants: results
                .contestants
                .iter()
                .map(|(role, name)| ContestantShape {
                    role: role.name(),
                    name: name.clone(),
                })
                .collect(),
            measurements: results
                .measurements
                .iter()
                .map(|measurement| measurement_shape(results, *measurement))
                .collect(),
        }
    }

    /// The JSON Schema: what `docs/bench.schema.json` says.
    #[must_use]
    pub fn schema() -> Schema {
        schema_for!(Self)
    }
}

fn measurement_shape(results: &Results, measurement: Measurement) -> MeasurementShape {
    let (clients, line_bytes, megabytes) = match measurement {
        Measurement::Burst { listeners, length } => (Some(listeners), Some(length), None),
        Measurement::Unread { lazy, megabytes } => (Some(lazy), None, Some(megabytes)),
        Measurement::Latency | Measurement::Turnover | Measurement::Idle => (None, None, None),
    };
    MeasurementShape {
        name: measurement.name(),
        clients,
        line_bytes,
        megabytes,
        results: results
            .contestants
            .iter()
            .filter_map(|(role, _)| result_shape(results, measurement, *role))
            .collect(),
    }
}

fn result_shape(results: &Results, measurement: Measurement, role: Role) -> Option<ResultShape> {
    results.entry(measurement, role)?;
    let (lost_lines, due_lines) = results.lost(measurement, role);
    let shares = results.shares(measurement, role);
    let figure = |unit: &Unit| {
        let to_this = (role != Role::Server)
            .then(|| results.ratio(measurement, *unit, Role::Server, role))
            .flatten();
        Some(FigureShape {
            unit: unit.id(),
            more_is_better: unit.more_is_better(),
            value: results.summary(measurement, role, *unit)?.into(),
            server_to_this: to_this.map(SummaryShape::from),
        })
    };
    Some(ResultShape {
        role: role.name(),
        failure: results.failure(measurement, role).map(str::to_owned),
        lost_lines,
        due_lines,
        bench_busy: shares.map(|(bench, _)| bench),
        server_busy: shares.map(|(_, server)| server),
        held_up_by_bench: results.is_held_up(measurement, role),
        figures: measurement.units().iter().filter_map(figure).collect(),
    })
}

impl From<Summary> for SummaryShape {
    fn from(summary: Summary) -> Self {
        Self {
            median: summary.median,
            lower_quartile: summary.lower_quartile,
            upper_quartile: summary.upper_quartile,
        }
    }
}
