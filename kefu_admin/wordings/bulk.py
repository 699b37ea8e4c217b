"""Sentences of bulk changes: refusals, and why one record is left out."""

SENTENCES = {
    "selection_moved": "确认的内容与预览不一致，或配置已更新，请重新预览。",
    "selection_too_large": "一次最多处理 {limit} 条，请缩小范围。",
    "bulk_not_ready": "这批操作还没有准备好或正在执行，请稍后再看。",
    "undo_over": "已过撤销期限，或已经撤销过。",
    "bulk_empty": "没有选中任何记录。",
    "bulk_nothing": "请至少填写一项要修改的内容。",
    "bulk_condition": "不符合这项操作的条件。",
    "bulk_referred": "仍被其他记录引用，不能删除。",
    "bulk_purged": "已从回收站彻底清除，不能恢复。",
    "batch_without_line": "批量操作 {id} 改了记录，却没有审计记录。",
    "batch_counts_wrong": "批量操作 {id} 的条数不对（已有结论 {settled}，实为 {found}）。",
    "batch_digest_wrong": "批量操作 {id} 的选择或改前的值与审计记录不符。",
    "batch_row_untold": "批量操作 {id} 改了 {type} {record}，历史里却没有，或改前的值不符。",
    "bulk_refused": "现在不能这样做。",
}
