//! The vendor's own client works against the stand-in, and every bar that it decodes is the committed one.

use crate::support::{StandIn, data};
use assayer_stand_ins::bars::{self, Bar};
use databento::dbn::decode::DbnMetadata;
use databento::dbn::{Metadata, OhlcvMsg, SType, Schema, SymbolIndex};
use databento::historical::metadata::{DatasetCondition, GetDatasetConditionParams, GetQueryParams};
use databento::historical::symbology::ResolveParams;
use databento::historical::timeseries::GetRangeParams;
use databento::{HistoricalClient, Symbols};
use time::macros::{date, datetime};

async fn decode(client: &mut HistoricalClient, params: &GetRangeParams) -> (Metadata, Vec<OhlcvMsg>) {
    let mut decoder = client.timeseries().get_range(params).await.unwrap();
    let mut records = Vec::new();
    while let Some(record) = decoder.decode_record::<OhlcvMsg>().await.unwrap() {
        records.push(record.clone());
    }
    (decoder.metadata().clone(), records)
}

async fn whole(client: &mut HistoricalClient, dataset: &str, symbol: &str, schema: Schema) -> (Metadata, Vec<OhlcvMsg>) {
    let range = client.metadata().get_dataset_range(dataset).await.unwrap();
    let params = GetRangeParams::builder()
        .dataset(dataset)
        .symbols(symbol)
        .schema(schema)
        .date_time_range(range.range_by_schema[&schema].clone())
        .build();
    decode(client, &params).await
}

fn as_bar(record: &OhlcvMsg) -> Bar {
    Bar {
        ts_event: record.hd.ts_event,
        open: record.open,
        high: record.high,
        low: record.low,
        close: record.close,
        volume: record.volume,
    }
}

#[tokio::test]
async fn all_committed_bars_come_back_unchanged() {
    let stand_in = StandIn::start();
    let mut client = stand_in.client();
    for (dataset, symbol, id, schema, file, rows) in [
        ("SAMPLE.FX", "EURUSD", 1001, Schema::Ohlcv1H, "eurusd-1h-2017.csv", 6_225),
        ("SAMPLE.INDEX", "SPX", 2001, Schema::Ohlcv1D, "spx-1d-1999-2018.csv", 5_031),
    ] {
        let committed = bars::read(&data().join(file)).unwrap();
        let (metadata, records) = whole(&mut client, dataset, symbol, schema).await;

        assert_eq!(records.len(), rows);
        assert_eq!(records.iter().map(as_bar).collect::<Vec<_>>(), committed);
        assert!(records.iter().all(|r| r.hd.instrument_id == id));
        assert_eq!((metadata.version, metadata.dataset.as_str(), metadata.schema), (3, dataset, Some(schema)));
        assert_eq!((metadata.stype_in, metadata.stype_out), (Some(SType::RawSymbol), SType::InstrumentId));
        let symbols = metadata.symbol_map().unwrap();
        assert!(records.iter().all(|r| symbols.get_for_rec(r).is_some_and(|s| s == symbol)));
    }
}

#[tokio::test]
async fn the_end_is_exclusive_the_start_inclusive_and_the_limit_is_kept() {
    let stand_in = StandIn::start();
    let mut client = stand_in.client();
    let two_hours = (datetime!(2017-01-03 10:00 UTC), datetime!(2017-01-03 12:00 UTC));
    let query = GetRangeParams::builder().dataset("SAMPLE.FX").symbols("EURUSD").schema(Schema::Ohlcv1H);
    let (_, records) = decode(&mut client, &query.date_time_range(two_hours).build()).await;
    let starts: Vec<_> = records.iter().map(|r| r.hd.ts_event().unwrap()).collect();
    assert_eq!(starts, [datetime!(2017-01-03 10:00 UTC), datetime!(2017-01-03 11:00 UTC)]);

    let query = GetRangeParams::builder().dataset("SAMPLE.INDEX").symbols("2001").schema(Schema::Ohlcv1D);
    let query = query.stype_in(SType::InstrumentId).stype_out(SType::RawSymbol).limit(3.try_into().unwrap());
    let (metadata, records) =
        decode(&mut client, &query.date_time_range(date!(2008 - 10 - 01)..date!(2008 - 11 - 01)).build()).await;
    assert_eq!(records.len(), 3);
    assert_eq!(metadata.limit.map(std::num::NonZero::get), Some(3));
    assert_eq!(metadata.mappings[0].intervals[0].symbol, "SPX");
}

#[tokio::test]
async fn metadata_says_what_there_is() {
    let stand_in = StandIn::start();
    let mut client = stand_in.client();
    let mut metadata = client.metadata();
    assert_eq!(metadata.list_datasets(None).await.unwrap(), ["GLBX.MDP3", "SAMPLE.FX", "SAMPLE.INDEX", "XNYS.PILLAR"]);
    let before = metadata.list_datasets(Some((date!(2000 - 01 - 01)..date!(2001 - 01 - 01)).into())).await.unwrap();
    assert_eq!(before, ["SAMPLE.INDEX", "XNYS.PILLAR"]);
    assert_eq!(metadata.list_schemas("SAMPLE.FX").await.unwrap(), [Schema::Ohlcv1H]);
    assert_eq!(metadata.list_publishers().await.unwrap().len(), 4);
    assert_eq!(metadata.list_unit_prices("SAMPLE.FX").await.unwrap().len(), 2);
    let fields = databento::historical::metadata::ListFieldsParams::builder();
    let fields = fields.encoding(databento::dbn::Encoding::Dbn).schema(Schema::Ohlcv1H).build();
    assert_eq!(metadata.list_fields(&fields).await.unwrap().len(), 10);

    let range = metadata.get_dataset_range("SAMPLE.FX").await.unwrap();
    assert_eq!((range.start, range.end), (datetime!(2017-01-01 0:00 UTC), datetime!(2017-12-30 0:00 UTC)));
    let range = metadata.get_dataset_range("SAMPLE.INDEX").await.unwrap();
    assert_eq!((range.start, range.end), (datetime!(1999-01-04 0:00 UTC), datetime!(2019-01-01 0:00 UTC)));

    // This one endpoint reads its end as inclusive; 2001-09-11 to 14 have no bars.
    let params = GetDatasetConditionParams::builder().dataset("SAMPLE.INDEX");
    let params = params.date_range((date!(2001 - 09 - 10), date!(2001 - 09 - 17))).build();
    let days = metadata.get_dataset_condition(&params).await.unwrap();
    assert_eq!(days.iter().map(|d| d.date).collect::<Vec<_>>(), [date!(2001 - 09 - 10), date!(2001 - 09 - 17)]);
    assert!(days.iter().all(|d| d.condition == DatasetCondition::Available));
}

#[tokio::test]
async fn count_size_and_cost_agree_with_what_is_sent() {
    let stand_in = StandIn::start();
    let mut client = stand_in.client();
    let range = datetime!(2017-01-01 0:00 UTC)..datetime!(2017-12-30 0:00 UTC);
    let params = GetQueryParams::builder().dataset("SAMPLE.FX").symbols("EURUSD").schema(Schema::Ohlcv1H);
    let params = params.date_time_range(range).build();
    assert_eq!(client.metadata().get_record_count(&params).await.unwrap(), 6_225);
    assert_eq!(client.metadata().get_billable_size(&params).await.unwrap(), 6_225 * 56);
    let cost = client.metadata().get_cost(&params).await.unwrap();
    assert!((0.19..0.20).contains(&cost), "{cost}");
}

#[tokio::test]
async fn symbols_resolve_for_the_days_on_which_they_are_listed() {
    let stand_in = StandIn::start();
    let mut client = stand_in.client();
    let resolve = |symbols: Symbols, days: std::ops::Range<time::Date>| {
        ResolveParams::builder().dataset("SAMPLE.FX").symbols(symbols).date_range(days).build()
    };
    let within = date!(2017 - 03 - 01)..date!(2017 - 03 - 02);
    let found = client.symbology().resolve(&resolve("EURUSD".into(), within.clone())).await.unwrap();
    let interval = &found.mappings["EURUSD"][0];
    assert_eq!((interval.start_date, interval.end_date, interval.symbol.as_str()), (within.start, within.end, "1001"));
    assert!(found.partial.is_empty() && found.not_found.is_empty());

    let over_the_end =
        client.symbology().resolve(&resolve("EURUSD".into(), date!(2017 - 12 - 01)..date!(2018 - 03 - 01))).await.unwrap();
    assert_eq!(over_the_end.partial, ["EURUSD"]);
    assert_eq!(over_the_end.mappings["EURUSD"][0].end_date, date!(2017 - 12 - 30));

    let mixed = client.symbology().resolve(&resolve(vec!["EURUSD", "GBPUSD"].into(), within.clone())).await.unwrap();
    assert_eq!(mixed.not_found, ["GBPUSD"]);

    let by_id = ResolveParams::builder().dataset("SAMPLE.FX").symbols("1001").date_range(within);
    let by_id = by_id.stype_in(SType::InstrumentId).stype_out(SType::RawSymbol).build();
    assert_eq!(client.symbology().resolve(&by_id).await.unwrap().mappings["1001"][0].symbol, "EURUSD");
}

#[tokio::test]
async fn a_continuous_symbol_gives_the_bars_of_the_contracts_that_it_resolves_to() {
    let stand_in = StandIn::start();
    let mut client = stand_in.client();
    let days = date!(2025 - 12 - 10)..date!(2025 - 12 - 23);
    let resolve = ResolveParams::builder().dataset("GLBX.MDP3").symbols(vec!["MES.c.0", "MES.v.0"]).date_range(days);
    let resolve = resolve.stype_in(SType::Continuous).build();
    let found = client.symbology().resolve(&resolve).await.unwrap();
    let rolls = |symbol: &str| found.mappings[symbol].iter().map(|one| one.start_date).collect::<Vec<_>>();
    assert_eq!(rolls("MES.c.0"), [date!(2025 - 12 - 10), date!(2025 - 12 - 19)], "at expiry");
    assert_eq!(rolls("MES.v.0"), [date!(2025 - 12 - 10), date!(2025 - 12 - 12)], "with the volume, a week before");

    let range = datetime!(2025-12-10 0:00 UTC)..datetime!(2025-12-23 0:00 UTC);
    let query = GetRangeParams::builder().dataset("GLBX.MDP3").symbols("MES.v.0").schema(Schema::Ohlcv1M);
    let (metadata, records) =
        decode(&mut client, &query.stype_in(SType::Continuous).date_time_range(range.clone()).build()).await;
    let symbols = metadata.symbol_map().unwrap();
    assert!(records.iter().all(|r| symbols.get_for_rec(r).is_some_and(|s| s == "MES.v.0")));
    let contracts: std::collections::BTreeSet<_> = records.iter().map(|r| r.hd.instrument_id).collect();
    assert_eq!(contracts.len(), 2);
    let count = GetQueryParams::builder().dataset("GLBX.MDP3").symbols("MES.v.0").schema(Schema::Ohlcv1M);
    let count = count.stype_in(SType::Continuous).date_time_range(range).build();
    assert_eq!(client.metadata().get_record_count(&count).await.unwrap(), records.len() as u64);
}

#[tokio::test]
async fn answers_about_synthetic_bars_say_so_and_those_about_real_ones_do_not() {
    let stand_in = StandIn::start();
    let warning = async |dataset: &str, schema: &str, start: &str, end: &str| {
        let form = [("dataset", dataset), ("schema", schema), ("start", start), ("end", end), ("encoding", "dbn")];
        let answer = stand_in.ask("POST", "/v0/timeseries.get_range").form(&form).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.headers().get("x-warning").map(|value| value.to_str().unwrap().to_owned())
    };
    for (dataset, schema, start, end) in
        [("GLBX.MDP3", "ohlcv-1m", "2026-01-05", "2026-01-06"), ("XNYS.PILLAR", "ohlcv-1d", "2017-01-05", "2017-01-06")]
    {
        let texts: Vec<String> = serde_json::from_str(&warning(dataset, schema, start, end).await.unwrap()).unwrap();
        assert!(texts.iter().any(|text| text.contains("synthetic")), "{dataset}: {texts:?}");
    }
    assert_eq!(warning("SAMPLE.FX", "ohlcv-1h", "2017-01-05", "2017-01-06").await, None);
}

#[tokio::test]
async fn bars_can_be_made_wrong_in_each_way() {
    let stand_in = StandIn::start();
    let mut client = stand_in.client();
    let (_, good) = whole(&mut client, "SAMPLE.FX", "EURUSD", Schema::Ohlcv1H).await;
    let mut bad = async |fault: &str| {
        stand_in.fail(serde_json::json!({"match": {"params": {"symbols": "EURUSD"}}, "fault": fault})).await;
        let (_, records) = whole(&mut client, "SAMPLE.FX", "EURUSD", Schema::Ohlcv1H).await;
        let params = GetQueryParams::builder().dataset("SAMPLE.FX").symbols("EURUSD").schema(Schema::Ohlcv1H);
        let params = params.date_time_range(datetime!(2017-01-01 0:00 UTC)..datetime!(2017-12-30 0:00 UTC)).build();
        (records, client.metadata().get_record_count(&params).await.unwrap())
    };
    let sound = |r: &OhlcvMsg| r.low <= r.open.min(r.close) && r.high >= r.open.max(r.close);
    assert!(good.iter().all(sound));
    let (records, counted) = bad("gaps").await;
    assert!(records.len() < good.len() && counted == records.len() as u64);
    let (records, counted) = bad("duplicates").await;
    assert!(records.windows(2).any(|pair| pair[0] == pair[1]) && counted == records.len() as u64);
    let (records, _) = bad("ohlc").await;
    assert!(records.iter().any(|r| !sound(r)));
    let (records, _) = bad("off_tick").await;
    assert!(records.iter().all(sound) && records.iter().any(|r| r.close % 10_000 != 0));
    let (records, counted) = bad("fewer").await;
    assert!(records.len() < good.len() && counted == good.len() as u64);
}
