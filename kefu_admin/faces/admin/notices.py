"""One-shot notices after a redirect: a known word in the address, never free text, never a cookie.

Flask's `flash` keeps messages in the session cookie until some page shows them.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from kefu_admin import wording

NOTICES = {
    "created": "已保存，新记录已建立。",
    "saved": "已保存。",
    "unchanged": "没有改动，无需保存。",
    "deleted": "已删除，可以在回收站里找到。",
    "restored": "已恢复。",
    "reverted": "已恢复旧内容。",
    "view_kept": "视图已保存。",
    "view_dropped": "视图已删除。",
    "purged": "已彻底清除。",
    "merged": "已合并，引用都转到了保留的那条。",
    "merging": "正在合并：引用很多，由后台接着转移。",
    "merged_into": "您打开的记录已并入这一条。",
    "merge_two": "请先在列表里勾选两条要合并的记录。",
    "unmerged": "已撤销合并。",
    "password_changed": "密码已修改。",
    "signed_out": "您已退出登录。",
    "user_saved": "人员信息已保存。",
    "user_unlocked": "已解锁，本人可以马上再登录。",
    "value_saved": "已保存，立即生效。",
    "department_saved": "部门已保存。",
    "job_retried": "任务重新排队了。",
    "job_cancelled": "任务已取消。",
    "message_resent": "消息重新排队了。",
    "messages_resent": "停下的消息都重新排队了。",
    "message_skipped": "消息已跳过。",
    "token_revoked": "令牌已作废。",
}


_DELETED = re.compile(r"deleted\.([a-z][a-z0-9_]*)\.(\d{1,18})\.(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Undo:
    """What takes back the deed a notice tells of: the record in the bin, at its version there."""

    path: str
    version: int
    key: str


def said(code: str, locale: str) -> str:
    """The sentence of a notice; "" for an unknown one."""
    word = code.partition(".")[0]
    return wording.text(NOTICES[word], locale) if word in NOTICES else ""


def deleted(type_id: str, id: int, version: int) -> str:
    """The notice of a deletion that its doer may take back."""
    return f"deleted.{type_id}.{id}.{version}"


def undo(code: str) -> Undo | None:
    """How to take back what the notice tells of; None where that cannot be."""
    found = _DELETED.fullmatch(code)
    if found is None:
        return None
    key = secrets.token_urlsafe(24)
    return Undo(f"/bin/{found[1]}/{found[2]}/restore", int(found[3]), key)
