"""The whole OpenAPI 3.1 document of a project, in one language."""

from __future__ import annotations

from kefu_admin import __version__
from kefu_admin.definitions.project import Project
from kefu_admin.faces.api.openapi.answers import error_schema, responses
from kefu_admin.faces.api.openapi.bulk_paths import bulk_paths
from kefu_admin.faces.api.openapi.calendar_paths import calendar_paths
from kefu_admin.faces.api.openapi.import_paths import import_paths
from kefu_admin.faces.api.openapi.job_paths import job_paths, job_schemas
from kefu_admin.faces.api.openapi.past_paths import (
    binned,
    binned_row,
    difference,
    history_entry,
    row_difference,
    whole_bin_paths,
)
from kefu_admin.faces.api.openapi.paths import common_paths, search_paths, type_paths
from kefu_admin.faces.api.openapi.schemas import Schema, schemas
from kefu_admin.faces.api.openapi.view_paths import view_paths
from kefu_admin.wording import text


def document(project: Project, *, server: str, locale: str) -> Schema:
    """The description of every operation on every type of the project.

    Args:
        project: narrowed by the caller to the types and fields that exist for who asks.
        server: path under which the API lies, as "/api/v1".
        locale: "zh" or "en", for labels and sentences.
    """
    paths = common_paths(locale) | search_paths(locale) | whole_bin_paths(locale)
    paths |= bulk_paths(locale) | import_paths(project.types, locale) | job_paths(locale)
    paths |= view_paths(locale) | calendar_paths(locale)
    for content_type in project.types.values():
        paths |= type_paths(content_type, locale)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": project.name.text(locale),
            "version": __version__,
            "description": text(API_GUIDE, locale),
        },
        "servers": [{"url": server}],
        "security": [{"bearer": []}, {"session": [], "csrf": []}],
        "tags": [
            {"name": "desk", "description": text("通用", locale)},
            *(
                {"name": content_type.id, "description": content_type.label.text(locale)}
                for content_type in project.types.values()
            ),
        ],
        "paths": paths,
        "components": {
            "schemas": {
                "error": error_schema(),
                "history_entry": history_entry(),
                "difference": difference(),
                "row_difference": row_difference(),
                "binned": binned(),
                "binned_row": binned_row(),
                **job_schemas(),
                **schemas(project, locale),
            },
            "responses": responses(locale),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "kefu_session"},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
            },
        },
    }


API_GUIDE = (
    '成功回答 {"ok": true, "data": …}，列表另有 next（下一页的 cursor，空为没有了）；'
    '失败回答 {"ok": false, "errors": [{code, field, message}], "status": n}。'
    "看不到的记录和不存在的记录回答相同（404）。修改和删除要用 If-Match 写明读到的版本；"
    "Idempotency-Key（8 到 100 个字符，24 小时内有效）让同一个请求重发也只做一次。"
    'filter 与配置中的条件写法相同，例如 {"level": {"in": ["a", "b"]}}；'
    "涉及个人信息的条件和快速搜索用 POST …/query 写在内容里。"
)
