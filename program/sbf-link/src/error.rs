//! What a failed build says: what was found, in which function, what helps.

use std::fmt;

/// A reason not to write a program.
#[derive(Debug)]
pub struct Error {
    what: String,
    place: Option<String>,
    remedy: Option<String>,
}

/// What every fallible step returns.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error that says what was found.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), place: None, remedy: None }
    }

    /// Names the function it was found in, by its symbol. The first name stays.
    #[must_use]
    pub fn at(mut self, function: impl AsRef<str>) -> Self {
        let name = || format!("{:#}", rustc_demangle::demangle(function.as_ref()));
        self.place.get_or_insert_with(name);
        self
    }

    /// Says what the reader can do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what)?;
        if let Some(place) = &self.place {
            write!(f, "\n  in: {place}")?;
        }
        if let Some(remedy) = &self.remedy {
            write!(f, "\n  remedy: {remedy}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
