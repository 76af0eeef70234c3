//! Where the picture goes: into place all at once at the end, so that there is never half a picture.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

pub enum Target {
    /// Written beside, then renamed.
    Place(PathBuf),
    /// A terminal, a pipe, /dev/null: nothing to replace.
    Stream(PathBuf, File),
}

impl Target {
    /// Checks, before the program runs, that there can be a picture. Nothing is left behind, and what is
    /// there stays.
    pub fn open(path: &Path) -> Result<Target, String> {
        let open = || -> io::Result<Target> {
            match fs::metadata(path) {
                Ok(data) if data.is_dir() => return Err(io::Error::from_raw_os_error(libc::EISDIR)),
                Ok(data) if data.is_file() => drop(OpenOptions::new().write(true).open(path)?),
                Ok(data) if data.file_type().is_socket() => {
                    return Err(io::Error::from_raw_os_error(libc::ENXIO));
                }
                Ok(_) => {
                    let file = OpenOptions::new().write(true).open(path)?;
                    return Ok(Target::Stream(path.to_owned(), file));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            // through links, from wherever the program goes
            let place = match fs::canonicalize(path) {
                Ok(place) => place,
                Err(_) => {
                    let name = path.file_name().ok_or_else(|| io::Error::from_raw_os_error(libc::ENOENT))?;
                    let directory = path.parent().filter(|d| !d.as_os_str().is_empty());
                    fs::canonicalize(directory.unwrap_or(Path::new(".")))?.join(name)
                }
            };
            let (beside, _) = create_beside(&place)?;
            fs::remove_file(beside)?;
            Ok(Target::Place(place))
        };
        open().map_err(|error| format!("{}: {error}", path.display()))
    }

    pub fn path(&self) -> &Path {
        match self {
            Target::Place(path) | Target::Stream(path, _) => path,
        }
    }

    /// A picture can be replaced by a later one.
    pub fn can_replace(&self) -> bool {
        matches!(self, Target::Place(_))
    }

    pub fn write(&mut self, image: &str) -> io::Result<()> {
        match self {
            Target::Stream(_, file) => file.write_all(image.as_bytes()),
            Target::Place(path) => {
                let (beside, mut file) = create_beside(path)?;
                let written = file.write_all(image.as_bytes()).and_then(|()| fs::rename(&beside, path));
                written.inspect_err(|_| drop(fs::remove_file(&beside)))
            }
        }
    }
}

/// A new file in the same directory.
fn create_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut tries = 0;
    loop {
        let mut name = std::ffi::OsString::from(".mapcheck-");
        name.push(format!("{}-{tries}.svg", std::process::id()));
        let beside = path.with_file_name(name);
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < 100 => tries += 1,
            result => return result.map(|file| (beside, file)),
        }
    }
}
