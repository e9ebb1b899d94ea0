package demo

import "strconv"

// fact is one value of the world, in the form of the column that asks for it.
type fact struct {
	text string // of texts and codes (ours); "" for none
	day  int32  // or none
	n    int    // whole numbers, hundredths, or microdegrees
}

func saying[T text](v T) fact { return fact{text: string(v), day: none} }
func on(day int32) fact       { return fact{day: day} }
func counted(n int) fact      { return fact{n: n, day: none} }

// die is a random number of one attribute of a thing.
func die(of dice, element string) dice {
	h := uint64(len(element))
	for _, c := range []byte(element) {
		h = h*1099511628211 + uint64(c)
	}
	return dice(mix(uint64(of) ^ h))
}

// pick draws one of several words.
func pick(d dice, words ...string) fact { return saying(words[d.below(len(words))]) }

// fact is what the world says of the loaded thing in a column.
func (r *row) fact(s *small, c *column) fact {
	switch s.library {
	case people:
		return r.personFact(c)
	case organisations:
		return r.companyFact(c)
	case certificates:
		return r.certificateFact(s, c)
	case credits:
		return r.creditFact(s, c)
	}
	return r.placeFact(s, c)
}

func (r *row) personFact(c *column) fact {
	x, p := &r.per, r.p
	d := die(x.dice, c.element)
	switch c.element {
	case "citizen_number":
		return saying(x.id[:])
	case "name":
		p.nameOf(x, r.off(c.field))
		v := saying(x.name)
		p.nameOf(x, 0)
		return v
	case "sex":
		return saying(sexText(x.sex))
	case "birth_date":
		return on(x.birth)
	case "ethnic":
		return saying(pad(nil, x.ethnic, 2))
	case "phone":
		return saying(p.phone(forPerson, x.index, r.before(c.field), nil))
	case "email":
		return saying("user" + strconv.Itoa(x.index) + "@example.com")
	case "country":
		return saying("CHN")
	case "disability_level":
		return pick(d, "1", "2", "3", "3", "4", "4")
	case "veteran_kind":
		return pick(d, "1", "2", "3", "3", "3", "9")
	case "fund_number":
		return saying(pad([]byte("3200"), x.index, 10))
	case "fund_status":
		return pick(d, "1", "1", "1", "1", "2", "3")
	case "degree":
		return pick(d, "4", "4", "4", "3", "2")
	case "degree_date":
		return on(min(max(x.birth+22*366+int32(d.below(3000)), 4018), today-30))
	case "blood_donations":
		return counted(1 + d.zipfish(40) + boolIndex(r.past == 0))
	case "volunteer_hours":
		return counted(max(1, d.zipfish(2000)-r.past*3))
	}
	return r.residenceFact(c)
}

func (r *row) residenceFact(c *column) fact {
	x := &r.per
	a, d := r.p.home(x, r.past), x.dice+141
	since, reason := today-200-int32(d.below(4000)), d.below(6)
	switch c.element {
	case "division":
		return saying(a.code())
	case "residence_street":
		return saying(a.street)
	case "residence_address":
		return saying(a.local(nil))
	case "residence_since":
		return on(since)
	case "residence_reason":
		return saying(reasonCodes[reason])
	}
	if x.index%3 == 0 { // residence_permit
		return fact{day: none}
	}
	return saying(append([]byte(r.feed.prefix), r.key[len(r.feed.prefix):]...))
}

func (r *row) companyFact(c *column) fact {
	x, p := &r.org, r.p
	d := die(x.dice, c.element)
	switch c.element {
	case "uscc":
		return saying(x.uscc[:])
	case "registration_number":
		return saying(x.regNo(nil))
	case "name":
		x.nameOf(r.off(c.field))
		v := saying(x.name)
		x.nameOf(0)
		return v
	case "legal_rep_name":
		if r.off(c.field) == 1 {
			return saying("王" + string(r.rep.name[len(r.rep.name)-3:]))
		}
		return saying(r.rep.name)
	case "phone":
		return saying(p.landline(x, r.before(c.field), nil))
	case "employees":
		return counted(x.staff)
	case "industry":
		return saying(string(rune('A' + x.industry)))
	case "business_address":
		a := p.seated(x, r.past)
		return saying(a.full(nil))
	case "contact_name":
		return saying(familyName(&d) + [...]string{"经理", "主任"}[d.below(2)])
	case "longitude", "latitude":
		lon, lat := p.pointOf(forCompany, x.index, x.address.county)
		if c.element == "longitude" {
			return counted(lon)
		}
		return counted(lat)
	}
	return r.ratingFact(c, d)
}

// ratingFact are what departments note, count and rate of a company.
func (r *row) ratingFact(c *column, d dice) fact {
	x := &r.org
	switch c.element {
	case "trademark_count":
		return counted(d.zipfish(60))
	case "patent_count":
		return counted(d.zipfish(40))
	case "high_tech", "state_owned":
		return pick(d, "true", "true", "false")
	case "high_tech_until":
		return on(today + int32(d.below(1095)))
	case "industry_scale":
		return pick(d, "4", "4", "3", "3", "2", "1")
	case "customs_level":
		return pick(d, "2", "2", "2", "1", "3")
	case "env_credit":
		return pick(d, "2", "2", "1", "3", "4")
	case "safety_level":
		return pick(d, "3", "3", "2")
	case "export_since", "union_since":
		return on(min(x.founded+30+int32(d.below(900)), today-20))
	case "fund_people":
		return counted(1 + x.staff*7/10)
	case "account_bank":
		return saying(cities[x.address.city()].name[:6] + [...]string{"分行营业部", "城中支行", "开发区支行", "新区支行"}[d.below(4)])
	case "customs_code", "school_code":
		return saying(pad([]byte("32"), x.index, 8))
	case "listed_code":
		return saying(pad([]byte("60"), x.index%10_000, 4))
	case "medical_code":
		return saying(pad([]byte("PDY"), x.index, 9))
	case "pollution_permit":
		return saying(string(x.uscc[:]) + "001P")
	}
	return saying(pad([]byte("320"), x.index, 9)) // fund_number
}

func (r *row) certificateFact(s *small, c *column) fact {
	x := &r.cert
	d := die(x.dice, c.element)
	switch c.element {
	case "certificate_id":
		return saying(x.identifier(nil))
	case "number":
		return saying(x.number)
	case "name":
		return saying(x.title)
	case "holder_name":
		if r.natural {
			return saying(r.per.name)
		}
		return saying(r.org.name)
	case "holder_code":
		if r.natural {
			return saying(r.per.id[:])
		}
		return saying(r.org.uscc[:])
	case "issuer_name":
		if s.ofCompany() {
			return saying(r.org.name)
		}
		return saying(cities[cityOf(x.county)].name + s.subject[4])
	case "issuer_code":
		if s.ofCompany() {
			return saying(r.org.uscc[:])
		}
		return saying(organ(nil, cityOf(x.county), x.kind))
	case "division":
		return saying(counties[x.county].code)
	case "issued_division":
		return saying(codeAt(x.county, year(x.issued)))
	case "issued", "valid_from":
		return on(x.issued)
	case "valid_to":
		return on(x.to)
	case "checked":
		return on(min(x.issued+int32(300+d.below(800)), today-3))
	case "status":
		return saying(x.status)
	case "grade":
		return pick(d, "1", "2", "3")
	case "specialty":
		return pick(d, "综合", "语文", "内科", "儿科", "电工作业", "高处作业", "市政公用工程", "英语", "钳工")
	case "practice_at":
		return saying(cities[cityOf(x.county)].name + hospitals[d.below(len(hospitals))])
	case "business_scope":
		return saying(trades[r.org.industry] + "及相关服务")
	}
	return saying(r.rep.name) // legal_rep_name
}

func (r *row) creditFact(s *small, c *column) fact {
	x := &r.dec
	name, uscc, number, kind := r.subject()
	switch c.element {
	case "document_number":
		return saying(x.number)
	case "organ_code":
		return saying(x.organ)
	case "organ_name":
		return saying(cities[cityOf(x.county)].name + s.subject[3])
	case "subject_name":
		return saying(name)
	case "subject_uscc":
		return saying(uscc)
	case "subject_number":
		return saying(number)
	case "subject_kind":
		return saying(kind)
	case "division":
		return saying(counties[x.county].code)
	case "decided", "listed":
		return on(x.decided)
	case "publish_until":
		return on(x.until())
	case "period_from":
		return on(x.decided - 180)
	case "period_to":
		return on(x.decided - 90)
	case "delisted", "valid_to":
		return on(x.decided + 730)
	case "violation":
		return saying(violations[x.kind])
	case "basis":
		return saying(bases[x.kind])
	case "fine":
		return counted(x.fine * 100)
	case "severity":
		return saying(sexText(byte('0' + x.severity)))
	case "status":
		return saying(x.status())
	}
	return r.recordFact(c, die(x.dice, c.element))
}

// recordFact are what lists, ratings, honours and commitments say.
func (r *row) recordFact(c *column, d dice) fact {
	switch c.element {
	case "penalty_kind":
		return pick(d, "3", "3", "4", "5")
	case "complaint_kind":
		return pick(d, "0", "0", "0", "1", "3")
	case "repair_organ":
		return saying(cities[cityOf(r.dec.county)].name + "信用管理部门")
	case "performance":
		return pick(d, "0", "0", "1", "2")
	case "amount_due":
		return counted(100_000 + d.zipfish(50_000_000))
	case "duty":
		return saying("支付货款及逾期付款违约金")
	case "list_name":
		return saying("拖欠农民工工资失信联合惩戒对象名单")
	case "list_kind":
		return pick(d, "1", "1", "2")
	case "rating":
		return pick(d, "AAA", "AA", "A", "B", "C")
	case "rating_year":
		return counted(year(r.dec.decided))
	case "honour":
		return pick(d, "五星级志愿者", "优秀志愿者", "优秀志愿服务组织")
	case "commitment":
		return pick(d, "按期补交材料", "依法诚信经营", "安全生产达标")
	}
	return pick(d, "true", "true", "true", "false") // commitment_kept
}

func (r *row) placeFact(s *small, c *column) fact {
	x := &r.plc
	d := die(x.dice, c.element)
	switch c.element {
	case "facility_code":
		return saying(x.id())
	case "name":
		return saying(x.address.estate + s.subject[3])
	case "division":
		return saying(x.address.code())
	case "street":
		return saying(x.address.street)
	case "address":
		return saying(x.address.house(nil))
	case "longitude", "latitude":
		lon, lat := r.p.placePoint(forPlace+uint64(s.number)<<16, x.index, x.county)
		if c.element == "longitude" {
			return counted(lon)
		}
		return counted(lat)
	case "capacity":
		return counted(2 + d.zipfish(800) + r.past)
	case "manager_name":
		return saying(r.org.name)
	case "manager_uscc":
		return saying(r.org.uscc[:])
	case "opened":
		return on(today - 400 - int32(d.below(12_000)))
	case "grade":
		return pick(d, "2", "3", "3", "4")
	case "protection_level":
		return pick(d, "1", "2", "3", "3")
	case "service_phone":
		return saying(pad([]byte(cities[cityOf(x.county)].dial+"-8"), d.below(9_999_999), 7))
	case "postcode":
		return saying(cities[cityOf(x.county)].postcode + "000")
	}
	return pick(d, "09:00-17:00", "全天", "08:30-21:00") // opening_hours
}
