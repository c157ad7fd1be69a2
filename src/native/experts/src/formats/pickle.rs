// SPDX-License-Identifier: Apache-2.0
//! The pickles of tensors, as far as recorders write them. Nothing is ever called: a pickle is a program, and of its
//! instructions only those that build plain data are known; of the names that it may ask for, only those of tensors.
//! Everything else ends the reading with the name of what was asked.

use std::collections::HashMap;

/// Number of a value.
pub type Id = usize;

/// A value. What it contains is named by number, so that shared and circular values cost nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    Global(Known),
    /// A storage: its type and key.
    Storage(Element, String),
    Tensor(Tensor),
}

/// Types of the numbers of a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    I16,
    I32,
    I64,
    Other,
}

/// Names that may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    RebuildTensor,
    OrderedDict,
    StorageOf(Element),
}

/// A tensor: where its numbers lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor {
    pub element: Element,
    pub key: String,
    /// In elements.
    pub offset: usize,
    pub shape: Vec<usize>,
    pub strides: Vec<usize>,
}

/// All values of a pickle, and which is the whole.
#[derive(Debug)]
pub struct Pickle {
    values: Vec<Value>,
    root: Id,
}

/// What names a storage or builds a tensor is short; whatever is copied by an instruction has to be.
const LONGEST_KEY_BYTES: usize = 64;
const MOST_PARTS: usize = 16;

/// Values of one pickle at most.
const MOST_VALUES: usize = 1 << 22;

impl Pickle {
    /// Reads a pickle; the error says what is wrong.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut machine = Machine {
            bytes,
            at: 0,
            values: Vec::new(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: HashMap::new(),
        };
        let root = machine.run()?;
        Ok(Self { values: machine.values, root })
    }

    pub fn root(&self) -> &Value {
        self.value(self.root)
    }

    pub fn value(&self, id: Id) -> &Value {
        self.values.get(id).unwrap_or(&Value::None)
    }

    /// The value of a key of a dictionary.
    pub fn get(&self, dict: &Value, key: &str) -> Option<&Value> {
        let Value::Dict(entries) = dict else { return None };
        let is_key = |id: &Id| matches!(self.value(*id), Value::Text(text) if text == key);
        entries.iter().rev().find(|(name, _)| is_key(name)).map(|(_, value)| self.value(*value))
    }
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    values: Vec<Value>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
}

impl Machine<'_> {
    fn run(&mut self) -> Result<Id, String> {
        loop {
            let code = self.byte()?;
            match code {
                b'.' => return self.pop(),
                0x80 => drop(self.take(1)?),
                0x95 => drop(self.take(8)?),
                b'(' => self.marks.push(self.stack.len()),
                b'N' | 0x88 | 0x89 | b'J' | b'K' | b'M' | 0x8a | b'G' | b'X' | 0x8c => self.scalar(code)?,
                b'}' => self.push(Value::Dict(Vec::new()))?,
                b']' => self.push(Value::List(Vec::new()))?,
                b')' => self.push(Value::Tuple(Vec::new()))?,
                0x85..=0x87 => self.short_tuple(usize::from(code - 0x84))?,
                b't' => {
                    let items = self.marked()?;
                    self.push(Value::Tuple(items))?;
                }
                b'q' | b'r' | 0x94 | b'h' | b'j' => self.remember(code)?,
                b'a' | b'e' | b's' | b'u' => self.fill(code)?,
                b'c' | 0x93 => self.global(code)?,
                b'Q' => self.storage()?,
                b'R' => self.reduce()?,
                other => {
                    return Err(format!("it holds the instruction 0x{other:02x}, which no recorder writes"));
                }
            }
        }
    }

    fn scalar(&mut self, code: u8) -> Result<(), String> {
        let value = match code {
            0x88 | 0x89 => Value::Bool(code == 0x88),
            b'J' => Value::Int(i64::from(self.number::<4>().map(i32::from_le_bytes)?)),
            b'K' => Value::Int(i64::from(self.byte()?)),
            b'M' => Value::Int(i64::from(self.number::<2>().map(u16::from_le_bytes)?)),
            0x8a => self.long()?,
            b'G' => Value::Float(self.number::<8>().map(f64::from_be_bytes)?),
            b'X' => {
                let length = self.number::<4>().map(u32::from_le_bytes)? as usize;
                Value::Text(self.text(length)?)
            }
            0x8c => {
                let length = usize::from(self.byte()?);
                Value::Text(self.text(length)?)
            }
            _ => Value::None,
        };
        self.push(value)
    }

    /// A number of any length; recorders write none over 64 bits.
    fn long(&mut self) -> Result<Value, String> {
        let length = usize::from(self.byte()?);
        let bytes = self.take(length)?;
        if length > 8 {
            return Err("it holds a number of more than 64 bits".to_owned());
        }
        let fill = if bytes.last().is_some_and(|byte| *byte >= 0x80) { 0xff } else { 0 };
        let mut wide = [fill; 8];
        wide[..length].copy_from_slice(bytes);
        Ok(Value::Int(i64::from_le_bytes(wide)))
    }

    fn short_tuple(&mut self, length: usize) -> Result<(), String> {
        let mut items = vec![0; length];
        for item in items.iter_mut().rev() {
            *item = self.pop()?;
        }
        self.push(Value::Tuple(items))
    }

    fn remember(&mut self, code: u8) -> Result<(), String> {
        let key = match code {
            b'q' | b'h' => u32::from(self.byte()?),
            b'r' | b'j' => self.number::<4>().map(u32::from_le_bytes)?,
            _ => u32::try_from(self.memo.len()).unwrap_or(u32::MAX),
        };
        if matches!(code, b'h' | b'j') {
            let id = *self.memo.get(&key).ok_or("it asks for a value that it never kept")?;
            self.stack.push(id);
            return self.check_size();
        }
        let top = *self.stack.last().ok_or_else(underflow)?;
        self.memo.insert(key, top);
        self.check_size()
    }

    /// Puts items into the list or dictionary below them.
    fn fill(&mut self, code: u8) -> Result<(), String> {
        let items = match code {
            b'a' => vec![self.pop()?],
            b's' => {
                let value = self.pop()?;
                vec![self.pop()?, value]
            }
            _ => self.marked()?,
        };
        let target = *self.stack.last().ok_or_else(underflow)?;
        match (code, self.values.get_mut(target)) {
            (b'a' | b'e', Some(Value::List(list))) => list.extend(items),
            (b's' | b'u', Some(Value::Dict(entries))) => {
                entries.extend(items.chunks_exact(2).map(|pair| (pair[0], pair[1])));
            }
            _ => return Err("it fills what is neither a list nor a dictionary".to_owned()),
        }
        Ok(())
    }

    fn global(&mut self, code: u8) -> Result<(), String> {
        let (module, name) = if code == b'c' {
            (self.line()?, self.line()?)
        } else {
            let name = self.pop()?;
            (self.text_of(self.stack.last().copied())?, {
                self.pop()?;
                self.text_of(Some(name))?
            })
        };
        let known = match (module.as_str(), name.as_str()) {
            ("torch._utils", "_rebuild_tensor_v2") => Known::RebuildTensor,
            ("collections", "OrderedDict") => Known::OrderedDict,
            ("torch", "ShortStorage") => Known::StorageOf(Element::I16),
            ("torch", "IntStorage") => Known::StorageOf(Element::I32),
            ("torch", "LongStorage") => Known::StorageOf(Element::I64),
            (
                "torch",
                "FloatStorage" | "DoubleStorage" | "HalfStorage" | "BFloat16Storage" | "BoolStorage"
                | "ByteStorage",
            ) => Known::StorageOf(Element::Other),
            _ => {
                return Err(format!(
                    "it asks for {module}.{name}, which no recorder needs: it is not opened"
                ));
            }
        };
        self.push(Value::Global(known))
    }

    /// ('storage', type, key, location, elements)
    fn storage(&mut self) -> Result<(), String> {
        let id = self.pop()?;
        let parts = match self.values.get(id) {
            Some(Value::Tuple(items)) if items.len() <= MOST_PARTS => items.clone(),
            _ => return Err("it names a storage in an unknown way".to_owned()),
        };
        let element = parts.get(1).and_then(|id| match self.values.get(*id) {
            Some(Value::Global(Known::StorageOf(element))) => Some(*element),
            _ => None,
        });
        let element = element.ok_or("it names a storage in an unknown way")?;
        let key = self.text_of(parts.get(2).copied())?;
        if key.len() > LONGEST_KEY_BYTES {
            return Err("it names a storage in an unknown way".to_owned());
        }
        self.push(Value::Storage(element, key))
    }

    /// The only calls that are understood: an empty ordered dictionary, and a tensor of a storage.
    fn reduce(&mut self) -> Result<(), String> {
        let arguments = self.pop()?;
        let function = self.pop()?;
        let items = match self.values.get(arguments) {
            Some(Value::Tuple(items)) if items.len() <= MOST_PARTS => items.clone(),
            _ => return Err("it calls something without arguments, or with too many".to_owned()),
        };
        match self.values.get(function) {
            Some(Value::Global(Known::OrderedDict)) if items.is_empty() => self.push(Value::Dict(Vec::new())),
            Some(Value::Global(Known::RebuildTensor)) => {
                let tensor = self.tensor_of(&items).ok_or("it builds a tensor in an unknown way")?;
                self.push(Value::Tensor(tensor))
            }
            _ => Err("it calls what no recorder calls".to_owned()),
        }
    }

    fn tensor_of(&self, items: &[Id]) -> Option<Tensor> {
        let [storage, offset, shape, strides, ..] = items else { return None };
        let Some(Value::Storage(element, key)) = self.values.get(*storage) else { return None };
        let size = |id: &Id| match self.values.get(*id) {
            Some(Value::Int(value)) => usize::try_from(*value).ok(),
            _ => None,
        };
        let sizes = |id: &Id| match self.values.get(*id) {
            Some(Value::Tuple(items)) if items.len() <= 8 => {
                items.iter().map(size).collect::<Option<Vec<_>>>()
            }
            _ => None,
        };
        Some(Tensor {
            element: *element,
            key: key.clone(),
            offset: size(offset)?,
            shape: sizes(shape)?,
            strides: sizes(strides)?,
        })
    }

    fn push(&mut self, value: Value) -> Result<(), String> {
        self.stack.push(self.values.len());
        self.values.push(value);
        self.check_size()
    }

    fn check_size(&self) -> Result<(), String> {
        if self.values.len() > MOST_VALUES || self.stack.len() > MOST_VALUES || self.memo.len() > MOST_VALUES
        {
            return Err("it holds more values than any record".to_owned());
        }
        Ok(())
    }

    fn pop(&mut self) -> Result<Id, String> {
        self.stack.pop().ok_or_else(underflow)
    }

    fn marked(&mut self) -> Result<Vec<Id>, String> {
        let mark = self.marks.pop().filter(|mark| *mark <= self.stack.len()).ok_or_else(underflow)?;
        Ok(self.stack.split_off(mark))
    }

    fn text_of(&self, id: Option<Id>) -> Result<String, String> {
        match id.and_then(|id| self.values.get(id)) {
            Some(Value::Text(text)) => Ok(text.clone()),
            _ => Err("it names something by what is no text".to_owned()),
        }
    }

    fn byte(&mut self) -> Result<u8, String> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn number<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let bytes = self.take(N)?;
        bytes.try_into().map_err(|_| cut())
    }

    fn take(&mut self, length: usize) -> Result<&[u8], String> {
        let end = self.at.checked_add(length).ok_or_else(cut)?;
        let bytes = self.bytes.get(self.at..end).ok_or_else(cut)?;
        self.at = end;
        Ok(bytes)
    }

    fn text(&mut self, length: usize) -> Result<String, String> {
        let bytes = self.take(length)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| "it holds text that is none".to_owned())
    }

    fn line(&mut self) -> Result<String, String> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == b'\n').ok_or_else(cut)?;
        let line = self.text(length)?;
        self.at += 1;
        Ok(line)
    }
}

fn cut() -> String {
    "it ends in the middle".to_owned()
}

fn underflow() -> String {
    "it takes what it never put down".to_owned()
}
