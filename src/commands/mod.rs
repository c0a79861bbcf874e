//! The subcommands: each drives the stages of the crate. Input, output and progress
//! live here.

mod interrupts;
mod run;

/// LAB
pub fn lab() {
    use crate::sample::tally::tally;
    use crate::sampler::gdb::*;
    use crate::target::*;
    let args: Vec<String> = std::env::args().skip(1).collect();
    let ints = interrupts::Interrupts::install().unwrap();
    let py = python::find(None, std::path::Path::new(".")).unwrap();
    let roots = crate::source::SourceRoots {
        working_dir: std::env::current_dir().unwrap(),
        library_dirs: py.library_dirs.clone(),
    };
    let gdb = find(
        std::env::var_os("GDB")
            .map(std::path::PathBuf::from)
            .as_deref(),
        &py.path,
    )
    .unwrap();
    let rate: f64 = std::env::var("RATE").map_or(100.0, |r| r.parse().unwrap());
    let s = GdbSampler::start(Settings {
        gdb,
        rate_hz: rate,
        seed: 1,
        max_depth: 10,
        roots: roots.clone(),
    })
    .unwrap();
    let cwd = std::env::current_dir().unwrap();
    let l = Launch {
        python: &py.path,
        arguments: args.into_iter().map(Into::into).collect(),
        environment: Default::default(),
        working_dir: &cwd,
        mode: Mode::Profiled,
        streams: Streams::Inherit,
    };
    let t = std::time::Instant::now();
    let o = run::run(
        &l,
        Some(Box::new(s)),
        &run::Bounds {
            name: "x".into(),
            timeout: None,
            interrupts: &ints,
        },
    );
    let o = match o {
        Ok(o) => o,
        Err(e) => {
            eprintln!("{}", e.render(false));
            return;
        }
    };
    let w = o.timeline.window(o.exit.at).unwrap();
    let ta = tally(&o.watched.samples, &w, |f| {
        roots.locate(std::path::Path::new(f))
    });
    let mut d: Vec<f64> = o
        .watched
        .stops
        .iter()
        .map(|s| s.until.seconds_since(s.at) * 1e3)
        .collect();
    d.sort_by(f64::total_cmp);
    eprintln!(
        "{:?} total {:?} window {} exit {:?} fb {:?}",
        ta.samples,
        t.elapsed(),
        w.seconds(),
        o.exit,
        o.fallback
    );
    eprintln!(
        "stops {} median {} p95 {} max {} sum {} foreign {}",
        d.len(),
        d[d.len() / 2],
        d[d.len() * 95 / 100],
        d[d.len() - 1],
        d.iter().sum::<f64>(),
        o.watched.foreign_stops
    );
    for s in &o.watched.samples {
        if w.phase(s.at) == crate::sample::window::Phase::Measured {
            if let crate::sample::Observation::Stack { frames, .. } = &s.observation {
                if frames.iter().all(|f| f.place.is_none()) {
                    eprintln!(
                        "{:?}",
                        frames
                            .iter()
                            .map(|f| (f.function.clone(), format!("{:x}", f.address)))
                            .collect::<Vec<_>>()
                    );
                }
            }
        }
    }
    let mut lines = ta.lines;
    lines.sort_by_key(|l| std::cmp::Reverse(l.owned));
    for l in lines.iter().take(12) {
        eprintln!(
            "{} {} self {} total {} owned {}",
            l.file, l.line, l.self_samples, l.total, l.owned
        );
    }
}
