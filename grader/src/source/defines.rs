//! The rule `no-define`: the source holds no `#define`.

use std::ops::Range;

use super::SourceText;
use super::directives::directives;
use super::logical::Logical;
use crate::verdict::Finding;

/// Finds every `#define`, also one that `#if` leaves away: the subject forbids it in the file.
///
/// A syntax tree is not enough for this. The line can be cut anywhere by a backslash, its `#` can
/// be written `%:` or `??=`, comments can stand before and within it, and it can stand in a text
/// that is no C at all, such as prose under `#if 0`. So the file is cut as the standard says,
/// first joined, then into comments, literals and words. Trigraphs mean something only to a
/// compiler that is told so; read in that way, the file is searched for what is written with them.
#[must_use]
pub fn defines(source: &SourceText) -> Vec<Finding> {
    let raw = source.bytes();
    let plainly = heads(&Logical::new(raw));
    let with_trigraphs = Logical::with_trigraphs(raw).map_or_else(Vec::new, |logical| {
        let mut heads = heads(&logical);
        heads.retain(|head| memchr::memmem::find(&raw[head.clone()], b"??").is_some());
        heads
    });
    let mut heads = [plainly, with_trigraphs].concat();
    heads.sort_by_key(|head| head.start);
    heads.dedup_by_key(|head| head.start);
    heads
        .into_iter()
        .map(|head| Finding::new("#define must not be in the file", Some(source.place(head))))
        .collect()
}

/// Where the `#define`s stand in the file, from `#` to the end of the word.
fn heads(logical: &Logical) -> Vec<Range<usize>> {
    directives(logical)
        .into_iter()
        .filter(|directive| directive.name == b"define")
        .map(|directive| logical.origin(directive.head))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        let source = SourceText::new("mini_serv.c", text.as_bytes().to_vec());
        defines(&source).iter().filter_map(Finding::line).collect()
    }

    #[test]
    fn every_way_to_write_it_is_found() {
        for text in [
            "#define X 1",
            "  #  define X 1",
            "\t#\tdefine X(a) a",
            "#def\\\nine X",
            "#\\\r\n  define X",
            "#define\\\n X",
            "\\\n#define X",
            "%:define X",
            "%: define X",
            "%\\\n:define X",
            "??=define X",
            "??= /* why */ def??/\nine X",
            "/* a comment */ #define X",
            "/* a\ncomment */ # /* another\n */ define X",
            "#if 0\n#define X\n#endif",
            "#if 0\ndon't \"\n#define X\n#endif",
            "#define",
            "// what??/\n#define X",
        ] {
            let found = lines(text);
            assert_eq!(found.len(), 1, "{text}");
        }
        assert_eq!(lines("int a;\n#define A\n\n#define B\n"), [2, 4]);
        assert_eq!(lines("#\\\n\\\ndefine A\n"), [1]);
    }

    #[test]
    fn look_alikes_are_not() {
        for text in [
            "// #define X",
            "// a comment \\\n#define X",
            "/*\n#define X\n*/",
            "char *s = \"\\\n#define X\";",
            "char *s = \"#define X\";",
            "int define; int undefined = 1;",
            "#undef X",
            "#ifdef X\n#endif",
            "#if defined(X)\n#endif",
            "#defined X",
            "#include <stdio.h>",
            "#include \"define\"",
            "#error #define X",
            "x #define X",
            "int a; /*\n*/ #define X",
            "R\"(\n#define X\n)\"",
            "#pragma message(\"define\")",
            "??/\n",
            "\"??=define\"",
        ] {
            assert_eq!(lines(text), [0; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_cut_line_is_still_found(cuts in prop::collection::btree_set(0..9_usize, 0..6)) {
            let mut text = "#define X\n".to_owned();
            for cut in cuts.into_iter().rev() {
                text.insert_str(cut, "\\\n");
            }
            prop_assert_eq!(lines(&text).len(), 1, "{}", text);
        }

        #[test]
        fn any_bytes_can_be_searched(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = defines(&SourceText::new("a.c", bytes));
        }

        #[test]
        fn a_define_of_its_own_line_is_found_after_any_whole_lines(
            before in "([a-z;(){} ]{0,12}\n){0,4}",
        ) {
            prop_assert_eq!(lines(&format!("{before}#define X\n")).len(), 1);
        }
    }
}
