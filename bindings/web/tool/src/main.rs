//! Puts the page together and serves it on this machine:
//!
//! ```sh
//! freezable-chaos-web-tool bind MODULE.wasm FOLDER   # the module and its JavaScript classes, with types
//! freezable-chaos-web-tool serve FOLDER [PORT]       # prints the address; port 0, the default: any that is free
//! ```
//!
//! wasm-bindgen's own library, so that one lock file holds it to the version that the module was built with.

mod bind;
mod serve;

use std::env;
use std::path::Path;

use anyhow::{Context, Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["bind", module, folder] => bind::bind(Path::new(module), Path::new(folder)),
        ["serve", folder] => serve::serve(Path::new(folder), 0),
        ["serve", folder, port] => {
            let port = port
                .parse()
                .with_context(|| format!("PORT = {port} is not a number from 0 to 65535"))?;
            serve::serve(Path::new(folder), port)
        }
        _ => bail!("usage: bind MODULE.wasm FOLDER | serve FOLDER [PORT]"),
    }
}
