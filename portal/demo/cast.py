"""The people of the demo court. All invented; identity numbers are computed, court codes begin with 某."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import IdKind, User
from accounts.services import register_staff, sign_in_by_phone, verify_real_name
from accounts.services.people import person_actor
from common.actor import Actor, Kind, Role, system
from common.identity import id_card_check_digit
from courts.models import Court, Division, StaffPost
from courts.services import start_post

PASSWORD = "portal-demo-2026"  # noqa: S105  (published demo password; production has no demo people)
SETUP = system("演示数据")


@dataclass(frozen=True)
class Person:
    """A litigant; ``seventeen`` are the first digits of an invented identity number."""

    phone: str
    name: str
    seventeen: str
    gender: str
    address: str

    @property
    def id_number(self) -> str:
        return self.seventeen + id_card_check_digit(self.seventeen)


ZHANG = Person("13800000001", "张某", "13010219850314001", "男", "某省某市示例区和平路1号1单元101室")
LI = Person("13800000002", "李某", "13010219880820002", "女", "某省某市示例区建设街22号")
WANG = Person("13800000003", "王律师", "13010219790611003", "男", "某省某市示例区法桐路8号某某律师事务所")
OTHERS = [
    Person("13800000011", "陈某", "13010219700101004", "女", "某省某市示例区胜利街15号"),
    Person("13800000012", "欧阳某某", "13010219550505005", "男", "某省某市示例区槐安路33号"),
    Person("13800000013", "阿依古丽·某", "65010219920214006", "女", "某省某市示例区新华路7号"),
    Person("13800000014", "周某", "13010219830909007", "男", "某省某市示例区中华大街108号"),
    Person("13800000015", "吴某", "13010219960718008", "女", "某省某市示例区友谊大街60号"),
]

STAFF = [
    ("clerk", "钱立", "1201", Role.INTAKE_CLERK, "立案庭"),
    ("clerk2", "冯宁", "1202", Role.INTAKE_CLERK, "立案庭"),
    ("filing-judge", "柏正", "1101", Role.JUDGE, "立案庭"),
    ("judge", "赵明", "2101", Role.JUDGE, "民事审判第一庭"),
    ("caseclerk", "郑书", "2102", Role.CASE_CLERK, "民事审判第一庭"),
    ("head", "孙正", "2001", Role.HEAD, "民事审判第一庭"),
    ("finance1", "何清", "3101", Role.FINANCE, "司法行政装备管理处"),
    ("finance2", "吕实", "3102", Role.FINANCE, "司法行政装备管理处"),
    ("discipline", "施严", "4001", Role.DISCIPLINE, "督察室"),
    ("discipline2", "秦廉", "4002", Role.DISCIPLINE, "督察室"),
    ("supervisor", "魏平", "0003", Role.SUPERVISOR, "院领导"),
    ("admin", "蒋维", "9001", Role.ADMIN, "信息中心"),
]
ABOVE_STAFF = [
    ("clerk-c", "程越", "7201", Role.INTAKE_CLERK, "立案庭"),
    ("judge-c", "沈岳", "7101", Role.JUDGE, "民事审判第一庭"),
    ("discipline-c", "章衡", "7001", Role.DISCIPLINE, "督察室"),
    ("supervisor-c", "顾峰", "7003", Role.SUPERVISOR, "院领导"),
]
NEIGHBOUR_STAFF = [
    ("clerk-b", "韩月", "5201", Role.INTAKE_CLERK, "立案庭"),
    ("judge-b", "杨川", "5101", Role.JUDGE, "民事审判庭"),
]


def hire(court: Court, rows: list[tuple[str, str, str, Role, str]]) -> dict[str, StaffPost]:
    """Staff accounts with their posts; divisions are made as needed. Returns posts by user name."""
    posts = {}
    for username, name, number, role, division_name in rows:
        division, _created = Division.objects.get_or_create(
            court=court,
            name=division_name,
            defaults={"kind": "filing" if division_name == "立案庭" else "other"},
        )
        user = register_staff(username=username, password=PASSWORD, name=name, staff_no=number, actor=SETUP)
        posts[username] = start_post(
            user_id=user.pk, court_id=court.pk, role=role, division=division, actor=SETUP
        )
    return posts


def enrol(person: Person, *, lawyer: bool = False) -> User:
    """A member of the public with a checked identity."""
    user = sign_in_by_phone(phone=person.phone)
    user = verify_real_name(
        user_id=user.pk,
        name=person.name,
        id_kind=IdKind.ID_CARD,
        id_number=person.id_number,
        actor=person_actor(user, Role.LITIGANT),
    )
    if lawyer:
        User.objects.filter(pk=user.pk).update(is_lawyer=True)
        user.is_lawyer = True
    return user


def as_litigant(user: User) -> Actor:
    """The actor of a litigant."""
    return person_actor(user, Role.LITIGANT)


def as_staff(post: StaffPost) -> Actor:
    """The actor of a member of staff in a post."""
    return Actor(
        kind=Kind.STAFF,
        role=Role(post.role),
        user_id=post.user_id,
        post_id=post.pk,
        court_id=post.court_id,
        division_id=post.division_id,
        name=post.user.name,
        staff_no=post.user.staff_no,
    )
