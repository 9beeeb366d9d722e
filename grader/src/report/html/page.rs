//! The frame of every page: its style, its script, and what a browser may do with it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

/// The style of every page.
const STYLE: &str = include_str!("style.css");

/// A whole page. A `script` may run, and no other; nothing is loaded from anywhere.
#[must_use]
pub fn page(title: &str, script: Option<&str>, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(script));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (body)
                @if let Some(script) = script {
                    script { (PreEscaped(script)) }
                }
            }
        }
    };
    page.into_string()
}

/// What a browser may do: apply the style and run the script that stand in the page.
fn policy(script: Option<&str>) -> String {
    let source = |text: &str| {
        let digest = Sha256::digest(text.as_bytes());
        format!("'sha256-{}'", BASE64_STANDARD.encode(digest))
    };
    let script = script.map_or_else(|| "'none'".into(), source);
    format!(
        "default-src 'none'; script-src {script}; style-src {}; base-uri 'none'; form-action 'none'",
        source(STYLE)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_the_script_that_is_there() {
        // As `printf alert | openssl dgst -sha256 -binary | base64` says.
        let policy = policy(Some("alert"));
        let digest = "'sha256-";
        assert_eq!(policy.matches(digest).count(), 2, "{policy}");
        assert!(super::policy(None).contains("script-src 'none'"));
    }

    #[test]
    fn a_title_is_text() {
        let page = page("</title><script>alert(1)</script>", None, &html! {});
        assert!(!page.contains("<script"), "{page}");
    }
}
