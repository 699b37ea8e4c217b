"""Names for the codes of config problems; their sentences stand in `kefu_admin.wordings.config`.

A code is never used again for something else. Conditions and formulas keep theirs (CFG150-199) in
their own modules.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum

from kefu_admin.problems import Place, Problem


class Fault(StrEnum):
    """What can be wrong in the config."""

    # keys and values
    UNKNOWN_KEY_NEAR = "CFG001"
    UNKNOWN_KEY = "CFG002"
    MISSING_KEY = "CFG003"
    NOT_A_MAPPING = "CFG004"
    NOT_A_LIST = "CFG005"
    NOT_A_TEXT = "CFG006"
    NOT_AN_INTEGER = "CFG007"
    INTEGER_OUT_OF_RANGE = "CFG008"
    NOT_A_BOOLEAN = "CFG009"
    NOT_ONE_OF_NEAR = "CFG010"
    NOT_ONE_OF = "CFG011"
    BLANK = "CFG012"
    TEXT_TOO_LONG = "CFG013"
    BAD_TEXT = "CFG014"
    BAD_ID = "CFG015"
    REPEATED = "CFG016"
    EMPTY_LIST = "CFG017"
    BAD_CLAUSE = "CFG018"
    # files and YAML
    BAD_YAML = "CFG020"
    UNCLOSED = "CFG021"
    TAB = "CFG022"
    TAG = "CFG023"
    ANCHOR = "CFG024"
    DUPLICATE_KEY = "CFG025"
    MANY_DOCUMENTS = "CFG026"
    TOO_BIG = "CFG027"
    TOO_DEEP = "CFG028"
    NOT_UTF8 = "CFG029"
    CONTROL_CHARACTER = "CFG030"
    KEY_NOT_TEXT = "CFG031"
    EMPTY_FILE = "CFG032"
    NO_DIRECTORY = "CFG033"
    NO_PROJECT = "CFG034"
    UNKNOWN_FOLDER_NEAR = "CFG035"
    UNKNOWN_FOLDER = "CFG036"
    MISPLACED_FILE = "CFG037"
    WRONG_SUFFIX = "CFG038"
    BAD_FILE_NAME = "CFG039"
    # things referred to
    NO_TYPE_NEAR = "CFG040"
    NO_TYPE = "CFG041"
    NO_FIELD_NEAR = "CFG042"
    NO_FIELD = "CFG043"
    NO_SERIES_NEAR = "CFG044"
    NO_SERIES = "CFG045"
    NO_ROLE_NEAR = "CFG046"
    NO_ROLE = "CFG047"
    NO_VIEW_NEAR = "CFG048"
    NO_VIEW = "CFG049"
    NO_LEVEL_NEAR = "CFG050"
    NO_LEVEL = "CFG051"
    NO_PERSON_NEAR = "CFG052"
    NO_PERSON = "CFG053"
    NO_RECORD_NEAR = "CFG054"
    NO_RECORD = "CFG055"
    COLON = "CFG056"
    INDENTATION = "CFG057"
    SPECIAL_START = "CFG058"
    # project
    NO_TIME_ZONE = "CFG060"
    NO_LEVELS = "CFG061"
    # fields
    OPTION_NOT_FOR_TYPE = "CFG062"
    OPTION_MISSING = "CFG063"
    BAD_DEFAULT = "CFG064"
    BAD_SYMBOL = "CFG065"
    BAD_LIMIT = "CFG066"
    MIN_ABOVE_MAX = "CFG067"
    DEFAULT_OUT_OF_RANGE = "CFG068"
    BAD_PATTERN = "CFG069"
    SENSITIVE_WITHOUT_PURPOSE = "CFG070"
    SENSITIVE_NOT_ENCRYPTED = "CFG071"
    RESERVED_NAME = "CFG072"
    SYSTEM_FIELD_NAME = "CFG073"
    RENAMED_FROM_ITSELF = "CFG074"
    RENAMED_FROM_TAKEN = "CFG075"
    RENAMED_FROM_TWICE = "CFG076"
    BAD_WHEN = "CFG077"
    REQUIRED_NEVER_VISIBLE = "CFG078"
    MASK_NOT_FOR_TYPE = "CFG079"
    LENGTH_LIMITS = "CFG080"
    # content types
    WRONG_FIELD_TYPE = "CFG081"
    TITLE_UNREADABLE = "CFG082"
    SEARCH_NOT_TEXT = "CFG083"
    SEARCH_ENCRYPTED = "CFG084"
    FIELD_IN_TWO_SECTIONS = "CFG085"
    UNIQUE_UNSUITED = "CFG086"
    NO_FIELDS = "CFG087"
    NOTHING_STANDS_FOR_IT = "CFG088"
    UNIQUE_WHERE_OWN = "CFG089"
    NO_SECTION_NEAR = "CFG240"
    NO_SECTION = "CFG241"
    SECTION_IN_TWO_TABS = "CFG242"
    ORDER_NOT_OWNED = "CFG243"
    SUMMARY_UNSUITED = "CFG244"
    # relations
    BY_NOT_BACK = "CFG090"
    NOT_OWNED = "CFG091"
    OWNED_BY_UNLISTED = "CFG092"
    OWNERSHIP_CYCLE = "CFG093"
    COMPUTED_CYCLE = "CFG094"
    ROLLUP_NEEDS_FIELD = "CFG095"
    ROLLUP_FIELD_UNSUITED = "CFG096"
    ROLLUP_NEEDS_ORDER = "CFG097"
    ROLLUP_KEY_UNUSED = "CFG098"
    ROW_TOO_WIDE = "CFG099"
    OWNED_TWICE = "CFG100"
    REQUIRED_REFERENCE_LOOP = "CFG101"
    OWNED_BY_OPTIONAL = "CFG102"
    MOVES_WITH_TIME = "CFG103"
    CONDITION_WITHOUT_SQL = "CFG104"
    KEY_TOO_LONG = "CFG109"
    TOO_MANY_FIELDS = "CFG118"
    # numbers
    ONE_COUNTER = "CFG105"
    BAD_DATE_PART = "CFG106"
    NUMBER_REPEATS = "CFG107"
    BAD_PART = "CFG108"
    # roles
    ROWS_ON_OWNED = "CFG110"
    MASKED_WITHOUT_MASK = "CFG111"
    EDIT_UNWRITTEN = "CFG112"
    GRANT_WITHOUT_READ = "CFG113"
    DENY_NOTHING = "CFG114"
    EXCLUSIVE_ALONE = "CFG115"
    HIDE_WITH_OTHERS = "CFG116"
    UNMASK_NOTHING = "CFG117"
    SHOWS_MASKED = "CFG119"
    # views and menus
    TWO_DEFAULT_VIEWS = "CFG120"
    COLUMN_UNSUITED = "CFG121"
    SORT_UNSUITED = "CFG122"
    FILTER_UNSUITED = "CFG123"
    ENTRY_VIEW_OR_PAGE = "CFG124"
    VIEW_OF_OWNED = "CFG125"
    ENTRY_REPEATED = "CFG126"
    CARD_REPEATED = "CFG127"
    # permission examples
    CASE_UNCLEAR = "CFG130"
    BAD_EXAMPLE_VALUE = "CFG131"
    EXAMPLE_UNWRITTEN = "CFG132"
    EXAMPLE_OWNED = "CFG133"
    # kept values
    ROLLUP_LOOKS_BEYOND = "CFG134"
    ROWS_CANNOT_HIDE = "CFG135"
    # layers
    NO_LAYER_NEAR = "CFG136"
    NO_LAYER = "CFG137"
    NO_LAYER_DIRECTORY = "CFG138"
    BAD_LAYER = "CFG139"
    LAYER_CYCLE = "CFG140"
    CHANGES_NOTHING_NEAR = "CFG141"
    CHANGES_NOTHING = "CFG142"
    REMOVES_NOTHING_NEAR = "CFG143"
    REMOVES_NOTHING = "CFG144"
    AFTER_NOTHING_NEAR = "CFG145"
    AFTER_NOTHING = "CFG146"
    KEY_AMBIGUOUS = "CFG147"
    # rows that are there
    BACKFILL_NOT_REQUIRED = "CFG200"
    OLD_VALUE_IN_USE = "CFG201"
    BAD_NEW_VALUE = "CFG202"
    # bulk actions
    ACTION_OF_OWNED = "CFG210"
    ACTION_FIELD = "CFG211"
    ACTION_FIXED_LINK = "CFG212"
    ACTION_EMPTY = "CFG213"
    ACTION_TWICE = "CFG214"
    ACTION_DELETE_SETS = "CFG215"
    # lists of choices
    NO_LIST_NEAR = "CFG148"
    NO_LIST = "CFG149"
    NOT_KEPT_NEAR = "CFG216"
    NOT_KEPT = "CFG217"
    # schedules
    BAD_DAILY = "CFG230"
    BAD_INTERVAL = "CFG231"
    BAD_MONTH_DAY = "CFG232"
    TIMES_APART = "CFG233"
    # calendars
    NOT_A_SPAN = "CFG260"
    SPAN_BACKWARDS = "CFG261"
    SPANS_MEET = "CFG262"
    NEVER_WORKS = "CFG263"
    NOT_A_DAY = "CFG264"
    HOURS_OF_REST = "CFG265"
    TWO_DEFAULT_CALENDARS = "CFG266"
    NO_DEFAULT_CALENDAR = "CFG267"
    # merging, records alike
    MERGE_OF_OWNED = "CFG250"
    ALIKE_UNSUITED = "CFG251"
    ALIKE_NOT_SEARCHED = "CFG252"


class Problems(list[Problem]):
    """The faults found so far."""

    def add(self, place: Place, fault: Fault, **facts: object) -> None:
        """Note one fault."""
        self.append(Problem.at(place, fault.value, **facts))

    def unknown(
        self,
        place: Place,
        near: Fault,
        far: Fault,
        name: str,
        known: Iterable[str],
        **facts: object,
    ) -> None:
        """Note that `name` is none of `known`: with the nearest when one is near, else with all."""
        names = list(known)
        if matches := get_close_matches(name, names, n=1, cutoff=0.6):
            self.add(place, near, name=name, near=matches[0], **facts)
        else:
            self.add(place, far, name=name, known=listed(names), **facts)


def listed(names: Iterable[str]) -> str:
    """Names as they stand in a sentence of either language."""
    return ", ".join(names) or "-"
