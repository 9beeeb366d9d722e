//! What is wrong with the server, each thing once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::tier::Tier;
use crate::verdict::{self, wording};

/// One thing that is wrong with the server, in whatever checks it was seen.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Group {
    /// What kind of mistake it is: `id-given-again`. There will be more.
    pub(crate) kind: String,
    /// The rule that is broken.
    pub(crate) rule: String,
    /// The most lenient tier at which it counts.
    pub(crate) tier: Tier,
    /// What it is called, or what a server does that passes.
    pub(crate) headline: String,
    /// The check that shows it best.
    pub(crate) scenario: String,
    /// The other checks that failed by it, in the order of the suite.
    pub(crate) also: Vec<String>,
    /// What was seen far less often and may have come from it.
    pub(crate) consequences: Vec<Group>,
}

impl Group {
    pub(super) fn new(group: &verdict::Group<'_>) -> Self {
        let also = group.also.iter().map(|check| check.scenario.clone());
        Self {
            kind: group.found.kind.name().to_owned(),
            rule: group.found.rule.to_owned(),
            tier: group.tier,
            headline: wording::title(group.check, group.found),
            scenario: group.check.scenario.clone(),
            also: also.collect(),
            consequences: group.consequences.iter().map(Self::new).collect(),
        }
    }
}
