//! How the picture looks, by day and by night. Each text class has its `Font`, by which texts are measured.

use super::svg::Font;

pub const TITLE: Font = Font { size: 22.0, mono: false, bold: true, class: "t" };
pub const NAME: Font = Font { size: 16.0, mono: false, bold: true, class: "h" };
pub const TEXT: Font = Font { size: 13.0, mono: false, bold: false, class: "p" };
pub const STRONG: Font = Font { size: 13.5, mono: false, bold: true, class: "b" };
pub const MUTED: Font = Font { size: 13.0, mono: false, bold: false, class: "m" };
pub const SMALL: Font = Font { size: 11.5, mono: false, bold: false, class: "s" };
pub const MONO: Font = Font { size: 11.5, mono: true, bold: false, class: "a" };
/// The same, on the bare paper.
pub const PLAIN: Font = Font { size: 11.5, mono: true, bold: false, class: "a p0" };
/// In the colour of an error, of a warning; on a chip.
pub const ERROR: Font = Font { size: 13.5, mono: false, bold: true, class: "r" };
pub const WARNING: Font = Font { size: 13.5, mono: false, bold: true, class: "o" };
pub const TROUBLE: Font = Font { size: 12.0, mono: false, bold: true, class: "w" };
pub const CHIP: Font = Font { size: 12.0, mono: false, bold: true, class: "k" };

pub const LIGHT: &str = r#"
text { font-family: system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", "Noto Sans CJK SC", "PingFang SC",
    "Microsoft YaHei", sans-serif; fill: #1f2328 }
.t { font-size: 22px; font-weight: 600 }
.h { font-size: 16px; font-weight: 600 }
.p { font-size: 13px }
.b { font-size: 13px; font-weight: 600 }
.m { font-size: 13px; fill: #59636e }
.s { font-size: 11.5px; fill: #59636e }
.a { font-family: ui-monospace, "DejaVu Sans Mono", "Noto Sans Mono", "Noto Sans Mono CJK SC", Menlo, Consolas,
    monospace; font-size: 11.5px; fill: #59636e }
.r { font-size: 13px; font-weight: 600; fill: #b3151f }
.w { font-size: 11.5px; font-weight: 600; fill: #b3151f }
.k { font-size: 11.5px; font-weight: 600; fill: #ffffff }
.o { font-size: 13px; font-weight: 600; fill: #8a5200 }
.paper { fill: #ffffff }
.card { fill: #f6f8fa; stroke: #d1d9e0 }
.bad { fill: #ffebe9 } .badbar { fill: #cf222e }
.odd { fill: #fff4d6 } .oddbar { fill: #bf8700 }
.good { fill: #dcf5e3 } .goodbar { fill: #1a7f37 }
.edge { fill: none; stroke: #59636e; stroke-width: 1 }
.ray { stroke: #8c959f; stroke-width: 1; stroke-dasharray: 1 3 }
.axis { stroke: #afb8c1; stroke-width: 2; stroke-linecap: round }
.ink { fill: #1f2328 }
.ring { fill: #f6f8fa; stroke: #59636e; stroke-width: 2 }
.private0 { fill: #ddf0ff } .private1 { fill: #9fd1ff } .private2 { fill: #0b62cc }
.shared0 { fill: #d7f5de } .shared1 { fill: #8edda3 } .shared2 { fill: #18743a }
.anon0 { fill: #f0e8ff } .anon1 { fill: #d2bbff } .anon2 { fill: #7445c7 }
.both0 { fill: #ffe8f3 } .both1 { fill: #ffb3d8 } .both2 { fill: #b13586 }
.mark1 { fill: none; stroke: #1f2328; stroke-opacity: .55; stroke-width: 1.5 }
.mark2 { fill: none; stroke: #ffffff; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round }
.mark3 { fill: none; stroke: #1f2328; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round }
.body { fill: #c9d1d9; stroke: #59636e }
.cell { stroke: #59636e; stroke-width: 1 }
.none { fill: none; stroke: #8c959f; stroke-dasharray: 4 3 }
.gone { opacity: .42 } .veil { opacity: .45 }
.w, .s, .a { paint-order: stroke; stroke: #f6f8fa; stroke-width: 4; stroke-linejoin: round }
.legend .s, .p0 { stroke: none }
.stripe { stroke: #cf222e; stroke-width: 4; stroke-opacity: .38 }
.hatch { stroke: #57606a; stroke-width: 1.2 }
.pale { fill: #ffebe9 } .blank { fill: #ffffff }
.eof { stroke: #1f2328; stroke-width: 4 }
.was { stroke: #1f2328; stroke-width: 2; stroke-dasharray: 5 4 }
.zig { fill: #f6f8fa; stroke: #59636e; stroke-width: 1 }
.hit { stroke: #cf222e; stroke-width: 2.5; fill: none; stroke-linecap: round }
.head { fill: #cf222e }
.halo { stroke: #f6f8fa; stroke-width: 6; fill: none; stroke-linecap: round }
"#;

/// Only what differs.
pub const DARK: &str = "
text { fill: #e6edf3 }
.m, .s, .a { fill: #9ba6b2 }
.r, .w { fill: #ff8a80 }
.o { fill: #e8b339 }
.k { fill: #0d1117 }
.paper { fill: #0d1117 }
.card { fill: #161b22; stroke: #30363d }
.bad { fill: #34171a } .badbar { fill: #f85149 }
.odd { fill: #30260f } .oddbar { fill: #d29922 }
.good { fill: #12291a } .goodbar { fill: #3fb950 }
.edge { stroke: #8b949e }
.ray { stroke: #6e7681 }
.axis { stroke: #484f58 }
.ink { fill: #e6edf3 }
.ring { fill: #161b22; stroke: #9ba6b2 }
.private0 { fill: #10263f } .private1 { fill: #1c4f86 } .private2 { fill: #58a6ff }
.shared0 { fill: #10291a } .shared1 { fill: #1e5a33 } .shared2 { fill: #56d364 }
.anon0 { fill: #231a3a } .anon1 { fill: #4b3585 } .anon2 { fill: #b794ff }
.both0 { fill: #331428 } .both1 { fill: #7a2a5e } .both2 { fill: #ff8ac8 }
.mark1 { stroke: #e6edf3 }
.mark2 { stroke: #0d1117 }
.mark3 { stroke: #ffffff }
.body { fill: #3d444d; stroke: #8b949e }
.cell { stroke: #8b949e }
.none { stroke: #6e7681 }
.stripe { stroke: #f85149; stroke-opacity: .5 }
.hatch { stroke: #9ba6b2 }
.pale { fill: #34171a } .blank { fill: #161b22 }
.eof, .was { stroke: #ffffff }
.zig { fill: #161b22; stroke: #8b949e }
.w, .s, .a { stroke: #161b22 }
.legend .s, .p0 { stroke: none }
.hit { stroke: #ff6a61 }
.head { fill: #ff6a61 }
.halo { stroke: #161b22 }
";
