package demo

func everyCompany(p *Province) int { return p.companies }

func ofCompany(p *Province, library, who int, visit func(int)) {
	if library == organisations {
		visit(who)
	}
}

func organisationFeeds() []*feed {
	return []*feed{companyFeed(), taxpayerFeed(), employerFeed(), socialFeed(), enterpriseFeed(nanjing), enterpriseFeed(suzhou)}
}

// orgName writes a company's name, or the slip of it.
func (r *row) orgName(field string) {
	x := &r.org
	if r.off(field) == 1 {
		x.nameOf(1)
		put(r, field, "name", x.name)
		x.nameOf(0)
		return
	}
	put(r, field, "name", x.name)
}

// repName writes the name of the legal representative, or another's.
func (r *row) repName(field string) {
	name := r.rep.name
	if r.off(field) == 1 {
		name = append(append(r.aux[:0], "王"...), name[len(name)-3:]...)
	}
	put(r, field, "legal_rep_name", name)
}

func (r *row) letter(field, element string, n int) { put(r, field, element, string(rune('A'+n))) }

func companyFeed() *feed {
	return &feed{name: "market.company", envelope: true, null: "null", prefix: "3200", single: true, stampAt: "UPDTIME", stampAs: epochMS,
		count: everyCompany, write: writeCompany,
		about: func(p *Province, library, who int, visit func(int)) {
			switch {
			case library == organisations:
				visit(who)
			case library == people && who >= p.people:
				visit(who - p.people)
			case library == people && who/8 < p.companies:
				visit(who / 8)
			}
		},
		load: func(r *row, i int) bool {
			r.p.loadCompany(i, &r.org)
			if r.org.social {
				return false
			}
			r.p.loadRep(&r.org, &r.rep)
			return true
		},
		spots: in(organisations, "", missing("ENTNAME", "name"), missing("UNISCID", "uscc"), optional("OLDNAME", ""), optional("TEL", ""),
			must(wrong("UNISCID", "uscc", "uscc.check", lastChar)), must(wrong("UNISCID", "uscc", "uscc.length", shorter)),
			instead("ENTTYPE", "company_type", "value.code", `"1130"`), instead("REGSTATE", "status", "value.code", `"在营"`),
			instead("REGCAP", "registered_capital", "value.format", `"五十万"`), instead("REGCAP", "registered_capital", "value.range", "-50"),
			instead("ESTDATE", "established", "value.format", `"二〇一二年"`), instead("INDUSTRYCO", "industry_class", "value.pattern", `"F51"`),
			wrong("OPSCOPE", "scope", "value.length", longer), instead("ANCHEYEAR", "report_year", "value.format", `"2024年"`),
			odd("UNISCID", "uscc", blanks), odd("REGCAP", "registered_capital", zeros), odd("ENTNAME", "name", blanks),
			same("ENTNAME", "name", blanks), same("TEL", "phone", blanks), same("INDUSTRYPHY", "industry", blanks)),
		drifts: []string{"ENTNAME", "TEL", "LEREP"},
	}
}

func writeCompany(r *row) {
	x, p := &r.org, r.p
	d := x.dice + 40
	r.about(organisations, "", x.index)
	r.keyed("PRIPID", "")
	say(r, "kind", "10")
	put(r, "UNISCID", "uscc", x.uscc[:])
	put(r, "REGNO", "registration_number", x.regNo(r.aux[:0]))
	var code []byte
	if x.old {
		code = x.orgCode()
	}
	put(r, "ORGCODE", "organisation_code", code)
	r.orgName("ENTNAME")
	if d.chance(1000) {
		put(r, "ENTNAMEEN", "english_name", append(pad(append(r.aux[:0], "JIANGSU NO."...), x.index, 1), " CO., LTD."...))
	} else {
		r.null("ENTNAMEEN")
	}
	var former []byte
	if d.chance(600) {
		former = append(append(r.aux[:0], x.name[:6]...), "旧星贸易有限公司"...)
	}
	put(r, "OLDNAME", "former_name", former)
	put(r, "ENTTYPE", "company_type", [...]string{"173", "173", "159", "171", "160", "151", "300"}[d.below(7)])
	cancelled, revoked, state := none, none, "1"
	switch {
	case x.closed && x.index%3 == 0:
		revoked, state = today-100, "2"
	case x.closed:
		cancelled, state = today-100, "3"
	}
	put(r, "REGSTATE", "status", state)
	r.date("ESTDATE", "established", x.founded, days)
	r.date("APPRDATE", "approved", x.founded+int32(d.below(150)), days)
	r.money("REGCAP", "registered_capital", x.capital*1_000_000, true)
	r.money("RECCAP", "paid_capital", x.capital*1_000_000/4*d.below(5), true)
	put(r, "REGCAPCUR", "currency", "156")
	r.letter("INDUSTRYPHY", "industry", x.industry)
	put(r, "INDUSTRYCO", "industry_class", pad(r.aux[:0], 110+x.industry*500+x.index%7, 4))
	put(r, "OPSCOPE", "scope", trades[x.industry]+"；技术开发、技术咨询、技术服务；货物进出口（依法须经批准的项目，经相关部门批准后方可开展经营活动）")
	r.repName("LEREP")
	put(r, "LEREPCERNO", "legal_rep_number", r.rep.id[:])
	put(r, "LEREPTEL", "", p.phone(forPerson, r.rep.who, r.past, r.aux[:0]))
	put(r, "REGORG", "registrar", append(append(r.aux[:0], counties[x.address.county].name...), "市场监督管理局"...))
	r.date("OPFROM", "term_from", x.founded, days)
	if d.chance(3000) {
		r.date("OPTO", "term_to", x.founded+30*366, days)
	} else {
		r.null("OPTO")
	}
	put(r, "DOMDISTRICT", "division", x.address.code())
	put(r, "DOMSTREET", "street", x.address.street)
	put(r, "DOM", "address", x.address.local(r.aux[:0]))
	put(r, "TEL", "phone", p.landline(x, r.before("TEL"), r.aux[:0]))
	r.date("REVDATE", "revoked", revoked, days)
	r.date("CANDATE", "cancelled", cancelled, days)
	r.whole("ANCHEYEAR", "report_year", 2024-r.past)
	r.about(people, "legal_rep", r.rep.who)
	say(r, "citizen_number", r.rep.id[:])
	name := r.rep.name
	if r.drift == "LEREP" {
		name = append(append(r.aux[:0], "王"...), name[len(name)-3:]...)
	}
	say(r, "name", name)
	if r.live {
		say(r, "phone", p.phone(forPerson, r.rep.who, r.past, nil))
	}
}

func taxpayerFeed() *feed {
	return &feed{name: "tax.taxpayer", null: `"无"`, prefix: "1013", single: true, counter: "bbxh", stampAt: "xgrq", stampAs: spaced,
		deadAt: "yxbz", dead: "N", alive: "Y", count: everyCompany, about: ofCompany, write: writeTaxpayer,
		load: func(r *row, i int) bool {
			r.p.loadCompany(i, &r.org)
			r.p.loadRep(&r.org, &r.rep)
			return r.org.index%20 != 3
		},
		spots: in(organisations, "", optional("lxdh", ""), optional("xydj", ""), wrong("kyrq", "established", "value.format", badDate),
			wrong("yswdjh", "taxpayer_number", "taxid.length", shorter), instead("nsrlx", "taxpayer_kind", "value.code", `"小微企业"`),
			instead("xydj", "tax_level", "value.code", `"E"`), instead("lxdh", "phone", "value.pattern", `"转8012"`),
			instead("hyml", "industry", "value.code_name", `"制造业"`), odd("shxydm", "uscc", blanks), odd("nsrmc", "name", blanks),
			same("kyrq", "established", blanks), same("hyml", "industry", blanks), same("lxdh", "phone", absent)),
		drifts: []string{"nsrmc", "fddbr", "lxdh", "kyrq"},
	}
}

func writeTaxpayer(r *row) {
	x, p := &r.org, r.p
	d := x.dice + 50
	r.about(organisations, "", x.index)
	r.keyed("djxh", "")
	put(r, "shxydm", "uscc", x.uscc[:])
	put(r, "yswdjh", "taxpayer_number", x.taxID(r.aux[:0]))
	r.orgName("nsrmc")
	r.date("kyrq", "established", x.founded+int32(r.off("kyrq")), dashed)
	r.money("zczb", "registered_capital", x.capital*1_000_000+d.below(2)*50_000, false) // not listed: what the tax service notes here is not compared
	r.letter("hyml", "industry", x.industry)
	put(r, "hydm", "industry_class", pad(r.aux[:0], 110+x.industry*500+x.index%7, 4))
	r.repName("fddbr")
	a := p.seated(x, r.past)
	put(r, "scjydz", "business_address", a.full(r.aux[:0]))
	put(r, "lxdh", "phone", p.landline(x, r.before("lxdh"), r.aux[:0]))
	kind := boolIndex(x.capital < 200)
	coded(r, "nsrlx", "taxpayer_kind", [...]string{"一般纳税人", "小规模纳税人"}[kind], [...]string{"1", "2"}[kind])
	r.date("djrq", "tax_registered", x.founded+int32(d.below(30)), dashed)
	put(r, "nsrzt", "tax_status", [...]string{"03", "07"}[boolIndex(x.closed)])
	put(r, "xydj", "tax_level", [...]string{"A", "B", "B", "M", "C"}[d.below(5)])
	put(r, "swjg", "tax_authority", append(append(append(r.aux[:0], "国家税务总局"...), counties[x.address.county].name...), "税务局"...))
}

func employerFeed() *feed {
	return &feed{name: "hrss.employer", null: `"-"`, prefix: "DW32", single: true, stampAt: "AAE036", stampAs: spaced, timed: true,
		deadAt: "AAE100", dead: "0", alive: "1", count: everyCompany, about: ofCompany, write: writeEmployer,
		load: func(r *row, i int) bool {
			r.p.loadCompany(i, &r.org)
			r.p.loadRep(&r.org, &r.rep)
			return r.org.index%5 < 3
		},
		spots: in(organisations, "", optional("AAE005", ""), ident(wrong("AAB003", "uscc", "uscc.check", lastChar)), ident(wrong("AAB003", "uscc", "uscc.length", shorter)),
			ident(wrong("AAB002", "organisation_code", "orgcode.length", shorter)), instead("AAB057", "insured_people", "value.format", `"约30人"`),
			instead("AAB056", "employees", "value.range", "99000000"), instead("AAB051", "insured_status", "value.code", `"0"`),
			odd("AAB003", "uscc", blanks), odd("AAB004", "name", blanks), odd("AAB057", "insured_people", wide), same("AAE005", "phone", absent), same("AAB056", "employees", zeros)),
		drifts: []string{"AAB004", "AAE005", "AAB013"},
	}
}

func writeEmployer(r *row) {
	x, p := &r.org, r.p
	r.about(organisations, "", x.index)
	r.keyed("AAB001", "insured_number")
	if old := x.old && x.index%10 == 1; old { // a record from before the unified code
		r.null("AAB003")
		put(r, "AAB002", "organisation_code", x.orgCode())
	} else {
		put(r, "AAB003", "uscc", x.uscc[:])
		r.null("AAB002")
	}
	r.orgName("AAB004")
	r.repName("AAB013")
	put(r, "AAE005", "phone", p.landline(x, r.before("AAE005"), r.aux[:0]))
	r.whole("AAB056", "employees", x.staff)
	r.whole("AAB057", "insured_people", (x.staff+r.past)*9/10)
	put(r, "AAB051", "insured_status", [...]string{"1", "3"}[boolIndex(x.closed)])
}

func socialFeed() *feed {
	return &feed{name: "civil.organisation", null: "null", prefix: "SO32", single: true, stampAt: "updatedAt", stampAs: iso, timed: true,
		deadAt: "deleted", dead: "true", alive: "false", count: everyCompany, about: ofCompany, write: writeSocial,
		load: func(r *row, i int) bool {
			if i%40 != 7 {
				return false
			}
			r.p.loadCompany(i, &r.org)
			r.p.loadRep(&r.org, &r.rep)
			return true
		},
		spots: in(organisations, "", optional("supervisor", ""), ident(wrong("creditCode", "uscc", "uscc.check", lastChar)),
			wrong("founded", "established", "value.format", badDate), instead("state", "status", "value.code", `"9x"`),
			odd("creditCode", "uscc", blanks), odd("name", "name", blanks), same("founded", "established", blanks)),
		drifts: []string{"name", "founded"},
	}
}

func writeSocial(r *row) {
	x := &r.org
	r.about(organisations, "", x.index)
	r.keyed("id", "")
	put(r, "creditCode", "uscc", x.uscc[:])
	kind := x.index / 40 % 3
	coded(r, "category", "kind", [...]string{"association", "service", "foundation"}[kind], [...]string{"40", "52", "53"}[kind])
	coded(r, "state", "status", [...]string{"active", "closed"}[boolIndex(x.closed)], [...]string{"1", "3"}[boolIndex(x.closed)])
	r.orgName("name")
	r.date("founded", "established", x.founded+int32(r.off("founded")), dashed)
	put(r, "purpose", "scope", "开展公益服务、培训交流与咨询")
	r.open("head")
	put(r, "name", "legal_rep_name", r.rep.name)
	r.shut()
	put(r, "registrar", "registrar", append(append(r.aux[:0], cities[x.address.city()].name...), "民政局"...))
	r.open("domicile")
	put(r, "division", "division", x.address.code())
	put(r, "street", "street", x.address.street)
	put(r, "detail", "address", x.address.local(r.aux[:0]))
	r.shut()
	put(r, "supervisor", "supervisor", append(append(r.aux[:0], counties[x.address.county].name...), "人民政府"...))
}

// enterpriseFeed is a city's own record of its companies.
func enterpriseFeed(city int) *feed {
	f := &feed{single: true, count: everyCompany, about: ofCompany,
		load: func(r *row, i int) bool {
			r.p.loadCompany(i, &r.org)
			return r.org.address.city() == city && !r.org.social && i%4 != 0
		}}
	if city == nanjing {
		f.name, f.null, f.prefix, f.stampAt, f.stampAs, f.timed = "nanjing.enterprise", "null", "NE", "visitedAt", iso, true
		f.deadAt, f.dead, f.alive = "deleted", "true", "false"
		f.write = func(r *row) {
			r.enterprise([...]string{"id", "creditCode", "regNo", "company", "site", "phone", "contact", "staff"}, func(lon, lat int) {
				r.open("position")
				r.micros("lon", "longitude", lon)
				r.micros("lat", "latitude", lat)
				r.shut()
			})
		}
		f.drifts = []string{"company"}
		f.spots = enterpriseSpots("creditCode", "company", "phone", "staff", "lon")
		return f
	}
	f.name, f.null, f.prefix, f.stampAt, f.stampAs, f.counter = "suzhou.enterprise", `"无"`, "SE", "xgsj", digits14, "xgcs"
	f.deadAt, f.dead, f.alive = "zt", "zx", "yx"
	f.write = func(r *row) {
		r.enterprise([...]string{"qybh", "tyshxydm", "zch", "qymc", "jydz", "lxdh", "lxr", "cyrs"}, func(lon, lat int) {
			r.micros("jd", "longitude", lon)
			r.micros("wd", "latitude", lat)
		})
	}
	f.drifts = []string{"qymc"}
	f.spots = enterpriseSpots("tyshxydm", "qymc", "lxdh", "cyrs", "jd")
	return f
}

func enterpriseSpots(code, name, phone, staff, lon string) []spot {
	return in(organisations, "", optional(phone, ""), ident(wrong(code, "uscc", "uscc.check", lastChar)), ident(wrong(code, "uscc", "uscc.length", shorter)),
		instead(lon, "longitude", "value.range", "32.06"), instead(staff, "employees", "value.format", `"十余人"`),
		odd(code, "uscc", blanks), odd(lon, "longitude", zeros), same(name, "name", blanks), same(staff, "employees", wide))
}

func (r *row) enterprise(fields [8]string, point func(lon, lat int)) {
	x, p := &r.org, r.p
	d := x.dice + 60
	r.about(organisations, "", x.index)
	r.keyed(fields[0], "")
	if regNo := x.regNo(r.aux[:0]); len(regNo) > 0 && x.index%5 == 1 {
		r.null(fields[1])
		put(r, fields[2], "registration_number", regNo)
	} else {
		put(r, fields[1], "uscc", x.uscc[:])
		r.null(fields[2])
	}
	r.orgName(fields[3])
	a := p.seated(x, r.past)
	put(r, fields[4], "business_address", a.full(r.aux[:0]))
	put(r, fields[5], "phone", p.landline(x, r.past, r.aux[:0]))
	put(r, fields[6], "contact_name", append(append(r.aux[:0], familyName(&d)...), [...]string{"经理", "主任"}[d.below(2)]...))
	r.whole(fields[7], "employees", x.staff)
	point(p.pointOf(forCompany, x.index, x.address.county))
}
