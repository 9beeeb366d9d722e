use proptest::prelude::*;

use super::*;

fn syntax(text: &str) -> Syntax {
    let source = SourceText::new("a.c", text.as_bytes().to_vec());
    Syntax::new(&source, &Branches::of(source.bytes())).expect("it is short")
}

fn called(text: &str) -> Vec<String> {
    let uses = syntax(text).uses.into_iter();
    uses.filter(|used| used.context == Context::Called)
        .map(|used| used.name)
        .collect()
}

fn named(text: &str) -> Vec<String> {
    let uses = syntax(text).uses.into_iter();
    uses.filter(|used| used.context != Context::Called)
        .map(|used| used.name)
        .collect()
}

#[test]
fn calls_are_those_of_others() {
    let text = "int printf(const char *, ...);\n\
                static int own(int a) { return a; }\n\
                int main(void) { own(1); printf(\"%d\", later()); return puts(\"\"); }\n\
                int later(void) { return own(2); }\n";
    let syntax = syntax(text);
    let called: Vec<_> = syntax.uses.iter().map(|used| used.name.as_str()).collect();
    assert_eq!(called, ["printf", "later", "puts"]);
    assert!(syntax.defined.contains("later") && syntax.defined.contains("own"));
}

#[test]
fn names_are_hidden_where_they_are_declared_and_nowhere_else() {
    let text = "void f(int read) { { int time = read; time++; } time(0); read; }\n\
                void g(int (*index)(int)) { index(1); for (int poll = 0; poll;) poll--; poll(); }\n\
                void (*h(int signal))(int kill) { signal; kill(0, 0); return 0; }\n\
                enum e { exit_code = 3 };\n\
                int k(a, b) int a; char *b; { return a + *b + exit_code; }\n\
                void l(void) { extern int dup(int); dup(1); }\n";
    assert_eq!(called(text), ["time", "poll", "kill", "dup"]);
    assert_eq!(named(text), [""; 0]);
}

#[test]
fn members_labels_and_types_are_no_uses() {
    let text = "typedef int read; struct s { int write; int (*poll)(void); };\n\
                void f(struct s *a) { a->write = 1; a->poll(); goto exit; exit: return; }\n\
                struct s b = { .write = 2 };\n\
                int printf(const char *format, ...);\n";
    assert_eq!(called(text), [""; 0]);
    assert_eq!(named(text), [""; 0]);
}

#[test]
fn a_function_that_is_only_named_is_used() {
    assert_eq!(named("int (*f)(const char *) = puts;"), ["puts"]);
    assert_eq!(named("void *t[] = { &printf, 0 };"), ["printf"]);
    assert_eq!(named("int a[] = { sizeof(fork) };"), ["fork"]);
}

#[test]
fn joined_lines_and_digraphs_are_understood() {
    assert_eq!(
        called("int f(void) <% int a<:2:>; return pri\\\nntf(\"\") + a<:0:>; %>"),
        ["printf"]
    );
    let syntax = syntax("void f(void) { pri\\\nntf(\"\"); }");
    assert_eq!(syntax.uses[0].span, 15..23);
}

#[test]
fn what_if_leaves_away_is_not_there() {
    let text = "#if 0\nvoid f(void) { printf(\"\"); }\nint puts(char *s) { return 0; }\n#endif\n\
                int g(void) { return puts(0); }\n";
    let source = SourceText::new("a.c", text.as_bytes().to_vec());
    let mut branches = Branches::of(source.bytes());
    branches.learn(|_| false);
    let syntax = Syntax::new(&source, &branches).expect("it is short");
    assert_eq!(syntax.uses.len(), 1);
    assert_eq!(syntax.uses[0].name, "puts");
    assert_eq!(syntax.defined.len(), 1);
}

#[test]
fn comparisons_and_switches_are_seen() {
    let contexts = |text: &str| -> Vec<Context> {
        let uses = syntax(text).uses.into_iter();
        uses.filter(|used| used.name == "errno")
            .map(|used| used.context)
            .collect()
    };
    let foreign = |name: &str| Operand::Foreign(name.into());
    assert_eq!(
        contexts("void f(void) { if ((errno) == 0xB) ; if (EINTR != (int)errno) ; }"),
        [
            Context::Compared(Operand::Number(Some(11))),
            Context::Compared(foreign("EINTR")),
        ]
    );
    assert_eq!(
        contexts("void f(void) { switch (errno) { case EAGAIN: break; case 11: default: ; } }"),
        [Context::Switched(vec![
            foreign("EAGAIN"),
            Operand::Number(Some(11))
        ])]
    );
    assert_eq!(
        contexts("void f(void) { int a = errno; errno = EAGAIN; }"),
        [Context::Named, Context::Named]
    );
}

#[test]
fn assembly_and_attributes_are_found() {
    let text = "__asm__(\"nop\");\nint w(int) __asm__(\"write\");\n\
                __attribute__((__constructor__)) static void f(void) { asm volatile(\"nop\"); }\n\
                #define NOP __asm__(\"nop\")\n";
    let syntax = syntax(text);
    assert_eq!(syntax.assembly.len(), 3);
    assert!(
        syntax
            .attributes
            .iter()
            .any(|(name, _)| name == "constructor")
    );
    assert!(syntax.macro_words.iter().any(|(word, _)| word == "__asm__"));
    assert!(syntax.uses.is_empty(), "{:?}", syntax.uses);
}

#[test]
fn a_deep_nest_is_read() {
    let deep = format!(
        "int f(void) {{ return {}1{}; }}",
        "(".repeat(20_000),
        ")".repeat(20_000)
    );
    assert!(syntax(&deep).uses.is_empty());
}

proptest! {
    #[test]
    fn any_text_can_be_read(text in "([a-z(){};*=,\"'#\\\\\n<>:%]|int |void |if |return ){0,60}") {
        let _ = syntax(&text);
    }

    #[test]
    fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        let source = SourceText::new("a.c", bytes);
        let _ = Syntax::new(&source, &Branches::of(source.bytes()));
    }
}
