//! What happened between the clients and the server, as a space-time diagram: a line for each of
//! them, time going down, and messages as arrows between them.

mod drawing;
mod model;

pub(super) use drawing::draw;
pub(super) use model::Diagram;
