//! Through which a caller is told what happens while something is measured.

use std::time::Duration;

use crate::plan::Step;
use crate::process::Captured;
use crate::process::python::Python;
use crate::sampler::Factory;

/// Is told what happens, when it happens. What is not listened to is lost.
pub(crate) trait Observer {
    /// This interpreter was chosen for a version, the first to have it.
    fn chose_python(&self, _python: &Python) {}

    /// This tool was chosen to take the samples.
    fn chose_sampler(&self, _samplers: &Factory) {}

    /// A process that runs already, with this command line, is watched by this tool from now on.
    fn attached(&self, _pid: u32, _command: &str, _samplers: &Factory) {}

    /// These runs will be made, or fewer: after the rounds in `looks` there may be enough.
    fn planned(&self, _steps: &[Step], _looks: &[u32]) {}

    /// A run of the version with this name begins, after `done` others.
    fn began(&self, _done: usize, _step: Step, _variant: &str) {}

    /// The run that began has been compiling for so long, which is no time where it is not,
    /// and has compiled so many functions.
    fn compiling(&self, _time: Duration, _functions: usize) {}

    /// The run that began has written this.
    fn wrote(&self, _written: &Captured) {}

    /// Something has to be said that cannot wait for a report.
    fn warned(&self, _warning: &str) {}

    /// The run that began has ended, and was recorded.
    fn ended(&self, _step: Step) {}
}
