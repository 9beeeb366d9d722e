//! The conversations among the shipped scenarios are those that the grader makes up.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::Path;

use grader::fuzz::conversations;

#[test]
fn the_shipped_conversations_are_those_that_are_made_up() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let made = conversations();
    if env::var_os("UPDATE_GOLDEN").is_some() {
        for (name, text) in &made {
            fs::write(folder.join(format!("{name}.toml")), text).expect("it can be written");
        }
    }
    let shipped: BTreeSet<String> = fs::read_dir(&folder)
        .expect("there are scenarios")
        .map(|entry| entry.expect("it can be read").file_name())
        .filter_map(|name| Some(name.to_str()?.strip_suffix(".toml")?.to_owned()))
        .filter(|name| name.starts_with("conversation-"))
        .collect();
    let names: BTreeSet<String> = made.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(shipped, names);
    for (name, text) in made {
        let file = fs::read_to_string(folder.join(format!("{name}.toml"))).expect("it is there");
        assert_eq!(
            file, text,
            "{name} is made up in another way now. Everybody's grade may change with it: if that \
             is meant, raise SET in grader/src/fuzz/conversations.rs and run this test with \
             UPDATE_GOLDEN=1"
        );
    }
}
