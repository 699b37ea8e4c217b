"""Sentences about people, passwords, sessions, tokens, the audit book and what `verify` finds."""

SENTENCES = {
    # passwords
    "password_too_short": "密码至少 {min} 位。",
    "password_too_long": "密码最多 {max} 位。",
    "password_too_simple": "密码须含大写字母、小写字母、数字、符号中的至少 {classes} 种。",
    "password_has_login": "密码不能包含账号名。",
    "password_common": "这个密码太常见，容易被猜到。",
    "password_reused": "不能使用最近 {history} 次用过的密码。",
    "password_wrong": "原密码不对。",
    "own_password": "自己的密码请在“修改密码”中更改。",
    # people, roles, departments
    "login_taken": "这个账号已有人使用。",
    "bad_login": "账号只能用文字、数字和 . _ - @，最多 64 个字。",
    "no_such_role": "没有角色“{role}”。",
    "roles_exclusive": "角色“{first}”和“{second}”不能由同一个人担任。",
    "own_roles": "不能更改自己的角色，请另一位管理员来改。",
    "own_account": "不能停用自己的账号。",
    "last_administrator": "至少要有一位在用的人员能管理账号。",
    "department_below_itself": "部门不能移到自己的下级部门之下。",
    "departments_too_deep": "部门最多 {limit} 层。",
    "department_code_taken": "这个部门代码已被使用。",
    # tokens
    "no_such_scope": "没有权限范围“{scope}”。",
    "token_days": "有效期应为 1 到 {max} 天。",
    # the audit book, as verify finds it
    "audit_line_edited": "审计记录 {id}（{chain} 第 {seq} 条）被改动过。",
    "audit_line_inserted": "审计记录 {id}（{chain} 第 {seq} 条）不是本系统写入的。",
    "audit_link_broken": "审计记录 {id}（{chain} 第 {seq} 条）与前一条接不上。",
    "audit_chain_gap": "{chain} 的审计记录缺少第 {first} 到 {last} 条。",
    "audit_lines_deleted": "已封存的审计记录 {first} 到 {last} 被删除。",
    "audit_lines_truncated": "审计末尾已封存的记录 {first} 到 {last} 被截去。",
    "audit_lines_swapped": "封存块 {block} 中的审计记录被调换过。",
    "audit_block_edited": "封存块 {block} 被改动过。",
    "audit_blocks_missing": "缺少封存块 {first} 到 {last}。",
    "audit_cut_short": "审计被截短：{at} 已存证的封存块 {block} 不见了。",
    "audit_anchor_differs": "封存块 {block} 与 {at} 的存证不一致。",
    "audit_anchor_unreadable": "存证文件第 {line} 行无法读取。",
    "audit_unsealed_long": "{count} 条审计记录尚未封存，最早的写于 {at}；请检查后台进程是否在运行。",
    "audit_no_anchor": "没有存证文件：无法发现审计被整体截短。",
    # other invariants
    "orphans": "{table}.{column} 中有 {count} 处引用了 {target} 中不存在的记录。",
    "version_without_audit": "{type} {id} 的版本 {version} 没有审计记录。",
}
