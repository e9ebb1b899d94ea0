// The console's words, Chinese first. English has every key that Chinese has: the type says so, and web/test holds it.
import { casesEn, casesZh } from "./text_cases";
import { warningsEn, warningsZh } from "./text_warnings";
import { actsEn, actsZh } from "./text_acts";
import { mapEn, mapZh } from "./text_map";
import { said, words } from "./text_words";
import { roomsEn, roomsZh } from "./text_rooms";

const zh = {
  title: "五库", overview: "总览", department: "部门", service: "服务", planner: "规划", steward: "数据管家", auditor: "审计", signIn: "登录", signOut: "退出", docs: "接口文档", otherLanguage: "English",
  skip: "跳到内容", pages: "页面", parts: "分页", person: "人口库", organisation: "法人库", certificate: "电子证照库", credit: "社会信用库", place: "自然资源和空间地理库",
  loading: "正在读取…", again: "再试一次", errorNetwork: "连不上服务", errorNetworkDo: "请检查网络;服务恢复后再试。", errorOther: "没有成功", errorOtherDo: "请稍后再试;仍不成功请联系平台运行人员。",
  filter: "在列表中筛选", export: "导出 CSV", more: "显示更多", copy: "复制", copied: "已复制", remove: "去掉筛选", yes: "是", no: "否", find: "查找",
  departments: "个部门", feeds: "数据资源", entities: "条基准记录", elements: "数据元", events: "次变更", updated: "更新于", never: "尚无数据", starting: "正在准备数据,数字还会增长。",
  received: "接收消息", behind: "待融合消息", quarantine: "隔离区", findings: "质量问题", served: "已应答", refused: "被拒绝", taken: "已接收",
  firstThings: "先处理什么", firstThingsNote: "按数量排列;点开即到相应列表(需登录)。", receivedByDay: "每日接收", receivedNote: "按消息在 Kafka 的时间。", servedByDay: "每日应答", cycles: "各库进度", cyclesNote: "最近一轮融合用时,以及台账中它尚未看到的消息。",
  cycleTook: "最近一轮 {0} 秒", upToDate: "已是最新", behindBy: "落后 {0} 条", firstQuarantine: "隔离的消息:{0}", firstFinding: "质量问题 {0}({1})", firstBehind: "等待融合的消息", firstRefused: "被拒绝的调用", nothingFirst: "眼下没有需要人处理的事。新的隔离消息和质量问题会出现在这里。", noTrend: "还没有数据。有消息或调用之后,这里按日画出趋势。",
  signInWanted: "此页需要登录。", yourAccount: "用统一身份认证登录", accountNote: "在身份提供方登录后回到这里;权限由平台签发的账户决定。", toProvider: "前往登录", yourKey: "用密钥登录", keyNote: "密钥只保存在这个标签页里,关闭即消失;不写入地址、不写入磁盘。", key: "密钥", keyHint: "形如 wk.…;演示环境见数据目录中的 demo-keys.json。", noKey: "没有密钥?", noKeyDo: "部门的第一把密钥由平台运行人员签发;系统的密钥在申请获批后由申请人领取。",
  findEntity: "查找实体", catalog: "目录与权威来源", reviews: "匹配复核", rules: "质量规则", findingsNote: "未关闭的问题。点实体看每个值的来源。", firstThousand: "只列出前一千条:请先用规则、库或资源缩小范围。", noFindings: "没有未关闭的质量问题。规则或来源发现矛盾时会列在这里。",
  rule: "规则", library: "基础库", element: "数据元", feed: "数据资源", entity: "实体", findNote: "标识放在请求正文中发送,不进入地址,此次查询计入审计。", scheme: "标识种类", identifier: "标识或实体编号", identifierHint: "不会出现在地址栏里。", catalogNote: "每个数据元按顺序采信第一个有值的权威来源。", type: "类型", level: "级别", authority: "权威来源", strict: "只认第一来源", definition: "口径", noElements: "此库没有数据元。", rulesNote: "有未关闭问题的规则;点开看问题。", open: "未关闭",
  live: "有效", notLive: "已失效", anchors: "{0} 个锚点", askedOther: "您查的编号现归属于此实体", everyElement: "每个数据元及其来源", everyElementNote: "点数据元看哪些主张落选、为什么。对管家同样脱敏。", noValues: "您的授权没有可显示的值。", value: "值", masked: "脱敏", source: "来源", since: "自", message: "消息", losers: "落选主张", why: "为什么是这个值", whyElement: "{0}:为什么是这个值", chooseElement: "在左表点一个数据元,这里列出采信与落选的主张及理由。", relations: "关系", relationsNote: "此实体按标识提到的其他实体。", history: "历史", historyNote: "按得知的先后,最近三十条。", wins: "采信", loses: "落选", rank: "(第 {0} 顺位)", noLosers: "没有其他来源说到这一项。", knownFrom: "得知于", noRelations: "没有提到其他实体。", noHistory: "没有历史记录。",
  myFeeds: "本部门的数据资源", myFeedsNote: "点开看契约、隔离的消息,并试一条消息。", noFeeds: "没有数据资源。请由数据管家把资源编入目录。", topic: "主题", cycle: "更新周期", contract: "契约", recordKey: "记录主键", field: "来源字段", format: "格式", required: "必填", publishFile: "没有 Kafka 的部门:报送文件", tryMessage: "试一条消息", tryNote: "只在浏览器里对照契约的字段,不发送、不保存。", record: "一条记录(JSON)", recordHint: "Debezium 消息取其 after。请用虚构数据。", tryEmpty: "粘贴一条记录,立即看到缺什么、多什么。", tryGood: "字段与契约相符。值的格式由 wuku try 核对。", tryNoJson: "不是完整的 JSON:检查引号和括号。", tryNoObject: "应为一个对象 {…}。", tryMissing: "缺少必填字段 {0}", tryUnknown: "契约中没有字段 {0}",
  quarantineNote: "点消息看哪里不对。改正来源后重新发布;若是契约改了,重试。", noQuarantine: "隔离区是空的。不合契约的消息会连同原因留在这里。", reason: "原因", receivedAt: "接收时间",
  workorders: "整改工单", workordersNote: "由质量问题自动生成,问题消失即关闭。", noWorkorders: "没有工单。", scorecard: "评分", scorecardNote: "由消息、问题与工单算出,任何人都能复算。", noScorecard: "还没有评分。", reviewsNote: "拿不准是否同一实体的配对。", noReviews: "没有待复核的配对。",
  findData: "查找数据", findDataNote: "按中文名、英文名或口径查找,再申请。", apply: "申请", grantsAndKeys: "授权与密钥", usage: "用量", changes: "变更", feedsNote: "全省编目的数据资源。", applyNote: "两名非申请人审批,并先记录风险评估。只申请用得到的数据元。", purpose: "用途", purposeHint: "短名,如 school-enrolment", basis: "法律依据", titleOf: "名称", whyNeeded: "为什么需要", noPersonal: "不要写个人信息。", elementsWanted: "需要的数据元", asVerify: "只核验", asMask: "脱敏", asClear: "明文", file: "提交申请", filed: "申请 {0} 已提交。",
  firstCall: "第一次调用", firstCallNote: "粘贴到终端;密钥与标识从键盘读入,不留在历史里。", noGrant: "还没有授权。申请获批后,这里给出可直接使用的调用。", applications: "申请", noApplications: "没有申请。", state: "状态", filedAt: "提交于", keys: "密钥", keysNote: "密钥只在签发时显示一次。", noKeys: "没有密钥。", client: "调用方", expires: "到期", usageNote: "近三十日,按日、授权与操作。", noUsage: "还没有在授权下的调用。", day: "日", grant: "授权", operation: "操作", calls: "调用", entitiesDistinct: "不同实体", changesNote: "只有编号与数据元名,没有值:需要时再查询。", newest: "最新", next: "下一页", noChanges: "没有更多变更。", kind: "种类", time: "时间",
  log: "审计日志", logNote: "每次应答先记录、后发出。", older: "更早", noLog: "日志是空的。", leaf: "叶序号", decision: "决定", proof: "证明", prove: "取证明", proofOf: "第 {0} 叶在 {1} 叶的日志中的证明", proofNote: "RFC 6962 包含证明,自叶至根的散列。", checkpoint: "签名检查点", checkpointNote: "另行保存:日志若被改写,以此可知。", readers: "谁查阅过", readersNote: "答复公民的查询请求。标识在正文中发送。", whoseRequest: "谁的请求", noReadings: "没有人查阅过。", recalls: "更正通知", recallsNote: "已给出、后来更正的值,以及调用方是否确认。", noRecalls: "没有更正通知。", acknowledged: "已确认",
  layersAndTheme: "主题与图层", theme: "主题", people: "人口", households: "家庭户", employers: "用人单位", employees: "从业人员", asOfYear: "{0} 年末", asOfNow: "现在", layers: "图层", layer_population: "人口网格", layer_landuse: "土地利用", layer_farmland: "永久基本农田", layer_redlines: "生态保护红线", layer_parcels: "宗地", layer_buildings: "楼幢", layer_schools: "学校", layer_facilities: "公共设施", "layer_outside-carparks": "停车场（外部数据）", draw: "圈选统计", drawNote: "先选圈选或量距,再在地图上点。每次统计耗用当日预算。", drawNoKey: "圈选需要规划或管家的密钥。", count: "统计", undo: "撤销一点", clear: "清除", fewerThanTen: "不足十", countedOn: "{0} 个网格,{1} 平方公里;不足十而略去 {2} 个", budgetLeft: "今日预算余 {0}/{1}", noFigures: "没有可公布的数字。", map: "地图", noMap: "地图无法显示:此浏览器没有 WebGL。下面的表有同样的数字。", figuresOf: "{0} · {1} · 按县区", division: "区划代码", name: "名称",
  ...roomsZh,
  ...mapZh,
  ...actsZh,
  ...casesZh,
  ...warningsZh,
};

export type Key = keyof typeof zh;

const en: Record<Key, string> = {
  title: "Five base libraries", overview: "Overview", department: "Department", service: "Service", planner: "Planner", steward: "Steward", auditor: "Auditor", signIn: "Sign in", signOut: "Sign out", docs: "API documents", otherLanguage: "中文",
  skip: "Skip to content", pages: "Pages", parts: "Parts", person: "Population", organisation: "Legal entities", certificate: "E-certificates", credit: "Social credit", place: "Natural resources and spatial geography",
  loading: "Reading…", again: "Try again", errorNetwork: "The service cannot be reached", errorNetworkDo: "Check the network, and try again when the service is back.", errorOther: "That did not work", errorOtherDo: "Try again later; if it goes on, tell the operator.",
  filter: "Filter this list", export: "Export CSV", more: "Show more", copy: "Copy", copied: "Copied", remove: "Remove filter", yes: "yes", no: "no", find: "Find",
  departments: "departments", feeds: "Feeds", entities: "base records", elements: "elements", events: "changes", updated: "updated", never: "no data yet", starting: "Data is being prepared; the figures will grow.",
  received: "Messages", behind: "Waiting to be resolved", quarantine: "Quarantine", findings: "Findings", served: "Answered", refused: "Refused", taken: "Taken",
  firstThings: "What to look at first", firstThingsNote: "The most first; each leads to its list (sign in).", receivedByDay: "Received by day", receivedNote: "By the messages' time in Kafka.", servedByDay: "Answered by day", cycles: "How far each library is", cyclesNote: "Time of the last cycle, and messages in the ledger that it had not seen.",
  cycleTook: "last cycle {0} s", upToDate: "up to date", behindBy: "{0} behind", firstQuarantine: "Messages in quarantine: {0}", firstFinding: "Findings {0} ({1})", firstBehind: "Messages waiting to be resolved", firstRefused: "Refused calls", nothingFirst: "Nothing needs a person now. New messages in quarantine and findings will stand here.", noTrend: "No data yet. With messages or calls, a trend by day stands here.",
  signInWanted: "This page needs you to sign in.", yourAccount: "Sign in with your account", accountNote: "You sign in at the identity provider and come back; what you may do is decided by the account issued here.", toProvider: "Go to sign-in", yourKey: "Sign in with a key", keyNote: "The key stays in this tab and is gone when you close it; it is never in an address or on disk.", key: "Key", keyHint: "Such as wk.…; a demo has keys in demo-keys.json of its data directory.", noKey: "No key?", noKeyDo: "The operator issues a department's first key; who applied for a system gets its key when the application is granted.",
  findEntity: "Find an entity", catalog: "Catalogue and authorities", reviews: "Match reviews", rules: "Quality rules", findingsNote: "Open ones. An entity leads to the source of each value.", firstThousand: "Only the first thousand: narrow it by rule, library or feed.", noFindings: "No open findings. When a rule or a source disagrees, it stands here.",
  rule: "Rule", library: "Library", element: "Element", feed: "Feed", entity: "Entity", findNote: "The identifier travels in the request's body, never in an address; the look-up is on the audit log.", scheme: "Kind of identifier", identifier: "Identifier or entity id", identifierHint: "It does not appear in the address bar.", catalogNote: "Each element is taken from the first authority in order that has a value.", type: "Type", level: "Level", authority: "Authority", strict: "First source only", definition: "Definition", noElements: "This library has no elements.", rulesNote: "Rules with open findings; each leads to them.", open: "Open",
  live: "live", notLive: "not live", anchors: "{0} anchors", askedOther: "the id you asked for belongs to this entity now", everyElement: "Every element and its source", everyElementNote: "An element shows which claims lost and why. Masks hold for stewards too.", noValues: "Your grant shows no value here.", value: "Value", masked: "masked", source: "Source", since: "Since", message: "Message", losers: "Losing claims", why: "Why this value", whyElement: "{0}: why this value", chooseElement: "Choose an element in the table: the winning and losing claims and their reasons stand here.", relations: "Relations", relationsNote: "Entities that this one names by identifier.", history: "History", historyNote: "By when it became known, the newest thirty.", wins: "wins", loses: "loses", rank: "(rank {0})", noLosers: "No other source speaks of this element.", knownFrom: "known from", noRelations: "It names no other entity.", noHistory: "No history.",
  myFeeds: "Feeds of your department", myFeedsNote: "Each leads to its contract, its messages in quarantine, and a message to try.", noFeeds: "No feeds. A steward enters them in the catalogue.", topic: "Topic", cycle: "Cycle", contract: "contract", recordKey: "record key", field: "Field at the source", format: "Format", required: "Required", publishFile: "Without Kafka: publish a file", tryMessage: "Try a message", tryNote: "Looked at in this browser only, against the contract's fields; nothing is sent or kept.", record: "One record (JSON)", recordHint: "Of a Debezium message, its after. Use invented data.", tryEmpty: "Paste a record and see at once what is missing or unknown.", tryGood: "Its fields fit the contract. Formats of values are checked by wuku try.", tryNoJson: "Not whole JSON: look at quotes and brackets.", tryNoObject: "It should be one object {…}.", tryMissing: "Required field {0} is missing", tryUnknown: "The contract has no field {0}",
  quarantineNote: "A message opened says what is wrong. Mend the source and publish again; where the contract was changed, retry.", noQuarantine: "Quarantine is empty. Messages that break the contract stay here with their reason.", reason: "Reason", receivedAt: "Received",
  workorders: "Work orders", workordersNote: "Made from findings; closed when the finding is gone.", noWorkorders: "No work orders.", scorecard: "Score", scorecardNote: "Worked out from messages, findings and work orders; anybody can work it out again.", noScorecard: "No score yet.", reviewsNote: "Pairs that may or may not be one entity.", noReviews: "No pair waits for review.",
  findData: "Find data", findDataNote: "By Chinese or English name or definition; then apply.", apply: "Apply", grantsAndKeys: "Grants and keys", usage: "Usage", changes: "Changes", feedsNote: "Feeds of the whole province, as catalogued.", applyNote: "Two who are not the applicant decide, after a recorded risk assessment. Apply for what you need only.", purpose: "Purpose", purposeHint: "A short name such as school-enrolment", basis: "Legal basis", titleOf: "Title", whyNeeded: "Why it is needed", noPersonal: "Write nothing personal here.", elementsWanted: "Elements wanted", asVerify: "verify", asMask: "masked", asClear: "clear", file: "File the application", filed: "Application {0} is filed.",
  firstCall: "First call", firstCallNote: "Paste it into a terminal; key and number are read from the keyboard and stay out of its history.", noGrant: "No grant yet. When an application is granted, a call ready to use stands here.", applications: "Applications", noApplications: "No applications.", state: "State", filedAt: "Filed", keys: "Keys", keysNote: "A key is shown once, when it is issued.", noKeys: "No keys.", client: "Client", expires: "Expires", usageNote: "Thirty days, by day, grant and operation.", noUsage: "No calls under a grant yet.", day: "Day", grant: "Grant", operation: "Operation", calls: "Calls", entitiesDistinct: "Distinct entities", changesNote: "Numbers and names of elements, no values: look up what you need.", newest: "Newest", next: "Next page", noChanges: "No more changes.", kind: "Kind", time: "Time",
  log: "Audit log", logNote: "Every answer is recorded before it leaves.", older: "Older", noLog: "The log is empty.", leaf: "Leaf", decision: "Decision", proof: "Proof", prove: "Prove", proofOf: "Proof that leaf {0} is in the log of {1}", proofNote: "RFC 6962 inclusion proof: hashes from the leaf to the root.", checkpoint: "Signed checkpoint", checkpointNote: "Keep it elsewhere: a rewritten log is found out by it.", readers: "Who has read", readersNote: "For a citizen's request. The identifier travels in the body.", whoseRequest: "Whose request", noReadings: "Nobody has read it.", recalls: "Recalls", recallsNote: "Values given out and corrected afterwards, and whether the client has acknowledged.", noRecalls: "No recalls.", acknowledged: "Acknowledged",
  layersAndTheme: "Theme and layers", theme: "Theme", people: "People", households: "Households", employers: "Employers", employees: "Employees", asOfYear: "End of {0}", asOfNow: "Now", layers: "Layers", layer_population: "People by cells", layer_landuse: "Land use", layer_farmland: "Permanent basic farmland", layer_redlines: "Ecological red lines", layer_parcels: "Parcels", layer_buildings: "Buildings", layer_schools: "Schools", layer_facilities: "Public facilities", "layer_outside-carparks": "Car parks (outside data)", draw: "Draw and count", drawNote: "Choose to draw or to measure, then click on the map. Each count costs today's budget.", drawNoKey: "Drawing needs a planner's or a steward's key.", count: "Count", undo: "Undo a point", clear: "Clear", fewerThanTen: "fewer than ten", countedOn: "{0} cells, {1} km²; {2} left out with fewer than ten", budgetLeft: "budget left today {0}/{1}", noFigures: "No figures that may be published.", map: "Map", noMap: "The map cannot be shown: this browser has no WebGL. The table below has the same figures.", figuresOf: "{0} · {1} · by county", division: "Division", name: "Name",
  ...roomsEn,
  ...mapEn,
  ...actsEn,
  ...casesEn,
  ...warningsEn,
};

export const texts = { zh, en } as const;

let current: "zh" | "en" = localStorage.getItem("lang") === "en" ? "en" : "zh";

export const lang = () => current;

export function setLang(to: "zh" | "en") {
  current = to;
  localStorage.setItem("lang", to);
}

/** t is a word; a key that is none (a library that the catalogue added) stands for itself. */
export const t = (key: Key | (string & {})): string => texts[current][key as Key] ?? key;

/** word is a code of the API in Chinese; in English codes stand for themselves. */
export const word = (code: string): string => (current === "en" ? code : words[code] ?? said(code) ?? code);

/** half is the half of a text that the API gives in Chinese and then in English. */
export const half = (both: string): string => {
  const at = both.search(/(?<=[。\p{Script=Han}]) +(?=[A-Z])/u);
  return at < 0 ? both : current === "zh" ? both.slice(0, at) : both.slice(at).trim();
};

/** tell is a sentence with its places filled. */
export const tell = (key: Key, ...values: string[]) => t(key).replace(/\{(\d)\}/g, (_, i: string) => values[Number(i)] ?? "");

export const name = (chinese: string, english: string) => (current === "zh" ? chinese : english);

export const number = (n: number, digits = 0) => n.toLocaleString(current === "zh" ? "zh-CN" : "en", { maximumFractionDigits: digits });

/** when shows a time in the province's zone: stored UTC, shown Asia/Shanghai. */
export const when = (at: string) => new Date(at).toLocaleString(current === "zh" ? "zh-CN" : "en-GB", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });
