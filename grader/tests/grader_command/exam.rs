//! The exam's tests are judged as the exam judges.
#![cfg(target_os = "linux")]

use super::invocation::play;
use super::servers;

#[test]
fn who_prints_while_nobody_comes_has_printed() {
    let only = ["--only", "exam-3", "--require", "exam"];
    let server = servers::saboteur("time_out_is_printed").path;
    let played = play(Some(&server), &only);
    assert_eq!(played.status, 1, "{}", played.stdout);
    let wrong = "the server wrote 8000 bytes to its standard output";
    assert!(played.stdout.contains(wrong), "{}", played.stdout);

    let quiet = servers::stranger("wakes_up_every_second").path;
    let played = play(Some(&quiet.expect("it is C")), &only);
    assert_eq!(played.status, 0, "{}", played.stdout);
}
