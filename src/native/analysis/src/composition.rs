// SPDX-License-Identifier: Apache-2.0
//! A window split without overlap: compute before communication before memory; the rest is idle. The parts
//! sum to the window exactly.

use iterscope_model::KindClass;

use crate::spans::{Span, Union, clip};

/// Nanoseconds of each part of a window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Composition {
    /// At least one slice computes.
    pub compute_ns: i64,
    /// None computes, at least one communicates.
    pub communication_ns: i64,
    /// None computes or communicates, at least one moves memory.
    pub memory_ns: i64,
    /// Nothing of these.
    pub idle_ns: i64,
}

/// Disjoint segments in time order, each with the class that ranks highest in it.
#[derive(Debug, Default)]
pub struct ClassTimeline(Vec<(Span, KindClass)>);

impl ClassTimeline {
    /// Flattens spans that may overlap; spans without a class are left out.
    pub fn of(spans: impl Iterator<Item = (Span, KindClass)>) -> Self {
        let mut by_rank: [Vec<Span>; CLASSES.len()] = Default::default();
        for ((start, end), class) in spans {
            if let Some(rank) = rank_of(class).filter(|_| end > start) {
                by_rank[rank].push((start, end));
            }
        }
        let unions = by_rank.map(Union::of);
        let mut edges = unions.each_ref().map(|union| union.edges().peekable());
        let mut running = [false; CLASSES.len()];
        let mut segments: Vec<(Span, KindClass)> = Vec::new();
        let mut since = i64::MIN;
        // The next edge of any class; at one time the order makes no difference, as nothing lies in between.
        while let Some((rank, (time, begins))) = edges
            .iter_mut()
            .enumerate()
            .filter_map(|(rank, edges)| Some((rank, *edges.peek()?)))
            .min_by_key(|(_, (time, _))| *time)
        {
            edges[rank].next();
            let highest = running.iter().rposition(|runs| *runs).map(|rank| CLASSES[rank]);
            if let Some(class) = highest.filter(|_| time > since) {
                append(&mut segments, (since, time), class);
            }
            since = time;
            running[rank] = begins;
        }
        Self(segments)
    }

    /// The split of a window.
    pub fn within(&self, window: Span) -> Composition {
        let first = self.0.partition_point(|(span, _)| span.1 <= window.0);
        let mut parts = Composition::default();
        for (span, class) in self.0[first..].iter().take_while(|(span, _)| span.0 < window.1) {
            let length = clip(*span, window).map_or(0, |(start, end)| end - start);
            match class {
                KindClass::Compute => parts.compute_ns += length,
                KindClass::Communication => parts.communication_ns += length,
                KindClass::Memory => parts.memory_ns += length,
                KindClass::None => {}
            }
        }
        let busy_ns = parts.compute_ns + parts.communication_ns + parts.memory_ns;
        Composition { idle_ns: (window.1 - window.0).max(0) - busy_ns, ..parts }
    }
}

/// Classes that count, lowest priority first.
const CLASSES: [KindClass; 3] = [KindClass::Memory, KindClass::Communication, KindClass::Compute];

fn rank_of(class: KindClass) -> Option<usize> {
    CLASSES.iter().position(|known| *known == class)
}

fn append(segments: &mut Vec<(Span, KindClass)>, span: Span, class: KindClass) {
    match segments.last_mut() {
        Some((last, known)) if last.1 == span.0 && *known == class => last.1 = span.1,
        _ => segments.push((span, class)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn compute_hides_communication_and_both_hide_memory() {
        let spans = [
            ((0, 10), KindClass::Compute),
            ((5, 20), KindClass::Communication),
            ((15, 30), KindClass::Memory),
            ((0, 100), KindClass::None),
        ];
        let parts = ClassTimeline::of(spans.into_iter()).within((2, 40));
        assert_eq!(parts, Composition { compute_ns: 8, communication_ns: 10, memory_ns: 10, idle_ns: 10 });
    }

    proptest! {
        #[test]
        fn the_parts_sum_to_the_window(
            spans in proptest::collection::vec((0_i64..1000, 0_i64..100, 0_usize..3), 0..80),
            start in 0_i64..900, length in 0_i64..500,
        ) {
            let spans = spans.into_iter().map(|(start, length, rank)| ((start, start + length), CLASSES[rank]));
            let parts = ClassTimeline::of(spans).within((start, start + length));
            let sum = parts.compute_ns + parts.communication_ns + parts.memory_ns + parts.idle_ns;
            prop_assert_eq!(sum, length);
            prop_assert!(parts.idle_ns >= 0);
        }
    }
}
