package demo

func everyCertificate(p *Province) int { return p.people + 2*p.companies }

func certificateFeeds() []*feed {
	return []*feed{licenceFeed(), driverFeed(), permitFeed(), gatheredFeed(), cityCertificateFeed(nanjing), cityCertificateFeed(suzhou)}
}

// ofCertificate is about for a feed whose subject 0 is certificate from(p).
func ofCertificate(from func(p *Province) int, count func(p *Province) int) func(*Province, int, int, func(int)) {
	return func(p *Province, library, who int, visit func(int)) {
		if library == certificates && who >= from(p) && who < from(p)+count(p) {
			visit(who - from(p))
		}
	}
}

func issuerName(b []byte, c *certificate) []byte {
	switch c.kind {
	case driving:
		return append(append(append(b, "江苏省"...), cities[cityOf(c.county)].name...), "公安局交通警察支队"...)
	case transport:
		return append(append(b, cities[cityOf(c.county)].name...), "交通运输局"...)
	}
	return append(append(b, counties[c.county].name...), "市场监督管理局"...)
}

// holder is who holds the loaded certificate.
func (r *row) holder() (name, code []byte, kind string) {
	if r.cert.kind == driving {
		return r.per.name, r.per.id[:], "111"
	}
	return r.org.name, r.org.uscc[:], "001"
}

func licenceFeed() *feed {
	from := func(p *Province) int { return p.people }
	return &feed{name: "market.licence", null: "null", stampAt: "GXSJ", stampAs: spaced, timed: true, deadAt: "SCBZ", dead: "1", alive: "0",
		count: everyCompany, about: ofCertificate(from, everyCompany), write: writeLicence,
		key: func(r *row) []byte { return append(r.tmp[:0], r.cert.number...) },
		load: func(r *row, i int) bool {
			if !r.p.loadCertificate(r.p.people+i, r) {
				return false
			}
			r.p.loadRep(&r.org, &r.rep)
			return true
		},
		spots: in(certificates, "", optional("YXQZ", ""), wrong("FZRQ", "issued", "value.format", badDate), instead("ZT", "status", "value.code", `"未知"`),
			instead("ZCZB", "capital", "value.format", `"拾万元"`), wrong("JYFW", "business_scope", "value.length", longer),
			odd("FZRQ", "issued", blanks), odd("ZCZB", "capital", zeros), same("FZRQ", "issued", blanks), same("QYMC", "holder_name", blanks)),
		drifts: []string{"FZRQ", "QYMC"},
	}
}

func writeLicence(r *row) {
	c, x := &r.cert, &r.org
	r.about(certificates, "", c.index)
	say(r, "type_code", businessType)
	say(r, "holder_code_type", "001")
	r.keyed("ZZBH", "number")
	put(r, "ZZMC", "name", c.title)
	put(r, "QYMC", "holder_name", r.holderName("QYMC"))
	put(r, "TYSHXYDM", "holder_code", x.uscc[:])
	put(r, "DJJG", "issuer_name", issuerName(r.aux[:0], c))
	put(r, "DJJGQH", "division", counties[c.county].code)
	r.date("FZRQ", "issued", c.issued+int32(r.before("FZRQ")), dashed)
	r.date("YXQQ", "valid_from", c.from, dashed)
	r.date("YXQZ", "valid_to", c.to, dashed)
	coded(r, "ZT", "status", map[string]string{"01": "有效", "04": "注销"}[c.status], c.status)
	r.date("ZXRQ", "revoked", c.revoked, dashed)
	put(r, "JYFW", "business_scope", trades[x.industry]+"；技术服务、技术咨询")
	put(r, "FDDBR", "legal_rep_name", r.rep.name)
	r.money("ZCZB", "capital", x.capital*1_000_000, true)
}

// holderName is the holder's name, or one that disagrees.
func (r *row) holderName(field string) []byte {
	name, _, _ := r.holder()
	if r.off(field) == 1 {
		return append(append([]byte(nil), name...), "甲"...)
	}
	return name
}

func driverFeed() *feed {
	return &feed{name: "police.driver", null: `"\\N"`, prefix: "D32", counter: "BB", stampAt: "GXSJ", stampAs: epochMS, deadAt: "ZT", dead: "SC",
		count: everyone, about: ofCertificate(func(*Province) int { return 0 }, everyone), write: writeDriver,
		load: func(r *row, i int) bool { return r.p.loadCertificate(i, r) },
		spots: in(certificates, "", missing("JSZH", "number"), optional("ZXRQ", ""), wrong("FZRQ", "issued", "value.format", badDate),
			wrong("CCLZRQ", "first_issued", "value.format", badDate), instead("LJJF", "penalty_points", "value.range", "99"),
			instead("LJJF", "penalty_points", "value.format", `"无记录分"`), instead("ZT", "status", "value.code", `"Z"`),
			wrong("ZJCX", "vehicle_classes", "value.length", longer), odd("FZRQ", "issued", wide), odd("SFZMHM", "holder_code", unchanged),
			odd("LJJF", "penalty_points", wide), same("FZRQ", "issued", wide), same("XM", "holder_name", blanks)),
		drifts: []string{"FZRQ", "XM"},
	}
}

func writeDriver(r *row) {
	c, x := &r.cert, &r.per
	d := c.dice + 7
	r.about(certificates, "", c.index)
	say(r, "type_code", drivingType)
	say(r, "holder_code_type", "111")
	r.keyed("DABH", "")
	put(r, "JSZH", "number", c.number)
	put(r, "ZJMC", "name", c.title)
	put(r, "XM", "holder_name", r.holderName("XM"))
	put(r, "SFZMHM", "holder_code", x.id[:])
	put(r, "FZJG", "issuer_name", issuerName(r.aux[:0], c))
	put(r, "XZQH", "division", counties[c.county].code)
	r.date("FZRQ", "issued", c.issued-int32(r.before("FZRQ")), compact)
	r.date("YXQS", "valid_from", c.from, compact)
	r.date("YXQZ", "valid_to", c.to, compact)
	r.state("ZT", "status", map[string]string{"01": "A", "07": "E"}[c.status], c.status)
	r.date("ZXRQ", "revoked", c.revoked, compact)
	put(r, "ZJCX", "vehicle_classes", [...]string{"C1", "C1", "C2", "B2", "A2", "C1E"}[d.below(6)])
	r.date("CCLZRQ", "first_issued", x.birth+18*366+200, compact)
	r.whole("LJJF", "penalty_points", d.zipfish(12))
	put(r, "LXZSXZQH", "", counties[c.county].name)
}

func permitFeed() *feed {
	from := func(p *Province) int { return p.people + p.companies }
	return &feed{name: "transport.permit", null: "null", stampAt: "modified", stampAs: epochS, timed: true, deadAt: "deleted", dead: "true", alive: "false",
		count: everyCompany, about: ofCertificate(from, everyCompany), write: writePermit,
		key: func(r *row) []byte { return append(r.tmp[:0], r.cert.number...) },
		load: func(r *row, i int) bool {
			if !r.p.loadCertificate(r.p.people+r.p.companies+i, r) {
				return false
			}
			r.p.loadRep(&r.org, &r.rep)
			return true
		},
		spots: in(certificates, "", optional("principal", ""), wrong("issueDate", "issued", "value.format", badDate),
			instead("vehicles", "vehicles", "value.range", "-3"), instead("state", "status", "value.code", `"ok"`), odd("vehicles", "vehicles", wide),
			odd("issueDate", "issued", blanks), same("issueDate", "issued", blanks)),
		drifts: []string{"issueDate"},
	}
}

func writePermit(r *row) {
	c, x := &r.cert, &r.org
	r.about(certificates, "", c.index)
	say(r, "type_code", transportType)
	say(r, "holder_code_type", "001")
	r.keyed("licenceNo", "number")
	put(r, "title", "name", c.title)
	r.open("owner")
	put(r, "name", "holder_name", x.name)
	put(r, "code", "holder_code", x.uscc[:])
	r.shut()
	put(r, "issuer", "issuer_name", issuerName(r.aux[:0], c))
	put(r, "areaCode", "division", counties[c.county].code)
	r.date("issueDate", "issued", c.issued+int32(r.before("issueDate")), slashed)
	r.date("validFrom", "valid_from", c.from, slashed)
	r.date("validTo", "valid_to", c.to, slashed)
	coded(r, "state", "status", map[string]string{"01": "valid", "04": "cancelled"}[c.status], c.status)
	r.date("cancelDate", "revoked", c.revoked, slashed)
	put(r, "scope", "business_scope", "道路普通货物运输")
	put(r, "principal", "legal_rep_name", r.rep.name)
	r.whole("vehicles", "vehicles", 1+x.staff/4+r.past)
}

func gatheredFeed() *feed {
	return &feed{name: "data.certificate", null: "null", prefix: "GJ32", counter: "cd_batch", stampAt: "cd_time", stampAs: spaced,
		deadAt: "cd_operation", dead: "D", alive: "I", count: everyCertificate, about: ofCertificate(func(*Province) int { return 0 }, everyCertificate),
		write: writeGathered,
		load: func(r *row, i int) bool {
			d := r.p.draw(forCertificate, i) + 9
			return d.below(100) < 88 && r.p.loadCertificate(i, r)
		},
		spots: in(certificates, "", optional("valid_end", ""), wrong("issue_date", "issued", "value.format", badDate),
			instead("certificate_state", "status", "value.code", `"1"`), instead("certificate_version", "version", "value.range", "1000"),
			wrong("issue_dept_code", "issuer_code", "uscc.check", lastChar), instead("trust_level", "trust_level", "value.code", `"高"`),
			ident(wrong("certificate_identifier", "certificate_id", "certificate.check", lastChar)),
			ident(wrong("certificate_identifier", "certificate_id", "certificate.known_wrong", vendor)),
			odd("certificate_identifier", "certificate_id", blanks), odd("issue_date", "issued", blanks), odd("certificate_version", "version", wide),
			same("issue_date", "issued", blanks), same("certificate_holder", "holder_name", blanks), same("certificate_state", "status", wide)),
		drifts: []string{"issue_date", "certificate_holder", "certificate_state"},
	}
}

func writeGathered(r *row) {
	c := &r.cert
	name, code, kind := r.holder()
	r.about(certificates, "", c.index)
	r.keyed("certificate_source_id", "source_id")
	r.identity("certificate_identifier", "certificate_type_code", "certificate_number", [3]string{drivingType, businessType, transportType})
	put(r, "certificate_name", "name", c.title)
	if r.off("certificate_holder") == 1 {
		name = append(append(r.tmp[:0], name...), "乙"...)
	}
	put(r, "certificate_holder", "holder_name", name)
	put(r, "certificate_holder_code", "holder_code", code)
	put(r, "certificate_holder_type", "holder_code_type", kind)
	put(r, "issue_dept", "issuer_name", issuerName(r.aux[:0], c))
	put(r, "issue_dept_code", "issuer_code", organ(r.aux[:0], cityOf(c.county), c.kind))
	put(r, "certificate_area_code", "division", counties[c.county].code)
	r.date("issue_date", "issued", c.issued+int32(r.off("issue_date")*31), dashed)
	r.date("valid_begin", "valid_from", c.from, dashed)
	r.date("valid_end", "valid_to", c.to, dashed)
	status := c.status
	if r.off("certificate_state") == 1 {
		status = "05"
	}
	put(r, "certificate_state", "status", status)
	put(r, "trust_level", "trust_level", c.trust())
	r.whole("certificate_version", "version", 1)
	put(r, "sign_dept", "signed_by", issuerName(r.aux[:0], c))
	r.time("sign_time", "signed_at", (int64(c.issued)*86400+36000)-zoneMS/1000+int64(c.index%3600), spaced)
}

// cityCertificateFeed is a city's own store of the certificates that its bureaus issue.
func cityCertificateFeed(city int) *feed {
	f := &feed{count: everyCertificate, about: ofCertificate(func(*Province) int { return 0 }, everyCertificate),
		load: func(r *row, i int) bool {
			d := r.p.draw(forCertificate, i) + 10
			return d.below(100) < 60 && r.p.loadCertificate(i, r) && cityOf(r.cert.county) == city
		}}
	if city == nanjing {
		f.name, f.null, f.prefix, f.stampAt, f.stampAs, f.timed = "nanjing.certificate", "null", "NC", "updatedAt", iso, true
		f.deadAt, f.dead, f.alive = "deleted", "true", "false"
		f.write, f.spots, f.drifts = writeNanjingCertificate, cityCertificateSpots("certId", "issued", "trust"), []string{"issued"}
		return f
	}
	f.name, f.null, f.prefix, f.stampAt, f.stampAs, f.counter = "suzhou.certificate", `"无"`, "SC", "xgsj", digits14, "xgcs"
	f.deadAt, f.dead = "zt", "sc"
	f.write, f.spots, f.drifts = writeSuzhouCertificate, cityCertificateSpots("zzbs", "fzrq", "kxdj"), []string{"fzrq"}
	return f
}

func cityCertificateSpots(id, issued, trust string) []spot {
	return in(certificates, "", optional(trust, ""), ident(wrong(id, "certificate_id", "certificate.check", lastChar)),
		ident(wrong(id, "certificate_id", "certificate.known_wrong", vendor)), wrong(issued, "issued", "value.format", badDate),
		instead(trust, "trust_level", "value.code", `"可信"`), odd(id, "certificate_id", blanks), odd(issued, "issued", blanks), same(issued, "issued", blanks))
}

// identity writes the certificate's identifier and, in most records, its type and number. Where the identifier is damaged the
// number is missing too: with both there would be two names to tell the entity by.
func (r *row) identity(id, kind, number string, words [3]string) {
	c := &r.cert
	alone := c.index%10 == 0 || r.spot != nil && r.spot.field == id && !r.spot.negative
	put(r, id, "certificate_id", c.identifier(r.aux[:0]))
	coded(r, kind, "type_code", words[c.kind], c.typeCode)
	if alone {
		r.null(number)
	} else {
		put(r, number, "number", c.number)
	}
}

func digest(b []byte, d dice) []byte {
	for range 64 {
		b = append(b, "0123456789abcdef"[d.below(16)])
	}
	return b
}

func writeNanjingCertificate(r *row) {
	c := &r.cert
	name, code, _ := r.holder()
	r.about(certificates, "", c.index)
	r.keyed("id", "")
	r.identity("certId", "kind", "number", [3]string{"jsz", "yyzz", "dlysz"})
	put(r, "title", "name", c.title)
	r.open("holder")
	put(r, "name", "holder_name", name)
	put(r, "code", "holder_code", code)
	r.shut()
	put(r, "issuer", "issuer_name", issuerName(r.aux[:0], c))
	put(r, "district", "division", counties[c.county].code)
	r.date("issued", "issued", c.issued-int32(r.before("issued")), dashed)
	put(r, "state", "status", c.status)
	put(r, "trust", "trust_level", c.trust())
	r.open("seal")
	put(r, "name", "signed_by", issuerName(r.aux[:0], c))
	r.time("time", "signed_at", (int64(c.issued)*86400+36000)-zoneMS/1000+int64(c.index%3600), iso)
	r.shut()
	put(r, "sha256", "file_digest", digest(r.aux[:0], c.dice))
}

func writeSuzhouCertificate(r *row) {
	c := &r.cert
	name, code, _ := r.holder()
	r.about(certificates, "", c.index)
	r.keyed("zzid", "")
	r.identity("zzbs", "zzlx", "zzbh", [3]string{"jsz", "yyzz", "dlysz"})
	put(r, "zzmc", "name", c.title)
	put(r, "czzt", "holder_name", name)
	put(r, "czztdm", "holder_code", code)
	put(r, "fzjg", "issuer_name", issuerName(r.aux[:0], c))
	put(r, "qhdm", "division", counties[c.county].code)
	r.date("fzrq", "issued", c.issued-int32(r.before("fzrq")), compact)
	r.state("zt", "status", map[string]string{"01": "yx", "04": "zx", "07": "dx"}[c.status], c.status)
	put(r, "kxdj", "trust_level", c.trust())
	put(r, "qzr", "signed_by", issuerName(r.aux[:0], c))
	r.time("qzsj", "signed_at", (int64(c.issued)*86400+36000)-zoneMS/1000+int64(c.index%3600), digits14)
	put(r, "wjzy", "file_digest", digest(r.aux[:0], c.dice))
}
