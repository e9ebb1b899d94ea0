// The console's words, Chinese first.
export const texts = {
  zh: {
    other: "English", lang: "zh-CN", title: "五库", docs: "接口文档", entities: "条基准记录", elements: "数据元", feeds: "数据资源", events: "变更",
    updated: "更新于", never: "尚无数据", starting: "正在准备数据…", failed: "暂时无法取得数据,稍后自动重试。",
    sources: (departments, feeds) => `${departments} 个部门,${feeds} 项数据资源`,
  },
  en: {
    other: "中文", lang: "en", title: "Five base libraries", docs: "API documents", entities: "base records", elements: "elements", feeds: "feeds",
    events: "changes", updated: "updated", never: "no data yet", starting: "Preparing data…", failed: "No data for the moment; trying again.",
    sources: (departments, feeds) => `${departments} departments, ${feeds} feeds`,
  },
};
