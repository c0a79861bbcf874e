//! What may be written for each value, for `profila schema config`: the notation and the
//! bounds that the other modules here check.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{
    Affinity, Confidence, Count, EnvName, Glob, MOST_ROUNDS, MaxStopped, Pattern, Percent, Rate,
    Rounds, SameOutput, Seed, Timeout, Version,
};

/// Gives types the schemas that stand behind them; they are written where they are used.
macro_rules! schemas {
    ($($value:ty => $schema:tt,)+) => {$(
        impl JsonSchema for $value {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($value).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+};
}

schemas! {
    Version => {"const": 1},
    EnvName => {"type": "string", "minLength": 1, "pattern": "^[^=\u{0}]+$"},
    Glob => {"type": "string", "minLength": 1},
    Pattern => {"type": "string", "format": "regex"},
    Affinity => {
        "type": "string",
        "pattern": "^(none|auto|[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*)$",
        "examples": ["none", "auto", "0-2,5"],
    },
    Timeout => {"type": "string", "examples": ["90s", "2m", "none"]},
    SameOutput => {"type": "string", "examples": ["off", "stdout"]},
    Seed => {"type": "integer", "minimum": 0},
    Confidence => {"type": "number", "minimum": 0.5, "maximum": 0.9999},
    Percent => {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?\\s*%$", "examples": ["1%"]},
    MaxStopped => {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?\\s*%$", "examples": ["20%"]},
    Rate => {"type": "number", "minimum": 1, "maximum": 1000},
    Rounds => {
        "oneOf": [
            {"const": "adaptive"},
            {"type": "integer", "minimum": 1, "maximum": MOST_ROUNDS},
        ],
    },
}

impl<const LEAST: u32, const MOST: u32> JsonSchema for Count<LEAST, MOST> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Count{LEAST}To{MOST}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": LEAST, "maximum": MOST})
    }
}
