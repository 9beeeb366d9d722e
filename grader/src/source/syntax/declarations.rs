//! Where names are declared, and how far they mean something.

use super::Around;

/// Whether names declared in a node mean nothing outside of it. The parameters of a function that
/// is being defined belong to its body, those of any other to nobody.
pub(super) fn opens_scope(kind: &str, around: &Around<'_>) -> bool {
    match kind {
        "function_definition" | "compound_statement" | "for_statement" => true,
        "parameter_list" => !is_defined_by_it(around),
        _ => false,
    }
}

/// Whether a list of parameters is that of the function that is being defined: it stands right
/// behind the function's name, with nothing but declarators of what it returns around.
fn is_defined_by_it(around: &Around<'_>) -> bool {
    let mut outwards = around.iter().rev().map(|(node, _)| *node);
    let mut name = outwards
        .next()
        .filter(|node| node.kind() == "function_declarator")
        .and_then(|function| function.child_by_field_name("declarator"));
    while let Some(inner) = name.filter(|node| node.kind() == "parenthesized_declarator") {
        name = inner.named_child(0);
    }
    name.is_some_and(|name| name.kind() == "identifier")
        && outwards
            .find(|node| !node.kind().ends_with("_declarator"))
            .is_some_and(|node| node.kind() == "function_definition")
}

/// What a name is declared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declaration {
    Definition,
    Prototype,
    Variable,
    /// A type, or a member of one: another kind of name altogether.
    Type,
}

/// What a name is declared as, if it stands where names are declared.
pub(super) fn declaration(field: Option<&str>, around: &Around<'_>) -> Option<Declaration> {
    let mut field = field;
    let mut is_function = None;
    for (node, outer_field) in around.iter().rev() {
        match node.kind() {
            "parenthesized_declarator" | "attributed_declarator" => {}
            "function_declarator" if field == Some("declarator") => {
                is_function.get_or_insert(true);
            }
            "pointer_declarator" | "array_declarator" | "init_declarator"
                if field == Some("declarator") =>
            {
                if node.kind() != "init_declarator" {
                    is_function.get_or_insert(false);
                }
            }
            _ if field != Some("declarator") => return None,
            "function_definition" => return Some(Declaration::Definition),
            "declaration" => {
                return Some(if is_function == Some(true) {
                    Declaration::Prototype
                } else {
                    Declaration::Variable
                });
            }
            "parameter_declaration" => return Some(Declaration::Variable),
            "type_definition" | "field_declaration" => return Some(Declaration::Type),
            _ => return None,
        }
        field = *outer_field;
    }
    None
}
