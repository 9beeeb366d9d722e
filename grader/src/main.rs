//! The `grader` executable.
use grader::harness::Program;
use grader::runner::{Settings, run};
use grader::suite::{Filter, Suite};
use grader::verdict::Outcome;
use std::path::PathBuf;
fn main() {
    let rules = [
        "no-argument",
        "port-from-argument",
        "fatal-error",
        "out-of-memory",
        "loopback-only",
        "silent",
        "ids-count-up",
        "arrival",
        "departure",
        "relay",
        "prefix-every-line",
        "line-in-pieces",
        "long-line",
        "verbatim",
        "order",
        "prompt",
        "unfinished-line",
        "lazy-stays",
        "lazy-harmless",
        "lazy-catches-up",
        "many-ids",
        "many-clients",
        "survives",
        "no-fd-leak",
        "no-memory-leak",
        "sleeps-when-idle",
        "exam-1",
        "exam-2",
        "exam-3",
        "exam-4",
        "exam-5",
        "exam-6",
        "exam-7",
        "exam-8",
        "exam-9",
    ];
    let args: Vec<String> = std::env::args().collect();
    let mut suite = Suite::at(&PathBuf::from("scenarios"), &rules).unwrap_or_else(|e| {
        if let grader::suite::SuiteError::Scenarios(v) = &e {
            for e in v {
                eprintln!("{}", e.render(false));
            }
        }
        panic!("{e}")
    });
    if args.len() > 2 {
        Filter::new(&args[2..], &[])
            .unwrap()
            .apply(&mut suite)
            .unwrap();
    }
    let _ = grader::harness::descendants::adopt();
    let begun = std::time::Instant::now();
    let settings = Settings {
        program: Program {
            path: args[1].clone().into(),
            arguments: vec![],
        },
        jobs: 2,
        patience: std::time::Duration::from_secs(2),
        seed: 1,
    };
    run(&settings, &suite.scenarios, |r| {
        let what = match &r.outcome {
            Outcome::Passed => "ok".to_string(),
            Outcome::Failed(f) => format!(
                "FAILED {} {:?} {:?}",
                f.reason,
                f.comparison.as_ref().map(|c| (
                    String::from_utf8_lossy(&c.matched)
                        .chars()
                        .take(200)
                        .collect::<String>(),
                    String::from_utf8_lossy(&c.expected)
                        .chars()
                        .take(200)
                        .collect::<String>(),
                    String::from_utf8_lossy(&c.received)
                        .chars()
                        .take(200)
                        .collect::<String>()
                )),
                f.death
            ),
            o => format!("{o:?}"),
        };
        println!(
            "{:28} {:8} {:7.1?} {} {:?}",
            r.scenario, r.tier, r.duration, what, r.readings
        );
        Ok::<(), std::io::Error>(())
    })
    .unwrap();
    println!("{:?}", begun.elapsed());
}
