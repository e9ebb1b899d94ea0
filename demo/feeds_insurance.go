package demo

import "strconv"

func insuredFeed() *feed {
	return &feed{name: "hrss.insured", null: `"无"`, prefix: "3200", single: true, stampAt: "AAE036", stampAs: spaced, timed: true,
		deadAt: "AAE100", dead: "0", alive: "1", count: everyone, about: ofPerson, write: writeInsured,
		load: func(r *row, i int) bool {
			x := &r.per
			r.p.loadPerson(i, x)
			d := x.dice + 120
			return x.adult(18) && d.below(100) < 74
		},
		spots: in(people, "", missing("AAC003", "name"), optional("AAE005", ""), optional("AAE159", ""),
			ident(wrong("AAC002", "citizen_number", "citizen.check", lastChar)), ident(wrong("AAC002", "citizen_number", "citizen.masked", starred)),
			ident(wrong("AAC002", "citizen_number", "citizen.length", shorter)), wrong("AAC006", "birth_date", "value.format", badDate),
			wrong("AAC049", "insured_since", "value.format", badDate), instead("AAC004", "sex", "value.code", `"3"`),
			instead("AAC031", "insured_status", "value.code", `"正常"`), instead("AAE005", "phone", "value.pattern", `"12345"`),
			instead("AAC040", "insured_base", "value.format", `"5,000000"`), instead("AAC040", "insured_base", "value.range", "-1"),
			instead("AAE201", "insured_months", "value.range", "7200"), wrong("AAB003", "employer_code", "uscc.check", lastChar),
			wrong("AAE159", "email", "value.length", longer),
			odd("AAC002", "citizen_number", old15), odd("AAC002", "citizen_number", lowered), odd("AAC002", "citizen_number", blanks),
			odd("AAC006", "birth_date", wide), odd("AAC004", "sex", wide), odd("AAC040", "insured_base", zeros), odd("AAC003", "name", blanks),
			same("AAC006", "birth_date", wide), same("AAC005", "ethnic", absent), same("AAE005", "phone", absent)),
		drifts: []string{"AAC003", "AAC006", "AAC017", "AAE005"},
	}
}

func writeInsured(r *row) {
	x, p := &r.per, r.p
	r.about(people, "", x.index)
	d := x.dice + 121
	r.keyed("AAC001", "insurance_number")
	if r.plan.repoint && r.ver == 0 {
		p.stranger(r, "AAC002")
	} else {
		put(r, "AAC002", "citizen_number", x.citizen())
	}
	var passport []byte
	if x.foreign {
		passport = x.passport(r.aux[:0])
	}
	put(r, "AAC147", "passport_number", passport)
	r.name("AAC003", x)
	put(r, "AAC004", "sex", sexText(x.sex))
	r.ethnic("AAC005", x)
	r.date("AAC006", "birth_date", x.birth+int32(r.off("AAC006")), compact)
	married := x.marital()
	if r.off("AAC017") == 1 {
		married = map[string]string{"10": "20", "20": "40", "30": "20", "40": "10"}[married]
	}
	coded(r, "AAC017", "marital_status", married[:1], married)
	degree := ""
	if x.age() > 23 {
		degree = [...]string{"21", "31", "61", "71", "71"}[d.below(5)]
	}
	put(r, "AAC011", "education", degree)
	put(r, "AAC012", "employment", [...]string{"17", "24", "13", "21", "27", "90"}[d.below(6)])
	put(r, "AAC024", "political", [...]string{"13", "13", "13", "01", "03"}[d.below(5)])
	r.optionalPhone("AAE005", x, &d)
	mail := append(r.aux[:0], "user"...)
	put(r, "AAE159", "email", append(strconv.AppendInt(mail, int64(x.index), 10), "@example.com"...))
	p.loadCompany(x.index/8%p.companies, &r.org)
	put(r, "AAB003", "employer_code", r.org.uscc[:])
	put(r, "AAB004", "employer_name", r.org.name)
	status := [...]string{"1", "1", "1", "2"}[d.below(4)]
	if x.age() >= 60 {
		status = "4" // retired
	}
	put(r, "AAC031", "insured_status", status)
	since := x.birth + 20*366 + int32(d.below(2000))
	r.date("AAC049", "insured_since", min(max(since, 6000), today-100), dashed)
	r.money("AAC040", "insured_base", 449_400+d.below(2_000_000)+r.past*25_000, false)
	r.whole("AAE201", "insured_months", max(1, min(int(today-since)/31, 480))-r.past*boolIndex(today-since > 200))
}

// optionalPhone writes a person's telephone number, which one in ten departments' records lack.
func (r *row) optionalPhone(field string, x *person, d *dice) {
	if d.chance(1000) {
		r.null(field)
		return
	}
	put(r, field, "phone", r.p.phone(forPerson, x.index, r.before(field), r.aux[:0]))
}

// stranger writes the number of somebody else: the record's first version names the wrong person.
func (p *Province) stranger(r *row, field string) {
	i := (r.per.index + p.people/2) % p.people
	p.loadPerson(i, &r.mate)
	if r.mate.foreign {
		r.null(field)
	} else {
		quoted(r, field, r.mate.id[:])
		say(r, "citizen_number", r.mate.id[:])
	}
	if r.live {
		r.claims[len(r.claims)-1].who = -1
	}
}

func medicalFeed() *feed {
	return &feed{name: "medins.insured", envelope: true, null: "null", prefix: "3200", single: true, stampAt: "updt_time", stampAs: epochMS,
		count: everyone, about: ofPerson, write: writeMedical,
		load: func(r *row, i int) bool {
			x := &r.per
			r.p.loadPerson(i, x)
			d := x.dice + 130
			return x.death == none && !x.foreign && d.below(100) < 94
		},
		spots: in(people, "", optional("tel", ""), optional("naty", ""),
			ident(wrong("certno", "citizen_number", "citizen.check", lastChar)), ident(wrong("certno", "citizen_number", "citizen.masked", starred)),
			ident(wrong("certno", "citizen_number", "citizen.birth", born)), instead("gend", "sex", "value.code", `"M"`),
			instead("brdy", "birth_date", "value.format", `"1990年"`), instead("insutype", "medical_kind", "value.code", `"311"`),
			instead("balc", "medical_balance", "value.format", `"一百"`), instead("balc", "medical_balance", "value.range", `"-12.5"`),
			instead("tel", "phone", "value.pattern", `"1380000"`), instead("psn_name", "name", "value.format", `{"cn":"姓名"}`),
			odd("certno", "citizen_number", old15), odd("certno", "citizen_number", lowered), odd("certno", "citizen_number", blanks),
			odd("balc", "medical_balance", zeros), odd("gend", "sex", wide), odd("psn_name", "name", blanks),
			same("gend", "sex", wide), same("naty", "ethnic", absent), same("tel", "phone", absent), same("psn_name", "name", blanks)),
		drifts: []string{"psn_name", "brdy", "tel"},
	}
}

func writeMedical(r *row) {
	x, p := &r.per, r.p
	r.about(people, "", x.index)
	d := x.dice + 131
	r.keyed("psn_no", "medical_number")
	quoted(r, "psn_cert_type", "01")
	if r.plan.repoint && r.ver == 0 {
		p.stranger(r, "certno")
	} else {
		put(r, "certno", "citizen_number", x.id[:])
	}
	r.name("psn_name", x)
	put(r, "gend", "sex", sexText(x.sex))
	r.date("brdy", "birth_date", x.birth+int32(r.off("brdy")), days)
	r.ethnic("naty", x)
	r.optionalPhone("tel", x, &d)
	kind := "390"
	if x.age() > 22 && d.below(100) < 60 {
		kind = "310"
	}
	put(r, "insutype", "medical_kind", kind)
	put(r, "psn_insu_stas", "medical_status", [...]string{"1", "1", "1", "4"}[d.below(4)])
	r.date("psn_insu_date", "medical_since", max(x.birth+60, 11000)+int32(d.below(300)), days)
	r.tmp = hundredths(r.tmp[:0], d.zipfish(2_000_000)+r.past*1250)
	put(r, "balc", "medical_balance", append(r.aux[:0], r.tmp...))
	quoted(r, "insuplc_admdvs", counties[x.county].code)
	quoted(r, "opter_name", "系统导入")
}
