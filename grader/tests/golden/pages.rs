//! The pages of `docs/` that are generated.

use super::assert_golden;

#[test]
fn the_exit_codes_are_documented() {
    assert_golden("docs/exit-codes.md", &grader::exit_code::page());
}
