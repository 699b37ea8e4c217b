"""Sentences of the values a save refuses (`store.change`, `behaviours.validation`)."""

SENTENCES = {
    "required": "请填写。",
    "read_only": "这一项现在不能修改。",
    "not_editable": "您不能填写或修改这一项。",
    "unknown_field": "没有这一项。",
    "too_small": "不能小于 {limit}。",
    "too_large": "不能大于 {limit}。",
    "too_long": "最多 {limit} 个字，请缩短。",
    "too_short": "至少 {limit} 个字，请补充。",
    "wrong_form": "格式不对，请按说明填写。",
    "retired_choice": "“{label}”已停用，请另选一个。",
    "check_failed": "不符合规定，请检查。",
    "not_unique": "与已有记录重复（{labels}），请核对。",
    "repeats": "与已有记录重复，请核对。",
    "no_such_record": "没有这条记录，或者您无权查看，请重新选择。",
    "no_such_person": "没有这个人，或者已停用，请重新选择。",
    "no_such_department": "没有这个部门，或者已停用，请重新选择。",
    "no_such_file": "没有这个文件，请重新上传。",
    "above_clearance": "密级高于您的权限，请重新选择。",
    "void_reason_needed": "请写明作废的原因（2 到 {longest} 个字）。",
    "department_code_needed": "编号需要部门代码：请选择部门；仍不行时请管理员给部门加上代码。",
}
