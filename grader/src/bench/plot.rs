//! How the cost grows with clients and with bytes, as a picture.

use std::collections::BTreeMap;
use std::ops::Range;

use plotters::prelude::*;

use super::contestant::Role;
use super::measurement::{Measurement, Unit};
use super::results::Results;

/// The size of the picture, in pixels: two charts side by side.
const SIZE: (u32, u32) = (1000, 420);

/// One curve: who, and what it costs at each place.
type Curve = (Role, Vec<(f64, f64)>);

/// An SVG image with two charts: the processor time per line delivered by listeners, and per byte
/// by the length of lines. Both axes are logarithmic. Only what was measured is drawn; `None`
/// where a burst was measured at fewer than two places.
#[must_use]
pub fn plot(results: &Results) -> Option<String> {
    let by_listeners = by_listeners(results);
    let by_length = by_length(results);
    if by_listeners.is_none() && by_length.is_none() {
        return None;
    }
    let mut image = String::new();
    let root = SVGBackend::with_string(&mut image, SIZE).into_drawing_area();
    draw(&root, results, by_listeners, by_length).ok()?;
    root.present().ok()?;
    drop(root);
    Some(image)
}

fn draw<'image>(
    root: &DrawingArea<SVGBackend<'image>, plotters::coord::Shift>,
    results: &Results,
    by_listeners: Option<(usize, Vec<Curve>)>,
    by_length: Option<(usize, Vec<Curve>)>,
) -> Result<(), Box<dyn std::error::Error + 'image>> {
    root.fill(&WHITE)?;
    let (left, right) = root.split_horizontally(SIZE.0 / 2);
    if let Some((length, curves)) = by_listeners {
        let title = format!("Nanoseconds of processor time per line of {length} bytes delivered");
        chart(&left, results, &title, "listeners", &curves)?;
    }
    if let Some((listeners, curves)) = by_length {
        let title =
            format!("Nanoseconds of processor time per byte delivered to {listeners} listeners");
        chart(&right, results, &title, "bytes in a line", &curves)?;
    }
    Ok(())
}

fn chart<'image>(
    area: &DrawingArea<SVGBackend<'image>, plotters::coord::Shift>,
    results: &Results,
    title: &str,
    across: &str,
    curves: &[Curve],
) -> Result<(), Box<dyn std::error::Error + 'image>> {
    let points = || curves.iter().flat_map(|(_, points)| points);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 13))
        .margin(12)
        .x_label_area_size(38)
        .y_label_area_size(58)
        .build_cartesian_2d(
            around(points().map(|(x, _)| *x)).log_scale(),
            with_room_above(around(points().map(|(_, y)| *y))).log_scale(),
        )?;
    let plain = |figure: &f64| format!("{figure}");
    chart
        .configure_mesh()
        .x_desc(across)
        .x_label_formatter(&plain)
        .y_label_formatter(&plain)
        .light_line_style(WHITE)
        .draw()?;
    for (role, points) in curves {
        let colour = colour(*role);
        let name = results
            .contestants
            .iter()
            .find(|(other, _)| other == role)
            .map_or("", |(_, name)| name.split(',').next().unwrap_or(name));
        chart
            .draw_series(LineSeries::new(
                points.iter().copied(),
                colour.stroke_width(2),
            ))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
        chart.draw_series(
            points
                .iter()
                .map(|point| Circle::new(*point, 3, colour.filled())),
        )?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.3))
        .draw()?;
    Ok(())
}

/// A range with some room on both sides, for a logarithmic axis.
fn around(figures: impl Iterator<Item = f64>) -> Range<f64> {
    let (smallest, largest) = figures.fold((f64::INFINITY, 0.0_f64), |(smallest, largest), one| {
        (smallest.min(one), largest.max(one))
    });
    smallest / 1.6..largest * 1.6
}

/// The same with a third more above, for what the colours mean.
fn with_room_above(range: Range<f64>) -> Range<f64> {
    range.start..range.end * (range.end / range.start).powf(1.0 / 3.0)
}

/// Colours that people tell apart who see few of them, in light and in dark print.
const fn colour(role: Role) -> RGBColor {
    match role {
        Role::Server => RGBColor(0, 90, 181),
        Role::Other => RGBColor(220, 50, 32),
        Role::Floor => RGBColor(110, 110, 110),
    }
}

/// The cost per line by listeners, for the length of line that was measured with most of them.
fn by_listeners(results: &Results) -> Option<(usize, Vec<Curve>)> {
    grouped(results, |listeners, length| (length, listeners), |_| 1.0)
}

/// The cost per byte by length, for the number of listeners that was measured with most lengths.
fn by_length(results: &Results) -> Option<(usize, Vec<Curve>)> {
    grouped(
        results,
        |listeners, length| (listeners, length),
        |length| length as f64,
    )
}

/// The curves over what `place` says second, for what it says first: the value with the most
/// places, of several the one in the middle.
fn grouped(
    results: &Results,
    place: impl Fn(usize, usize) -> (usize, usize),
    parts: impl Fn(usize) -> f64,
) -> Option<(usize, Vec<Curve>)> {
    let mut groups: BTreeMap<usize, Vec<(usize, Measurement)>> = BTreeMap::new();
    for measurement in &results.measurements {
        if let Measurement::Burst { listeners, length } = *measurement {
            let (fixed, across) = place(listeners, length);
            groups
                .entry(fixed)
                .or_default()
                .push((across, *measurement));
        }
    }
    let most = groups
        .values()
        .map(Vec::len)
        .max()
        .filter(|most| *most > 1)?;
    let mut candidates: Vec<_> = groups
        .into_iter()
        .filter(|(_, places)| places.len() == most)
        .collect();
    let (fixed, mut places) = candidates.swap_remove(candidates.len() / 2);
    places.sort_by_key(|(across, _)| *across);
    let curves: Vec<Curve> = results
        .contestants
        .iter()
        .map(|(role, _)| {
            let points = places.iter().filter_map(|(across, measurement)| {
                let summary = results.summary(*measurement, *role, Unit::LinesPerCpuSecond)?;
                let cost = 1e9 / summary.median / parts(*across);
                (cost.is_finite() && cost > 0.0).then_some((*across as f64, cost))
            });
            (*role, points.collect())
        })
        .filter(|(_, points): &Curve| !points.is_empty())
        .collect();
    (!curves.is_empty()).then_some((fixed, curves))
}
