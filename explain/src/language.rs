//! The user's language.

/// The languages that the sentences are written in. Always as UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    French,
    /// Simplified characters.
    Chinese,
}

impl Language {
    /// From the values of MAPBOARD_LANG, LC_ALL, LC_MESSAGES and LANG, in this order: the first that is not empty
    /// decides.
    pub fn choose<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Language {
        let chosen = values.into_iter().find(|value| !value.is_empty()).unwrap_or_default();
        match chosen {
            [b'f', b'r', ..] => Language::French,
            [b'z', b'h', ..] => Language::Chinese,
            _ => Language::English,
        }
    }

    /// By the first two letters of its name.
    pub fn named(name: &str) -> Option<Language> {
        match name.get(..2)? {
            "en" => Some(Language::English),
            "fr" => Some(Language::French),
            "zh" => Some(Language::Chinese),
            _ => None,
        }
    }

    /// The one of three texts that is this language's.
    pub fn pick<T>(self, all: [T; 3]) -> T {
        let [english, french, chinese] = all;
        match self {
            Language::English => english,
            Language::French => french,
            Language::Chinese => chinese,
        }
    }
}
