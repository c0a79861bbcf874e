//! Whether there are colors, and how much is said.

/// What the environment asks of every program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorWish {
    /// `NO_COLOR` is set: see <https://no-color.org>.
    Never,
    /// `CLICOLOR_FORCE` is set: see <https://bixense.com/clicolors>.
    Always,
    /// Neither is.
    OnTerminals,
}

impl ColorWish {
    /// What these variables ask for. One that is empty counts as not set, and so does a
    /// `CLICOLOR_FORCE` of 0; where both are set, there is no color.
    pub fn of(no_color: Option<&str>, clicolor_force: Option<&str>) -> Self {
        let is_set = |value: Option<&str>| value.is_some_and(|value| !value.is_empty());
        if is_set(no_color) {
            Self::Never
        } else if is_set(clicolor_force) && clicolor_force != Some("0") {
            Self::Always
        } else {
            Self::OnTerminals
        }
    }
}

/// Whether to use colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` or `CLICOLOR_FORCE` is set.
    #[default]
    Auto,
    /// Even in a file.
    Always,
    /// Not even on a terminal.
    Never,
}

impl Color {
    /// Whether a stream is to be colored: `terminal` says whether it is one.
    pub const fn applies(self, terminal: bool, wish: ColorWish) -> bool {
        match self {
            Self::Auto => match wish {
                ColorWish::Never => false,
                ColorWish::Always => true,
                ColorWish::OnTerminals => terminal,
            },
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// How much to say on standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors only.
    Quiet,
    /// Progress and warnings.
    #[default]
    Normal,
    /// What is done and chosen, and the output of the scripts in `diff`.
    Verbose,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_may_wish_for_colors_or_none() {
        #[track_caller]
        fn check(no_color: Option<&str>, force: Option<&str>, terminal: bool, expected: bool) {
            let wish = ColorWish::of(no_color, force);
            assert_eq!(Color::Auto.applies(terminal, wish), expected);
            assert!(Color::Always.applies(terminal, wish));
            assert!(!Color::Never.applies(terminal, wish));
        }
        check(None, None, true, true);
        check(None, None, false, false);
        check(Some("1"), None, true, false);
        check(Some(""), None, true, true);
        check(None, Some("1"), false, true);
        check(None, Some("0"), false, false);
        check(Some("1"), Some("1"), true, false);
    }
}
