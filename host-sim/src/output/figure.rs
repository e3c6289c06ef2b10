//! Figures as files.

use std::path::{Path, PathBuf};

use figures::{Figure, FigureError, png_bytes, svg_text};

use super::write_atomically;
use crate::failure::Failure;
use crate::progress::say;

/// The files of a figure.
const EXTENSIONS: [&str; 2] = [".png", ".svg"];

/// `<stem><extension>`. A dot in the stem is kept.
fn path(stem: &Path, extension: &str) -> PathBuf {
    let mut name = stem.as_os_str().to_owned();
    name.push(extension);
    PathBuf::from(name)
}

/// Writes `<stem>.png` and `<stem>.svg`, or says on standard error why the figure cannot be drawn: the numbers are worth
/// keeping without it.
pub fn draw(figure: &impl Figure, stem: &Path) -> Result<(), Failure> {
    // Both are drawn before either is written: a figure that fails leaves no half of a pair.
    let drawn = png_bytes(figure).and_then(|png| Ok([png, svg_text(figure)?.into_bytes()]));
    match drawn {
        Ok(files) => {
            for (extension, bytes) in EXTENSIONS.iter().zip(files) {
                write_atomically(&path(stem, extension), &bytes)?;
            }
            Ok(())
        }
        Err(FigureError::Data(reason)) => {
            say(&format!("{}: not drawn: {reason}", stem.display()));
            // An older figure beside the new numbers would be taken for theirs.
            for extension in EXTENSIONS {
                let _ = std::fs::remove_file(path(stem, extension));
            }
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use figures::AutocorrelationFigure;

    #[test]
    fn a_figure_is_two_files_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let stem = folder.path().join("g1.5");
        let figure = |networks| AutocorrelationFigure {
            networks,
            interval: 0.25,
            theory: None,
        };
        let curves = [vec![1.0, 0.5, 0.25]];
        draw(&figure(&curves), &stem).unwrap();
        let svg = std::fs::read_to_string(folder.path().join("g1.5.svg")).unwrap();
        assert!(svg.trim_end().ends_with("</svg>") && folder.path().join("g1.5.png").exists());
        draw(&figure(&[]), &stem).unwrap();
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "the old ones are gone"
        );
    }
}
