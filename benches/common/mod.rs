//! What the environment sets for a benchmark that may be run with each of the samplers.

use std::env;
use std::error::Error;
use std::str::FromStr;

/// What takes the samples: the sampler that `SAMPLER` names, or gdb.
pub(crate) fn sampler() -> String {
    env::var("SAMPLER").unwrap_or_else(|_| "gdb".to_owned())
}

/// The value of a variable of the environment, or a default.
pub(crate) fn setting<T>(name: &str, default: T) -> Result<T, Box<dyn Error>>
where
    T: FromStr,
    T::Err: Error + 'static,
{
    match env::var(name) {
        Ok(value) => Ok(value.parse()?),
        Err(_) => Ok(default),
    }
}
