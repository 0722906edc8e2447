"""The people of the story: the accounts one can sign in with, and a liaison officer in every organization.

Names are invented; numbers begin with 0573-8400 and addresses end in .invalid, so that neither reaches anybody.
"""

from datetime import datetime
from functools import cache

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.contrib.auth.models import Group, Permission

from agreement.demo_accounts import PASSWORD
from agreement.models import Membership, Role, User
from agreement.workdays import OFFICE_TIME
from meetings.demo.story import Story

JOINED = datetime(2024, 1, 2, 9, tzinfo=OFFICE_TIME)
NO_PASSWORD = UNUSABLE_PASSWORD_PREFIX + "demonstration-people-do-not-sign-in--"
FAMILY = "林沈陆周顾钱吴徐朱姚陈施蒋曹俞费郁章戴许"
GIVEN = ["文澜", "予安", "思远", "书宁", "明轩", "清越", "嘉木", "以宁", "知行", "若溪", "望舒", "景行", "听雨", "怀瑾"]

# username: name, (party, organization), role, post, post in English
ACCOUNTS = {
    "jiashan.secretary": ("沈知秋", ("jiashan", "drc"), Role.SECRETARY, "领导小组办公室负责人（演示）", "Secretary of the office (demo)"),
    "xiuzhou.secretary": ("陆怀瑜", ("xiuzhou", "drc"), Role.SECRETARY, "领导小组办公室负责人（演示）", "Secretary of the office (demo)"),
    "jiashan.transport": ("周景明", ("jiashan", "transport"), Role.STAFF, "综合规划科科长（演示）", "Head of planning (demo)"),
    "xiuzhou.transport": ("顾南舟", ("xiuzhou", "transport"), Role.STAFF, "综合规划科科长（演示）", "Head of planning (demo)"),
    "jiashan.ecology": ("钱若水", ("jiashan", "ecology"), Role.STAFF, "综合科科长（演示）", "Head of general affairs (demo)"),
    "xiuzhou.ecology": ("吴清和", ("xiuzhou", "ecology"), Role.STAFF, "综合科科长（演示）", "Head of general affairs (demo)"),
    "jiashan.leader": ("徐望川", ("jiashan", "drc"), Role.LEADER, "县领导、领导小组成员（演示）", "County leader (demo)"),
    "xiuzhou.leader": ("朱临川", ("xiuzhou", "drc"), Role.LEADER, "区领导、领导小组成员（演示）", "District leader (demo)"),
    "admin": ("管理员（演示）", None, Role.ADMINISTRATOR, "系统管理员（演示）", "Administrator (demo)"),
}  # fmt: skip

KEEPS = {
    "user": ("add", "change", "view"),
    "membership": ("add", "change", "view"),
    "organization": ("add", "change", "view"),
    "clause": ("add", "change", "view"),
    "section": ("view",),
    "party": ("change", "view"),
    "agreement": ("change", "view"),
    "workdayexception": ("add", "change", "delete", "view"),
}


def is_there() -> bool:
    """Whether the demonstration, or somebody of the same name, is in this database already."""
    return User.objects.filter(username__in=[*ACCOUNTS, "outsider"]).exists()


def bring_in(story: Story) -> None:
    """Creates the accounts and the liaison officers of `story`, and makes them known to it."""
    password = published_password()
    for place, (username, (name, seat, role, post, post_en)) in enumerate(ACCOUNTS.items(), 1):
        user = person(username, name, place, password, is_staff=role == Role.ADMINISTRATOR)
        user.save()
        organization = story.organizations[seat] if seat else None
        Membership.objects.create(
            agreement=story.agreement,
            user=user,
            organization=organization,
            role=role,
            title=post,
            title_en=post_en,
            rank=1 if role == Role.LEADER else 5,
            is_liaison=role in (Role.STAFF, Role.SECRETARY),
        )
        if role == Role.STAFF and seat:
            story.people[seat] = user
        elif role == Role.SECRETARY and seat:
            story.people[seat] = story.secretaries[seat[0]] = user
        elif role == Role.ADMINISTRATOR:
            user.groups.add(administrators())
    add_liaisons(story)


def add_liaisons(story) -> None:
    """A liaison officer, who does not sign in, for every organization that has nobody yet."""
    seats = [seat for seat, unit in story.organizations.items() if unit.kind != "group" and seat not in story.people]
    users = User.objects.bulk_create(
        person(f"{party}.{slug}", invented_name(place), 20 + place, NO_PASSWORD)
        for place, (party, slug) in enumerate(seats)
    )
    Membership.objects.bulk_create(
        Membership(
            agreement=story.agreement,
            user=user,
            organization=story.organizations[seat],
            role=Role.STAFF,
            title="联络员（演示）",
            title_en="Liaison officer (demo)",
            is_liaison=True,
        )
        for user, seat in zip(users, seats, strict=True)
    )
    story.people.update(zip(seats, users, strict=True))


def person(username, name, place, password, is_staff=False) -> User:
    """A person of the story, not yet saved."""
    return User(
        username=username,
        name=name,
        email=f"{username}@demo.invalid",
        phone=f"0573-8400-{place:04}",
        password=password,
        is_staff=is_staff,
        date_joined=JOINED,
    )


@cache
def published_password() -> str:
    """The hash of the password everybody may know; made once, for it is slow on purpose."""
    return make_password(PASSWORD, salt="demonstration-accounts")


def invented_name(place: int) -> str:
    return FAMILY[place * 7 % len(FAMILY)] + GIVEN[place * 5 % len(GIVEN)]


def administrators() -> Group:
    """The group whose members keep people and settings in /admin/, and see nothing of the work."""
    group, _ = Group.objects.get_or_create(name="administrators")
    codes = [f"{right}_{noun}" for noun, rights in KEEPS.items() for right in rights]
    group.permissions.set(Permission.objects.filter(content_type__app_label="agreement", codename__in=codes))
    return group
