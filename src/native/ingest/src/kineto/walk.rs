// SPDX-License-Identifier: Apache-2.0
//! Walks the events of a chunk along its index. An event that cannot be read is passed over as a whole; after a
//! damaged string the walk finds its way back at the next object that follows a comma.

use super::event::{EventText, Tokens, parse_event};
use super::index::Index;

/// Where in the document a chunk begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// At the document's start.
    Document,
    /// Between two events.
    Events,
}

/// Where in the document a chunk ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Between two events.
    Between,
    /// Inside of something that begins here and is not whole: an event, or all that stands before the events.
    Inside(usize),
    /// Behind the array of events, whose closing bracket stands here.
    Closed(usize),
}

/// What a walk found besides events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walked {
    /// Position after the bracket that opened the array of events.
    pub opened: Option<usize>,
    pub ending: Ending,
}

struct Walker<'a> {
    tokens: Tokens<'a>,
    damage: &'a [usize],
    cursor: usize,
    /// End of what is whole.
    settled: usize,
}

/// What follows an event that cannot be read.
enum Skipped {
    /// It ended, and the next token is this one.
    Ended(usize),
    /// The text ends first.
    Open,
}

/// Calls `found` for each event with its position, and with nothing for one that cannot be read.
pub fn walk<'a>(
    bytes: &'a [u8],
    index: &'a Index,
    entry: Entry,
    found: &mut impl FnMut(usize, Option<&EventText<'a>>),
) -> Walked {
    let tokens = Tokens { bytes, positions: index.positions() };
    let mut walker = Walker { tokens, damage: index.damage(), cursor: 0, settled: 0 };
    let opened = match entry {
        Entry::Events => None,
        Entry::Document => match walker.find_events() {
            Some(opened) => Some(opened),
            None => return Walked { opened: None, ending: Ending::Inside(0) },
        },
    };
    let ending = match walker.walk_events(found) {
        Ending::Between if index.ends_in_string() => Ending::Inside(walker.settled),
        ending => ending,
    };
    Walked { opened, ending }
}

impl<'a> Walker<'a> {
    fn next(&self) -> Option<(usize, u8)> {
        let position = *self.tokens.positions.get(self.cursor)? as usize;
        Some((position, self.tokens.bytes[position]))
    }

    /// Goes behind the bracket that opens the array of events.
    fn find_events(&mut self) -> Option<usize> {
        let mut depth = 0_usize;
        loop {
            let (position, byte) = self.next()?;
            self.cursor += 1;
            match byte {
                b'[' if depth == 0 || depth == 1 && follows_events_key(&self.tokens.bytes[..position]) => {
                    self.settled = position + 1;
                    return Some(position + 1);
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    fn walk_events(&mut self, found: &mut impl FnMut(usize, Option<&EventText<'a>>)) -> Ending {
        while let Some((position, byte)) = self.next() {
            match byte {
                b'{' | b'[' => {
                    let next = match self.whole_event() {
                        Some((event, next)) => {
                            found(position, Some(&event));
                            next
                        }
                        None => match self.skip_event() {
                            Skipped::Ended(next) => {
                                found(position, None);
                                next
                            }
                            Skipped::Open => return Ending::Inside(position),
                        },
                    };
                    self.cursor = next;
                    self.settled = self.tokens.positions[next - 1] as usize + 1;
                }
                b'}' | b']' => return Ending::Closed(position),
                _ => self.cursor += 1,
            }
        }
        Ending::Between
    }

    fn whole_event(&self) -> Option<(EventText<'a>, usize)> {
        let (event, next) = parse_event(&self.tokens, self.cursor)?;
        let is_damaged = !self.damage.is_empty()
            && self.damage[self.damage.partition_point(|at| *at <= self.cursor)..]
                .first()
                .is_some_and(|at| *at < next);
        (!is_damaged).then_some((event, next))
    }

    fn skip_event(&self) -> Skipped {
        let mut depth = 0_usize;
        let rest = &self.tokens.positions[self.cursor..];
        for (token, position) in (self.cursor..).zip(rest) {
            let position = *position as usize;
            match self.tokens.bytes[position] {
                b'{' if token > self.cursor && self.is_lost(token) && self.follows_comma(position) => {
                    return Skipped::Ended(token);
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Skipped::Ended(token + 1);
                    }
                }
                _ => {}
            }
        }
        Skipped::Open
    }

    /// Whether a string was damaged between the cursor and a token, so that the depth may be wrong.
    fn is_lost(&self, token: usize) -> bool {
        self.damage.iter().any(|at| (self.cursor + 1..=token).contains(at))
    }

    /// A brace after a comma is the next event: objects inside of events follow a colon.
    fn follows_comma(&self, position: usize) -> bool {
        self.tokens.bytes[..position].trim_ascii_end().ends_with(b",")
    }
}

fn follows_events_key(before: &[u8]) -> bool {
    before
        .trim_ascii_end()
        .strip_suffix(b":")
        .is_some_and(|key| key.trim_ascii_end().ends_with(b"\"traceEvents\""))
}

/// Whether every bracket of a text is closed.
pub fn is_closed(text: &[u8]) -> bool {
    let mut index = Index::default();
    index.fill(text);
    let mut depth = 0_usize;
    for position in index.positions() {
        match text[*position as usize] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return true,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(text: &str, entry: Entry) -> (Vec<(usize, bool)>, Walked) {
        let mut index = Index::default();
        index.fill(text.as_bytes());
        let mut events = Vec::new();
        let end = walk(text.as_bytes(), &index, entry, &mut |at, event| events.push((at, event.is_some())));
        (events, end)
    }

    #[test]
    fn events_of_an_object_and_of_a_bare_array_are_found() {
        let text =
            r#"{"deviceProperties": [{"id": 0}], "traceEvents" : [{"a": [1, {}]}, {"b": 2}], "x": [{}]}"#;
        let (events, end) = walked(text, Entry::Document);
        assert_eq!(events, [(51, true), (67, true)]);
        assert_eq!(end, Walked { opened: Some(51), ending: Ending::Closed(75) });
        let (events, end) = walked(r#"[{"a":1},{"b":"}"}"#, Entry::Document);
        assert_eq!((events.len(), end.ending), (2, Ending::Between));
    }

    #[test]
    fn what_is_not_whole_begins_where_it_is_said_to() {
        assert_eq!(walked(r#"{"a":1},{"b":"#, Entry::Events).1.ending, Ending::Inside(8));
        assert_eq!(walked(r#"{"a":1},"b"#, Entry::Events).1.ending, Ending::Inside(7));
        assert_eq!(walked(r#"{"schemaVersion": 1, "x": ["#, Entry::Document).1.ending, Ending::Inside(0));
    }

    #[test]
    fn escaped_quotes_do_not_end_a_string_at_any_offset() {
        for pad in 0..130 {
            let text = format!(r#"[{}{{"n":"a\\\"}}{{\\"}},{{"m":1}}]"#, " ".repeat(pad));
            assert_eq!(walked(&text, Entry::Document).0.len(), 2, "pad {pad}");
        }
    }

    #[test]
    fn a_string_that_runs_over_a_line_end_costs_one_event() {
        let text = "[{\"a\": \"broken},\n{\"b\": 1},\n{\"c\": 2}]";
        let events: Vec<bool> = walked(text, Entry::Document).0.into_iter().map(|(_, whole)| whole).collect();
        assert_eq!(events, [false, true, true]);
    }

    #[test]
    fn brackets_in_strings_close_nothing() {
        assert!(is_closed(br#" {"a": "]}", "b": []}"#));
        assert!(!is_closed(br#"{"a": "]}", "b": []"#));
    }
}
