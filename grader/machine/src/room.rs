//! How much room a folder takes on its disk.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// How many entries are looked at; a folder with more of them is taken to be full.
const ENTRIES: usize = 20_000;

/// How many bytes the files in a folder occupy, as far as they can be counted; the largest number
/// of all where there are too many.
pub(super) fn occupied(folder: &Path) -> u64 {
    let mut bytes = 0;
    let mut seen = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            seen += 1;
            if seen > ENTRIES {
                return u64::MAX;
            }
            // Not what a link leads to.
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            bytes += metadata.blocks() * 512;
            if metadata.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn everything_below_counts_and_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(occupied(folder.path()), 0);
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/b/c"), vec![1; 100_000]).unwrap();
        std::os::unix::fs::symlink("/", folder.path().join("root")).unwrap();
        let occupied = occupied(folder.path());
        assert!((100_000..300_000).contains(&occupied), "{occupied}");
    }
}
