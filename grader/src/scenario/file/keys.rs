//! What every key takes and how it is written: the words of the messages about wrong types and
//! missing keys. A test holds the table against the schema.

/// One key of a scenario file.
pub(super) struct Key {
    /// The verb in which it stands; empty at the top of the file and for verbs.
    pub(super) owner: &'static str,
    /// The key itself.
    pub(super) name: &'static str,
    /// What it takes.
    pub(super) takes: &'static str,
    /// How it is written.
    pub(super) example: &'static str,
}

const fn key(
    owner: &'static str,
    name: &'static str,
    takes: &'static str,
    example: &'static str,
) -> Key {
    Key {
        owner,
        name,
        takes,
        example,
    }
}

/// The owner under which verbs stand.
const STEP: &str = "step";

/// What the keys take that take a number.
pub(super) const NUMBER: &str = "a whole number";

/// All keys.
pub(super) const KEYS: &[Key] = &[
    key(
        "",
        "title",
        "a text",
        r#"title = "Everyone there is told of a newcomer""#,
    ),
    key("", "rules", "a list of rules", r#"rules = ["arrival"]"#),
    key("", "tier", "one of three words", r#"tier = "subject""#),
    key(
        "",
        "hint",
        "a text",
        r#"hint = "Tell the others before you forget the client.""#,
    ),
    key("", "judge", "one of two words", r#"judge = "sorted-lines""#),
    key(
        "",
        "must_keep",
        "a list of words",
        r#"must_keep = ["unfinished-line"]"#,
    ),
    key("", "seed", NUMBER, "seed = 7"),
    key("", "silent", "`true` or `false`", "silent = true"),
    key(
        "",
        "watch",
        "a list of words",
        r#"watch = ["select-first"]"#,
    ),
    key(
        "",
        "visibility",
        "one of two words",
        r#"visibility = "instructor""#,
    ),
    key("", STEP, "tables", r#"[[step]]"#),
    key(
        STEP,
        "start",
        "a table",
        r#"start = { args = ["{port}", "extra"], may_refuse = true }"#,
    ),
    key(
        STEP,
        "connect",
        "a list of names",
        r#"connect = ["alice", "bob"]"#,
    ),
    key(
        STEP,
        "crowd",
        "a table",
        r#"crowd = { name = "guest", count = 200 }"#,
    ),
    key(
        STEP,
        "visit",
        "a table",
        r#"visit = { name = "visitor", count = 3000 }"#,
    ),
    key(
        STEP,
        "send",
        "a table",
        r#"send = { from = "bob", text = "hello\n" }"#,
    ),
    key(
        STEP,
        "expect",
        "a table",
        r#"expect = { by = ["alice"], text = "client {bob}: hello\n" }"#,
    ),
    key(
        STEP,
        "leave",
        "a list of names",
        r#"leave = ["alice", "guest-*"]"#,
    ),
    key(STEP, "reset", "a list of names", r#"reset = ["alice"]"#),
    key(
        STEP,
        "half_close",
        "a list of names",
        r#"half_close = ["alice"]"#,
    ),
    key(
        STEP,
        "stop_reading",
        "a list of names",
        r#"stop_reading = ["alice"]"#,
    ),
    key(
        STEP,
        "read_again",
        "a list of names",
        r#"read_again = ["alice"]"#,
    ),
    key(
        STEP,
        "flood",
        "a table",
        r#"flood = { from = "bob", until_full = ["alice"] }"#,
    ),
    key(STEP, "freeze", "`true`", "freeze = true"),
    key(STEP, "thaw", "`true`", "thaw = true"),
    key(
        STEP,
        "refuse",
        "an IPv4 address in quotes",
        r#"refuse = "127.0.0.2""#,
    ),
    key(
        STEP,
        "fail",
        "a table",
        r#"fail = { call = "accept", error = "EMFILE" }"#,
    ),
    key(STEP, "no_memory", "`true`", "no_memory = true"),
    key(STEP, "pass_time", NUMBER, "pass_time = 1000"),
    key(
        STEP,
        "measure",
        "one of four words",
        r#"measure = "descriptors""#,
    ),
    key("start", "args", "a list of texts", r#"args = ["{port}"]"#),
    key("start", "may_refuse", "`true`", "may_refuse = true"),
    key("start", "must_not_crash", "`true`", "must_not_crash = true"),
    key("start", "fail", "one of three words", r#"fail = "socket""#),
    key("start", "no_memory", "`true`", "no_memory = true"),
    key("start", "exit", NUMBER, "exit = 1"),
    key("start", "stdout", "a text", r#"stdout = """#),
    key("start", "stderr", "a text", r#"stderr = "Fatal error\n""#),
    key("start", "output", "a text", r#"output = "Fatal error\n""#),
    key("crowd", "name", "a text", r#"name = "guest""#),
    key("crowd", "count", NUMBER, "count = 200"),
    key("visit", "name", "a text", r#"name = "visitor""#),
    key("visit", "count", NUMBER, "count = 3000"),
    key("visit", "says", "a text", r#"says = "hello\n""#),
    key("send", "from", "a name", r#"from = "bob""#),
    key("send", "text", "a text", r#"text = "hello\n""#),
    key("send", "times", NUMBER, "times = 26"),
    key("send", "pieces", NUMBER, "pieces = 1"),
    key("send", "cut", "one word", r#"cut = "everywhere""#),
    key("expect", "by", "a list of names", r#"by = ["alice"]"#),
    key(
        "expect",
        "text",
        "a text",
        r#"text = "client {bob}: hello\n""#,
    ),
    key("flood", "from", "a name", r#"from = "bob""#),
    key(
        "flood",
        "until_full",
        "a list of names",
        r#"until_full = ["alice"]"#,
    ),
    key("fail", "call", "one of four words", r#"call = "accept""#),
    key("fail", "to", "a name", r#"to = "bob""#),
    key(
        "fail",
        "error",
        "the name of an error",
        r#"error = "EMFILE""#,
    ),
];

/// All verbs, in the order of the documentation.
pub(super) fn verbs() -> Vec<&'static str> {
    KEYS.iter()
        .filter(|key| key.owner == STEP)
        .map(|key| key.name)
        .collect()
}

/// Whether a word is a verb.
pub(super) fn is_verb(word: &str) -> bool {
    KEYS.iter().any(|key| key.owner == STEP && key.name == word)
}

/// The verb inside which a word that is no verb belongs.
pub(super) fn owner_of(word: &str) -> Option<&'static str> {
    KEYS.iter()
        .find(|key| key.name == word && !key.owner.is_empty() && key.owner != STEP)
        .map(|key| key.owner)
}

/// How a verb is written.
pub(super) fn example(verb: &str) -> &'static str {
    KEYS.iter()
        .find(|key| key.owner == STEP && key.name == verb)
        .map_or("", |key| key.example)
}

/// The innermost key of a path that the table knows.
pub(super) fn find(path: &[String]) -> Option<&'static Key> {
    let at = |owner: &str, name: &str| {
        KEYS.iter()
            .find(|key| key.owner == owner && key.name == name)
    };
    match path {
        [] => None,
        [name] => at("", name),
        [.., owner, name] => at(owner, name).or_else(|| find(&path[..path.len() - 1])),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::scenario::{SourceFile, file, schema};

    /// Every key of the schema, with the verb in which it stands.
    fn keys_of_the_schema() -> BTreeSet<(String, String)> {
        let schema = schema::schema();
        let names = |schema: &Value| -> Vec<String> {
            let properties = schema["properties"].as_object();
            properties
                .into_iter()
                .flat_map(|keys| keys.keys().cloned())
                .collect()
        };
        let mut keys: BTreeSet<_> = names(&schema)
            .into_iter()
            .map(|name| (String::new(), name))
            .collect();
        let step = &schema["definitions"]["step"];
        for verb in names(step) {
            for name in names(&schema["definitions"][verb.as_str()]) {
                keys.insert((verb.clone(), name));
            }
            keys.insert((STEP.to_owned(), verb));
        }
        keys
    }

    #[test]
    fn the_table_has_the_keys_of_the_schema() {
        let table: BTreeSet<_> = KEYS
            .iter()
            .map(|key| (key.owner.to_owned(), key.name.to_owned()))
            .collect();
        assert_eq!(table, keys_of_the_schema());
    }

    #[test]
    fn every_example_of_a_verb_can_be_read() {
        let head = "title = \"x\"\nrules = [\"arrival\"]\ntier = \"subject\"\n";
        for verb in verbs() {
            let before = match verb {
                "start" => "",
                "connect" => "[[step]]\nrefuse = \"127.0.0.2\"\n",
                "read_again" | "flood" => {
                    "[[step]]\nconnect = [\"alice\", \"bob\"]\n[[step]]\nstop_reading = [\"alice\"]\n"
                }
                "thaw" => "[[step]]\nfreeze = true\n",
                _ => "[[step]]\nconnect = [\"alice\", \"bob\", \"guest-a\"]\n",
            };
            let after = if verb == "freeze" {
                "[[step]]\nthaw = true\n"
            } else {
                ""
            };
            let text = format!("{head}{before}[[step]]\n{}\n{after}", example(verb));
            if let Err(error) = file::read(&SourceFile::new("example.toml", &text), &["arrival"]) {
                panic!("{error}");
            }
        }
    }
}
