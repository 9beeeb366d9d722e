//! The pages of `docs/` that are generated.

use grader::rules::{self, page};
use grader::suite::Suite;

use super::assert_golden;

#[test]
fn the_exit_codes_are_documented() {
    assert_golden("docs/exit-codes.md", &grader::exit_code::page());
}

#[test]
fn the_rules_are_documented() {
    let ids: Vec<&str> = rules::all().iter().map(|rule| rule.id.as_str()).collect();
    let suite = Suite::shipped(&ids).expect("the shipped scenarios are tested elsewhere");
    assert_golden("docs/rules.md", &page::page(&suite.coverage()));
}
