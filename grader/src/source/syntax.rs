//! The syntax tree of a source (tree-sitter-c), read for one question: which names does it use
//! that are not its own?
//!
//! The tree is that of the text before the preprocessor, so that every name stands where the
//! candidate wrote it. What only the preprocessor knows comes from [`Branches`]; what macros hide
//! comes from the compiled file, which the rules compare with what is found here.

use std::collections::{HashMap, HashSet};
use std::ops::{ControlFlow, Range};
use std::time::{Duration, Instant};

use tree_sitter::{Node, ParseOptions, Parser, TreeCursor};

use super::SourceText;
use super::directives::{Branches, directives};
use super::lexer::{Kind, tokens};
use super::logical::Logical;

mod declarations;
mod plain;

use declarations::{Declaration, declaration, opens_scope};
use plain::plain;

/// What a source's text says about names, in the order of the file. All places are in the file.
#[derive(Clone, Debug, Default)]
pub struct Syntax {
    /// Names that are used and not the file's own.
    pub(super) uses: Vec<Use>,
    /// The functions that the file defines.
    pub(super) defined: HashSet<String>,
    /// Assembly, also where it only gives a symbol another name.
    pub(super) assembly: Vec<Range<usize>>,
    /// Attributes by their names, without the underscores that may stand around them.
    pub(super) attributes: Vec<(String, Range<usize>)>,
    /// The words of macros' bodies.
    pub(super) macro_words: Vec<(String, Range<usize>)>,
}

/// A name that is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) name: String,
    pub(super) span: Range<usize>,
    pub(super) context: Context,
    /// The first argument of a call, where it is a literal.
    pub(super) literal_argument: Option<String>,
}

/// What is done with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Context {
    /// It is called.
    Called,
    /// It is compared with this.
    Compared(Operand),
    /// It is switched on, with these cases.
    Switched(Vec<Operand>),
    /// It is assigned to the variable of this name.
    AssignedTo(String),
    /// Something else.
    Named,
}

/// What something is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    Number(Option<i64>),
    /// A name that the file declares.
    Own(String),
    /// A name from elsewhere, such as a header.
    Foreign(String),
    Else,
}

/// The source was not understood in time.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the source could not be parsed within {} seconds", LONGEST.as_secs())]
pub struct ParseError;

/// How long a source may be parsed. It takes milliseconds, unless it was written to take longer.
const LONGEST: Duration = Duration::from_secs(10);

impl Syntax {
    /// Reads a source, as far as the compiler sees it.
    ///
    /// # Errors
    /// It takes too long.
    pub fn new(source: &SourceText, branches: &Branches) -> Result<Self, ParseError> {
        let logical = Logical::new(source.bytes());
        let text = plain(logical.bytes());
        let mut parser = Parser::new();
        if parser
            .set_language(&tree_sitter_c::LANGUAGE.into())
            .is_err()
        {
            return Err(ParseError);
        }
        let begun = Instant::now();
        let mut in_time = |_: &tree_sitter::ParseState| {
            if begun.elapsed() < LONGEST {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        };
        let tree = parser
            .parse_with_options(
                &mut |offset, _| text.get(offset..).unwrap_or_default(),
                None,
                Some(ParseOptions::new().progress_callback(&mut in_time)),
            )
            .ok_or(ParseError)?;
        let mut reader = Reader {
            text: &text,
            logical: &logical,
            branches,
            scopes: vec![HashMap::new()],
            syntax: Self::default(),
        };
        reader.read(tree.walk());
        let mut syntax = reader.syntax;
        syntax.macro_words = macro_words(&logical, branches);
        Ok(syntax)
    }

    /// The calls of a function that is not the file's own.
    pub(super) fn calls<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Use> {
        let calls = self.uses.iter();
        calls.filter(move |used| used.name == name && used.context == Context::Called)
    }
}

/// The words of the bodies of the macros that the compiler sees.
fn macro_words(logical: &Logical, branches: &Branches) -> Vec<(String, Range<usize>)> {
    let text = logical.bytes();
    directives(logical)
        .into_iter()
        .filter(|directive| directive.name == b"define" && branches.is_live(directive.head.start))
        .flat_map(|directive| {
            let start = directive.rest.start;
            tokens(&text[directive.rest])
                .filter(|token| token.kind == Kind::Word)
                .map(move |token| start + token.span.start..start + token.span.end)
        })
        .map(|span| {
            let word = String::from_utf8_lossy(&text[span.clone()]).into_owned();
            (word, logical.origin(span))
        })
        .collect()
}

/// What a name was declared as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Declared {
    /// A variable, parameter or constant of the file, or a function that it defines.
    Own,
    /// A function that may be defined elsewhere.
    Function,
}

struct Reader<'text> {
    text: &'text [u8],
    logical: &'text Logical,
    branches: &'text Branches,
    /// What is declared, from the file outwards in.
    scopes: Vec<HashMap<String, Declared>>,
    syntax: Syntax,
}

/// The nodes around the one that is being read, the innermost last, each with its field in the
/// one around it. (A node finds its parent only by going down to itself again, which takes long in
/// a deep nest.)
type Around<'tree> = Vec<(Node<'tree>, Option<&'static str>)>;

impl Reader<'_> {
    /// Goes through the tree, in the order of the text. Not by recursion: a source may be nested
    /// as deeply as it likes.
    fn read(&mut self, mut cursor: TreeCursor<'_>) {
        let mut around = Around::new();
        loop {
            let node = cursor.node();
            let field = cursor.field_name();
            let descend = self.enter(node, field, &around);
            if descend && cursor.goto_first_child() {
                around.push((node, field));
                continue;
            }
            if descend {
                self.leave(node, &around);
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
                let Some((node, _)) = around.pop() else {
                    return;
                };
                self.leave(node, &around);
            }
        }
    }

    /// Begins a node and says whether what is in it is to be read.
    fn enter(&mut self, node: Node<'_>, field: Option<&str>, around: &Around<'_>) -> bool {
        let parent = around.last().map_or("", |(node, _)| node.kind());
        match node.kind() {
            "preproc_def"
            | "preproc_function_def"
            | "preproc_include"
            | "preproc_call"
            | "preproc_arg"
            | "comment"
            | "string_literal"
            | "char_literal" => return false,
            _ if parent.starts_with("preproc_") && matches!(field, Some("condition" | "name")) => {
                return false;
            }
            _ => {}
        }
        if opens_scope(node.kind(), around) {
            self.scopes.push(HashMap::new());
        }
        if !self.branches.is_live(node.start_byte()) {
            return true;
        }
        match node.kind() {
            "identifier" => self.name(node, field, around),
            "gnu_asm_expression" => {
                let span = self.logical.origin(node.byte_range());
                self.syntax.assembly.push(span);
            }
            "attribute_specifier" | "attribute_declaration" | "ms_declspec_modifier" => {
                self.attributes(node);
                return false;
            }
            _ => {}
        }
        true
    }

    fn leave(&mut self, node: Node<'_>, around: &Around<'_>) {
        if opens_scope(node.kind(), around) {
            self.scopes.pop();
        }
    }

    fn name(&mut self, node: Node<'_>, field: Option<&str>, around: &Around<'_>) {
        let name = self.word(node);
        let parent = around.last().map_or("", |(node, _)| node.kind());
        if parent == "enumerator" && field == Some("name") || parent == "parameter_list" {
            // A constant, or a parameter in the fashion of the seventies.
            self.declare(name, Declared::Own, 0);
            return;
        }
        if let Some(declaration) = declaration(field, around) {
            match declaration {
                Declaration::Definition => {
                    self.syntax.defined.insert(name.clone());
                    // The scope of its parameters has been opened already.
                    self.declare(name, Declared::Own, 1);
                }
                Declaration::Prototype => self.declare(name, Declared::Function, 0),
                Declaration::Variable => self.declare(name, Declared::Own, 0),
                Declaration::Type => {}
            }
            return;
        }
        if self.declared(&name) == Some(Declared::Own) {
            return;
        }
        let used = Use {
            span: self.logical.origin(node.byte_range()),
            context: self.context(node, field, around),
            literal_argument: self.literal_argument(field, around),
            name,
        };
        self.syntax.uses.push(used);
    }

    /// Declares a name in the innermost scope, or in one further out.
    fn declare(&mut self, name: String, declared: Declared, outwards: usize) {
        let scope = self.scopes.len().saturating_sub(1 + outwards);
        if let Some(scope) = self.scopes.get_mut(scope) {
            let known = scope.entry(name).or_insert(declared);
            // A prototype after the definition takes nothing back.
            if declared == Declared::Own {
                *known = declared;
            }
        }
    }

    fn declared(&self, name: &str) -> Option<Declared> {
        let mut scopes = self.scopes.iter().rev();
        scopes.find_map(|scope| scope.get(name).copied())
    }

    fn context(&self, node: Node<'_>, field: Option<&str>, around: &Around<'_>) -> Context {
        let parent = around.last().map_or("", |(node, _)| node.kind());
        match (parent, field) {
            ("call_expression", Some("function")) => return Context::Called,
            ("case_statement", Some("value")) => return Context::Compared(Operand::Else),
            _ => {}
        }
        // The expression that the name is, without the brackets and casts around it.
        let mut whole = node;
        let mut outwards = around.iter().rev().map(|(node, _)| *node);
        let outer = outwards.find(|outer| {
            let wraps = matches!(outer.kind(), "parenthesized_expression" | "cast_expression");
            if wraps {
                whole = *outer;
            }
            !wraps
        });
        let Some(outer) = outer else {
            return Context::Named;
        };
        let side = |name| outer.child_by_field_name(name);
        match outer.kind() {
            "binary_expression" => {
                let compares = side("operator").is_some_and(|operator| {
                    matches!(operator.kind(), "==" | "!=" | "<" | ">" | "<=" | ">=")
                });
                let other = [side("left"), side("right")]
                    .into_iter()
                    .flatten()
                    .find(|operand| operand.id() != whole.id());
                match other {
                    Some(other) if compares => Context::Compared(self.operand(other)),
                    _ => Context::Named,
                }
            }
            "assignment_expression" => match side("left") {
                Some(left) if left.id() != whole.id() && left.kind() == "identifier" => {
                    Context::AssignedTo(self.word(left))
                }
                _ => Context::Named,
            },
            "switch_statement" => Context::Switched(self.cases(outer)),
            _ => Context::Named,
        }
    }

    /// The values of a switch's cases.
    fn cases(&self, switch: Node<'_>) -> Vec<Operand> {
        let Some(body) = switch.child_by_field_name("body") else {
            return Vec::new();
        };
        let mut cursor = body.walk();
        body.named_children(&mut cursor)
            .filter(|child| child.kind() == "case_statement")
            .filter_map(|case| Some(self.operand(case.child_by_field_name("value")?)))
            .collect()
    }

    fn operand(&self, node: Node<'_>) -> Operand {
        match node.kind() {
            "number_literal" => {
                let text = self.word(node);
                let digits = text.trim_end_matches(['u', 'U', 'l', 'L']);
                let number = match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
                    Some(hex) => i64::from_str_radix(hex, 16),
                    None if digits.starts_with('0') => i64::from_str_radix(digits, 8),
                    None => digits.parse(),
                };
                Operand::Number(number.ok())
            }
            "identifier" => {
                let name = self.word(node);
                match self.declared(&name) {
                    Some(Declared::Own) => Operand::Own(name),
                    _ => Operand::Foreign(name),
                }
            }
            "parenthesized_expression" => node
                .named_child(0)
                .map_or(Operand::Else, |inner| self.operand(inner)),
            _ => Operand::Else,
        }
    }

    /// The first argument of the call that a name is the function of, where it is a literal.
    fn literal_argument(&self, field: Option<&str>, around: &Around<'_>) -> Option<String> {
        let (call, _) = around.last()?;
        if call.kind() != "call_expression" || field != Some("function") {
            return None;
        }
        let first = call.child_by_field_name("arguments")?.named_child(0)?;
        matches!(first.kind(), "number_literal" | "string_literal").then(|| self.word(first))
    }

    fn attributes(&mut self, node: Node<'_>) {
        let start = node.start_byte();
        for token in tokens(&self.text[node.byte_range()]) {
            if token.kind != Kind::Word {
                continue;
            }
            let span = start + token.span.start..start + token.span.end;
            let word = String::from_utf8_lossy(&self.text[span.clone()]);
            let name = word.trim_matches('_').to_owned();
            self.syntax
                .attributes
                .push((name, self.logical.origin(span)));
        }
    }

    fn word(&self, node: Node<'_>) -> String {
        String::from_utf8_lossy(&self.text[node.byte_range()]).into_owned()
    }
}

#[cfg(test)]
mod tests;
