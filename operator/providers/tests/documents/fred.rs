//! FRED as its documents have it.

use assayer_contract::{ReasonCode, Source};
use assayer_providers::{CredentialError, Credentials, Provider, find};
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};

use crate::tables::get;

fn fred() -> &'static dyn Provider {
    find("fred").unwrap()
}

#[test]
fn observations_name_their_series_range_and_vintage() {
    let query = "series_id=CPIAUCSL&file_type=json&observation_start=2024-01-01&observation_end=2024-12-31&realtime_start=2024-02-01&realtime_end=2024-02-01";
    let call = fred().classify(&get("series/observations", query)).unwrap();
    assert_eq!((call.endpoint, call.source, call.is_safe_to_repeat()), ("series/observations", Some(Source::Macro), true));
    assert_eq!(call.about.series_ids, ["CPIAUCSL"]);
    assert_eq!(call.start.unwrap().to_rfc3339(), "2024-01-01T00:00:00+00:00");
    assert_eq!(call.end.unwrap().to_rfc3339(), "2025-01-01T00:00:00+00:00", "the last day is one of them");
    assert_eq!(call.about.realtime_start, call.about.realtime_end);
    assert_eq!(call.params["series_id"], "CPIAUCSL");
}

#[test]
fn figures_are_let_through_as_they_were_known_on_one_day_only() {
    let one = "realtime_start=2024-02-01&realtime_end=2024-02-01";
    for (more, said) in [
        ("", "give the same day as realtime_start and realtime_end"),
        ("realtime_end=2024-02-01", "give the same day"),
        ("realtime_start=2024-02-01", "give the same day"),
        ("realtime_start=2024-02-01&realtime_end=2024-03-01", "give the same day"),
        ("realtime_start=&realtime_end=", "give the same day"),
        ("realtime_start=9999-12-31&realtime_end=9999-12-31", "give the day on which"),
        (&format!("{one}&output_type=2"), "output_type is \"2\""),
        (&format!("{one}&vintage_dates=2024-02-01,2026-01-01"), "\"vintage_dates\" is not one of its fields"),
    ] {
        let query = format!("series_id=CPIAUCSL&file_type=json&{more}");
        let refused = fred().classify(&get("series/observations", &query)).unwrap_err();
        assert_eq!((refused.reason_code, refused.endpoint.as_str()), (ReasonCode::RequestInvalid, "series/observations"));
        assert!(refused.message.contains(said), "{more}: {}", refused.message);
    }
    for good in [one.to_owned(), format!("{one}&output_type=1")] {
        fred().classify(&get("series/observations", &format!("series_id=CPIAUCSL&file_type=json&{good}"))).unwrap();
    }
    // What holds no figures proves none, and needs no vintage: the handshake is one of these.
    for free in ["series", "series/release", "series/vintagedates"] {
        fred().classify(&get(free, "series_id=GNPCA&file_type=json")).unwrap();
    }
}

#[test]
fn what_cannot_be_measured_or_signs_in_by_itself_is_refused() {
    for (query, said) in [
        ("series_id=GNPCA", "file_type is \"\""),
        ("series_id=GNPCA&file_type=xml", "file_type is \"xml\""),
        ("series_id=GNPCA&file_type=json&api_key=0123", "\"api_key\" is not one of its fields"),
        ("series_id=GNPCA&file_type=json&series_id=CPIAUCSL", "series_id is given more than once"),
    ] {
        let refused = fred().classify(&get("series", query)).unwrap_err();
        assert_eq!(refused.reason_code, ReasonCode::RequestInvalid);
        assert!(refused.message.contains(said), "{}", refused.message);
    }
    assert_eq!(fred().classify(&get("category", "")).unwrap_err().reason_code, ReasonCode::EndpointUnknown);
}

#[test]
fn the_release_of_a_series_and_the_days_of_releases_are_kept() {
    let releases = |path: &str, query: &str, body: &str| {
        let call = fred().classify(&get(path, query)).unwrap();
        let measure = fred().measure(&call, body.as_bytes(), &mut ()).unwrap();
        (measure.items, measure.releases.unwrap())
    };
    let body =
        r#"{"realtime_start":"2025-01-20","realtime_end":"2025-01-20","releases":[{"id":10,"name":"Consumer Price Index"}]}"#;
    let (items, of_series) = releases("series/release", "series_id=CPIAUCSL&file_type=json", body);
    assert_eq!((items, of_series.len(), of_series[0].id.as_str(), of_series[0].dates.len()), (None, 1, "10", 0));
    let body = r#"{"release_dates":[{"release_id":10,"date":"2025-02-12"},{"release_id":53,"date":"2025-01-30"},
        {"release_id":10,"release_name":"Consumer Price Index","date":"2025-01-15"}]}"#;
    let (items, of_all) = releases("releases/dates", "file_type=json&include_release_dates_with_no_data=true", body);
    let days: Vec<_> = of_all.iter().map(|one| (one.id.as_str(), one.dates.iter().map(ToString::to_string).collect())).collect();
    let expected: [(&str, Vec<String>); 2] =
        [("10", vec!["2025-01-15".to_owned(), "2025-02-12".to_owned()]), ("53", vec!["2025-01-30".to_owned()])];
    assert_eq!((items, days.as_slice()), (None, expected.as_slice()));
    let call = fred().classify(&get("release/dates", "release_id=10&file_type=json")).unwrap();
    for bad in [r#"{"release_dates":[{"release_id":10,"date":"soon"}]}"#, r#"{"release_dates":[{"date":"2025-01-15"}]}"#, "{}"] {
        fred().measure(&call, bad.as_bytes(), &mut ()).unwrap_err();
    }
    let many: Vec<String> = (0..200).map(|n| format!(r#"{{"release_id":1,"date":"{}-01-01"}}"#, 2000 + n)).collect();
    let measure = fred().measure(&call, format!(r#"{{"release_dates":[{}]}}"#, many.join(",")).as_bytes(), &mut ()).unwrap();
    let kept = &measure.releases.unwrap()[0].dates;
    assert_eq!((kept.len(), kept.last().unwrap().to_string().as_str()), (64, "2199-01-01"), "the next release is among the last");
}

#[test]
fn observations_are_counted_and_anything_else_is_no_answer() {
    let query = "series_id=GNPCA&file_type=json&realtime_start=2024-08-01&realtime_end=2024-08-01";
    let call = fred().classify(&get("series/observations", query)).unwrap();
    let count = |body: &str| fred().measure(&call, body.as_bytes(), &mut ());
    assert_eq!(
        count(r#"{"realtime_start":"2024-08-01","realtime_end":"2024-08-01","count":2,"observations":[{"date":"2024-01-01","value":"."},{"date":"2024-04-01","value":"1.5"}]}"#)
            .unwrap()
            .items,
        Some(2)
    );
    assert_eq!(count(r#"{"realtime_start":"2024-08-01","realtime_end":"2024-08-01","observations":[]}"#).unwrap().items, Some(0));
    for bad in [r#"{"observations":{}}"#, "[]", "<xml/>", r#"{"observations":[{"#] {
        count(bad).unwrap_err();
    }
    for (from, to) in [("2024-08-01", "9999-12-31"), ("2024-08-02", "2024-08-02"), ("2024-07-01", "2024-08-01")] {
        let error = count(&format!(r#"{{"realtime_start":"{from}","realtime_end":"{to}","observations":[]}}"#)).unwrap_err();
        let said = format!("the body holds the vintage {from} to {to} where what was known on 2024-08-01 was asked for");
        assert_eq!((error.reason_code(), error.to_string()), (ReasonCode::DataQuality, said));
    }
    count(r#"{"observations":[]}"#).unwrap_err();
}

#[test]
fn every_documented_error_has_its_class() {
    for (status, body, reason) in [
        (
            400,
            r#"{"error_code":400,"error_message":"Bad Request.  The value for variable api_key is not registered.  Read https://fred.stlouisfed.org/docs/api/api_key.html for more information."}"#,
            ReasonCode::ProviderAuth,
        ),
        (
            400,
            r#"{"error_code":400,"error_message":"Bad Request.  The value for variable api_key is not a 32 character alpha-numeric lower-cased string."}"#,
            ReasonCode::ProviderAuth,
        ),
        (400, r#"{"error_code":400,"error_message":"Bad Request.  Variable api_key is not set."}"#, ReasonCode::ProviderAuth),
        (
            400,
            r#"{"error_code":400,"error_message":"Bad Request.  The series does not exist."}"#,
            ReasonCode::ProviderRejectedRequest,
        ),
        (429, r#"{"error_code":429,"error_message":"Too Many Requests.  Exceeded Rate Limit"}"#, ReasonCode::ProviderRateLimited),
        (500, r#"{"error_code":500,"error_message":"Internal Server Error"}"#, ReasonCode::ProviderError),
        (503, "<html>down</html>", ReasonCode::ProviderError),
    ] {
        let named = fred().name_error(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes()).unwrap();
        assert_eq!(named.reason_code, reason, "{body}");
        assert!(!named.error_message.is_empty());
    }
    assert_eq!(fred().name_error(StatusCode::OK, &HeaderMap::new(), b"{}"), None);
}

#[test]
fn the_key_goes_into_the_query_and_only_one_that_can_be_one() {
    let credentials = |key: &str| Credentials::new([("FRED_API_KEY".to_owned(), SecretString::from(key))]);
    let good = "0123456789abcdef0123456789abcdef";
    let signed = fred().sign_in(&credentials(good)).unwrap();
    assert!(
        signed.headers.is_empty() && signed.query.iter().all(|(name, key)| *name == "api_key" && key.expose_secret() == good)
    );
    assert!(!format!("{signed:?}").contains(good));
    for bad in ["0123456789ABCDEF0123456789ABCDEF", "0123"] {
        assert!(matches!(fred().check(&credentials(bad)), Err(CredentialError::Malformed { .. })), "{bad}");
    }
}
