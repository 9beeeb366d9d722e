//! The results for people.

use std::fmt::Write;

use super::contestant::Role;
use super::measurement::{Measurement, Unit};
use super::results::Results;
use super::statistics::Summary;

/// The units in the order of their tables.
const UNITS: [Unit; 8] = [
    Unit::LinesPerSecond,
    Unit::LinesPerCpuSecond,
    Unit::MegabytesPerCpuSecond,
    Unit::Median,
    Unit::Percentile99,
    Unit::VisitsPerSecond,
    Unit::IdleCpu,
    Unit::Megabytes,
];

/// How wide the first column is.
const CIRCUMSTANCES: usize = 34;
/// How wide each of the others is.
const COLUMN: usize = 13;

/// The results as a text of some 100 columns: what was lost first, then a table for each unit.
#[must_use]
pub fn table(results: &Results) -> String {
    let mut text = String::new();
    for (role, name) in &results.contestants {
        let _ = writeln!(text, "{:<8}{name}", role.name());
    }
    let turns = match results.rounds {
        1 => "One turn each.".into(),
        rounds => format!("{rounds} turns each; medians, ± half the distance of the quartiles."),
    };
    let _ = writeln!(text, "{turns}");
    for line in losses(results).into_iter().chain(failures(results)) {
        let _ = writeln!(text, "\n{line}");
    }
    for unit in UNITS {
        section(&mut text, results, unit);
    }
    shares(&mut text, results);
    text
}

/// What was lost, which comes before how fast it went.
fn losses(results: &Results) -> Vec<String> {
    each(results)
        .filter_map(|(measurement, role, name)| {
            let (lost, due) = results.lost(measurement, role);
            (lost > 0).then(|| {
                format!(
                    "LOST: {name} did not deliver {lost} of {due} lines ({}: {measurement}).",
                    measurement.name()
                )
            })
        })
        .collect()
}

/// Who could not do what.
fn failures(results: &Results) -> Vec<String> {
    each(results)
        .filter_map(|(measurement, role, name)| {
            let why = results.failure(measurement, role)?;
            Some(format!(
                "FAILED: {name} {why} ({}: {measurement}).",
                measurement.name()
            ))
        })
        .collect()
}

fn each(results: &Results) -> impl Iterator<Item = (Measurement, Role, &str)> {
    results.measurements.iter().flat_map(|measurement| {
        results
            .contestants
            .iter()
            .map(|(role, name)| (*measurement, *role, name.as_str()))
    })
}

fn section(text: &mut String, results: &Results, unit: Unit) {
    let rows: Vec<_> = results
        .measurements
        .iter()
        .filter(|measurement| measurement.units().contains(&unit))
        .filter(|measurement| {
            let all = &results.contestants;
            all.iter()
                .any(|(role, _)| results.summary(**measurement, *role, unit).is_some())
        })
        .collect();
    let Some(first) = rows.first() else { return };
    let shown = |role: Role| {
        let takes_part = results.contestants.iter().any(|(other, _)| *other == role);
        takes_part && (role != Role::Floor || first.has_a_floor())
    };
    let (other, floor) = (shown(Role::Other), shown(Role::Floor));
    let _ = writeln!(text, "\n{}", unit.title());
    let mut head = format!("{:CIRCUMSTANCES$}{:>COLUMN$}", "", "server");
    if other {
        let _ = write!(head, "{:>COLUMN$}{:>COLUMN$}", "other", "server/other");
    }
    if floor {
        let _ = write!(head, "{:>COLUMN$}{:>COLUMN$}", "floor", "server/floor");
    }
    let _ = writeln!(text, "{head}");
    for measurement in rows {
        let figure = |role| cell(results.summary(*measurement, role, unit), amount);
        let ratio = |to| {
            let ratio = results.ratio(*measurement, unit, Role::Server, to);
            cell(ratio, share)
        };
        let mut row = format!(
            "  {:<width$}{:>COLUMN$}",
            measurement.to_string(),
            figure(Role::Server),
            width = CIRCUMSTANCES - 2
        );
        if other {
            let _ = write!(
                row,
                "{:>COLUMN$}{:>COLUMN$}",
                figure(Role::Other),
                ratio(Role::Other)
            );
        }
        if floor {
            let _ = write!(
                row,
                "{:>COLUMN$}{:>COLUMN$}",
                figure(Role::Floor),
                ratio(Role::Floor)
            );
        }
        let _ = writeln!(text, "{}", row.trim_end());
    }
}

/// How busy the bench was itself.
fn shares(text: &mut String, results: &Results) {
    let mut held_up = false;
    let mut rows = String::new();
    for measurement in &results.measurements {
        if matches!(measurement, Measurement::Idle) {
            continue;
        }
        let mut row = format!(
            "  {:<width$}",
            measurement.to_string(),
            width = CIRCUMSTANCES - 2
        );
        let mut any = false;
        for (role, _) in &results.contestants {
            let shown = match results.shares(*measurement, *role) {
                None => "–".into(),
                Some((own, server)) => {
                    any = true;
                    let mark = if results.is_held_up(*measurement, *role) {
                        held_up = true;
                        "*"
                    } else {
                        ""
                    };
                    format!("{mark}{:.0}/{:.0}", own * 100.0, server * 100.0)
                }
            };
            let _ = write!(row, "{shown:>COLUMN$}");
        }
        if any {
            let _ = writeln!(rows, "{row}");
        }
    }
    if rows.is_empty() {
        return;
    }
    let mut head = format!("{:CIRCUMSTANCES$}", "");
    for (role, _) in &results.contestants {
        let _ = write!(head, "{:>COLUMN$}", role.name());
    }
    let _ = writeln!(
        text,
        "\nBusy in percent of the time: the bench itself / the server\n{head}"
    );
    text.push_str(&rows);
    if held_up {
        text.push_str(
            "  * The bench was the bottleneck: per second of wall time, the server could do more.\n",
        );
    }
}

/// A median and how far the turns lay apart.
fn cell(summary: Option<Summary>, median: impl Fn(f64) -> String) -> String {
    match summary {
        None => "–".into(),
        Some(summary) if summary.spread() == 0.0 => median(summary.median),
        Some(summary) => format!(
            "{} ±{:.0}%",
            median(summary.median),
            summary.spread() * 100.0
        ),
    }
}

/// A ratio, with more digits where it is small.
fn share(ratio: f64) -> String {
    let digits = match ratio {
        ratio if ratio >= 99.95 => 0,
        ratio if ratio >= 0.0995 => 2,
        _ => 4,
    };
    format!("{ratio:.digits$}")
}

/// A figure with three digits that count.
fn amount(figure: f64) -> String {
    let (figure, suffix) = match figure.abs() {
        size if size >= 999.5e6 => (figure / 1e9, " G"),
        size if size >= 999.5e3 => (figure / 1e6, " M"),
        size if size >= 9_999.5 => (figure / 1e3, " k"),
        _ => (figure, ""),
    };
    let digits = match figure.abs() {
        size if size >= 99.95 || size == 0.0 => 0,
        size if size >= 9.995 => 1,
        _ => 2,
    };
    format!("{figure:.digits$}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::results::Sample;

    const BURST: Measurement = Measurement::Burst {
        listeners: 10,
        length: 100,
    };

    fn sample(figures: &[f64], lost: u64, generator: f64) -> Result<Sample, String> {
        Ok(Sample {
            figures: figures.to_vec(),
            lost,
            due: 1000,
            generator,
            server: 0.5,
        })
    }

    #[test]
    fn what_is_lost_comes_first_and_the_rest_in_tables() {
        let mut results = Results::new(
            vec![
                (Role::Server, "./mini_serv".into()),
                (Role::Other, "the built-in reference".into()),
                (Role::Floor, "a bare relay".into()),
            ],
            vec![BURST, Measurement::Turnover, Measurement::Idle],
            2,
        );
        results.add(BURST, Role::Server, sample(&[1.0e6, 2.0e6, 200.0], 3, 0.95));
        results.add(BURST, Role::Other, sample(&[2.0e6, 4.0e6, 400.0], 0, 0.3));
        results.add(BURST, Role::Floor, sample(&[4.0e6, 4.1e6, 410.0], 0, 0.3));
        results.add(BURST, Role::Server, sample(&[1.1e6, 2.2e6, 220.0], 0, 0.97));
        results.add(BURST, Role::Other, sample(&[2.0e6, 4.0e6, 400.0], 0, 0.3));
        results.add(BURST, Role::Floor, sample(&[4.0e6, 4.1e6, 410.0], 0, 0.3));
        results.add(
            Measurement::Turnover,
            Role::Server,
            sample(&[12_345.0], 0, 0.2),
        );
        results.add(
            Measurement::Turnover,
            Role::Other,
            Err("exited with status 1".into()),
        );
        results.add(Measurement::Idle, Role::Server, sample(&[0.0], 0, 0.0));
        let expected = "\
server  ./mini_serv
other   the built-in reference
floor   a bare relay
2 turns each; medians, ± half the distance of the quartiles.

LOST: ./mini_serv did not deliver 3 of 2000 lines (burst: 10 listeners, 100 bytes).

FAILED: the built-in reference exited with status 1 (turnover: 1 watcher).

Lines delivered per second
                                         server        other server/other        floor server/floor
  10 listeners, 100 bytes            1.05 M ±2%       2.00 M     0.53 ±2%       4.00 M     0.26 ±2%

Lines delivered per second of the server's processor time
                                         server        other server/other        floor server/floor
  10 listeners, 100 bytes            2.10 M ±2%       4.00 M     0.53 ±2%       4.10 M     0.51 ±2%

Megabytes delivered per second of the server's processor time
                                         server        other server/other        floor server/floor
  10 listeners, 100 bytes               210 ±2%          400     0.53 ±2%          410     0.51 ±2%

Arrivals and departures of a client per second
                                         server        other server/other
  1 watcher                              12.3 k            –            –

Processor time while idle, in milliseconds per second
                                         server        other server/other        floor server/floor
  10 clients                                  0            –            –            –            –

Busy in percent of the time: the bench itself / the server
                                         server        other        floor
  10 listeners, 100 bytes                *96/50        30/50        30/50
  1 watcher                               20/50            –            –
  * The bench was the bottleneck: per second of wall time, the server could do more.
";
        assert_eq!(table(&results), expected);
    }

    #[test]
    fn small_ratios_have_more_digits() {
        for (ratio, shown) in [
            (0.0012, "0.0012"),
            (0.1, "0.10"),
            (1.0, "1.00"),
            (75.126, "75.13"),
            (412.3, "412"),
        ] {
            assert_eq!(share(ratio), shown);
        }
    }

    #[test]
    fn figures_have_three_digits() {
        for (figure, shown) in [
            (0.0, "0"),
            (0.5, "0.50"),
            (12.345, "12.3"),
            (999.9, "1000"),
            (9_999.0, "9999"),
            (10_000.0, "10.0 k"),
            (999_600.0, "1.00 M"),
            (2.5e9, "2.50 G"),
        ] {
            assert_eq!(amount(figure), shown);
        }
    }
}
