// SPDX-License-Identifier: Apache-2.0
//! The model against a plain reference, over numbers of ranks, and its routing.

use crate::support::{Finished, engine, options};
use moe_engine::model::{Layer, Model, ModelShape};
use moe_engine::router::RouterSkew;
use moe_engine::scheduler::Scheduler;

type Row = Vec<f64>;

/// `row · matrix[row.len(), columns]` in double precision.
fn multiply(row: &[f64], matrix: &[f32], columns: usize) -> Row {
    let column = |c: usize| row.iter().enumerate().map(|(r, x)| x * f64::from(matrix[r * columns + c])).sum();
    (0..columns).map(column).collect()
}

fn normalise(row: &[f64]) -> Row {
    let mean_square = row.iter().map(|x| x * x).sum::<f64>() / row.len() as f64;
    row.iter().map(|x| x / (mean_square + 1e-5).sqrt()).collect()
}

fn softmax(values: &[f64]) -> Row {
    let max = values.iter().copied().fold(f64::MIN, f64::max);
    let sum: f64 = values.iter().map(|v| (v - max).exp()).sum();
    values.iter().map(|v| (v - max).exp() / sum).collect()
}

fn rotate(head: &mut [f64], position: usize) {
    let half = head.len() / 2;
    for pair in 0..half {
        let angle = position as f64 * 10_000f64.powf(-(pair as f64) / half as f64);
        let (a, b) = (head[pair], head[half + pair]);
        head[pair] = a * angle.cos() - b * angle.sin();
        head[half + pair] = a * angle.sin() + b * angle.cos();
    }
}

/// Attention of all positions at once, without a cache.
fn attention(shape: ModelShape, layer: &Layer, stream: &[Row]) -> Vec<Row> {
    let width = shape.head_width;
    let mut qkv: Vec<Row> =
        stream.iter().map(|x| multiply(&normalise(x), &layer.qkv, shape.qkv_width())).collect();
    for (position, row) in qkv.iter_mut().enumerate() {
        for head in row[..shape.hidden + shape.kv_width()].chunks_mut(width) {
            rotate(head, position);
        }
    }
    let attend = |position: usize| {
        let mut out = Vec::new();
        for head in 0..shape.heads {
            let key_at = shape.hidden + head * shape.kv_heads / shape.heads * width;
            let value_at = key_at + shape.kv_width();
            let query = &qkv[position][head * width..][..width];
            let score = |row: &Row| {
                let dot: f64 = query.iter().zip(&row[key_at..key_at + width]).map(|(q, k)| q * k).sum();
                dot / (width as f64).sqrt()
            };
            let weights = softmax(&qkv[..=position].iter().map(score).collect::<Vec<_>>());
            out.extend(
                (0..width).map(|i| weights.iter().zip(&qkv).map(|(w, r)| w * r[value_at + i]).sum::<f64>()),
            );
        }
        multiply(&out, &layer.attention_out, shape.hidden)
    };
    (0..stream.len()).map(attend).collect()
}

fn experts(shape: ModelShape, layer: &Layer, bias: &[f32], input: &[f64]) -> Row {
    let logits: Row = multiply(input, &layer.gate, shape.experts)
        .iter()
        .zip(bias)
        .map(|(g, b)| g + f64::from(*b))
        .collect();
    let mut order: Vec<usize> = (0..shape.experts).collect();
    order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]));
    let chosen = &order[..shape.top_k];
    let weights = softmax(&chosen.iter().map(|&e| logits[e]).collect::<Vec<_>>());
    let mut out = vec![0.0; shape.hidden];
    for (&expert, weight) in chosen.iter().zip(weights) {
        let both = multiply(input, &layer.experts[expert].gate_up, 2 * shape.ffn);
        let (gate, up) = both.split_at(shape.ffn);
        let inner: Row = gate.iter().zip(up).map(|(g, u)| g / (1.0 + (-g).exp()) * u).collect();
        let down = multiply(&inner, &layer.experts[expert].down, shape.hidden);
        out.iter_mut().zip(down).for_each(|(o, d)| *o += weight * d);
    }
    out
}

/// The normalised hidden state of the last of `tokens`.
fn reference(model: &Model, skew: RouterSkew, tokens: &[u32]) -> Row {
    let shape = model.shape;
    let embed = |&token: &u32| {
        model.embedding[token as usize * shape.hidden..][..shape.hidden]
            .iter()
            .map(|&x| f64::from(x))
            .collect()
    };
    let mut stream: Vec<Row> = tokens.iter().map(embed).collect();
    for (number, layer) in model.layers.iter().enumerate() {
        let mut bias = vec![0.0; shape.experts];
        skew.bias(&mut bias, number, 0);
        let attended = attention(shape, layer, &stream);
        for (row, add) in stream.iter_mut().zip(attended) {
            row.iter_mut().zip(add).for_each(|(x, a)| *x += a);
            let moe = experts(shape, layer, &bias, &normalise(row));
            row.iter_mut().zip(moe).for_each(|(x, a)| *x += a);
        }
    }
    normalise(&stream[tokens.len() - 1])
}

fn largest_difference(a: &[f32], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| (f64::from(*x) - y).abs()).fold(0.0, f64::max)
}

#[test]
fn prefill_and_cached_decode_agree_with_a_plain_reference() {
    // Without drift the bias is that of iteration 0 throughout.
    let more = "--router-drift 0 --router-skew 1.5 --ep-size 2";
    let run = engine(more, &[]);
    let options = options(more);
    let model = Model::new(ModelShape::of(&options), options.seed);
    let skew = RouterSkew { height: options.router_skew, drift: 0.0, seed: options.seed };
    let ranks = &run.outcome().ranks;
    let mut compared = 0;
    for finished in ranks.iter().flat_map(|rank| &rank.finished) {
        let vocab = options.vocab as u64;
        let prompt =
            (0..options.input_len).map(|at| Scheduler::prompt_token(options.seed, vocab, finished.id, at));
        let tokens: Vec<u32> =
            prompt.chain(finished.tokens[..options.output_len - 1].iter().copied()).collect();
        let expected = reference(&model, skew, &tokens);
        let actual = &ranks[finished.id % 2].hidden[&finished.id];
        let difference = largest_difference(actual, &expected);
        assert!(difference < 1e-4, "request {}: {difference}", finished.id);
        compared += 1;
    }
    assert_eq!(compared, options.requests);
}

#[test]
fn one_rank_and_two_ranks_compute_the_same() {
    let one = engine("--ep-size 1 --max-batch 16 --max-tokens 48", &[]);
    let two = engine("--ep-size 2", &[]);
    let tokens = |run: &Finished| {
        let mut all: Vec<_> = run.outcome().ranks.iter().flat_map(|r| r.finished.clone()).collect();
        all.sort_by_key(|finished| finished.id);
        all.into_iter().map(|finished| finished.tokens).collect::<Vec<_>>()
    };
    assert_eq!(tokens(&one), tokens(&two));
    for (id, hidden) in &one.outcome().ranks[0].hidden {
        let other: Vec<f64> = two.outcome().ranks[id % 2].hidden[id].iter().map(|&x| f64::from(x)).collect();
        assert!(largest_difference(hidden, &other) < 1e-4, "request {id}");
    }
}

#[test]
fn every_token_of_every_layer_goes_to_k_experts() {
    let run = engine("--ep-size 2", &[]);
    let options = options("--ep-size 2");
    for rank in &run.outcome().ranks {
        // The last generated token of a request is never an input.
        let inputs = rank.tokens.0 + rank.tokens.1 - rank.finished.len();
        let routed: i64 = rank.routed.iter().sum();
        assert_eq!(usize::try_from(routed).unwrap(), inputs * options.top_k * options.layers);
    }
}

#[test]
fn perfect_router_balances_ranks_and_takes_the_predicted_time() {
    let more = "--ep-size 2 --router-skew 3 --layers 4 --requests 32 --max-batch 16 --max-tokens 64";
    let learned = engine(more, &[]);
    let perfect = engine(more, &[("ENABLE_PERFECT_ROUTER", "1")]);
    let (learned, perfect) = (&learned.outcome().summary, &perfect.outcome().summary);
    assert!(learned.moe.predicted_gain > 0.15, "{}", learned.moe.predicted_gain);
    assert!(perfect.moe.predicted_gain < 0.005, "{}", perfect.moe.predicted_gain);
    let gain = learned.total_latency_ms / perfect.total_latency_ms - 1.0;
    let ratio = gain / learned.moe.predicted_gain;
    assert!((0.9..1.1).contains(&ratio), "gain {gain}, predicted {}", learned.moe.predicted_gain);
}
