// SPDX-License-Identifier: Apache-2.0
//! One event as slices of its source text, read along the index of its text. Values are converted by whoever
//! needs them.

use std::borrow::Cow;
use std::ops::Range;

use super::index::Index;

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
    /// What joins the events of a flow or of asynchronous work.
    pub id: &'a [u8],
    /// `e` when a flow event belongs to the slice around it.
    pub binding: &'a [u8],
    /// `g` when an instant concerns the whole trace.
    pub scope: &'a [u8],
    pub correlation: &'a [u8],
    pub external_id: &'a [u8],
    pub device: &'a [u8],
    pub stream: &'a [u8],
    /// Where the arguments are in the text.
    pub args: Option<Range<usize>>,
}

/// A text and the positions of its quotes and brackets.
#[derive(Clone, Copy)]
pub struct Tokens<'a> {
    pub bytes: &'a [u8],
    pub positions: &'a [u32],
}

/// What a byte adds to the depth of nesting.
const DEPTH_OF: [i8; 256] = {
    let mut depth = [0; 256];
    depth[b'{' as usize] = 1;
    depth[b'[' as usize] = 1;
    depth[b'}' as usize] = -1;
    depth[b']' as usize] = -1;
    depth
};

impl<'a> Tokens<'a> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    fn position(&self, token: usize) -> Option<usize> {
        self.positions.get(token).map(|position| *position as usize)
    }

    fn between(&self, open: usize, close: usize) -> Option<&'a [u8]> {
        self.bytes.get(open + 1..close)
    }

    /// Where the value of a key begins whose closing quote stands at `close`.
    fn value_after(&self, close: usize) -> Option<usize> {
        if self.byte(close + 1)? == b':' {
            let value = close + 2;
            match self.byte(value)? {
                b' ' if !self.byte(value + 1)?.is_ascii_whitespace() => return Some(value + 1),
                byte if !byte.is_ascii_whitespace() => return Some(value),
                _ => {}
            }
        }
        let colon = self.skip_space(close + 1)?;
        (self.byte(colon)? == b':').then_some(())?;
        self.skip_space(colon + 1)
    }

    fn skip_space(&self, mut at: usize) -> Option<usize> {
        while self.byte(at)?.is_ascii_whitespace() {
            at += 1;
        }
        Some(at)
    }

    /// A number or word that begins here.
    fn word(&self, start: usize) -> Option<&'a [u8]> {
        let text = self.bytes.get(start..)?;
        let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
        let length = text.iter().position(is_end)?;
        (length > 0).then(|| &text[..length])
    }

    /// The token after the object or array that opens at `token`, without recursion. Quotes come in pairs around
    /// what holds no tokens, so that each token only has to be counted.
    fn after_nested(&self, token: usize) -> Option<usize> {
        let mut depth = 0_i32;
        for (at, position) in (token..).zip(self.positions.get(token..)?) {
            depth += i32::from(DEPTH_OF[usize::from(*self.bytes.get(*position as usize)?)]);
            if depth == 0 {
                return Some(at + 1);
            }
        }
        None
    }

    /// Calls `field` for each key of the object that opens at `token`, with the place of its value and the
    /// token after the key; `field` returns the token after the value. Returns the token after the object.
    #[inline]
    fn object(
        &self,
        token: usize,
        mut field: impl FnMut(&'a [u8], usize, usize) -> Option<usize>,
    ) -> Option<usize> {
        (self.byte(self.position(token)?)? == b'{').then_some(())?;
        let mut at = token + 1;
        loop {
            let open = self.position(at)?;
            match self.byte(open)? {
                b'"' => {
                    let close = self.position(at + 1)?;
                    at = field(self.between(open, close)?, self.value_after(close)?, at + 2)?;
                }
                b'}' => return Some(at + 1),
                b'{' | b'[' | b']' => return None,
                _ => at += 1,
            }
        }
    }

    /// A string without its quotes, or a number or word, and the token after it; empty for what is nested.
    #[inline]
    fn scalar(&self, value: usize, token: usize) -> Option<(&'a [u8], usize)> {
        match self.byte(value)? {
            b'"' => {
                (self.position(token)? == value).then_some(())?;
                Some((self.between(value, self.position(token + 1)?)?, token + 2))
            }
            b'{' | b'[' => {
                (self.position(token)? == value).then_some(())?;
                Some((&[], self.after_nested(token)?))
            }
            _ => Some((self.word(value)?, token)),
        }
    }
}

/// Reads the event whose brace stands at `token`, and the token after it; none when it is no whole object.
pub fn parse_event<'a>(tokens: &Tokens<'a>, token: usize) -> Option<(EventText<'a>, usize)> {
    let mut event = EventText::default();
    let next = tokens.object(token, |key, value, token| {
        let slot = match key {
            b"ph" => {
                let (text, next) = tokens.scalar(value, token)?;
                event.phase = *text.first()?;
                return Some(next);
            }
            b"args" => {
                let next = parse_args(tokens, value, token, &mut event)?;
                let end = tokens.position(next.checked_sub(1)?)? + 1;
                event.args = (next > token).then_some(value..end);
                return Some(next);
            }
            b"id2" => {
                let (_, next) = tokens.scalar(value, token)?;
                let end = tokens.position(next.checked_sub(1)?)? + 1;
                event.id = tokens.bytes.get(value..end).unwrap_or_default();
                return Some(next);
            }
            b"name" => &mut event.name,
            b"cat" => &mut event.category,
            b"pid" => &mut event.pid,
            b"tid" => &mut event.tid,
            b"ts" => &mut event.ts,
            b"dur" => &mut event.dur,
            b"id" => &mut event.id,
            b"bp" => &mut event.binding,
            b"s" => &mut event.scope,
            _ => return tokens.scalar(value, token).map(|(_, next)| next),
        };
        let (text, next) = tokens.scalar(value, token)?;
        *slot = text;
        Some(next)
    })?;
    Some((event, next))
}

/// Reads the joins out of the arguments; other values are passed over.
fn parse_args<'a>(
    tokens: &Tokens<'a>,
    value: usize,
    token: usize,
    event: &mut EventText<'a>,
) -> Option<usize> {
    if tokens.byte(value)? != b'{' {
        return tokens.scalar(value, token).map(|(_, next)| next);
    }
    (tokens.position(token)? == value).then_some(())?;
    tokens.object(token, |key, value, token| {
        let slot = match key {
            b"correlation" => &mut event.correlation,
            b"External id" | b"external id" => &mut event.external_id,
            b"device" => &mut event.device,
            b"stream" => &mut event.stream,
            // Numbers have no tokens, so that passing over them costs nothing.
            _ => {
                return match tokens.byte(value)? {
                    b'"' | b'{' | b'[' => tokens.scalar(value, token).map(|(_, next)| next),
                    _ => Some(token),
                };
            }
        };
        let (text, next) = tokens.scalar(value, token)?;
        *slot = text;
        Some(next)
    })
}

/// The arguments of an event whose text begins here, empty when it has none; the text may go on beyond the
/// event. None when the text is no whole event.
#[must_use]
pub fn args_of_event(text: &[u8]) -> Option<&[u8]> {
    args_range_of_event(text).map(|range| &text[range])
}

/// The same as a range of the text.
#[must_use]
pub fn args_range_of_event(text: &[u8]) -> Option<Range<usize>> {
    let mut index = Index::default();
    index.fill(text);
    let (event, _) = parse_event(&Tokens { bytes: text, positions: index.positions() }, 0)?;
    Some(event.args.unwrap_or(0..0))
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

    fn with_event<T>(text: &[u8], check: impl FnOnce(Option<EventText<'_>>) -> T) -> T {
        let mut index = Index::default();
        index.fill(text);
        let tokens = Tokens { bytes: text, positions: index.positions() };
        check(parse_event(&tokens, 0).map(|(event, _)| event))
    }

    #[test]
    fn fields_are_found_in_any_order_and_shape() {
        let text = br#"{ "args": {"Input": [["a}", 1], {}], "x":NaN, "correlation": 7, "stream": "7"}, "tid" : "PyTorch Profiler",
            "pid": -1, "dur": 2.5, "ts":1,"name": "a \"quoted\" name", "ph": "X", "z": -Infinity, "id": {"x": 1}, "bp":"e"}"#;
        with_event(text, |event| {
            let event = event.unwrap();
            assert_eq!((event.phase, event.pid, event.tid), (b'X', &b"-1"[..], &b"PyTorch Profiler"[..]));
            assert_eq!((event.ts, event.dur, event.binding), (&b"1"[..], &b"2.5"[..], &b"e"[..]));
            assert_eq!((event.correlation, event.stream), (&b"7"[..], &b"7"[..]));
            assert_eq!(unescape(event.name).0, "a \"quoted\" name");
        });
        assert!(args_of_event(text).unwrap().ends_with(b"\"7\"}"));
    }

    #[test]
    fn damaged_text_is_refused_and_never_panics() {
        let text = br#"{"ph":"X","name":"a\\","args":{"k":[1,{"z":"}"}]},"ts":1.5}"#;
        with_event(text, |event| assert!(event.is_some()));
        for cut in 0..text.len() {
            with_event(&text[..cut], |event| assert!(event.is_none(), "cut at {cut}"));
        }
    }

    #[test]
    fn arguments_that_are_no_object_are_passed_over() {
        for args in ["7", "\"text\"", "[1, {}]", "null"] {
            let text = format!("{{\"ph\":\"X\",\"args\":{args},\"ts\":1}}");
            with_event(text.as_bytes(), |event| assert_eq!(event.unwrap().ts, b"1", "{args}"));
        }
    }

    #[test]
    fn deep_nesting_needs_no_stack() {
        let text = format!("{{\"args\":{{\"k\":{}{}}}}}", "[".repeat(100_000), "]".repeat(100_000));
        with_event(text.as_bytes(), |event| assert!(event.is_some()));
    }
}
