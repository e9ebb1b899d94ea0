package demo

func birthFeed() *feed {
	return &feed{name: "health.birth", null: "null", stampAt: "updatedAt", stampAs: epochMS, timed: true, deadAt: "voided", dead: "true", alive: "false",
		count: everyone, about: ofPerson, write: writeBirth,
		key: func(r *row) []byte { return pad(append(r.tmp[:0], 'S'), r.per.index, 9) },
		load: func(r *row, i int) bool {
			x := &r.per
			r.p.loadPerson(i, x)
			const y2000 = 10957
			d := x.dice + 50
			return x.kind == child && x.birth >= y2000 && x.birthCode != elsewhere[x.county] && d.below(100) < 85
		},
		spots: in(people, "child", optional("babyName", "name"),
			ident(wrong("babyId", "citizen_number", "citizen.check", lastChar)), ident(wrong("babyId", "citizen_number", "citizen.length", shorter)),
			instead("gender", "sex", "value.code", `"X"`), instead("weight", "birth_weight", "value.range", "32500"),
			instead("weight", "birth_weight", "value.format", `"3.2kg"`), instead("birthTime", "birth_date", "value.format", `"2019-02-30T08:00:00+08:00"`),
			odd("babyId", "citizen_number", lowered), odd("hospital", "birth_hospital", blanks), odd("weight", "birth_weight", zeros),
			same("gender", "sex", absent)),
		drifts: []string{"babyName", "birthTime"},
	}
}

func writeBirth(r *row) {
	x := &r.per
	r.about(people, "child", x.index)
	r.keyed("certNo", "birth_certificate")
	d := x.dice + 60
	var id []byte
	if !d.chance(300) { // some are not yet registered: the child has no number here
		id = x.id[:]
	}
	put(r, "babyId", "citizen_number", id)
	r.name("babyName", x)
	coded(r, "gender", "sex", [...]string{"M", "F"}[x.sex-'1'], sexText(x.sex))
	r.birthTime(x, &d)
	r.whole("weight", "birth_weight", 2400+d.below(1900))
	put(r, "hospital", "birth_hospital", append(append(r.aux[:0], counties[x.county].name...), hospitals[d.below(len(hospitals))]...))
	first := x.index - x.seat.place
	for place, parent := range [...]string{"father", "mother"} {
		y := &r.mate
		r.p.loadPerson(first+min(place, x.seat.size-1), y)
		r.open(parent)
		if y.kind == child || y.sex != byte('1'+place) {
			r.null("name")
		} else {
			put(r, "name", parent+"_name", y.name)
		}
		r.shut()
	}
	quoted(r, "issuer", "江苏省卫生健康委员会")
}

// birthTime writes the time of birth: its day is the birth date.
func (r *row) birthTime(x *person, d *dice) {
	day := x.birth + int32(r.off("birthTime"))
	sec := int64(day)*86400 - zoneMS/1000 + int64(d.below(86400))
	r.tmp = appendStamp(r.tmp[:0], sec, iso)
	coded(r, "birthTime", "birth_date", string(r.tmp), string(appendDay(nil, day, dashed)))
}

func deathFeed() *feed {
	return &feed{name: "health.death", null: "null", prefix: "SW32", single: true, counter: "rev", stampAt: "updatedTs", stampAs: epochS,
		deadAt: "status", dead: "cancelled", alive: "issued", count: everyone, about: ofPerson, write: writeDeath,
		load: func(r *row, i int) bool { return loadDead(r, i, 70, 85) },
		spots: in(people, "", optional("icd", ""), ident(wrong("idNo", "citizen_number", "citizen.check", lastChar)),
			ident(wrong("idNo", "citizen_number", "citizen.masked", starred)), wrong("deathDate", "death_date", "value.format", badDate),
			instead("icd", "death_cause", "value.pattern", `"心梗"`), instead("sex", "sex", "value.code", `"男"`),
			odd("idNo", "citizen_number", old15), odd("deathDate", "death_date", blanks), same("deathDate", "death_date", blanks)),
		drifts: []string{"name", "sex"},
	}
}

func loadDead(r *row, i int, purpose dice, percent int) bool {
	x := &r.per
	r.p.loadPerson(i, x)
	d := x.dice + purpose
	return x.death != none && !x.foreign && d.below(100) < percent
}

func writeDeath(r *row) {
	x := &r.per
	d := x.dice + 71
	r.about(people, "", x.index)
	r.keyed("id", "")
	put(r, "idNo", "citizen_number", x.id[:])
	r.name("name", x)
	put(r, "sex", "sex", sexText(x.sex^byte(3*r.off("sex"))))
	r.date("deathDate", "death_date", x.death, dashed)
	put(r, "icd", "death_cause", [...]string{"I21.9", "I63.9", "C34.9", "J44", "C16.9", "I61.9", "E14.9", "W19"}[d.below(8)])
	put(r, "certNo", "death_certificate", append(append(r.aux[:0], "D32"...), r.key[4:]...))
	quoted(r, "doctor", "")
}

func cremationFeed() *feed {
	return &feed{name: "civil.cremation", null: `"-"`, broker: true, keeps: true, count: everyone, about: ofPerson, write: writeCremation,
		key:  func(r *row) []byte { return pad(append(r.tmp[:0], "HH"...), r.per.index, 9) },
		load: func(r *row, i int) bool { return loadDead(r, i, 80, 80) },
		spots: in(people, "", optional("SZXM", ""), ident(wrong("SZSFZH", "citizen_number", "citizen.length", shorter)),
			wrong("SWRQ", "death_date", "value.format", badDate), odd("SZSFZH", "citizen_number", lowered), odd("SZXM", "name", blanks),
			same("SWRQ", "death_date", absent)),
		drifts: []string{"SWRQ", "SZXM"},
	}
}

func writeCremation(r *row) {
	x := &r.per
	r.about(people, "", x.index)
	r.keyed("LSH", "")
	put(r, "SZSFZH", "citizen_number", x.id[:])
	r.name("SZXM", x)
	r.date("SWRQ", "death_date", x.death-int32(r.off("SWRQ")), slashed)
	r.date("HHRQ", "cremation_date", x.death+3, slashed)
	r.event = int64(x.death+3)*86400 - zoneMS/1000
	quoted(r, "BYG", "殡仪馆")
}

func studentFeed() *feed {
	return &feed{name: "education.student", null: `"未知"`, prefix: "G3200", single: true, counter: "版本", stampAt: "更新时间", stampAs: iso,
		deadAt: "学籍状态", dead: "注销", alive: "在籍", count: everyone, about: ofPerson, write: writeStudent,
		load: func(r *row, i int) bool {
			x := &r.per
			r.p.loadPerson(i, x)
			d, age := x.dice+90, x.age()
			return age >= 6 && age <= 22 && x.kind == child && x.death == none && !x.foreign && d.below(100) < 90
		},
		spots: in(people, "", missing("姓名", "name"), optional("联系电话", ""), ident(wrong("身份证号", "citizen_number", "citizen.check", lastChar)),
			ident(wrong("身份证号", "citizen_number", "citizen.masked", starred)), instead("民族", "ethnic", "value.code", `"汉"`),
			instead("性别", "sex", "value.code_name", `"男性"`), wrong("入学日期", "enrol_date", "value.format", badDate),
			instead("联系电话", "phone", "value.pattern", `"025-83331234"`), odd("姓名", "name", blanks), odd("身份证号", "citizen_number", lowered),
			odd("身份证号", "citizen_number", blanks), same("出生日期", "birth_date", blanks), same("民族", "ethnic", absent)),
		drifts: []string{"姓名", "出生日期", "联系电话"},
	}
}

func writeStudent(r *row) {
	x, d := &r.per, r.per.dice+91
	r.about(people, "", x.index)
	r.keyed("学籍号", "student_number")
	put(r, "身份证号", "citizen_number", x.id[:])
	r.name("姓名", x)
	coded(r, "性别", "sex", [...]string{"男", "女"}[x.sex-'1'], sexText(x.sex))
	r.date("出生日期", "birth_date", x.birth+int32(r.off("出生日期")), slashed)
	coded(r, "民族", "ethnic", ethnicWord(x.ethnic), string(pad(nil, x.ethnic, 2)))
	age := x.age()
	stage := boolIndex(age >= 12) + boolIndex(age >= 15) + boolIndex(age >= 18)
	coded(r, "就读阶段", "education", [...]string{"小学", "初中", "高中", "本科"}[stage], [...]string{"80", "70", "60", "20"}[stage])
	r.open("学校")
	school := [...]int{0, 4, 7, 10}[stage] + d.below([...]int{4, 3, 2, 3}[stage])
	put(r, "名称", "school_name", append(append(r.aux[:0], counties[x.county].name...), schools[school]...))
	quoted(r, "区划", counties[x.county].code)
	r.shut()
	r.date("入学日期", "enrol_date", x.birth+[...]int32{6, 12, 15, 18}[stage]*365+30, slashed)
	put(r, "联系电话", "phone", r.p.phone(forPerson, x.index, r.before("联系电话"), r.aux[:0]))
}

func ethnicWord(code int) string {
	switch code {
	case 1:
		return "汉族"
	case 2:
		return "蒙古族"
	case 3:
		return "回族"
	case 6:
		return "苗族"
	case 7:
		return "彝族"
	case 8:
		return "壮族"
	case 10:
		return "朝鲜族"
	case 11:
		return "满族"
	case 15:
		return "土家族"
	case 17:
		return "哈萨克族"
	}
	return "傈僳族"
}

func documentFeed() *feed {
	return &feed{name: "immigration.document", null: "null", prefix: "CR", single: true, stampAt: "GXSJ", stampAs: digits14, timed: true,
		deadAt: "ZJZT", dead: "ZX", alive: "YX", count: everyone, about: ofPerson, write: writeDocument,
		load: func(r *row, i int) bool {
			x := &r.per
			r.p.loadPerson(i, x)
			d := x.dice + 110
			return x.foreign || x.adult(16) && d.below(100) < 20
		},
		spots: in(people, "", optional("YWXM", ""), wrong("YXQZ", "passport_expires", "value.format", badDate),
			instead("GJDM", "country", "value.code", `"ZHN"`), odd("HZHM", "passport_number", blanks), odd("GMSFHM", "citizen_number", lowered),
			same("XM", "name", blanks)),
		drifts: []string{"XM"},
	}
}

func writeDocument(r *row) {
	x, d := &r.per, r.per.dice+111
	r.about(people, "", x.index)
	r.keyed("ZJID", "")
	put(r, "GMSFHM", "citizen_number", x.citizen())
	put(r, "HZHM", "passport_number", x.passport(r.aux[:0]))
	put(r, "YJZHM", "permit_number", x.permit(r.aux[:0]))
	r.name("XM", x)
	country := "CHN"
	if x.foreign {
		country = [...]string{"USA", "JPN", "KOR", "DEU", "GBR", "FRA", "SGP", "IND"}[d.below(8)]
		put(r, "YWXM", "english_name", x.name)
	} else {
		r.null("YWXM")
	}
	put(r, "GJDM", "country", country)
	r.date("YXQZ", "passport_expires", today+int32(100+d.below(3000)), compact)
}
