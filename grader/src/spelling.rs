//! The word that was probably meant.

/// The candidate that is nearest to a misspelt word, unless none is near.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    misspelt(word, &candidates).or_else(|| cut_short(word, &candidates))
}

/// The candidate from which the fewest slips lead to the word.
fn misspelt<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    // A third of the letters may be wrong, but never all of a short word.
    let tolerance = (word.chars().count().max(3) / 3).min(4);
    candidates
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), *candidate))
        .filter(|&(distance, candidate)| {
            distance <= tolerance && distance < candidate.chars().count()
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// The candidate that begins most like the word, of which the end may be missing.
fn cut_short<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    // Below this, a suggestion looks like a guess.
    const ALIKE: f64 = 0.9;
    candidates
        .iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), *candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_word_is_found_and_a_far_one_is_not() {
        let words = ["connect", "send", "leave"];
        assert_eq!(nearest("conect", words), Some("connect"));
        assert_eq!(nearest("sned", words), Some("send"));
        assert_eq!(nearest("frobnicate", words), None);
        assert_eq!(nearest("x", ["y"]), None);
    }

    #[test]
    fn the_end_of_a_word_may_be_missing() {
        let words = ["prefix-every-line", "long-line", "line-in-pieces"];
        assert_eq!(nearest("prefix-evry", words), Some("prefix-every-line"));
        assert_eq!(nearest("lazy", words), None);
    }
}
