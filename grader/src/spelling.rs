//! The word that was probably meant.

/// The candidate that is nearest to a misspelt word, unless none is near.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // A third of the letters may be wrong, but never all of a short word.
    let tolerance = (word.chars().count().max(3) / 3).min(4);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|&(distance, candidate)| {
            distance <= tolerance && distance < candidate.chars().count()
        })
        .min_by_key(|&(distance, _)| distance)
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
}
