package serve

import (
	"net/http"

	"wuku/serve/access"
)

// Codes of problems beside those of access.Refusal.
const (
	codeKey        = "key.invalid"
	codeSignature  = "signature.invalid"
	codeNotFound   = "not_found"
	codeMasked     = "search.masked"
	codeRequest    = "request.invalid"
	codeMedia      = "request.media"
	codeLarge      = "request.large"
	codeIdentifier = "identifier.invalid"
	codeScheme     = "identifier.scheme"
	codeCase       = "case.personal"
	codeAudit      = "audit.unavailable"
	codeEngine     = "engine.unavailable"
	codeReady      = "not_ready"
	codeRate       = "rate.exceeded"
	codePath       = "path.unknown"
	codeMethod     = "method.unknown"
	codeInternal   = "internal"
	codeBuilding   = "space.building"
	codeBudget     = "space.budget"
	codeClose      = "space.too_close"
	codeTooLarge   = "space.too_large"
	codeTooSmall   = "space.too_small"
	codeState      = "state.wrong"
	codeOther      = "state.others"
	codeChanged    = "state.changed"
	codePersonal   = "text.personal"
	codeUnfit      = "file.invalid"
	codeParties    = "case.parties"
	codeDecider    = "case.decider"
	codeCaseState  = "case.state"

	codePresentation = "case.presentation"
	codeCatalog      = "catalog.invalid"
)

// problemText is one problem's status and words, Chinese first.
type problemText struct {
	status        int
	title, detail [2]string
}

var problemTexts = map[string]problemText{
	codeParties: {http.StatusBadRequest, [2]string{"当事人与事项不符", "The parties do not fit the matter"},
		[2]string{"请按事项的 parties 逐一提供号码(scheme 与 value);GET /api/v1/matters 列出当事人。", "Give the number (scheme and value) of each party of the matter and of no other; GET /api/v1/matters lists them."}},
	codeDecider: {http.StatusForbidden, [2]string{"无权办理此办件", "You do not decide on this case"},
		[2]string{"由事项的办理部门决定;申诉后须换一方办理;申诉由受理窗口提出。", "A decider of the matter does, after an appeal another one than before; the counter that opened it appeals."}},
	codeCaseState: {http.StatusConflict, [2]string{"办件状态不允许此操作", "The case is not in a state for that"},
		[2]string{"已办结的可以申诉和归档,未办结或申诉中的可以办理。", "What is decided can be appealed and archived; what is open or under appeal can be decided."}},
	codePresentation: {http.StatusBadRequest, [2]string{"亮证不能证明该材料", "The presentation does not prove the material"},
		[2]string{"须由互认名单上的签发方签发、未过期、含当事人号码和材料的全部数据元,且事项可跨省互认。", "It must be of an issuer on the trust list, in its term, show the party's number and every element of the material, and the matter's scope must be nation."}},
	access.NoKey: {http.StatusUnauthorized, [2]string{"缺少密钥", "No key"},
		[2]string{"请在请求头 Authorization: Bearer 中提供密钥。", "Send your key in the header Authorization: Bearer."}},
	codeKey: {http.StatusUnauthorized, [2]string{"密钥无效", "The key is not valid"},
		[2]string{"密钥不存在、已过期或已撤销;请联系运维人员换发。", "It is unknown, expired or revoked; ask the operator for a new one."}},
	codeSignature: {http.StatusUnauthorized, [2]string{"请求签名无效", "The request's signature is not valid"},
		[2]string{"原因见 errors:须以登记的公钥对应的私钥签名全部必签内容,五分钟内有效,nonce 只用一次(RFC 9421,见 docs/api.md)。",
			"The reason is in errors: signed with the private key of the public one on record, over all that must be covered, in the last five minutes, each nonce once (RFC 9421, see docs/api.md)."}},
	access.BadPublicKey: {http.StatusBadRequest, [2]string{"不是可用的公钥", "This is no public key to sign with"},
		[2]string{"请提供 Ed25519 或 P-256 公钥的 PEM(openssl pkey -pubout)。", "Send an Ed25519 or P-256 public key as PEM (openssl pkey -pubout)."}},
	access.SignsOnly: {http.StatusBadRequest, [2]string{"签名调用方不得换成口令式密钥", "Who signs gets no key that is a secret"},
		[2]string{"请在 public_key 中提供新的公钥。", "Send the new public key in public_key."}},
	access.NoRole: {http.StatusForbidden, [2]string{"该角色无权调用", "Your role may not make this call"},
		[2]string{"请使用具备相应角色的密钥。", "Use a key of a role that may."}},
	access.NoGrant: {http.StatusForbidden, [2]string{"没有适用的授权", "No grant fits this call"},
		[2]string{"请核对基础库与授权编号,或先申请授权。", "Check the library and the grant's id, or apply for a grant first."}},
	access.GrantEnded: {http.StatusForbidden, [2]string{"授权未生效、已到期或已撤销", "The grant is not in force"},
		[2]string{"请续期或重新申请授权。", "It has not begun, has ended or was revoked: renew it or apply again."}},
	access.ManyGrants: {http.StatusBadRequest, [2]string{"有多个授权适用", "Several grants fit this call"},
		[2]string{"请在 grant 中写明授权编号。", "Name one in grant."}},
	access.NoPurpose: {http.StatusBadRequest, [2]string{"缺少用途", "No purpose"},
		[2]string{"查询与核验须在 purpose 中写明用途;GET 请求用请求头 Wuku-Purpose。", "Name the purpose in purpose; of a GET in the header Wuku-Purpose."}},
	access.WrongPurpose: {http.StatusForbidden, [2]string{"授权不含此用途", "Your grant does not cover this purpose"},
		[2]string{"可用的用途见 purposes。", "The purposes that it covers are in purposes."}},
	access.NoCase: {http.StatusForbidden, [2]string{"缺少办件编号", "No case number"},
		[2]string{"该授权要求在 case 中写明办件编号。", "This grant wants the number of the case in case."}},
	access.FieldDenied: {http.StatusForbidden, [2]string{"含未授权的数据元", "A field is outside the grant"},
		[2]string{"整个请求已拒绝;GET /api/v1/whoami 列出授权的数据元。", "The whole call is refused; GET /api/v1/whoami lists the elements of your grants."}},
	access.WrongCase: {http.StatusForbidden, [2]string{"办件编号与授权用途不符", "The case does not belong to the grant"},
		[2]string{"请使用本授权用途下的办件编号。", "Name a case of the purpose that the grant was given for."}},
	access.GrantLocked: {http.StatusForbidden, [2]string{"授权已锁定", "The grant is locked"},
		[2]string{"系统疑似检测到遍历行为;请联系数据管理员核实并解锁。", "The calls looked like a search for people; ask a data steward to look at it and unlock it."}},
	access.SubjectsSpent: {http.StatusTooManyRequests, [2]string{"授权当日查询对象数已用完", "The grant's entities of today are spent"},
		[2]string{"次日(北京时间)恢复;如需更多请重新申请。", "They come back tomorrow (Beijing time); apply again for more."}},
	access.DepartmentSpent: {http.StatusTooManyRequests, [2]string{"部门当日查询对象数已用完", "The department's entities of today are spent"},
		[2]string{"次日(北京时间)恢复。", "They come back tomorrow (Beijing time)."}},
	access.TriesSpent: {http.StatusTooManyRequests, [2]string{"对同一对象的核验次数过多", "Too many guesses at one entity"},
		[2]string{"次日(北京时间)恢复;核验不是查询。", "They come back tomorrow (Beijing time); verification is no lookup."}},
	access.Slowed: {http.StatusTooManyRequests, [2]string{"调用已限速", "The grant is slowed down"},
		[2]string{"未命中或连号查询过多;每秒限一次。", "Too many misses, or numbers counted up: one call a second."}},
	access.OwnApplication: {http.StatusForbidden, [2]string{"不得审批本单位的申请", "Nobody decides on their own application"},
		[2]string{"须由申请方以外的人员评估和审批。", "Somebody outside the applicant's department must."}},
	access.NoDepartment: {http.StatusForbidden, [2]string{"密钥未写明部门", "The key names no department"},
		[2]string{"请运行人员以 --department 签发密钥。", "Ask the operator for one that does (wuku key issue --department)."}},
	access.NoApplication: {http.StatusNotFound, [2]string{"没有此申请或授权", "There is no such application or grant"},
		[2]string{"请核对编号。", "Check its id."}},
	access.WrongState: {http.StatusConflict, [2]string{"当前状态不允许此操作", "Its state does not allow that"},
		[2]string{"请先查看申请的状态。", "Look at its state first."}},
	access.NotAssessed: {http.StatusConflict, [2]string{"尚未进行风险评估", "There is no risk assessment yet"},
		[2]string{"请先记录风险评估,再审批。", "Record the risk assessment first, then approve."}},
	access.VotedAlready: {http.StatusForbidden, [2]string{"已审批过", "You have voted"},
		[2]string{"每个审批人只能审批一次,须两人审批。", "One vote each: two must approve."}},
	access.BadTerms: {http.StatusBadRequest, [2]string{"申请条款与目录不符", "The terms do not fit the catalogue"},
		[2]string{"位置见 errors;基础库与数据元见 GET /api/v1/catalog。", "The places are in errors; libraries and elements are in GET /api/v1/catalog."}},
	access.TooMany: {http.StatusConflict, [2]string{"未办结的过多", "Too many are open"},
		[2]string{"请先办结、撤回或吊销一部分,再提交。", "Settle, withdraw or revoke some first."}},
	access.SameKey: {http.StatusConflict, [2]string{"幂等键已用于另一请求", "The idempotency key was used for another request"},
		[2]string{"请换一个 Idempotency-Key。", "Send another Idempotency-Key."}},
	codeBuilding: {http.StatusServiceUnavailable, [2]string{"空间数据尚未就绪", "The places are not ready"},
		[2]string{"正在计算空间位置,请稍后再试。", "They are being worked out; try again in a while."}},
	codeBudget: {http.StatusTooManyRequests, [2]string{"今日预算已用完", "Today's budget is spent"},
		[2]string{"GET /api/v1/space/budget 给出余额与恢复时间。", "GET /api/v1/space/budget tells what is left and when it comes back."}},
	codeClose: {http.StatusConflict, [2]string{"与之前查询的范围过于接近", "The shape is too close to an earlier one"},
		[2]string{"两次查询的范围须相同,或至少相差五个网格;否则相减可推出个人。", "Draw the same shape again, or one that differs by five cells and more: two answers could be subtracted."}},
	codeTooLarge: {http.StatusBadRequest, [2]string{"范围过大", "The shape is too large"},
		[2]string{"请缩小范围,或使用按区划统计。", "Draw a smaller one, or ask by division."}},
	codeTooSmall: {http.StatusNotFound, [2]string{"范围内没有可公布的网格", "No cell of the shape may be shown"},
		[2]string{"每个网格至少须有十个对象;请扩大范围。", "Each must have at least ten; draw a larger shape."}},
	codeState: {http.StatusConflict, [2]string{"当前状态不允许此操作", "Its state does not allow that"},
		[2]string{"请重新读取,按当前状态操作。", "Read it again and see what its state allows."}},
	codeOther: {http.StatusForbidden, [2]string{"此操作由其他单位作出", "That is for somebody else to do"},
		[2]string{"holder 为应当处理的单位。", "Who must act stands in holder."}},
	codeChanged: {http.StatusPreconditionFailed, [2]string{"已有变化", "It has changed since you saw it"},
		[2]string{"请重新读取,再以新的 ETag 提交。", "Read it again and send the new ETag as If-Match."}},
	codePersonal: {http.StatusBadRequest, [2]string{"文字中含个人标识", "The text holds a personal identifier"},
		[2]string{"请删去身份号码、电话等;记录由编号指明。", "Take numbers of people and phones out; the record is named already."}},
	codeUnfit: {http.StatusBadRequest, [2]string{"文件无法读取", "The file cannot be read"},
		[2]string{"请用 CSV(含表头)或 JSON 行,编码为 UTF-8 或 GB 18030(encoding)。", "Send CSV with a header line or JSON lines, in UTF-8 or GB 18030 (encoding)."}},
	codeCatalog: {http.StatusBadRequest, [2]string{"目录未通过检查", "The catalogue has errors"},
		[2]string{"逐条见 faults;改正后重新提交。", "They are in faults, with place and what to do; mend them and send it again."}},
	access.StaleBase: {http.StatusConflict, [2]string{"提交之后目录已有变化", "Another catalogue has come into force since"},
		[2]string{"请按现行目录重新提交。", "Propose it again, for the catalogue in force."}},
	codeMasked: {http.StatusBadRequest, [2]string{"不可按此检索", "This cannot be searched for"},
		[2]string{"只能按授权中明文提供的数据元精确检索;涉及个人的至少两项。", "Only exact values of elements that your grant shows in clear; two at least where they are personal."}},
	codeNotFound: {http.StatusNotFound, [2]string{"没有可提供的记录", "There is no record to give"},
		[2]string{"请核对标识。", "Check the identifier."}},
	codeRequest: {http.StatusBadRequest, [2]string{"请求不符合接口定义", "The request does not fit the API"},
		[2]string{"位置见 errors;接口定义见 /docs。", "The places are in errors; the API is described at /docs."}},
	codeMedia: {http.StatusUnsupportedMediaType, [2]string{"不支持的内容类型", "Content type not supported"},
		[2]string{"请使用 application/json。", "Use application/json."}},
	codeLarge: {http.StatusRequestEntityTooLarge, [2]string{"请求过大", "The request is too large"},
		[2]string{"请减少内容。", "Send less."}},
	codeIdentifier: {http.StatusBadRequest, [2]string{"标识不合规则", "The identifier fails its check"},
		[2]string{"原因代码见 errors;请核对后重试。", "The code of the fault is in errors; correct it and try again."}},
	codeScheme: {http.StatusBadRequest, [2]string{"该库没有这种标识", "The library has no such scheme"},
		[2]string{"GET /api/v1/catalog/libraries/{库} 的 identity 列出可用的标识。", "identity in GET /api/v1/catalog/libraries/{library} lists the schemes."}},
	codeCase: {http.StatusBadRequest, [2]string{"办件编号不得为个人标识", "The case number is a personal identifier"},
		[2]string{"请使用办件系统的编号。", "Use the number that the case system gave."}},
	codeAudit: {http.StatusServiceUnavailable, [2]string{"审计日志不可写,暂停服务", "The audit log cannot be written, so nothing is served"},
		[2]string{"请稍后重试;运维人员须检查磁盘。", "Try again later; the operator must check the disk."}},
	codeEngine: {http.StatusServiceUnavailable, [2]string{"数据引擎暂不可用", "The data engine does not answer"},
		[2]string{"请稍后重试。", "Try again later."}},
	codeReady: {http.StatusServiceUnavailable, [2]string{"尚未就绪", "Not ready"},
		[2]string{"请稍后重试。", "Try again later."}},
	codeRate: {http.StatusTooManyRequests, [2]string{"调用过于频繁", "Too many calls"},
		[2]string{"请在 Retry-After 秒后重试。", "Try again after Retry-After seconds."}},
	codePath: {http.StatusNotFound, [2]string{"没有此路径", "No such path"},
		[2]string{"接口见 /docs。", "The API is described at /docs."}},
	codeMethod: {http.StatusMethodNotAllowed, [2]string{"此路径不支持该方法", "The path does not take this method"},
		[2]string{"接口见 /docs。", "The API is described at /docs."}},
	codeInternal: {http.StatusInternalServerError, [2]string{"内部错误", "Internal error"},
		[2]string{"请联系运维人员。", "Ask the operator."}},
}
