// Codes of the API in Chinese. In English they are words already, and stand for themselves. See word in text.ts.
export const words: Record<string, string> = {
  revealed: "揭示", claimed: "领取", released: "退回", revoked: "撤销", same: "同一", not_same: "不同", unsure: "拿不准", open: "待复核", linked: "自动关联", name: "姓名",
  "same reading": "读音相同", "turned round": "前后颠倒", "one character": "差一字", "reads alike": "读音相近", "same first character": "首字相同", different: "不同", alike: "相近", "one digit": "差一位", "day and month exchanged": "日月颠倒",
  "same year, filler day": "同年,日为补填", "two parts": "两处不同", "same year": "同年", "same numbers, street alike": "门牌相同,街路相近", "part of the numbers, street alike": "门牌部分相同,街路相近", "same street": "街路相同", "street alike": "街路相近", "both valid, different": "都有效而不同", "not given": "一方未填",
  "nothing changes now; later links cannot say otherwise": "现在没有变化;以后的关联不能再说它们相同", "the decision is taken back; what matching found counts again": "裁定已撤回,恢复为匹配的结果",
  allowed: "准予", refused: "拒绝", failed: "失败", minor: "轻微", major: "重大", critical: "严重", realtime: "实时", daily: "每日", weekly: "每周", monthly: "每月", quarterly: "每季", halfyearly: "每半年", yearly: "每年", irregular: "不定期",
  taken: "已接收", quarantined: "已隔离", ignored: "不涉及", duplicate: "重复", lookup: "查询", verify: "核验", entity: "实体", explain: "溯源", history: "历史", relations: "关系", search: "检索", export: "导出", proofs: "一证通办", certify: "值证书", case: "办件核验", changes: "变更", statistics: "统计", overview: "总览", catalog: "目录",
  whoami: "我的授权", audit: "审计", applications: "申请", decisions: "审批", grants: "授权", keys: "密钥", usage: "用量", feedback: "异议", readers: "查阅记录", recalls: "更正", findings: "质量问题", quarantine: "隔离区", incidents: "事件", space: "空间统计", workorders: "工单", "workorder-acts": "工单办理", scorecards: "评分", bulletins: "通报", "bulletin-publish": "发布通报",
  reviews: "复核", "review-reveal": "揭示", "quarantine-retry": "重试", try: "试报", publish: "报送", receipts: "回执", samples: "样例", warnings: "预警", "warning-ack": "研判", cases: "办件", savings: "减免", "catalog-revisions": "目录版本", "catalog-propose": "目录提交", demands: "需求", "demand-answer": "需求答复", sharing: "共享成效", created: "新增", updated: "更新", deleted: "删除", merged: "合并", split: "拆分",
  "the mean of its measures that have something to count (GB/T 36344)": "所辖指标中有数可计者的平均(GB/T 36344)", "A: B less work orders of its rules open at the cut; B: live records": "甲:乙减去截止时未办结的该类工单;乙:有效记录", "A: B less work orders of its rules open at the cut; B: live records x elements that the feed maps": "甲:乙减去截止时未办结的该类工单;乙:有效记录 × 资源映射的数据元",
  "the mean of the dimensions that have something to count": "有数可计的各维度的平均", "nothing is counted yet": "尚未计数", "the mean of its parts": "各部分的平均", "A: feeds with a message; B: feeds": "甲:有消息的资源;乙:资源", "A: messages that were not refused; B: messages": "甲:未被拒收的消息;乙:消息", "as the indicator update": "同更新状况",
  "A: feeds whose newest message is not older than their declared cycle at the end of the period; B: feeds with such a cycle": "甲:期末时最新消息未超过所声明周期的资源;乙:有周期的资源", "the mean of connection, update, quality and closure by the weights of governance.yaml, of those that have something to count": "挂接、更新、质量、整改中有数可计者,按 governance.yaml 的权重平均",
  "A: rounds of work orders mended in the period before any term passed; B: those mended, and those that stand open with a term passed": "甲:本期内未逾期整改完的工单轮次;乙:整改完的,加上逾期未结的", "A: items of the responsibility list of which a feed really flows (a message before the cut); B: items; a department without items: its feeds": "甲:责任清单中确有消息的事项(截止前);乙:事项;无清单的部门按资源计",
};

/** said turns codes with figures in them into Chinese; undefined for others. */
export function said(code: string): string | undefined {
  const means = /^the mean of the measures ([\d, ]+)$/.exec(code);
  if (means) return `指标 ${means[1]} 的平均`;
  const one = /^entity (\S+) \((\d+) anchors\) and entity (\S+) \((\d+) anchors\) become one$/.exec(code);
  return one ? `实体 ${one[1]!.slice(0, 8)}(${one[2]} 个锚点)与实体 ${one[3]!.slice(0, 8)}(${one[4]} 个锚点)合为一个` : undefined;
}
