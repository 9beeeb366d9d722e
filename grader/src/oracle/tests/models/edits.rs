//! Where the subject leaves no choice, one stream is right, and every other byte is wrong.

use proptest::prelude::*;

use crate::oracle::tests::{ClientId, Judge, Stage};

/// Whole lines, each said by somebody at an instant of its own.
fn conversations() -> impl Strategy<Value = Vec<(usize, Vec<u8>)>> {
    let byte = prop_oneof![any::<u8>(), prop::sample::select(&b"client 012: \0\r"[..]),];
    let text = prop::collection::vec(byte, 0..12).prop_map(|mut text| {
        text.retain(|byte| *byte != b'\n');
        text.push(b'\n');
        text
    });
    prop::collection::vec((0..3_usize, text), 1..6)
}

/// What somebody does to a stream at one place of it.
#[derive(Clone, Copy, Debug)]
enum Edit {
    Change(u8),
    Drop,
    Double,
    Insert(u8),
}

fn edits() -> impl Strategy<Value = Edit> {
    let byte = || prop_oneof![any::<u8>(), prop::sample::select(&b"\nclient 012: "[..])];
    prop_oneof![
        byte().prop_map(Edit::Change),
        Just(Edit::Drop),
        Just(Edit::Double),
        byte().prop_map(Edit::Insert),
    ]
}

impl Edit {
    fn make(self, stream: &[u8], place: usize) -> Vec<u8> {
        let (before, rest) = stream.split_at(place);
        let (byte, after) = rest.split_at(1);
        match self {
            Self::Change(other) => [before, &[other], after].concat(),
            Self::Drop => [before, after].concat(),
            Self::Double => [before, byte, byte, after].concat(),
            Self::Insert(other) => [before, &[other], byte, after].concat(),
        }
    }
}

/// The conversation on a stage of three, and what the third must have received of it.
fn held(judge: Judge, lines: &[(usize, Vec<u8>)]) -> (Stage, Vec<u8>) {
    let mut stage = Stage::with(3);
    stage.judge = judge;
    let mut due = Vec::new();
    for (who, text) in lines {
        stage.oracle.says(ClientId(*who), text);
        stage.then();
        if *who != 2 {
            due.extend_from_slice(format!("client {who}: ").as_bytes());
            due.extend_from_slice(text);
        }
    }
    (stage, due)
}

/// The first piece that is refused, or whether everything has come; cut at these places.
fn judged(stage: &Stage, bytes: &[u8], cuts: &[prop::sample::Index]) -> Result<bool, usize> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    let mut stream = stage.stream(2);
    for piece in places.windows(2) {
        let fed = stream.feed(&stage.oracle, &bytes[piece[0]..piece[1]]);
        if let Err(mismatch) = fed {
            // Where the first wrong byte stands.
            return Err(piece[1] - mismatch.received.len());
        }
    }
    Ok(stream.is_complete(&stage.oracle))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(250) })]

    #[test]
    fn what_is_due_is_right_in_whatever_pieces_and_no_edit_of_it_is(
        lines in conversations(),
        edit in edits(),
        place: prop::sample::Index,
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        for judge in [Judge::EveryByte, Judge::SortedLines] {
            let (stage, due) = held(judge, &lines);
            prop_assert_eq!(judged(&stage, &due, &cuts), Ok(true));
            if due.is_empty() {
                continue;
            }
            let edited = edit.make(&due, place.index(due.len()));
            if edited == due {
                continue;
            }
            let found = judged(&stage, &edited, &cuts);
            prop_assert_ne!(found, Ok(true), "{:?} instead of {:?}", edited, due);
            if let (Judge::EveryByte, Err(at)) = (judge, found) {
                let same = due.iter().zip(&edited).take_while(|(due, came)| due == came);
                prop_assert_eq!(at, same.count());
            }
        }
    }

    /// Where what a client says is cut, and how long the server has between the pieces, decides
    /// nothing about its lines.
    #[test]
    fn lines_do_not_depend_on_the_pieces_in_which_they_are_said(
        text in prop::collection::vec(prop::sample::select(&b"ab\n\r\0"[..]), 0..60),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..8),
    ) {
        let mut places: Vec<(usize, bool)> = cuts
            .iter()
            .map(|(cut, settles)| (cut.index(text.len() + 1), *settles))
            .collect();
        places.push((text.len(), true));
        places.sort_unstable();
        let mut stage = Stage::with(1);
        let mut said = 0;
        for (place, settles) in places {
            stage.oracle.says(ClientId(0), &text[said..place]);
            said = place;
            if settles {
                stage.then();
            }
        }
        let lines: Vec<Vec<u8>> = text
            .split_inclusive(|byte| *byte == b'\n')
            .map(|line| [b"client 0: ", line].concat())
            .collect();
        let log = stage.oracle.log().iter().skip(1);
        let told: Vec<Vec<u8>> = log.map(|line| line.bytes.clone()).collect();
        prop_assert_eq!(told, lines);
        let is_open = text.last().is_some_and(|last| *last != b'\n');
        prop_assert_eq!(stage.oracle.has_open_line(ClientId(0)), is_open);
    }
}
