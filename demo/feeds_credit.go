package demo

func everyLicence(p *Province) int { return p.licences }
func everyPenalty(p *Province) int { return p.penalties }

func creditFeeds() []*feed {
	return []*feed{noticeFeed(false), noticeFeed(true), marketPenaltyFeed(), cityPenaltyFeed(nanjing), cityPenaltyFeed(suzhou)}
}

func ofLicence(p *Province, library, who int, visit func(int)) {
	if library == credits && who < p.licences {
		visit(who)
	}
}

func ofPenalty(p *Province, library, who int, visit func(int)) {
	if library == credits && who >= p.licences && who < p.licences+p.penalties {
		visit(who - p.licences)
	}
}

// subject is whom the loaded decision is about.
func (r *row) subject() (name, uscc, number []byte, kind string) {
	if r.dec.natural {
		return r.per.name, nil, r.per.id[:], "01"
	}
	return r.org.name, r.org.uscc[:], nil, "02"
}

func (r *row) organName(b []byte) []byte {
	return append(append(b, cities[cityOf(r.dec.county)].name...), [...]string{"市场监督管理局", "城市管理局", "综合行政执法局"}[r.dec.index%3]...)
}

// status is the record's state: 3 after credit repair.
func (c *decision) status() string {
	if c.penalty && c.repaired {
		return "3"
	}
	return "0"
}

// noticeFeed is the public notice of licences, or of penalties.
func noticeFeed(penalty bool) *feed {
	f := &feed{null: "null", single: true, stampAt: "GXSJ", stampAs: spaced, timed: true, deadAt: "SCBZ", dead: "1", alive: "0"}
	if penalty {
		f.name, f.prefix, f.count, f.about = "credit.penalty", "CF32", everyPenalty, ofPenalty
		f.load = func(r *row, i int) bool { return i%10 != 9 && r.p.loadDecision(r.p.licences+i, r) }
		f.write = func(r *row) { r.notice("CF_WSH", "CF_CFJGDM", "CF_CFJG", "2"); r.penaltyNotice() }
		f.drifts = []string{"CF_JDRQ", "CF_WFXW", "CF_NR_FK"}
		f.spots = append(noticeSpots("CF_WSH", "CF_CFJGDM", "CF_JDRQ"), in(credits, "",
			instead("CF_CFLB", "penalty_kind", "value.code_name", `"罚款"`), instead("CF_NR_FK", "fine", "value.format", `"壹万元整"`),
			instead("CF_NR_FK", "fine", "value.range", "-0.5"), odd("CF_NR_FK", "fine", zeros), same("CF_NR_FK", "fine", zeros),
			same("CF_JDRQ", "decided", blanks), same("CF_WFXW", "violation", absent))...)
		return f
	}
	f.name, f.prefix, f.count, f.about = "credit.licence", "XK32", everyLicence, ofLicence
	f.load = func(r *row, i int) bool { return r.p.loadDecision(i, r) }
	f.write = func(r *row) { r.notice("XK_WSH", "XK_XKJGDM", "XK_XKJG", "1"); r.licenceNotice() }
	f.spots = append(noticeSpots("XK_WSH", "XK_XKJGDM", "XK_JDRQ"), in(credits, "", instead("XK_XKLB", "licence_kind", "value.code", `"备案"`),
		wrong("XK_YXQZI", "valid_to", "value.format", badDate))...)
	return f
}

func noticeSpots(document, organ, decided string) []spot {
	return in(credits, "", missing(document, "document_number"), missing(organ, "organ_code"), missing("XDR_MC", "subject_name"), optional("FRDB", ""), optional("XDR_GSZC", ""),
		wrong(decided, "decided", "value.format", badDate), instead("XDR_TYPE", "subject_kind", "value.code", `"企业"`),
		wrong("XDR_SHXYM", "subject_uscc", "uscc.check", lastChar), wrong("XDR_SHXYM", "subject_uscc", "uscc.length", shorter),
		wrong("XDR_ZJHM", "subject_number", "citizen.masked", starred), odd("XDR_SHXYM", "subject_uscc", blanks), odd("XDR_MC", "subject_name", blanks),
		odd("XDR_ZJHM", "subject_number", old15), odd(decided, "decided", blanks))
}

func (r *row) notice(document, organCode, organName, kind string) {
	c := &r.dec
	name, uscc, number, subject := r.subject()
	r.about(credits, "", c.index)
	say(r, "record_kind", kind)
	r.keyed("RECID", "")
	put(r, document, "document_number", c.number)
	put(r, organCode, "organ_code", c.organ)
	put(r, organName, "organ_name", r.organName(r.aux[:0]))
	put(r, "XDR_MC", "subject_name", name)
	put(r, "XDR_TYPE", "subject_kind", subject)
	put(r, "XDR_SHXYM", "subject_uscc", uscc)
	var regNo []byte
	if !c.natural {
		regNo = r.org.regNo(r.aux[:0])
	}
	put(r, "XDR_GSZC", "subject_regno", regNo)
	put(r, "XDR_ZJHM", "subject_number", number)
	if c.natural {
		put(r, "XDR_ZJLX", "subject_number_kind", "01")
		r.null("FRDB")
	} else {
		r.null("XDR_ZJLX")
		r.p.loadRep(&r.org, &r.rep)
		put(r, "FRDB", "legal_rep_name", r.rep.name)
	}
	put(r, "XZQH", "division", counties[c.county].code)
	if r.live {
		say(r, "source_updated", appendStamp(nil, r.event, utc))
	}
}

func (r *row) licenceNotice() {
	c := &r.dec
	put(r, "XK_XKWS", "document_name", "准予行政许可决定书")
	coded(r, "XK_XKLB", "licence_kind", [...]string{"普通", "认可", "核准", "登记"}[c.kind], [...]string{"01", "03", "04", "05"}[c.kind])
	put(r, "XK_XKZS", "licence_name", [...]string{"食品经营许可证", "卫生许可证", "建筑业企业资质证书", "营业执照"}[c.kind])
	put(r, "XK_XKBH", "licence_number", pad(append(r.aux[:0], "JY132"...), c.index, 9))
	put(r, "XK_NR", "content", "经审查，符合法定条件，准予许可")
	r.date("XK_JDRQ", "decided", c.decided, slashed)
	r.date("XK_YXQZ", "valid_from", c.decided, slashed)
	r.date("XK_YXQZI", "valid_to", c.decided+[...]int32{1826, 1461, 1826, 3653}[c.kind], slashed)
	put(r, "XK_ZT", "status", c.status())
	put(r, "XK_LYDW", "source_name", r.organName(r.aux[:0]))
	put(r, "XK_LYDWDM", "source_code", c.organ)
}

// violations and bases go with the kinds of penalties 1 to 4.
var (
	violations = [...]string{"未按规定公示", "占道经营", "虚假宣传", "无证经营"}
	bases      = [...]string{"《企业信息公示暂行条例》第十七条", "《江苏省城市市容和环境卫生管理条例》第五十二条", "《中华人民共和国广告法》第五十五条", "《中华人民共和国食品安全法》第一百二十二条"}
	words      = [...]string{"轻微", "一般", "严重"}
)

// violation is the kind of offence, or another where departments are to disagree.
func (r *row) violation(field string) {
	put(r, field, "violation", violations[(r.dec.kind+r.off(field))%4])
}

func (c *decision) until() int32 { return c.decided + [...]int32{90, 365, 3 * 365}[c.severity-1] }

func (r *row) penaltyNotice() {
	c := &r.dec
	put(r, "CF_WSMC", "document_name", "行政处罚决定书")
	put(r, "CF_CFLB", "penalty_kind", [...]string{"1", "3", "3", "4"}[c.kind])
	r.violation("CF_WFXW")
	put(r, "CF_SY", "facts", "经查，当事人存在上述违法行为，事实清楚")
	put(r, "CF_YJ", "basis", bases[c.kind])
	put(r, "CF_NR", "content", "责令改正，处以罚款")
	r.money("CF_NR_FK", "fine", (c.fine+100*r.off("CF_NR_FK"))*100, true)
	r.money("CF_NR_WFFF", "confiscated", c.fine*20, true)
	r.date("CF_JDRQ", "decided", c.decided+int32(r.off("CF_JDRQ")), slashed)
	until := none
	if c.kind == 3 {
		until = c.decided + 180
	}
	r.date("CF_YXQ", "valid_to", until, slashed)
	r.date("CF_GSJZQ", "publish_until", c.until(), slashed)
	put(r, "CF_ZT", "status", c.status())
	coded(r, "CF_SXYZCD", "severity", words[c.severity-1], sexText(byte('0'+c.severity)))
	coded(r, "CF_XYXF", "repaired", [...]string{"否", "是"}[boolIndex(c.repaired)], [...]string{"false", "true"}[boolIndex(c.repaired)])
	repaired := none
	if c.repaired {
		repaired = min(c.decided+100, today-5)
	}
	r.date("CF_XFRQ", "repair_date", repaired, slashed)
	put(r, "CF_SJLY", "source_name", r.organName(r.aux[:0]))
	put(r, "CF_SJLYDM", "source_code", c.organ)
}

func marketPenaltyFeed() *feed {
	return &feed{name: "market.penalty", envelope: true, null: "null", prefix: "AJ32", single: true, stampAt: "upd_time", stampAs: epochMS,
		count: everyPenalty, about: ofPenalty, write: writeMarketPenalty,
		load: func(r *row, i int) bool { return r.p.loadDecision(r.p.licences+i, r) && r.dec.byMarket() },
		spots: in(credits, "", optional("ill_fact", ""), instead("pen_date", "decided", "value.format", `"去年"`), instead("pen_type", "penalty_kind", "value.code", `"88"`),
			wrong("uniscid", "subject_uscc", "uscc.check", lastChar), instead("pen_am", "fine", "value.range", "-100"),
			odd("uniscid", "subject_uscc", blanks), odd("pen_am", "fine", zeros), same("pen_am", "fine", zeros), same("party", "subject_name", blanks)),
		drifts: []string{"pen_date", "ill_act_type"},
	}
}

func writeMarketPenalty(r *row) {
	c := &r.dec
	name, uscc, number, subject := r.subject()
	r.about(credits, "", c.index)
	say(r, "record_kind", "2")
	r.keyed("case_id", "")
	put(r, "pen_dec_no", "document_number", c.number)
	put(r, "pen_auth_code", "organ_code", c.organ)
	put(r, "pen_auth", "organ_name", r.organName(r.aux[:0]))
	put(r, "party", "subject_name", name)
	put(r, "party_type", "subject_kind", subject)
	put(r, "uniscid", "subject_uscc", uscc)
	put(r, "cer_no", "subject_number", number)
	put(r, "pen_content", "content", "责令改正，处以罚款")
	r.date("pen_date", "decided", c.decided+int32(r.off("pen_date")), days)
	put(r, "area", "division", counties[c.county].code)
	put(r, "state", "status", c.status())
	put(r, "pen_type", "penalty_kind", [...]string{"1", "3", "3", "4"}[c.kind])
	r.violation("ill_act_type")
	put(r, "ill_fact", "facts", "经查，当事人存在上述违法行为，事实清楚")
	put(r, "pen_basis", "basis", bases[c.kind])
	r.money("pen_am", "fine", c.fine*100, false)
	r.money("forf_am", "confiscated", c.fine*20, false)
}

// cityPenaltyFeed is what a city's enforcement bureaus decided.
func cityPenaltyFeed(city int) *feed {
	f := &feed{single: true, count: everyPenalty, about: ofPenalty,
		load: func(r *row, i int) bool {
			return r.p.loadDecision(r.p.licences+i, r) && !r.dec.byMarket() && cityOf(r.dec.county) == city
		}}
	if city == nanjing {
		f.name, f.null, f.prefix, f.stampAt, f.stampAs, f.timed = "nanjing.penalty", "null", "NP", "updatedAt", iso, true
		f.deadAt, f.dead, f.alive = "deleted", "true", "false"
		f.write, f.drifts = writeNanjingPenalty, []string{"violation"}
		f.spots = cityPenaltySpots("creditCode", "decidedOn", "kind", "fine")
		return f
	}
	f.name, f.null, f.prefix, f.stampAt, f.stampAs, f.counter = "suzhou.penalty", `"无"`, "SP", "xgsj", digits14, "xgcs"
	f.deadAt, f.dead = "zt", "sc"
	f.write, f.drifts = writeSuzhouPenalty, []string{"wfxw"}
	f.spots = cityPenaltySpots("tyshxydm", "jdrq", "cflb", "fkje")
	return f
}

func cityPenaltySpots(uscc, decided, kind, fine string) []spot {
	return in(credits, "", optional(fine, ""), wrong(uscc, "subject_uscc", "uscc.check", lastChar), wrong(decided, "decided", "value.format", badDate),
		instead(kind, "penalty_kind", "value.code_name", `"其他"`), instead(fine, "fine", "value.format", `"伍佰元"`),
		odd(decided, "decided", blanks), odd(fine, "fine", zeros), same(fine, "fine", zeros), same(decided, "decided", blanks))
}

func writeNanjingPenalty(r *row) {
	c := &r.dec
	name, uscc, number, subject := r.subject()
	r.about(credits, "", c.index)
	say(r, "record_kind", "2")
	r.keyed("id", "")
	put(r, "docNo", "document_number", c.number)
	r.open("organ")
	put(r, "code", "organ_code", c.organ)
	put(r, "name", "organ_name", r.organName(r.aux[:0]))
	r.shut()
	r.open("party")
	put(r, "name", "subject_name", name)
	put(r, "kind", "subject_kind", subject)
	put(r, "creditCode", "subject_uscc", uscc)
	put(r, "idCard", "subject_number", number)
	r.shut()
	put(r, "decision", "content", "责令改正，处以罚款")
	r.date("decidedOn", "decided", c.decided, dashed)
	r.date("publishUntil", "publish_until", c.until(), dashed)
	put(r, "district", "division", counties[c.county].code)
	put(r, "state", "status", c.status())
	put(r, "kind", "penalty_kind", [...]string{"1", "3", "3", "4"}[c.kind])
	r.violation("violation")
	put(r, "basis", "basis", bases[c.kind])
	r.money("fine", "fine", c.fine*100, false)
	put(r, "severity", "severity", sexText(byte('0'+c.severity)))
}

func writeSuzhouPenalty(r *row) {
	c := &r.dec
	name, uscc, number, subject := r.subject()
	r.about(credits, "", c.index)
	say(r, "record_kind", "2")
	r.keyed("ajbh", "")
	put(r, "wsh", "document_number", c.number)
	put(r, "jgdm", "organ_code", c.organ)
	put(r, "jgmc", "organ_name", r.organName(r.aux[:0]))
	put(r, "dsr", "subject_name", name)
	put(r, "dsrlx", "subject_kind", subject)
	put(r, "tyshxydm", "subject_uscc", uscc)
	put(r, "sfzh", "subject_number", number)
	put(r, "cfnr", "content", "责令改正，处以罚款")
	r.date("jdrq", "decided", c.decided, compact)
	r.date("gsjzrq", "publish_until", c.until(), compact)
	put(r, "qhdm", "division", counties[c.county].code)
	r.state("zt", "status", map[string]string{"0": "zc", "3": "xf"}[c.status()], c.status())
	put(r, "cflb", "penalty_kind", [...]string{"1", "3", "3", "4"}[c.kind])
	r.violation("wfxw")
	put(r, "cfyj", "basis", bases[c.kind])
	r.money("fkje", "fine", c.fine*100, false)
	coded(r, "yzcd", "severity", words[c.severity-1], sexText(byte('0'+c.severity)))
}
