// SPDX-License-Identifier: Apache-2.0
//! One event as slices of its source text. Values are converted by whoever needs them.

use std::borrow::Cow;
use std::ops::Range;

/// The fields of an event that matter; absent ones are empty. Text is without quotes and still escaped.
#[derive(Debug, Default, Clone)]
pub struct EventText<'a> {
    pub phase: u8,
    pub name: &'a [u8],
    pub category: &'a [u8],
    pub pid: &'a [u8],
    pub tid: &'a [u8],
    pub ts: &'a [u8],
    pub dur: &'a [u8],
    pub correlation: &'a [u8],
    pub external_id: &'a [u8],
    pub device: &'a [u8],
    pub stream: &'a [u8],
    /// Where the arguments are in the event's text.
    pub args: Option<Range<usize>>,
}

struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.text.get(self.at) {
            if !byte.is_ascii_whitespace() {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    /// The text between two quotes.
    fn string(&mut self) -> Option<&'a [u8]> {
        self.expect(b'"')?;
        let start = self.at;
        loop {
            let found = self.at + memchr::memchr2(b'"', b'\\', self.text.get(self.at..)?)?;
            if self.text[found] == b'"' {
                self.at = found + 1;
                return Some(&self.text[start..found]);
            }
            self.at = found + 2;
        }
    }

    /// A string without its quotes, or a number or word.
    fn scalar(&mut self) -> Option<&'a [u8]> {
        match self.peek()? {
            b'"' => self.string(),
            b'{' | b'[' => {
                self.skip_nested()?;
                Some(&[])
            }
            _ => {
                let start = self.at;
                while !matches!(self.text.get(self.at)?, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t') {
                    self.at += 1;
                }
                (self.at > start).then(|| &self.text[start..self.at])
            }
        }
    }

    /// Skips an object or array without recursion, so that deep nesting cannot exhaust the stack.
    fn skip_nested(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.text.get(self.at)? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        self.at += 1;
                        return Some(());
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Calls `field` for each key of an object, at its value; `field` consumes the value.
    fn object(&mut self, field: &mut dyn FnMut(&'a [u8], &mut Self) -> Option<()>) -> Option<()> {
        self.expect(b'{')?;
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            let key = self.string()?;
            self.expect(b':')?;
            field(key, self)?;
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Some(());
                }
                _ => return None,
            }
        }
    }
}

impl<'a> EventText<'a> {
    /// Reads one event; none when its text is not a JSON object.
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        let mut event = Self::default();
        let mut cursor = Cursor { text, at: 0 };
        cursor.object(&mut |key, cursor| {
            match key {
                b"ph" => event.phase = *cursor.scalar()?.first()?,
                b"name" => event.name = cursor.scalar()?,
                b"cat" => event.category = cursor.scalar()?,
                b"pid" => event.pid = cursor.scalar()?,
                b"tid" => event.tid = cursor.scalar()?,
                b"ts" => event.ts = cursor.scalar()?,
                b"dur" => event.dur = cursor.scalar()?,
                b"args" => {
                    cursor.peek()?;
                    let start = cursor.at;
                    event.parse_args(cursor)?;
                    event.args = Some(start..cursor.at);
                }
                _ => {
                    cursor.scalar()?;
                }
            }
            Some(())
        })?;
        Some(event)
    }

    fn parse_args(&mut self, cursor: &mut Cursor<'a>) -> Option<()> {
        if cursor.peek()? != b'{' {
            cursor.scalar()?;
            return Some(());
        }
        cursor.object(&mut |key, cursor| {
            let value = cursor.scalar()?;
            match key {
                b"correlation" => self.correlation = value,
                b"External id" | b"external id" => self.external_id = value,
                b"device" => self.device = value,
                b"stream" => self.stream = value,
                _ => {}
            }
            Some(())
        })
    }
}

/// The arguments of an event whose text begins here, empty when it has none; the text may go on beyond the
/// event. None when the text is no whole event.
#[must_use]
pub fn args_of_event(text: &[u8]) -> Option<&[u8]> {
    let event = EventText::parse(text)?;
    Some(event.args.map_or(&[], |range| &text[range]))
}

/// Text with its escapes resolved; invalid bytes are replaced, and the flag says so.
#[must_use]
pub fn unescape(text: &[u8]) -> (Cow<'_, str>, bool) {
    if memchr::memchr(b'\\', text).is_some() {
        let mut quoted = Vec::with_capacity(text.len() + 2);
        quoted.push(b'"');
        quoted.extend_from_slice(text);
        quoted.push(b'"');
        if let Ok(resolved) = serde_json::from_slice::<String>(&quoted) {
            return (Cow::Owned(resolved), false);
        }
    }
    match String::from_utf8_lossy(text) {
        Cow::Borrowed(valid) => (Cow::Borrowed(valid), false),
        Cow::Owned(replaced) => (Cow::Owned(replaced), true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_any_order_and_shape() {
        let text = br#"{ "args": {"Input": [["a}", 1], {}], "correlation": 7, "stream": "7"}, "tid" : "PyTorch Profiler",
            "pid": -1, "dur": 2.5, "ts":1,"name": "a \"quoted\" name", "ph": "X", "id": {"x": 1}}"#;
        let event = EventText::parse(text).unwrap();
        assert_eq!((event.phase, event.pid, event.tid), (b'X', &b"-1"[..], &b"PyTorch Profiler"[..]));
        assert_eq!((event.ts, event.dur), (&b"1"[..], &b"2.5"[..]));
        assert_eq!((event.correlation, event.stream), (&b"7"[..], &b"7"[..]));
        assert_eq!(unescape(event.name).0, "a \"quoted\" name");
        assert!(args_of_event(text).unwrap().ends_with(b"\"7\"}"));
    }

    #[test]
    fn damaged_text_is_refused_and_never_panics() {
        let text = br#"{"ph":"X","name":"a\\","args":{"k":[1,{"z":"}"}]},"ts":1.5}"#;
        assert!(EventText::parse(text).is_some());
        for cut in 0..text.len() {
            assert!(EventText::parse(&text[..cut]).is_none(), "cut at {cut}");
        }
    }

    #[test]
    fn deep_nesting_needs_no_stack() {
        let text = format!("{{\"args\":{{\"k\":{}{}}}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(EventText::parse(text.as_bytes()).is_some());
    }
}
