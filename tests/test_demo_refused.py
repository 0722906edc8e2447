"""Where the demonstration does not load: its accounts have a published password."""

import pytest
from django.core.management import CommandError, call_command

from agreement.models import User
from tests.cast import person


def test_it_refuses_where_this_is_no_demonstration(cast, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO is off"):
        call_command("load_demo", agreement="delta")
    assert not User.objects.filter(username="admin").exists()


def test_it_asks_for_the_agreement_first(db, settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="load_agreement first"):
        call_command("load_demo")


def test_somebody_of_the_same_name_is_left_alone(cast, settings):
    settings.DEMO = True
    namesake = person("admin", cast.agreement, None, "administrator")
    password = namesake.password
    call_command("load_demo", agreement="delta", verbosity=0)
    namesake.refresh_from_db()
    assert namesake.password == password
    assert not User.objects.filter(username="jiashan.secretary").exists()
