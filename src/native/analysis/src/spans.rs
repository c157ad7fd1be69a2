// SPDX-License-Identifier: Apache-2.0
//! Arithmetic on time spans.

/// Begin and end.
pub type Span = (i64, i64);

/// Length of the union of spans, in any order.
pub fn union_ns(mut spans: Vec<Span>) -> i64 {
    spans.sort_unstable();
    let mut covered = 0;
    let mut reached = i64::MIN;
    for (start, end) in spans {
        if end > reached {
            covered += end - reached.max(start);
            reached = end;
        }
    }
    covered
}

/// The part of a span inside of a window, if any.
pub fn clip(span: Span, window: Span) -> Option<Span> {
    let clipped = (span.0.max(window.0), span.1.min(window.1));
    (clipped.1 > clipped.0).then_some(clipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlaps_count_once_and_gaps_not_at_all() {
        assert_eq!(union_ns(vec![(5, 8), (0, 4), (3, 6), (10, 12), (11, 11)]), 10);
        assert_eq!(union_ns(Vec::new()), 0);
    }

    #[test]
    fn a_span_outside_of_a_window_has_no_part_in_it() {
        assert_eq!(clip((0, 10), (4, 6)), Some((4, 6)));
        assert_eq!(clip((0, 4), (4, 6)), None);
    }
}
