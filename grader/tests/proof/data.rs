//! What the proof takes as given.

use std::collections::BTreeMap;

/// Why a scenario is there that is never the only one to catch a saboteur, by the scenario's name.
pub(crate) fn places() -> BTreeMap<String, String> {
    toml::from_str(include_str!("places.toml")).expect("places.toml is a table of sentences")
}

/// Why no saboteur gets a kind of finding first of all, by the kind's name.
pub(crate) fn kinds_elsewhere() -> BTreeMap<String, String> {
    toml::from_str(include_str!("kinds.toml")).expect("kinds.toml is a table of sentences")
}

/// Why random scenarios do not find a saboteur, by its name.
pub(crate) fn beyond_chance() -> BTreeMap<String, String> {
    toml::from_str(include_str!("beyond-chance.toml"))
        .expect("beyond-chance.toml is a table of sentences")
}
