//! Whether everything that states a default states the one of the table.

use serde_json::Value;

use super::*;
use crate::compare;
use crate::config::{TEMPLATE, schema, wire};
use crate::options::defaults;

/// Every key that has a default, with its table and the default, by the schema.
fn all() -> Vec<(&'static str, String, Value)> {
    let schema = schema();
    let definitions = schema.get("$defs").expect("the tables");
    let properties = |table: &str| match table {
        "" => schema.get("properties"),
        table => {
            let name = table.trim_matches(['[', ']']).replace("gate.rule", "rule");
            let name = name[..1].to_uppercase() + &name[1..];
            definitions.get(&name).and_then(|it| it.get("properties"))
        }
    };
    let mut all = Vec::new();
    for (table, keys) in wire::keys() {
        let properties = properties(table).unwrap_or_else(|| panic!("{table} is in the schema"));
        for key in keys {
            let default = properties.get(&key).and_then(|it| it.get("default"));
            // Tables have one that says nothing.
            if let Some(default) = default.filter(|it| !it.is_object() || key == "env") {
                all.push((table, key, default.clone()));
            }
        }
    }
    all
}

#[test]
fn the_schema_has_the_defaults_of_the_table() {
    let all = all();
    let default = |key: &str| {
        let mut all = all.iter();
        let found = all.find(|it| it.1 == key);
        found.map(|it| it.2.to_string())
    };
    let check = |key, expected| assert_eq!(default(key).as_deref(), expected, "{key}");
    check("rate", None);
    check("max-depth", Some("64"));
    check("timeout", Some("\"2m\""));
    check("max-stopped", Some("\"20%\""));
    check("min-effect", Some("\"1%\""));
    check("confidence", Some("0.95"));
    check("same-output", Some("\"off\""));
    check("attribution", Some("\"user-line\""));
    check("include", Some("[]"));
    check("pattern", None);
    check("version", Some("1"));
}

/// A value of TOML as JSON has it.
fn as_json(value: &toml::Value) -> Value {
    serde_json::to_value(value).expect("there are no dates")
}

#[test]
fn the_template_has_every_key_with_its_default() {
    let template: toml::Table = TEMPLATE.parse().unwrap();
    for (table, key, default) in all() {
        // It is the only one that there is.
        if key == "affinity"
            || table.starts_with("[[")
            || default == Value::Array(Vec::new()) && table.is_empty()
        {
            continue;
        }
        let name = table.trim_matches(['[', ']']);
        let table = match name {
            "" => Some(&template),
            name => template.get(name).and_then(toml::Value::as_table),
        };
        let found = table.and_then(|table| table.get(&key)).map(as_json);
        let is_list = key == "rule";
        assert!(
            found == Some(default.clone()) || is_list,
            "`{key}` of [{name}]: {found:?}"
        );
    }
}

/// What is resolved is what is in the table, whichever way it gets there.
#[test]
fn the_template_changes_nothing() {
    let document = document_named("profila.toml", TEMPLATE).unwrap();
    for line in ["diff a.py b.py", "record -o x.json a.py", "doctor"] {
        let template = resolve_line(line, Some(&document), HOME).unwrap();
        let defaults = resolve_line(line, None, HOME).unwrap();
        assert_eq!(format!("{template:#?}"), format!("{defaults:#?}"));
    }
    let configured = resolve_line("diff", Some(&document), HOME).unwrap();
    assert_eq!(runs(configured).0.len(), 2);
}

/// The rows of the documentation: of each key the table, the key and the default.
fn documented() -> Vec<(String, String, String)> {
    let mut heading = String::new();
    let mut has_default = false;
    let mut rows = Vec::new();
    for line in include_str!("../../../docs/configuration.md").lines() {
        if line.starts_with('#') {
            heading = line.split('`').nth(1).unwrap_or_default().to_owned();
        }
        let cells: Vec<&str> = line.split(" | ").collect();
        if line.starts_with("| key |") {
            has_default = cells.get(2) == Some(&"default");
        }
        let key = line
            .strip_prefix("| `")
            .and_then(|rest| rest.split('`').next());
        if let Some(key) = key.filter(|_| has_default && cells.len() > 3) {
            rows.push((heading.clone(), key.to_owned(), cells[2].to_owned()));
        }
    }
    rows
}

#[test]
fn the_documentation_has_the_defaults() {
    let all = all();
    let rows = documented();
    for (table, key, default) in &all {
        let row = rows.iter().find(|row| row.0 == *table && row.1 == *key);
        let Some((_, _, documented)) = row else {
            let is_explained = table.starts_with("[[") || ["variant", "rule"].contains(&&**key);
            assert!(is_explained, "`{key}` of {table} is not documented");
            continue;
        };
        let written = match default {
            Value::Number(number) => number.to_string(),
            other => format!("`{other}`"),
        };
        assert!(
            documented.starts_with(&written),
            "`{key}` of {table} is documented as {documented} instead of {written}"
        );
    }
    for (table, key, documented) in rows {
        let is_value = documented.starts_with(|c: char| c == '`' || c.is_ascii_digit());
        let is_known = all.iter().any(|it| it.0 == table && it.1 == key);
        let of_variant = table == "[[variant]]" && key == "name";
        assert!(
            !is_value || is_known || of_variant,
            "`{key}` of {table}: {documented}"
        );
    }
}

/// Whoever compares without a configuration compares as `diff` does.
#[test]
fn the_options_of_a_comparison_have_the_same_defaults() {
    let task = measuring(resolve_line("diff a.py b.py", None, HERE).unwrap());
    assert_eq!(task.judging.options, compare::Options::default());
}

#[test]
fn a_default_is_written_as_a_flag_takes_it() {
    assert_eq!(defaults::written(defaults::RATE), "100");
    assert_eq!(defaults::written(defaults::RATE_WITHOUT_GDB), "1000");
    assert_eq!(defaults::written(defaults::MAX_STOPPED), "20%");
    assert_eq!(defaults::written(defaults::TIMEOUT), "2m");
    assert_eq!(defaults::written(defaults::TIMEOUT_OF_ANNOTATE), "none");
    assert_eq!("2m".parse(), Ok(defaults::TIMEOUT));
    assert_eq!("100".parse(), Ok(defaults::RATE));
}
