//! What runs have to have in common for their times to be compared.

use std::collections::BTreeSet;

use super::{Machine, Recording};

/// What differs between the circumstances of two recordings, for a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What, such as `kernel`.
    pub what: &'static str,
    /// What it was in the first.
    pub first: String,
    /// What it was in the second.
    pub second: String,
}

impl Recording {
    /// What the fingerprints of two recordings differ in: the machine, the kernel, the Python,
    /// the Numba that was imported, the sampler, the settings that shape a measurement, and the
    /// arguments of what was run. Nothing in what was run itself counts: that is what is compared.
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let machines = differing(self.machines(), other.machines());
        machines
            .chain(differing(self.setup(), other.setup()))
            .collect()
    }

    /// What two recordings of one version differ in besides the machine, where they should be of
    /// one kind: what shapes a measurement, and what was run, with the sources that both have.
    pub fn differences_of_setup(&self, other: &Self) -> Vec<Difference> {
        let program = differing(self.program(), other.program());
        let sources = self.sources.iter().filter_map(|source| {
            let known = other.sources.iter().find(|it| it.path == source.path)?;
            (known.sha256 != source.sha256).then(|| {
                let [first, second] = [source, known].map(|it| it.sha256.chars().take(12));
                Difference {
                    what: "source",
                    first: format!("`{}` {}", source.path, first.collect::<String>()),
                    second: second.collect(),
                }
            })
        });
        let setup = differing(self.setup(), other.setup());
        setup.chain(program).chain(sources).collect()
    }

    /// The machines of a recording, by what there is to know of them.
    fn machines(&self) -> [(&'static str, String); 3] {
        [
            ("processor", self.of_machines(|it| it.cpu.clone())),
            ("processors", self.of_machines(|it| it.cores.to_string())),
            ("kernel", self.of_machines(|it| it.kernel.clone())),
        ]
    }

    /// What is run, by its names.
    fn program(&self) -> [(&'static str, String); 5] {
        let variant = &self.variant;
        let named = [&variant.script, &variant.module, &variant.code];
        let named = named.map(|it| it.clone().unwrap_or_default());
        let commit = variant.revision.as_ref().map(|it| it.commit.clone());
        let region = self.settings.region.as_ref();
        [
            ("what is run", named.concat()),
            ("commit", commit.unwrap_or_default()),
            ("role", format!("{:?}", self.role)),
            ("looks", format!("{:?}", self.settings.looks)),
            (
                "region",
                region.map_or_else(|| "none".to_owned(), |it| it.as_written().to_owned()),
            ),
        ]
    }

    /// What shapes a measurement besides the machine, by its names.
    fn setup(&self) -> [(&'static str, String); 8] {
        let settings = &self.settings;
        [
            ("Python", self.python.clone()),
            ("Numba", self.numba.clone()),
            ("sampler", self.sampler.clone()),
            ("sampling rate", format!("{} Hz", settings.rate_hz)),
            (
                "limit on stops",
                format!("{}%", 100.0 * settings.max_stopped),
            ),
            (
                "what counts as throughput",
                format!(
                    "{} ({})",
                    settings.throughput.source, settings.throughput.unit
                ),
            ),
            (
                "child processes",
                match self.most_followed() {
                    Some(_) => "followed".to_owned(),
                    None => "ignored".to_owned(),
                },
            ),
            ("arguments", format!("{:?}", self.variant.args)),
        ]
    }

    /// Something of all machines that the runs were made on.
    fn of_machines(&self, part: impl Fn(&Machine) -> String) -> String {
        let all: BTreeSet<String> = self.blocks.iter().map(|it| part(&it.machine)).collect();
        all.into_iter().collect::<Vec<_>>().join(", ")
    }
}

/// What differs of two lists of the same.
fn differing<const N: usize>(
    first: [(&'static str, String); N],
    second: [(&'static str, String); N],
) -> impl Iterator<Item = Difference> {
    let both = first.into_iter().zip(second);
    let differing = both.filter(|((_, first), (_, second))| first != second);
    differing.map(|((what, first), (_, second))| Difference {
        what,
        first,
        second,
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::recording;

    #[test]
    fn what_is_run_may_differ_and_nothing_that_runs_it() {
        let first = recording("main", "bench.py");
        let mut second = recording("now", "other.py");
        second.experiment = "another".to_owned();
        assert_eq!(first.differences(&second), []);
        second.numba = "0.60.0".to_owned();
        second.blocks[0].machine.kernel = "Linux 7".to_owned();
        second.variant.args = vec!["9".to_owned()];
        let differences = first.differences(&second);
        let differences = differences.iter().map(|it| {
            let (first, second) = (it.first.as_str(), it.second.as_str());
            (it.what, first, second)
        });
        assert_eq!(
            differences.collect::<Vec<_>>(),
            [
                ("kernel", "Linux", "Linux 7"),
                ("Numba", "0.68.1", "0.60.0"),
                ("arguments", "[]", "[\"9\"]"),
            ]
        );
    }
}
