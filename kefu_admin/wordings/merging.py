"""Sentences of merging records: refusals, and what `verify` finds."""

SENTENCES = {
    "merge_same": "请选另一条记录：不能和自己合并。",
    "merge_already": "已有人把它合并了，请刷新后再看。",
    "merge_held": "有引用它的记录不能改到保留的那条上（例如会重复），没有合并。",
    "merge_itself": "保留的记录会指向自己；请先改掉这一项。",
    "merge_lost": "要合并的记录有一条已经不在了。",
    "merge_not_in_bin": "并入的那条已经离开回收站，不能撤销合并。",
    "merge_went_on": "保留的那条后来又并入了别的记录；请先撤销后面的合并。",
    "merge_in_bin": "这条记录是合并时移走的；请在保留的那条上撤销合并。",
    "merge_without_line": "合并 {id} 没有审计记录。",
    "merge_referred": "合并 {id} 移走的记录还被 {table} 引用（{count} 处）。",
    "merge_round": "合并 {id}：{type} {record} 顺着合并绕回了自己。",
    "merge_untold": "合并 {id} 改了 {type} {record} 的引用，历史里却没有。",
}
