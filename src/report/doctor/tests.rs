use super::*;
use crate::doctor::{Check, SCHEMA};

fn diagnosis(works: bool, findings: &[(Check, Status, &str, Option<&str>)]) -> Diagnosis {
    let findings = findings.iter().copied();
    Diagnosis {
        schema: SCHEMA.to_owned(),
        works,
        findings: findings
            .map(|(check, status, found, remedy)| Finding {
                check,
                status,
                found: found.to_owned(),
                remedy: remedy.map(str::to_owned),
            })
            .collect(),
    }
}

/// One of each status, with words that are too long for a line and one that is not to
/// be obeyed.
fn mixed() -> Diagnosis {
    let remedy = "allow tracing in the container: `docker run --cap-add=SYS_PTRACE …`, or \
        `securityContext.capabilities.add: [SYS_PTRACE]` in Kubernetes";
    diagnosis(
        false,
        &[
            (
                Check::Python,
                Status::Ok,
                "Python 3.11.7: /a/\x1b[31mred/bin/python (from PATH)",
                None,
            ),
            (
                Check::Container,
                Status::Warning,
                "in a container (/.dockerenv), without the SYS_PTRACE capability",
                Some(remedy),
            ),
            (
                Check::Attach,
                Status::Problem,
                "profila could not attach to the script: ptrace: Operation not permitted.",
                Some(remedy),
            ),
            (Check::Samples, Status::NotTried, "not tried", None),
        ],
    )
}

#[test]
fn each_status() {
    insta::assert_snapshot!(text(&mixed(), &Style::default()));
}

#[test]
fn in_a_narrow_terminal_and_in_color() {
    let style = Style {
        width: 60,
        color: true,
        ..Style::default()
    };
    insta::assert_snapshot!(text(&mixed(), &style));
}

#[test]
fn conclusions() {
    let fine = (Check::Gdb, Status::Ok, "gdb 13.1: /usr/bin/gdb", None);
    let warned = (
        Check::Processors,
        Status::Warning,
        "1 processor",
        Some("allow a second"),
    );
    let all_well = text(&diagnosis(true, &[fine]), &Style::default());
    let with_warnings = text(&diagnosis(true, &[fine, warned]), &Style::default());
    insta::assert_snapshot!(format!("{all_well}\n----\n{with_warnings}"));
}
