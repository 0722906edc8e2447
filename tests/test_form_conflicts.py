"""Two people over the same row: what each changed is kept, and nobody's words go without being seen."""

import datetime

from django.urls import reverse

from tests.cast import TODAY, make_mechanism, make_milestone, make_task


def seen(client, address):
    """What the form at `address` would send if nobody touched it."""
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


def test_after_a_conflict_saving_again_keeps_what_the_other_changed_elsewhere(cast, client):
    task = make_task(cast, note="旧备注")
    address = reverse("task-edit", args=[cast.agreement.slug, task.number])
    client.force_login(cast.east.secretary)
    mine = seen(client, address)
    client.force_login(cast.west.secretary)
    client.post(address, seen(client, address) | {"title": "西边的标题", "note": "西边的备注"})
    client.force_login(cast.east.secretary)
    refused = client.post(address, mine | {"title": "东边的标题"})
    assert refused.status_code == 409
    again = refused.context["form"]
    data = {name: again[name].value() for name in again.fields}
    client.post(address, {name: value for name, value in data.items() if value not in (None, False)})
    task.refresh_from_db()
    assert (task.title, task.note) == ("东边的标题", "西边的备注")


def test_a_field_touched_only_after_the_conflict_is_compared_too(cast, client):
    task = make_task(cast, note="旧备注")
    address = reverse("task-edit", args=[cast.agreement.slug, task.number])
    client.force_login(cast.east.secretary)
    mine = seen(client, address)
    client.post(address, mine | {"title": "西边的标题", "note": "西边的备注"})
    again = client.post(address, mine | {"title": "东边的标题"}).context["form"]
    data = {name: again[name].value() for name in again.fields}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    refused = client.post(address, data | {"note": "东边的备注"})
    assert refused.status_code == 409
    assert [each["theirs"] for each in refused.context["form"].conflict] == ["西边的备注"]


def test_of_two_organizations_of_one_name_the_other_is_a_change(cast, client):
    milestone = make_milestone(make_task(cast), cast.east.towns)
    address = reverse("milestone-edit", args=[cast.agreement.slug, milestone.pk])
    client.force_login(cast.east.secretary)
    assert client.post(address, seen(client, address) | {"organization": cast.west.towns.pk}).status_code == 302
    milestone.refresh_from_db()
    assert milestone.organization == cast.west.towns


def test_two_changes_that_do_not_go_together_are_a_conflict_not_an_error(cast, client):
    milestone = make_milestone(make_task(cast), starts_on=None, due_on=None, percent=0)
    address = reverse("milestone-edit", args=[cast.agreement.slug, milestone.pk])
    client.force_login(cast.east.secretary)
    mine = seen(client, address)
    client.post(address, mine | {"starts_on": "2027-06-01"})
    refused = client.post(address, mine | {"due_on": "2027-03-01", "title": "留住的标题"})
    assert refused.status_code == 409
    assert "留住的标题" in refused.content.decode()
    assert [str(each["theirs"]) for each in refused.context["form"].conflict] == ["2027-06-01"]
    milestone.refresh_from_db()
    assert (milestone.starts_on, milestone.due_on) == (datetime.date(2027, 6, 1), None)
    again = refused.context["form"]
    data = {name: again[name].value() for name in again.fields}
    assert client.post(address, {k: v for k, v in data.items() if v not in (None, False)}).status_code == 422


def test_a_date_moved_by_decision_meanwhile_does_not_stop_who_never_touched_it(cast, client):
    milestone = make_milestone(make_task(cast))
    address = reverse("milestone-edit", args=[cast.agreement.slug, milestone.pk])
    client.force_login(cast.east.secretary)
    mine = seen(client, address)
    later = TODAY + datetime.timedelta(days=90)
    milestone.reschedule(later, by=cast.west.secretary, reason="第一次会议")
    assert client.post(address, mine | {"title": "新标题"}).status_code == 302
    milestone.refresh_from_db()
    assert (milestone.title, milestone.due_on) == ("新标题", later)


def test_line_breaks_as_browsers_send_them_are_no_change(cast, client):
    meeting = make_mechanism(cast).meetings.create(
        agreement=cast.agreement,
        sequence=1,
        starts_at=datetime.datetime(2027, 1, 11, 6, tzinfo=datetime.UTC),
        host=cast.parties[0],
    )
    item = meeting.items.create(title="议题", text="第一行\n第二行", source="ahead")
    address = reverse("agenda-item", args=[cast.agreement.slug, meeting.pk, item.pk])
    client.force_login(cast.east.secretary)
    client.post(address, seen(client, address) | {"text": "第一行\r\n第二行"})
    item.refresh_from_db()
    assert (item.text, item.edited) == ("第一行\n第二行", False)


def test_nonsense_in_the_hidden_fields_breaks_nothing(cast, client):
    task = make_task(cast)
    address = reverse("task-edit", args=[cast.agreement.slug, task.number])
    client.force_login(cast.east.secretary)
    data = seen(client, address)
    for original in ("[" * 100_000, '{"title": [1], "kind": {}, "doing_side": [2]}', "[]", "7", '"x"'):
        client.post(address, data | {"title": "甲"})
        answer = client.post(address, data | {"title": "乙", "kind": "reform", "version": "1", "original": original})
        assert answer.status_code in (302, 409), original[:20]
