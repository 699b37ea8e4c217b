"""Sentences of what can be wrong in conditions and formulas.

Each trouble has one sentence under two codes: CFG15x-19x in the config, `condition_…` in a filter a
person sent. The names agree with `definitions.troubles.Trouble`.
"""

_TROUBLES = {
    ("CFG150", "no_field_near"): "类型“{type}”没有字段“{name}”。是否想写“{near}”？",
    ("CFG151", "no_field"): "类型“{type}”没有字段“{name}”。可用的字段：{known}。",
    ("CFG152", "no_operator_near"): "没有运算符“{name}”。是否想写“{near}”？",
    ("CFG153", "no_operator"): "没有运算符“{name}”。这里可用：{known}。",
    ("CFG154", "operator_unsuited"): "字段“{field}”不能用运算符“{operator}”。可用：{known}。",
    ("CFG155", "bad_value"): "“{value}”不能与“{field}”比较：不是它能有的值。",
    ("CFG156", "no_choice_near"): "“{field}”没有选项“{name}”。是否想写“{near}”？",
    ("CFG157", "no_choice"): "“{field}”没有选项“{name}”。可用的选项：{known}。",
    (
        "CFG158",
        "not_a_condition",
    ): "这里要写条件，例如“字段: 值”或 all、any、not；现在是“{found}”。",
    ("CFG159", "not_a_list"): "“{key}”后面要写条件的列表。",
    ("CFG160", "too_many_references"): "路径“{path}”经过 {count} 个引用，最多 {limit} 个。",
    ("CFG161", "not_a_reference"): "路径“{path}”走不通：“{name}”不是单个引用。",
    ("CFG162", "children_form"): "“{field}”是明细，请写 any、all、none 或 count。",
    (
        "CFG163",
        "count_form",
    ): "count 只能用 eq、ne、lt、le、gt、ge 与 0 到 1000000 的整数比较，可另加 where。",
    ("CFG164", "list_wanted"): "运算符“{operator}”后面要写列表，至少一项。",
    ("CFG165", "list_too_long"): "列表太长，最多 {limit} 项。",
    ("CFG166", "two_wanted"): "运算符“{operator}”后面要写两项的列表：[起, 止]。",
    ("CFG167", "too_deep"): "嵌套太深，最多 {limit} 层。",
    ("CFG168", "too_large"): "太长了，最多 {limit} 个部分。",
    ("CFG169", "no_symbol_near"): (
        "没有符号“{name}”。是否想写“{near}”？以 $ 开头的文字请写成 $$。"
    ),
    ("CFG170", "no_symbol"): "没有符号“{name}”。可用：{known}。以 $ 开头的文字请写成 $$。",
    ("CFG171", "symbol_unsuited"): "“{symbol}”不能这样与“{field}”比较。",
    ("CFG172", "not_comparable"): "“{left}”与“{right}”类型不同，不能比较。",
    ("CFG173", "value_only"): "运算符“{operator}”后面只能写固定的值，不能写字段或公式。",
    ("CFG174", "no_sql"): ("这里的条件要在数据库里查询，不能含公式。"),
    ("CFG175", "true_or_false"): "运算符“{operator}”后面只能写 true 或 false。",
    ("CFG176", "null"): "要问是否为空，请写 {operator}: true。",
    ("CFG177", "one_wanted"): "运算符“{operator}”后面只能写一个值。",
    ("CFG178", "amount_too_large"): "“{value}”离得太远，最多一百年。",
    ("CFG179", "ends_swapped"): "起“{low}”大于止“{high}”，请对调。",
    ("CFG180", "syntax"): "公式从第 {position} 个字符“{found}”起看不懂。",
    ("CFG181", "formula_too_long"): "公式太长，最多 {limit} 个字符。",
    ("CFG182", "no_name_near"): "公式里的“{name}”不是字段。是否想写“{near}”？",
    ("CFG183", "no_name"): "公式里的“{name}”不是字段。可用的字段：{known}。",
    ("CFG184", "no_function_near"): "没有函数“{name}”。是否想写“{near}”？",
    ("CFG185", "no_function"): "没有函数“{name}”。可用的函数：{known}。",
    ("CFG186", "arguments"): "函数“{function}”要 {wanted} 个参数，这里有 {found} 个。",
    ("CFG187", "wrong_kind"): "“{what}”要用 {wanted}，这里是 {found}。",
    ("CFG188", "result_kind"): "公式的结果是 {found}，不能存入 {result} 字段。",
    ("CFG189", "field_unusable"): "公式里不能用字段“{field}”（{type}）。",
    (
        "CFG190",
        "number_too_large",
    ): "公式第 {position} 个字符处的数太长：整数部分最多 18 位，小数最多 10 位。",
    (
        "CFG191",
        "text_unclosed",
    ): "公式第 {position} 个字符处的文字没有结束引号，或者用了不认识的转义。",
    (
        "CFG192",
        "children_wanted",
    ): "函数“{function}”要写明细字段，例如 sum(明细, 字段)、count(明细)。",
    ("CFG193", "chained"): "公式第 {position} 个字符处：比较不能连写，请用 and 连接。",
    ("CFG194", "places"): "round 的位数要写成 0 到 6 的数字。",
    ("CFG195", "moves"): (
        "字段“{field}”的值随时间变化，不能用在条件和公式里；"
        "请改用它所依据的日期，例如 {lt: $today}。"
    ),
}

SENTENCES = {
    **{code: sentence for (code, _), sentence in _TROUBLES.items()},
    **{f"condition_{name}": sentence for (_, name), sentence in _TROUBLES.items()},
    "formula_too_large": "计算结果太大，超出能保存的范围。",
    "formula_text_too_long": "计算结果太长，最多 {limit} 个字符。",
    "formula_bad_date": "计算出的日期超出范围。",
    "formula_too_long_running": "计算步骤太多（超过 {limit} 步）。",
}
