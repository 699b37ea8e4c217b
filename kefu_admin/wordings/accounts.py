"""Sentences about people, passwords, sessions, tokens, the audit book and what `verify` finds."""

SENTENCES = {
    "password_too_short": "密码至少 {min} 位。",
    "password_too_long": "密码最多 {max} 位。",
    "password_too_simple": "密码须含大写字母、小写字母、数字、符号中的至少 {classes} 种。",
    "password_has_login": "密码不能包含账号名。",
    "password_common": "这个密码太常见，容易被猜到。",
    "password_reused": "不能使用最近 {history} 次用过的密码。",
    "password_wrong": "原密码不对。",
}
