"""Sentences of reading: what a reason must be, and why somebody sees a record or does not."""

SENTENCES = {
    "reason_needed": "请写明原因，至少 {shortest} 个字。",
    "explain_seen": "可以看到。",
    "explain_masked": "只能看到打码后的内容。",
    "explain_field_hidden": "可以看到这条记录，但看不到这一项。",
    "explain_hidden": "看不到这条记录。",
    "explain_nothing": "没有一条授权适用。",
    "explain_level": "记录的密级高于此人的密级许可。",
    "explain_grant_holds": "{place}：角色“{role}”的授权适用于这条记录，给予：{gives}。",
    "explain_grant_misses": "{place}：角色“{role}”的授权不适用于这条记录（它会给予：{gives}）。",
    "explain_denial_holds": "{place}：角色“{role}”的禁止规则适用于这条记录，收回：{gives}。",
    "explain_denial_misses": "{place}：角色“{role}”的禁止规则不适用于这条记录。",
}
