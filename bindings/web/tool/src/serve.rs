//! A file server for one folder, for this machine alone.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// Longest head of a request that is read, in bytes.
const LONGEST_HEAD: u64 = 16_384;
/// A reader that stays silent this long is let go.
const PATIENCE: Duration = Duration::from_secs(20);

/// Serves a folder on 127.0.0.1 and prints the address, until it is ended.
pub fn serve(folder: &Path, port: u16) -> Result<()> {
    let folder = fs::canonicalize(folder).with_context(|| format!("cannot serve {}", folder.display()))?;
    let listener =
        TcpListener::bind(("127.0.0.1", port)).with_context(|| format!("cannot listen on port {port}"))?;
    println!("http://{}/", listener.local_addr()?);
    for stream in listener.incoming().flatten() {
        let folder = folder.clone();
        // A reader that went away is no reason to end.
        thread::spawn(move || drop(answer(&stream, &folder)));
    }
    Ok(())
}

/// One request, then the connection is closed.
fn answer(mut stream: &TcpStream, folder: &Path) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(stream.take(LONGEST_HEAD)).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // the rest of the head is read to its end, or the close would reset the connection
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let mut words = request.split(' ');
    let (method, address) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let file = find(folder, address).and_then(|path| Some((fs::read(&path).ok()?, media_type(&path))));
    let (status, media_type, body) = match file {
        Some((body, media_type)) if matches!(method, "GET" | "HEAD") => ("200 OK", media_type, body),
        _ => ("404 Not Found", "text/plain", b"not found".to_vec()),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\nCache-Control: no-cache\r\nConnection: close\r\n\r\n"
    )?;
    if method != "HEAD" {
        stream.write_all(&body)?;
    }
    stream.flush()
}

/// The file that an address names, if it lies in the folder.
fn find(folder: &Path, address: &str) -> Option<PathBuf> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path = Path::new(path.trim_start_matches('/'));
    let is_plain = |component: Component| matches!(component, Component::Normal(_));
    if !path.components().all(is_plain) {
        return None;
    }
    let file = folder.join(path);
    Some(if file.is_dir() {
        file.join("index.html")
    } else {
        file
    })
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "webmanifest") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_of_the_folder_is_found() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(find(folder, "/Cargo.toml?g=2"), Some(folder.join("Cargo.toml")));
        assert_eq!(find(folder, "/"), Some(folder.join("index.html")));
        assert_eq!(find(folder, "/../Cargo.toml"), None);
        assert_eq!(find(folder, "//../../etc/passwd"), None);
    }
}
