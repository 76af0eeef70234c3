//! What a message is: a kind with a slug, and named values. One list gives all of it (`cause.rs`, `finding.rs`).

/// Makes an enum of messages, and a second one without the values (`Kind`), by which a language finds its sentence.
///
/// `Name [Slug] { value: Type, … }`: several messages may share a slug, where the facts ask for other words.
macro_rules! messages {
    ($(#[$doc:meta])* $Message:ident $Kind:ident {
        $($(#[$about:meta])* $Name:ident [$Slug:ident] { $($value:ident: $Type:ty),* })*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum $Message { $($(#[$about])* $Name { $($value: $Type),* },)* }

        /// The messages without their values.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $Kind { $($Name,)* }

        impl $Kind {
            pub const ALL: &'static [$Kind] = &[$($Kind::$Name,)*];

            pub const fn slug(self) -> Slug {
                match self { $($Kind::$Name => Slug::$Slug,)* }
            }

            /// The names of the values, in the order of `value`, between commas.
            pub const fn names(self) -> &'static str {
                match self { $($Kind::$Name => stringify!($($value),*),)* }
            }
        }

        impl $Message {
            pub const fn kind(&self) -> $Kind {
                match self { $($Message::$Name { .. } => $Kind::$Name,)* }
            }

            pub const fn slug(&self) -> Slug {
                self.kind().slug()
            }

            /// The value of the name that stands at `index` in `names`.
            pub fn value(&self, index: usize) -> Option<Value<'_>> {
                match self {
                    $($Message::$Name { $($value),* } => {
                        let values: &[Value<'_>] = &[$($value.into()),*];
                        values.get(index).copied()
                    })*
                }
            }
        }
    };
}
