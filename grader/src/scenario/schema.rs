//! The JSON Schema of scenario files, for editors.

use schemars::Schema;
use schemars::generate::{GenTransform, SchemaSettings};
use schemars::transform::RecursiveTransform;
use serde_json::{Map, Value};

use super::file::shape::FileShape;

/// The JSON Schema of a scenario file.
///
/// It says what can be said without following the steps: keys, types, ranges, one verb per
/// step. Whether a client is there when it speaks only [`read`](super::file::read) knows.
#[must_use]
pub fn schema() -> Value {
    // Draft 7, since that is what the TOML plugins of editors understand. Its own transforms come
    // last: they mend what ours leave beside a `$ref`, where that draft allows nothing.
    let generator = SchemaSettings::draft07()
        .for_deserialize()
        .with(|settings| {
            let ours: [Box<dyn GenTransform>; 3] = [
                Box::new(RecursiveTransform(forbid_null)),
                Box::new(RecursiveTransform(one_verb_of_many)),
                Box::new(RecursiveTransform(unwrap_description)),
            ];
            settings.transforms.splice(0..0, ours);
        })
        .into_generator();
    generator.into_root_schema_for::<FileShape>().to_value()
}

/// Takes `null` out: what serde reads as an absent key, TOML can't even write.
fn forbid_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_mut_slice() {
            let only = only.take();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
        if let [Value::Object(only)] = choices.as_mut_slice() {
            let only = std::mem::take(only);
            schema.remove("anyOf");
            for (key, value) in only {
                schema.insert(key, value);
            }
        }
    }
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
}

/// Turns "one of these tables with one key each" into "a table with one of these keys", which
/// is the same, but lets an editor complete the keys and show what each of them does.
fn one_verb_of_many(schema: &mut Schema) {
    let is_verbs = schema
        .get("oneOf")
        .and_then(Value::as_array)
        .is_some_and(|choices| {
            choices
                .iter()
                .all(|choice| single_property(choice).is_some())
        });
    if !is_verbs {
        return;
    }
    let Some(Value::Array(choices)) = schema.remove("oneOf") else {
        return;
    };
    let mut properties = Map::new();
    for choice in &choices {
        let Some((name, mut property)) = single_property(choice) else {
            continue;
        };
        if let (Some(text), Some(property)) = (choice.get("description"), property.as_object_mut())
        {
            property.insert("description".to_owned(), text.clone());
        }
        properties.insert(name, property);
    }
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), properties.into());
    schema.insert("additionalProperties".to_owned(), false.into());
    schema.insert("minProperties".to_owned(), 1.into());
    schema.insert("maxProperties".to_owned(), 1.into());
}

/// Undoes the line breaks of the doc comments, which editors would show.
fn unwrap_description(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
}

fn single_property(choice: &Value) -> Option<(String, Value)> {
    let properties = choice.get("properties")?.as_object()?;
    let mut entries = properties.iter();
    let (name, property) = entries.next()?;
    entries
        .next()
        .is_none()
        .then(|| (name.clone(), property.clone()))
}
