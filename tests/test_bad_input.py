"""Addresses and query strings nobody should send: every page answers, none breaks."""

import pytest

from tests.addresses import TABLE, address_of

QUERIES = [
    "page=0", "page=-1", "page=1000000000", f"page={10**20}", "page=abc", "page=%EF%BC%91%EF%BC%92", "page=",
    "q=%00", "q=%FF", "q=%25_", "q=" + "a" * 5000, "sort=__class__", "sort=password", "sort=-", "light=purple", "light[]=red",
    f"organization={10**20}", "organization=x", "organization=-1", "side=%00", "side=' OR 1=1 --", "domain=99999999999999999999",
    "period=2026-13", "date=0001-01-01", "level=9", f"level={10**20}", "state=x&state=y", "page=1&page=2",
]  # fmt: skip


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
