"""The accounts of demo mode, as its sign-in page offers them: who that is, and what they would try first."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PASSWORD = "demo-1-6-x"  # noqa: S105  published on purpose; demo mode is off unless asked for


@dataclass(frozen=True)
class DemoAccount:
    """One card of the sign-in page; `hue` is the colour of its edge."""

    username: str
    who: str | Promise
    tries: str | Promise
    hue: int


ACCOUNTS = [
    DemoAccount(
        "jiashan.secretary",
        _("Jiashan · office of the leading group"),
        _("Create the leading group's next meeting, then generate its agenda"),
        1,
    ),
    DemoAccount(
        "xiuzhou.secretary",
        _("Xiuzhou · office of the leading group"),
        _("Accept the reports that wait, and see who still owes one"),
        1,
    ),
    DemoAccount(
        "jiashan.transport",
        _("Jiashan · transport bureau"),
        _("Move a milestone of task 2.3 to 60 % from the board"),
        2,
    ),
    DemoAccount(
        "xiuzhou.transport",
        _("Xiuzhou · transport bureau"),
        _("File this period's report, starting from last period's text"),
        2,
    ),
    DemoAccount(
        "jiashan.ecology",
        _("Jiashan · ecology bureau"),
        _("Raise an issue about a stretch of shared water"),
        3,
    ),
    DemoAccount(
        "xiuzhou.ecology",
        _("Xiuzhou · ecology bureau"),
        _("Answer what the other side asks, step by step"),
        3,
    ),
    DemoAccount(
        "jiashan.leader",
        _("Jiashan · county leader"),
        _("See in five seconds what is late, why, and whose it is"),
        0,
    ),
    DemoAccount(
        "xiuzhou.leader",
        _("Xiuzhou · district leader"),
        _("Open the overview and see what waits for a decision"),
        0,
    ),
    DemoAccount(
        "admin",
        _("Administrator"),
        _("Look after people and organizations; the work itself stays closed"),
        6,
    ),
    DemoAccount(
        "outsider",
        _("A member of another agreement"),
        _("Try to open this agreement: it is not there"),
        6,
    ),
]
