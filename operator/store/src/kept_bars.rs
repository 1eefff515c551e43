//! Bars that are kept by the day. In: a series, answers of its vendor. Out: how far they reach, and the bars. Not pure. No evidence: each
//! names the row in `requests` that is.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// What bars are bars of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSeries {
    /// UID of the Integration that they came through.
    pub integration_id: Uuid,
    /// Registry name of the vendor.
    pub provider: String,
    /// Its dataset.
    pub dataset: String,
    /// Its schema.
    pub schema: String,
    /// How the symbol is meant, in the vendor's words.
    pub symbol_type: String,
    /// The symbol.
    pub symbol: String,
}

/// The bars of one UTC day, or of a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDay {
    /// Start of the part, of which every bar is there.
    pub from: DateTime<Utc>,
    /// Its end: a midnight, or the time to which was asked.
    pub until: DateTime<Utc>,
    /// The row in `requests` of the answer that had them.
    pub request_id: Uuid,
    /// When that was asked for.
    pub fetched_at: DateTime<Utc>,
    /// The bars in the vendor's own form, compressed. Empty where they were not asked for.
    pub records: Vec<u8>,
}

/// Which days of a series are of use.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The first.
    pub first: NaiveDate,
    /// The last.
    pub last: NaiveDate,
    /// What was fetched before is too old.
    pub since: DateTime<Utc>,
    /// Whether their bars are wanted, and not only which there are.
    pub records: bool,
}

/// The days that are kept, ascending.
pub async fn days(pool: &PgPool, series: &KeptSeries, wanted: Wanted) -> Result<Vec<KeptDay>, StoreError> {
    let KeptSeries { integration_id, provider, dataset, schema, symbol_type, symbol } = series;
    let days = sqlx::query_as!(
        KeptDay,
        r#"select from_ts as "from", until_ts as "until", request_id, fetched_at,
               case when $10 then records else ''::bytea end as "records!"
           from kept_bars where integration_id = $1 and provider = $2 and dataset = $3 and schema = $4 and symbol_type = $5
               and symbol = $6 and day between $7 and $8 and fetched_at >= $9
           order by day"#,
        integration_id,
        provider,
        dataset,
        schema,
        symbol_type,
        symbol,
        wanted.first,
        wanted.last,
        wanted.since,
        wanted.records
    );
    Ok(days.fetch_all(pool).await?)
}

/// Keeps days of an answer. A day that is kept already is replaced where the new one has at least as much of it.
pub async fn keep(pool: &PgPool, series: &KeptSeries, days: &[KeptDay]) -> Result<(), StoreError> {
    let KeptSeries { integration_id, provider, dataset, schema, symbol_type, symbol } = series;
    let dates: Vec<_> = days.iter().map(|day| day.from.date_naive()).collect();
    let from: Vec<_> = days.iter().map(|day| day.from).collect();
    let until: Vec<_> = days.iter().map(|day| day.until).collect();
    let requests: Vec<_> = days.iter().map(|day| day.request_id).collect();
    let fetched: Vec<_> = days.iter().map(|day| day.fetched_at).collect();
    let records: Vec<_> = days.iter().map(|day| day.records.clone()).collect();
    sqlx::query!(
        "insert into kept_bars (integration_id, provider, dataset, schema, symbol_type, symbol,
             day, from_ts, until_ts, request_id, fetched_at, records)
         select $1, $2, $3, $4, $5, $6, n.*
         from unnest($7::date[], $8::timestamptz[], $9::timestamptz[], $10::uuid[], $11::timestamptz[], $12::bytea[]) n
         on conflict (integration_id, provider, dataset, schema, symbol_type, symbol, day) do update
             set (from_ts, until_ts, request_id, fetched_at, records)
                 = (excluded.from_ts, excluded.until_ts, excluded.request_id, excluded.fetched_at, excluded.records)
             where excluded.from_ts <= kept_bars.from_ts and excluded.until_ts >= kept_bars.until_ts",
        integration_id,
        provider,
        dataset,
        schema,
        symbol_type,
        symbol,
        &dates,
        &from,
        &until,
        &requests,
        &fetched,
        &records
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Forgets what was fetched before; how many days that were.
pub async fn forget(pool: &PgPool, before: DateTime<Utc>) -> Result<u64, StoreError> {
    let done = sqlx::query!("delete from kept_bars where fetched_at < $1", before).execute(pool).await?;
    Ok(done.rows_affected())
}
