from __future__ import annotations

import tracemalloc
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_docusign_connect.messages import parse
from django_docusign_connect.messages.dates import offset_zone, parse_datetime

from .bodies import sim, xml

UTC = timezone.utc
PACIFIC_SUMMER = timezone(timedelta(hours=-7))


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [
        ("2022-09-22T15:19:24Z", 0),
        ("2022-09-22T15:19:24.5Z", 500_000),
        ("2022-09-22T15:19:24.92Z", 920_000),
        ("2022-09-22T15:19:24.041Z", 41_000),
        ("2022-09-22T15:19:24.4580Z", 458_000),
        ("2022-09-22T15:19:24.45807Z", 458_070),
        ("2022-09-22T15:19:24.458074Z", 458_074),
        ("2022-09-22T15:19:24.4580747Z", 458_074),
        ("2022-09-22T15:19:24.6800000Z", 680_000),
        ("2022-09-22t15:19:24z", 0),
        (" 2022-09-22 15:19:24,5 ", 500_000),
    ],
)
def test_json_date_is_utc_with_any_number_of_digits(
    text: str, microsecond: int
) -> None:
    assert parse_datetime(text) == datetime(
        2022, 9, 22, 15, 19, 24, microsecond, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-03-28T23:56:33.89", datetime(2020, 3, 29, 6, 56, 33, 890000, UTC)),
        ("2020-03-28T23:56:33", datetime(2020, 3, 29, 6, 56, 33, 0, UTC)),
        ("2020-03-28T23:56", datetime(2020, 3, 29, 6, 56, 0, 0, UTC)),
        ("2020-03-28T23:56:53.9678325", datetime(2020, 3, 29, 6, 56, 53, 967832, UTC)),
    ],
)
def test_date_without_a_zone_is_read_in_the_given_one(
    text: str, expected: datetime
) -> None:
    assert parse_datetime(text, zone=PACIFIC_SUMMER) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2008-10-22T16:23:34.3200000-07:00", (2008, 10, 22, 23, 23, 34, 320000)),
        ("2008-10-22T16:23:34+0530", (2008, 10, 22, 10, 53, 34)),
        ("2008-10-22T16:23:34Z", (2008, 10, 22, 16, 23, 34)),
    ],
)
def test_zone_that_is_written_rules(text: str, expected: tuple[int, ...]) -> None:
    zone = timezone(timedelta(hours=9))
    parsed = parse_datetime(text, zone=zone)
    assert parsed is not None
    assert parsed.replace(tzinfo=None) == datetime(*expected)  # type: ignore[arg-type]  # mypy cannot count the numbers
    assert parsed.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00.0000000Z",
        "0001-12-31T23:59:59-08:00",
        "0000-00-00T00:00:00Z",
        "2022-09-22",
        "2022-13-22T15:19:24Z",
        "2022-09-31T15:19:24Z",
        "2022-09-22T24:61:00Z",
        "2022-09-22T15:19:24+99:00",
        "9999-12-31T23:59:59-14:00",
        "\u0662\u0660\u0662\u0662-09-22T15:19:24Z",
        "yesterday",
    ],
)
def test_text_that_tells_no_time_is_none(text: str) -> None:
    assert parse_datetime(text) is None


@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.]\d*[-+Z].*"))
def test_any_text_is_a_time_in_utc_or_none(text: str) -> None:
    parsed = parse_datetime(text)
    assert parsed is None or parsed.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("hours", "offset"), [("-7", -7), ("-8", -8), ("0", 0), ("5.5", 5.5), (" +2 ", 2)]
)
def test_offset_is_a_number_of_hours(hours: str, offset: float) -> None:
    moment = datetime(2020, 7, 1)
    assert offset_zone(hours).utcoffset(moment) == timedelta(hours=offset)


@pytest.mark.parametrize("hours", ["", "PST", "nan", "inf", "-99", "1e9"])
@pytest.mark.parametrize(("month", "offset"), [(7, -7), (12, -8)])
def test_without_an_offset_the_zone_is_pacific_with_its_summer_time(
    hours: str, month: int, offset: int
) -> None:
    moment = datetime(2020, month, 1)
    assert offset_zone(hours).utcoffset(moment) == timedelta(hours=offset)


def test_xml_time_follows_the_offset_and_not_the_name_of_the_zone() -> None:
    zone = "<TimeZone>Tokyo Standard Time</TimeZone><TimeZoneOffset>-7</TimeZoneOffset>"
    message = parse(xml("<Sent>2014-09-16T03:44:59.193</Sent>", after=zone))
    assert message.state is not None
    assert message.state.sent_at == datetime(2014, 9, 16, 10, 44, 59, 193000, UTC)
    assert message.header.generated_at == datetime(2014, 9, 16, 10, 46, 52, 964643, UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2014-07-16T03:44:59", datetime(2014, 7, 16, 10, 44, 59, 0, UTC)),
        ("2014-12-16T03:44:59", datetime(2014, 12, 16, 11, 44, 59, 0, UTC)),
    ],
)
def test_xml_time_without_an_offset_is_pacific(text: str, expected: datetime) -> None:
    message = parse(xml(f"<Sent>{text}</Sent>"))
    assert message.state is not None
    assert message.state.sent_at == expected


def test_event_of_year_one_happens_when_its_message_was_generated() -> None:
    summary = {"status": "sent", "sentDateTime": "0001-01-01T00:00:00.0000000Z"}
    (event,) = parse(sim("envelope-sent", summary=summary)).events
    assert event.occurred_at == datetime(2022, 9, 22, 15, 22, 53, 458074, UTC)


def test_long_texts_that_are_no_dates_are_not_remembered() -> None:
    tracemalloc.start()
    try:
        for number in range(300):
            assert parse_datetime(f"{number}" + " " * 50_000) is None
        kept, _most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 1_000_000
