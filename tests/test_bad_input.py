"""Addresses and query strings nobody should send: every page answers, none breaks."""

import pytest

from tests.addresses import TABLE, address_of

# Several at once, for what breaks on one breaks on all of them; each name has its worst values in turn.
QUERIES = [
    f"page=0&q=%00&sort=__class__&light=purple&organization={10**20}&date=2026-13-40",
    f"page=-1&q=%FF&sort=password&light[]=red&organization=x&level={10**20}&side=%00",
    f"page={10**20}&q=%25_&sort=-&light=&organization=-1&domain=99999999999999999999&kind=%00",
    "page=abc&q=" + "a" * 5000 + "&sort=&side=' OR 1=1 --&period=2026-13&level=9&unconfirmed=x",
    "page=1000000000&page=1&q=&state=x&state=y&date=0001-01-01&domain=-1&light=red&light=grey",
    "page=%EF%BC%91%EF%BC%92&q=%F0%A0%80%80&sort=%00&organization=&level=-1&domain=x&to_confirm=%FF",
]


@pytest.mark.parametrize("query", QUERIES)
def test_no_query_string_breaks_a_page(cast, things, client, query):
    client.force_login(cast.east.secretary)
    pages = [address_of(name, things, cast.agreement) for name, row in TABLE.items() if row.get] + [
        "/me/",
        "/me/notices/",
        "/",
    ]
    broken = {page: status for page in pages if (status := client.get(f"{page}?{query}").status_code) >= 500}
    assert broken == {}


@pytest.mark.parametrize(
    "period", ["2026-13", "2026-00", "abcd-ef", "9999-12", "0000-01", "2026Q9", "２０２６-11", "2026-11x"]
)
def test_a_period_that_does_not_exist_is_not_found(cast, client, period):
    client.force_login(cast.east.secretary)
    assert client.get(f"/{cast.agreement.slug}/reporting/{period}/").status_code in (200, 404)


@pytest.mark.parametrize("number", [10**20, 0, 99999999])
def test_an_object_that_does_not_exist_is_not_found(cast, client, number):
    client.force_login(cast.east.secretary)
    for place in ("milestones", "issues", "meetings", "mechanisms", "organizations"):
        assert client.get(f"/{cast.agreement.slug}/{place}/{number}/").status_code == 404, place
