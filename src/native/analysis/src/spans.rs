// SPDX-License-Identifier: Apache-2.0
//! Arithmetic on time spans.

/// Begin and end.
pub type Span = (i64, i64);

/// Length of the union of spans, in any order.
pub fn union_ns(mut spans: Vec<Span>) -> i64 {
    spans.sort_unstable();
    let mut union = GrowingUnion::default();
    for span in spans {
        union.add(span);
    }
    union.covered_ns
}

/// The length of a union of spans that come sorted by their start.
#[derive(Debug, Clone, Copy)]
pub struct GrowingUnion {
    /// Length so far.
    pub covered_ns: i64,
    reached: i64,
}

impl Default for GrowingUnion {
    fn default() -> Self {
        Self { covered_ns: 0, reached: i64::MIN }
    }
}

impl GrowingUnion {
    pub fn add(&mut self, (start, end): Span) {
        if end > self.reached {
            self.covered_ns += end - self.reached.max(start);
            self.reached = end;
        }
    }
}

/// Spans merged into disjoint ones, in time order.
pub struct Union(Vec<Span>);

impl Union {
    pub fn of(mut spans: Vec<Span>) -> Self {
        spans.sort_unstable();
        spans.dedup_by(|next, merged| {
            let joins = next.0 <= merged.1;
            if joins {
                merged.1 = merged.1.max(next.1);
            }
            joins
        });
        Self(spans)
    }

    /// Begin (true) and end of each, in time order.
    pub fn edges(&self) -> impl Iterator<Item = (i64, bool)> {
        self.0.iter().flat_map(|(start, end)| [(*start, true), (*end, false)])
    }

    /// Length inside of a window.
    pub fn within(&self, window: Span) -> i64 {
        let first = self.0.partition_point(|span| span.1 <= window.0);
        let inside = self.0[first..].iter().take_while(|span| span.0 < window.1);
        inside.filter_map(|span| clip(*span, window)).map(|(start, end)| end - start).sum()
    }
}

/// The part of a span inside of a window, if any.
pub fn clip(span: Span, window: Span) -> Option<Span> {
    let clipped = (span.0.max(window.0), span.1.min(window.1));
    (clipped.1 > clipped.0).then_some(clipped)
}

/// A sum that stays at the largest time instead of wrapping: a hostile trace may hold more than three centuries.
pub fn sum_ns(times: impl IntoIterator<Item = i64>) -> i64 {
    times.into_iter().fold(0, i64::saturating_add)
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
    fn a_union_is_measured_within_windows() {
        let union = Union::of(vec![(20, 30), (0, 5), (4, 10), (10, 12)]);
        assert_eq!([(0, 40), (5, 21), (12, 20), (11, 25)].map(|window| union.within(window)), [22, 8, 0, 6]);
    }

    #[test]
    fn a_span_outside_of_a_window_has_no_part_in_it() {
        assert_eq!(clip((0, 10), (4, 6)), Some((4, 6)));
        assert_eq!(clip((0, 4), (4, 6)), None);
    }
}
