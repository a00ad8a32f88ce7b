//! How large may things be? Every size has a limit, and every limit can be set.

/// The largest sizes the engine accepts.
///
/// The defaults suit a busy service; a host lowers or raises them as it trusts its sources.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one id (default 1 KiB).
    pub id_bytes: usize,
    /// Bytes of one message's text (default 256 KiB).
    pub text_bytes: usize,
    /// Bytes of one line or record of input (default 1 MiB).
    pub record_bytes: usize,
    /// Spans, participants or attachments of one message (default 10,000).
    pub parts: usize,
    /// Hits kept per message (default 10,000); the rest are counted.
    pub hits: usize,
    /// Depth of a query or a condition (default 64).
    pub query_depth: usize,
    /// Nodes of a query or a condition (default 65,536).
    pub query_nodes: usize,
    /// Places of one NEAR of a query that count when it stands near something else, and that are told as evidence (default 1,000).
    pub query_places: usize,
    /// Bytes that one regular expression of a query may take when compiled (default 256 KiB).
    pub regex_bytes: usize,
    /// Bytes that the monitors of one listener may take (default 4 GiB).
    pub listener_bytes: usize,
    /// Messages that are remembered for `is:duplicate` where many are taken in order, at most 2^20 (default 100,000).
    pub duplicates: usize,
    /// Bytes of one authored file (default 16 MiB).
    pub file_bytes: usize,
    /// Bytes of one trained model (default 256 MiB).
    pub model_bytes: usize,
    /// Rows that one training takes (default 1,000,000).
    pub training_rows: usize,
    /// Labels of one trained task (default 1,000).
    pub training_labels: usize,
    /// Messages that one group commit holds (default 1,000).
    pub group: usize,
}

impl Limits {
    /// The limits that hold unless the host says otherwise.
    pub const DEFAULT: Self = Self {
        id_bytes: 1024,
        text_bytes: 256 * 1024,
        record_bytes: 1024 * 1024,
        parts: 10_000,
        hits: 10_000,
        query_depth: 64,
        query_nodes: 65_536,
        query_places: 1_000,
        regex_bytes: 256 * 1024,
        listener_bytes: 4 * 1024 * 1024 * 1024,
        duplicates: 100_000,
        file_bytes: 16 * 1024 * 1024,
        model_bytes: 256 * 1024 * 1024,
        training_rows: 1_000_000,
        training_labels: 1000,
        group: 1000,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Limits {
    /// The names of all of them.
    pub const NAMES: [&str; 16] = [
        "id_bytes",
        "text_bytes",
        "record_bytes",
        "parts",
        "hits",
        "query_depth",
        "query_nodes",
        "query_places",
        "regex_bytes",
        "listener_bytes",
        "duplicates",
        "file_bytes",
        "model_bytes",
        "training_rows",
        "training_labels",
        "group",
    ];

    /// Sets the limit of that name; `false` when there is none.
    ///
    /// ```
    /// use scrm_core::model::Limits;
    /// let mut limits = Limits::DEFAULT;
    /// assert!(limits.set("text_bytes", 1000) && limits.text_bytes == 1000);
    /// assert!(!limits.set("text", 1000));
    /// assert!(Limits::NAMES.iter().all(|name| limits.set(name, 7)));
    /// ```
    pub fn set(&mut self, name: &str, most: usize) -> bool {
        let limit = match name {
            "id_bytes" => &mut self.id_bytes,
            "text_bytes" => &mut self.text_bytes,
            "record_bytes" => &mut self.record_bytes,
            "parts" => &mut self.parts,
            "hits" => &mut self.hits,
            "query_depth" => &mut self.query_depth,
            "query_nodes" => &mut self.query_nodes,
            "query_places" => &mut self.query_places,
            "regex_bytes" => &mut self.regex_bytes,
            "listener_bytes" => &mut self.listener_bytes,
            "duplicates" => &mut self.duplicates,
            "file_bytes" => &mut self.file_bytes,
            "model_bytes" => &mut self.model_bytes,
            "training_rows" => &mut self.training_rows,
            "training_labels" => &mut self.training_labels,
            "group" => &mut self.group,
            _ => return false,
        };
        *limit = most;
        true
    }

    /// All of them, by name.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let all = [
            self.id_bytes,
            self.text_bytes,
            self.record_bytes,
            self.parts,
            self.hits,
            self.query_depth,
            self.query_nodes,
            self.query_places,
            self.regex_bytes,
            self.listener_bytes,
            self.duplicates,
            self.file_bytes,
            self.model_bytes,
            self.training_rows,
            self.training_labels,
            self.group,
        ];
        Self::NAMES.into_iter().zip(all)
    }
}
