//! The endpoints of the historical API that may be called, as Databento documents them; `batch.*` is none of them. Pure.

/// What an endpoint answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Publishers,
    Names,
    Fields,
    UnitPrices,
    Conditions,
    DatasetRange,
    RecordCount,
    Integer,
    Price,
    Resolution,
    Records,
}

/// One (method, path) pair.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) method: &'static str,
    /// `v0/` and the vendor's own name of the endpoint.
    pub(super) path: &'static str,
    /// The fields that it knows, in its query (GET) or its form (POST).
    pub(super) fields: &'static [&'static str],
    pub(super) answer: Answer,
}

const GET: &str = "GET";
const POST: &str = "POST";
const DATES: &[&str] = &["start_date", "end_date"];
const QUERY: &[&str] = &["dataset", "schema", "stype_in", "symbols", "start", "end", "limit", "mode"];
const RESOLVE: &[&str] = &["dataset", "stype_in", "stype_out", "symbols", "start_date", "end_date"];
const RANGE: &[&str] =
    &["dataset", "schema", "encoding", "compression", "stype_in", "stype_out", "symbols", "start", "end", "limit"];

pub(super) static ENDPOINTS: [Endpoint; 12] = [
    Endpoint { method: GET, path: "v0/metadata.list_publishers", fields: &[], answer: Answer::Publishers },
    Endpoint { method: GET, path: "v0/metadata.list_datasets", fields: DATES, answer: Answer::Names },
    Endpoint { method: GET, path: "v0/metadata.list_schemas", fields: &["dataset"], answer: Answer::Names },
    Endpoint { method: GET, path: "v0/metadata.list_fields", fields: &["encoding", "schema", "dataset"], answer: Answer::Fields },
    Endpoint { method: GET, path: "v0/metadata.list_unit_prices", fields: &["dataset"], answer: Answer::UnitPrices },
    Endpoint {
        method: GET,
        path: "v0/metadata.get_dataset_condition",
        fields: &["dataset", "start_date", "end_date"],
        answer: Answer::Conditions,
    },
    Endpoint { method: GET, path: "v0/metadata.get_dataset_range", fields: &["dataset"], answer: Answer::DatasetRange },
    Endpoint { method: POST, path: "v0/metadata.get_record_count", fields: QUERY, answer: Answer::RecordCount },
    Endpoint { method: POST, path: "v0/metadata.get_billable_size", fields: QUERY, answer: Answer::Integer },
    Endpoint { method: POST, path: "v0/metadata.get_cost", fields: QUERY, answer: Answer::Price },
    Endpoint { method: POST, path: "v0/symbology.resolve", fields: RESOLVE, answer: Answer::Resolution },
    Endpoint { method: POST, path: "v0/timeseries.get_range", fields: RANGE, answer: Answer::Records },
];

/// The endpoint of exactly this method and path.
pub(super) fn find(method: &str, path: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.method == method && endpoint.path == path)
}

impl Endpoint {
    /// The vendor's own name, such as `timeseries.get_range`.
    pub(super) fn name(&self) -> &'static str {
        self.path.strip_prefix("v0/").unwrap_or(self.path)
    }

    /// Whether a request without `symbols` asks for all of them.
    pub(super) fn takes_symbols(&self) -> bool {
        self.fields.contains(&"symbols")
    }
}
