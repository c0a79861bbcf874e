//! `profila annotate`: where one script spends its time.

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::ExitStatus;

use super::measure::{Laboratory, ending};
use super::{End, here, install_interrupts, print, require_writable, say, style, view, write_file};
use crate::cli::{AnnotateArgs, GlobalArgs};
use crate::config::{self, Config, Format};
use crate::error::{ExitCode, Result};
use crate::profile;
use crate::recording::Recording;
use crate::report::{self, json};

pub(super) fn annotate(args: &AnnotateArgs, global: &GlobalArgs) -> Result<End> {
    let here = here()?;
    let document = config::discover(args.config.config.as_deref(), &here)?;
    let config = config::annotate(args, global, document.as_ref(), &here)?;
    config::require_scripts(&config)?;
    for file in kept_files(&config) {
        require_writable(Some(file))?;
    }
    let interrupts = install_interrupts()?;
    let observed = Laboratory::new(&config, &here, &interrupts)?.observe()?;
    match observed.recording {
        Ok(recording) => {
            let kept = keep(&recording, &config);
            let recording = view(recording, config.sampling.attribution);
            let gap = match config.output.format {
                // What the script printed may not end its line.
                Format::Text => "\n",
                Format::Json => "",
            };
            print(&format!("{gap}{}", render(&recording, &config.output)))?;
            // The report is not lost with what could not be written.
            kept?;
        }
        // Somebody may have killed it.
        Err(error) if observed.status.signal().is_some() => say(&format!(
            "the script {}; no profile: {error}",
            ending(observed.status)
        )),
        // A script that failed has said so itself.
        Err(error) if !observed.status.success() => say(&format!("no profile: {error}")),
        Err(error) => return Err(error),
    }
    Ok(as_the_script(observed.status))
}

/// This process ends as the script did.
fn as_the_script(status: ExitStatus) -> End {
    if let Some(signal) = status.signal() {
        return End::Signal(signal);
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    End::Code(code.unwrap_or(ExitCode::Script.code()))
}

/// The files that the recording is written to.
fn kept_files(config: &Config) -> impl Iterator<Item = &PathBuf> {
    let files = [&config.output.save, &config.output.exports.json];
    files.into_iter().flatten()
}

fn keep(recording: &Recording, config: &Config) -> Result<()> {
    for file in kept_files(config) {
        write_file(file, &json::write(recording))?;
    }
    Ok(())
}

/// A recording as annotated source, or as JSON.
pub(super) fn render(recording: &Recording, output: &config::Output) -> String {
    match output.format {
        Format::Json => json::write(recording),
        Format::Text => {
            let options = report::annotate::Options {
                context: usize::try_from(output.context).unwrap_or(usize::MAX),
                specializations: output.specializations,
            };
            let profile = profile::annotate(recording);
            let warnings = recording.warnings.iter();
            let warnings = warnings.map(|warning| format!("\nwarning: {warning}\n"));
            let text = report::annotate::text(&profile, &options, &style(output));
            text + &warnings.collect::<String>()
        }
    }
}
