"""Reads `project.yaml`: the desk's name, zone, language, secrecy levels and limits."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kefu_admin.definitions import schedule_text
from kefu_admin.definitions.faults import Fault
from kefu_admin.definitions.keys import Key, LabelText, Shape
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.loading import Loading, Settings
from kefu_admin.definitions.naming import Id, LayerName
from kefu_admin.definitions.project import SecrecyLevel
from kefu_admin.definitions.takers import Integer, ListOf, OneOf, Text

PASSWORD_PROFILES = ("dengbao2", "asvs")

ID = Key(
    "id", Id(40), Label("项目的标识：一个数据库只服务一个项目", "one database serves one project")
)
RENAMED_FROM = Key("renamed_from", Id(40), Label("改名前的标识", "id before renaming"))
EXTENDS = Key(
    "extends",
    ListOf(LayerName(), distinct=True),
    Label("在哪些层之上，依次叠加；本目录是最上层", "the layers below, lowest first"),
)
NAME = Key("name", LabelText(), Label("系统名称", "name of the desk"), required=True)
TIME_ZONE = Key("time_zone", Text(), Label("时区，默认 Asia/Shanghai", "IANA time zone"))
LOCALE = Key("locale", OneOf(("zh", "en")), Label("默认语言", "language at first"))
PASSWORDS = Key(
    "password_profile",
    OneOf(PASSWORD_PROFILES),
    Label("密码规则：等保二级或 ASVS", "password rules: MLPS level 2 or ASVS"),
)
LEVEL_ID = Key("id", Id(30), Label("标识", "id"), required=True)
LEVEL_LABEL = Key("label", LabelText(), Label("名称", "name"), required=True)
LEVEL = Shape(LEVEL_ID, LEVEL_LABEL)
LEVELS = Key(
    "secrecy_levels",
    ListOf(LEVEL, keys=("id",)),
    Label("密级，由低到高；只是标签，不代表国家秘密定密", "secrecy labels, lowest first"),
)
UNMASK = Key(
    "unmask_per_hour", Integer(1, 10_000), Label("每人每小时查看原文次数", "unmaskings an hour")
)
SEARCH = Key(
    "search_per_hour",
    Integer(1, 10_000),
    Label("每人每小时精确查找次数", "exact look-ups an hour"),
)
BIN_DAYS = Key(
    "bin_days",
    Integer(1, 36_500),
    Label(
        "回收站保留天数，到期彻底清除；不写则一直保留",
        "days in the bin before purging; default: kept",
    ),
)
EXPORT_ROWS = Key(
    "export_rows",
    Integer(1, 1_000_000),
    Label(
        "一个人最多导出多少条，默认 500；更多要第二人确认",
        "records one person may export, default 500; more need a second person",
    ),
)
PINYIN_ALIKE = Key(
    "pinyin_alike",
    ListOf(OneOf(("n-l", "n-ng")), distinct=True),
    Label(
        "按拼音查找时不区分的音：n-l 声母，n-ng 前后鼻音",
        "sounds search by pinyin does not tell apart: initials n and l, endings n and ng",
    ),
)
SCHEDULES = Key(
    "schedules",
    schedule_text.SHAPE,
    Label("系统自己定时做的事", "what the desk does by itself, and when"),
)
SHAPE = Shape(
    ID,
    RENAMED_FROM,
    EXTENDS,
    NAME,
    TIME_ZONE,
    LOCALE,
    PASSWORDS,
    LEVELS,
    UNMASK,
    SEARCH,
    BIN_DAYS,
    EXPORT_ROWS,
    PINYIN_ALIKE,
    SCHEDULES,
)


def read(loading: Loading) -> Settings:
    """The project's settings; defaults where the file is missing or faulty."""
    source = loading.sources["project"].get("project")
    settings = Settings()
    if source is None or source.node is None:
        return settings
    taken = SHAPE.take(source.node, loading.problems)
    if taken is None:
        return settings
    settings.place = source.place
    settings.id = taken.get(ID, settings.id)
    settings.renamed_from = taken.get(RENAMED_FROM, settings.renamed_from)
    settings.name = taken.get(NAME, settings.name)
    settings.locale = taken.get(LOCALE, settings.locale)
    settings.password_profile = taken.get(PASSWORDS, settings.password_profile)
    settings.unmask_per_hour = taken.get(UNMASK, settings.unmask_per_hour)
    settings.search_per_hour = taken.get(SEARCH, settings.search_per_hour)
    settings.bin_days = taken.get(BIN_DAYS, settings.bin_days)
    settings.export_rows = taken.get(EXPORT_ROWS, settings.export_rows)
    settings.pinyin_alike = frozenset(taken.get(PINYIN_ALIKE, settings.pinyin_alike))
    settings.schedules = schedule_text.read(taken[SCHEDULES], loading.problems)
    zone = taken.get(TIME_ZONE, settings.time_zone)
    try:
        ZoneInfo(zone)
        settings.time_zone = zone
    except (ZoneInfoNotFoundError, ValueError, OSError):
        loading.problems.add(taken.at(TIME_ZONE), Fault.NO_TIME_ZONE, name=zone)
    levels: dict[str, SecrecyLevel] = {}
    for index, level in enumerate(taken.get(LEVELS, ())):
        id = level.get(LEVEL_ID, "")
        if id in levels:
            loading.problems.add(taken.at(LEVELS, index), Fault.REPEATED, name=id)
        label = level.get(LEVEL_LABEL, Label(id))
        levels.setdefault(id, SecrecyLevel(id=id, label=label, rank=len(levels) + 1))
    settings.secrecy_levels = tuple(levels.values())
    return settings
