// SPDX-License-Identifier: Apache-2.0
//! A store whose files were changed and whose checksums were made right again: what a file system, or someone with
//! an editor, could leave that no checksum tells.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use iterscope_ingest::{Cancel, ingest_trace};
use iterscope_store::{STORE_VERSION, Store};
use serde_json::{Value, json};

use crate::examine::examine;

/// The description's file.
const META_FILE: &str = "meta.json";
/// Bytes that are summed at each end of a file.
const CHECKED_BYTES: usize = 4096;

type Files = Vec<(String, Vec<u8>)>;

const TRACE: &str = r#"{"traceEvents":[
{"ph":"X","cat":"user_annotation","name":"[Executor] _forward_step 1: 0 ctx reqs, 0 ctx tokens, 8 gen reqs","pid":1,"tid":1,"ts":1,"dur":40},
{"ph":"X","cat":"cpu_op","name":"aten::mm","pid":1,"tid":1,"ts":2,"dur":9,"args":{"External id":3}},
{"ph":"X","cat":"cuda_runtime","name":"cudaLaunchKernel","pid":1,"tid":1,"ts":3,"dur":2,"args":{"correlation":7,"External id":3}},
{"ph":"X","cat":"kernel","name":"gemm","pid":0,"tid":7,"ts":9,"dur":20,"args":{"correlation":7,"device":0,"stream":7}},
{"ph":"X","cat":"kernel","name":"nccl","pid":0,"tid":7,"ts":19,"dur":5000000000,"args":{"device":0,"stream":7}},
{"ph":"i","cat":"cpu_instant_event","name":"mark","pid":1,"tid":1,"ts":5,"s":"t"},
{"ph":"C","name":"memory","pid":1,"ts":6,"args":{"bytes":12}},
{"ph":"s","id":1,"cat":"ac2g","name":"ac2g","pid":1,"tid":1,"ts":3},
{"ph":"f","id":1,"cat":"ac2g","name":"ac2g","pid":0,"tid":7,"ts":9,"bp":"e"}
]}"#;

/// Edits of four bytes each: file, two for the place, the new value; three of them 255: cuts the file there.
pub fn store(folder: &Path, bytes: &[u8]) {
    let mut files = made(folder).clone();
    for edit in bytes.chunks_exact(4) {
        let count = files.len();
        let content = &mut files[usize::from(edit[0]) % count].1;
        let at = usize::from(u16::from_le_bytes([edit[1], edit[2]]));
        if edit[3] == u8::MAX && edit[2] == u8::MAX {
            content.truncate(at & 0xff);
        } else if let Some(byte) = content.get_mut(at) {
            *byte = edit[3];
        }
    }
    let place = folder.join("changed");
    write_sealed(&place, files);
    if let Ok(opened) = Store::open(&place, None) {
        examine(&opened, None);
    }
}

/// The files of a store with one of everything; the description last.
fn made(folder: &Path) -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| {
        let (source, store) = (folder.join("source"), folder.join("store"));
        fs::write(&source, TRACE).expect("the scratch folder can be written");
        ingest_trace(&source, &store, &mut |_| {}, &Cancel::default()).expect("the trace is valid");
        let read = |name: &str| fs::read(store.join(name)).expect("the store is whole");
        let mut names: Vec<String> = fs::read_dir(&store)
            .expect("the store is whole")
            .map(|entry| entry.expect("the store is whole").file_name().to_string_lossy().into_owned())
            .filter(|name| name != META_FILE)
            .collect();
        // An edit means the same on every file system.
        names.sort();
        let mut files: Files = names.into_iter().map(|name| (name.clone(), read(&name))).collect();
        let meta = read(META_FILE);
        let body = meta.iter().position(|byte| *byte == b'\n').expect("a preamble ends") + 1;
        files.push((META_FILE.to_owned(), meta[body..].to_vec()));
        files
    })
}

fn write_sealed(place: &Path, mut files: Files) {
    fs::create_dir_all(place).expect("the scratch folder can be written");
    let (_, body) = files.pop().expect("the description is last");
    let checks: Vec<Value> = files.iter().map(|(name, bytes)| check_of(name, bytes)).collect();
    for (name, bytes) in files {
        fs::write(place.join(name), bytes).expect("the scratch folder can be written");
    }
    let sealed = match serde_json::from_slice::<Value>(&body) {
        Ok(Value::Object(mut fields)) => {
            fields.insert("files".to_owned(), Value::Array(checks));
            Value::Object(fields).to_string().into_bytes()
        }
        _ => body,
    };
    let preamble =
        json!({ "storeVersion": STORE_VERSION, "bodyCrc32": crc32fast::hash(&sealed) }).to_string();
    let meta = [preamble.as_bytes(), b"\n", &sealed].concat();
    fs::write(place.join(META_FILE), meta).expect("the scratch folder can be written");
}

fn check_of(name: &str, bytes: &[u8]) -> Value {
    let edge = CHECKED_BYTES.min(bytes.len());
    json!({
        "name": name,
        "sizeBytes": bytes.len(),
        "headCrc32": crc32fast::hash(&bytes[..edge]),
        "tailCrc32": crc32fast::hash(&bytes[bytes.len() - edge..]),
    })
}
