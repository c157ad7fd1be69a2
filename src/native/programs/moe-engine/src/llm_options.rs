// SPDX-License-Identifier: Apache-2.0
//! The YAML file of `--extra_llm_api_options`: those of TensorRT-LLM's options that mean something here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use iterscope_experts::{ExpertTopology, ExpertsError, LoadBalancerConfig};
use serde_json::Value;

use crate::error::EngineError;

const OPTION: &str = "--extra_llm_api_options";

/// What the file asks for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct LlmOptions {
    /// `print_iter_log`.
    pub print_iter_log: Option<bool>,
    /// `enable_iter_req_stats`: every line of the iteration log tells its requests.
    pub iteration_request_stats: bool,
    /// `enable_attention_dp`; this engine always runs so.
    pub attention_dp: Option<bool>,
    /// `moe_config.load_balancer`, or `moe_load_balancer` of older versions.
    pub load_balancer: Option<(PathBuf, LoadBalancerConfig)>,
    /// Options that this engine has no use for.
    pub without_effect: Vec<String>,
}

impl LlmOptions {
    /// Reads the file, and the one of the load balancer that it names (relative to the working folder).
    ///
    /// # Errors
    /// [`EngineError::BadFile`] that names the file and what is wrong with it.
    pub fn read(path: Option<&Path>) -> Result<Self, EngineError> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = fs::read_to_string(path)
            .map_err(|error| bad_file(path, format!("cannot be read ({error})"), "Check the path"))?;
        let not_options = |error: &dyn ToString| {
            let reason = error.to_string().lines().next().unwrap_or_default().to_owned();
            bad_file(path, format!("is not YAML with options ({reason})"), "Write one `name: value` per line")
        };
        let entries: Option<BTreeMap<String, Value>> =
            serde_saphyr::from_str(&text).map_err(|error| not_options(&error))?;
        let mut options = Self::default();
        for (name, value) in entries.unwrap_or_default() {
            options.take(path, &name, &value)?;
        }
        Ok(options)
    }

    fn take(&mut self, path: &Path, name: &str, value: &Value) -> Result<(), EngineError> {
        match name {
            "print_iter_log" => self.print_iter_log = Some(boolean(path, name, value)?),
            "enable_iter_req_stats" => self.iteration_request_stats = boolean(path, name, value)?,
            "enable_attention_dp" => self.attention_dp = Some(boolean(path, name, value)?),
            "moe_load_balancer" => self.take_balancer(path, name, value)?,
            "moe_config" => {
                let Some(entries) = value.as_object() else {
                    return Err(bad_value(path, name, value, "options of its own, such as load_balancer"));
                };
                for (inner, value) in entries {
                    match inner.as_str() {
                        "load_balancer" => self.take_balancer(path, "moe_config.load_balancer", value)?,
                        _ => self.without_effect.push(format!("moe_config.{inner}")),
                    }
                }
            }
            // What it switches on is what --iteration_log writes.
            "enable_iter_perf_stats" => drop(boolean(path, name, value)?),
            _ => self.without_effect.push(name.to_owned()),
        }
        Ok(())
    }

    fn take_balancer(&mut self, path: &Path, name: &str, value: &Value) -> Result<(), EngineError> {
        self.load_balancer = match value {
            Value::Null => None,
            Value::String(file) => {
                let file = PathBuf::from(file);
                let config = LoadBalancerConfig::read(&file).map_err(|error| bad_balancer(&file, &error))?;
                Some((file, config))
            }
            _ => return Err(bad_value(path, name, value, "the path of a moe_load_balancer file")),
        };
        Ok(())
    }

    /// Checks the load balancer against the model and the ranks.
    ///
    /// # Errors
    /// [`EngineError::BadFile`] with the rule that is broken.
    pub fn check(&self, experts: usize, ep_size: usize) -> Result<(), EngineError> {
        let Some((path, config)) = &self.load_balancer else { return Ok(()) };
        let attention_dp = self.attention_dp != Some(false);
        let topology = ExpertTopology { experts, ep_size, attention_dp };
        config.check(topology).map_err(|problem| {
            let problem = problem.to_string();
            bad_file(path, "breaks a rule of the load balancer".to_owned(), problem.trim_end_matches('.'))
        })
    }
}

fn boolean(path: &Path, name: &str, value: &Value) -> Result<bool, EngineError> {
    value.as_bool().ok_or_else(|| bad_value(path, name, value, "true or false"))
}

fn bad_value(path: &Path, name: &str, value: &Value, expected: &str) -> EngineError {
    bad_file(path, format!("sets {name} to {value}"), &format!("Write {expected}"))
}

fn bad_balancer(path: &Path, error: &ExpertsError) -> EngineError {
    let error = error.to_string();
    bad_file(path, "cannot be used as moe_load_balancer".to_owned(), error.trim_end_matches('.'))
}

fn bad_file(path: &Path, problem: String, remedy: &str) -> EngineError {
    EngineError::BadFile { option: OPTION, path: path.to_owned(), problem, remedy: remedy.to_owned() }
}
