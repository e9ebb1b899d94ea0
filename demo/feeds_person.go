package demo

// everyone and the like count the subjects of feeds.
func everyone(p *Province) int       { return p.people }
func everyHousehold(p *Province) int { return p.households }
func everyCouple(p *Province) int    { return p.households * 2 }

// ofPerson is about for feeds whose subjects are people.
func ofPerson(p *Province, library, who int, visit func(int)) {
	if library == people && who < p.people {
		visit(who)
	}
}

func personFeeds() []*feed {
	return []*feed{registerFeed(), householdFeed(), marriageFeed(), birthFeed(), deathFeed(), cremationFeed(), insuredFeed(),
		medicalFeed(), studentFeed(), documentFeed()}
}

// relations are a member's relation to the head as the register and the household book write it.
func (x *person) relation() (code, word string) {
	switch {
	case x.kind == head:
		return "02", "户主"
	case x.kind == spouse:
		return "10", "配偶"
	case x.kind == elder:
		return "50", "父母"
	case x.sex == '1':
		return "20", "儿子"
	}
	return "30", "女儿"
}

// marital is the marital status, by GB/T 2261.2.
func (x *person) marital() string {
	d := x.dice + 17
	switch {
	case x.couple:
		return "20"
	case x.kind == elder:
		return "30"
	case x.kind == child || x.age() < 26:
		return "10"
	}
	return [...]string{"10", "10", "40", "30"}[d.below(4)]
}

func householdKey(b []byte, household int) []byte { return pad(append(b, 'H', 'H'), household, 9) }

func sexText(s byte) string { return string(rune(s)) }

func registerFeed() *feed {
	return &feed{name: "police.person", envelope: true, null: `"\\N"`, prefix: "3200", single: true,
		stampAt: "GXSJ", stampAs: digits14, count: everyone, about: ofPerson, write: writeRegister,
		load: func(r *row, i int) bool {
			r.p.loadPerson(i, &r.per)
			return !r.per.foreign
		},
		spots: in(people, "", missing("XM", "name"), missing("GMSFHM", "citizen_number"), optional("CYM", ""), optional("XX", "blood_type"),
			must(wrong("GMSFHM", "citizen_number", "citizen.check", lastChar)), must(wrong("GMSFHM", "citizen_number", "citizen.birth", born)),
			wrong("CSRQ", "birth_date", "value.format", badDate), wrong("QRRQ", "hukou_date", "value.format", badDate),
			instead("XBDM", "sex", "value.code", `"7"`), instead("MZDM", "ethnic", "value.code", `"汉"`), instead("HKXZ", "hukou_type", "value.code", `"99"`),
			instead("JGDM", "native_place", "value.pattern", `"江苏"`), wrong("HJDJLX", "hukou_street", "value.length", longer),
			instead("SG", "height", "value.range", "1720"), instead("SG", "height", "value.format", `"一米七"`),
			instead("CSRQ", "birth_date", "value.range", `"18010203"`),
			odd("GMSFHM", "citizen_number", old15), odd("GMSFHM", "citizen_number", lowered), odd("CSRQ", "birth_date", wide),
			odd("XBDM", "sex", blanks), odd("XM", "name", blanks), odd("CSDXZQH", "birthplace", unchanged),
			same("CSRQ", "birth_date", wide), same("XBDM", "sex", blanks), same("MZDM", "ethnic", absent)),
		drifts: []string{"XM", "CSRQ", "XZZXZ"},
	}
}

func writeRegister(r *row) {
	x, p := &r.per, r.p
	r.about(people, "", x.index)
	d := x.dice + 40
	r.keyed("RYBH", "")
	put(r, "GMSFHM", "citizen_number", x.id[:])
	r.name("XM", x)
	former := []byte(nil)
	if d.chance(200) {
		former = append(append(r.aux[:0], x.name[:3]...), "小宝"...)
	}
	put(r, "CYM", "former_name", former)
	put(r, "XBDM", "sex", sexText(x.sex))
	r.ethnic("MZDM", x)
	r.date("CSRQ", "birth_date", x.birth+int32(r.off("CSRQ")), compact)
	put(r, "JGDM", "native_place", counties[x.county].code)
	put(r, "CSDXZQH", "birthplace", x.birthCode)
	put(r, "HKXZ", "hukou_type", [...]string{"10", "20", "30", "30"}[d.below(4)])
	put(r, "HH", "hukou_number", householdKey(r.aux[:0], x.seat.household))
	code, _ := x.relation()
	put(r, "YHZGX", "household_relation", code)
	a := p.registered(x, r.past)
	put(r, "HJDXZQH", "hukou_division", a.code())
	put(r, "HJDJLX", "hukou_street", a.street)
	put(r, "HJDXZ", "hukou_address", a.local(r.aux[:0]))
	r.date("QRRQ", "hukou_date", max(x.birth, -7000)+30, compact)
	a = p.home(x, r.before("XZZXZ"))
	put(r, "XZZXZQH", "division", a.code())
	put(r, "XZZJLX", "residence_street", a.street)
	put(r, "XZZXZ", "residence_address", a.local(r.aux[:0]))
	put(r, "HYZK", "marital_status", x.marital())
	if x.age() > 16 {
		r.whole("SG", "height", 152+d.below(32))
	} else {
		r.null("SG")
	}
	put(r, "XX", "blood_type", [...]string{"1", "2", "3", "4", ""}[d.below(5)])
	if x.death != none && r.past == 0 {
		put(r, "RYZT", "person_status", "2")
		r.date("SWRQ", "death_date", x.death, compact)
	} else {
		put(r, "RYZT", "person_status", "1")
		r.null("SWRQ")
	}
}

// name writes a person's name; where it is to disagree, another department's slip of it.
func (r *row) name(field string, x *person) {
	if r.off(field) == 1 {
		r.p.nameOf(x, 1)
		put(r, field, "name", x.name)
		r.p.nameOf(x, 0)
		return
	}
	put(r, field, "name", x.name)
}

func (r *row) ethnic(field string, x *person) {
	r.aux = pad(r.aux[:0], x.ethnic, 2)
	put(r, field, "ethnic", r.aux)
}

func householdFeed() *feed {
	return &feed{name: "police.household", null: "null", stampAt: "BGSJ", stampAs: spaced, timed: true, deadAt: "SFZX", dead: "1", alive: "0",
		count: everyHousehold, write: writeHousehold,
		key: func(r *row) []byte { return householdKey(r.tmp[:0], r.plan.subject) },
		load: func(r *row, h int) bool {
			r.p.loadPerson(r.p.firstOf(h), &r.mate)
			return !r.mate.foreign
		},
		about: func(p *Province, library, who int, visit func(int)) {
			if library == people && who < p.people {
				visit(p.seatOf(who).household)
			}
		},
	}
}

func writeHousehold(r *row) {
	r.keyed("HH", "")
	first, size := r.mate.index, r.mate.seat.size
	put(r, "HZXM", "", r.mate.name)
	a := r.p.registered(&r.mate, r.past)
	put(r, "DZ", "", a.full(r.aux[:0]))
	r.field("CY")
	r.buf = append(r.buf, '[')
	for k := range size {
		x := &r.per
		r.p.loadPerson(first+k, x)
		if x.kind == child && x.age() >= 20 && r.past == 0 {
			continue // has moved out: the list shrinks
		}
		if x.death != none && r.past == 0 {
			continue
		}
		r.buf = append(r.buf, '{')
		no := string(rune('1' + k))
		r.about(people, "member/"+no, x.index)
		put(r, "XH", "", no)
		put(r, "SFZH", "citizen_number", x.id[:])
		put(r, "XM", "name", x.name)
		code, word := x.relation()
		coded(r, "GX", "household_relation", word, code)
		coded(r, "SFHZ", "household_head", [...]string{"否", "是"}[boolIndex(k == 0)], [...]string{"false", "true"}[boolIndex(k == 0)])
		say(r, "hukou_number", r.key)
		r.shut()
	}
	if r.buf[len(r.buf)-1] == ',' {
		r.buf = r.buf[:len(r.buf)-1]
	}
	r.buf = append(r.buf, ']', ',')
}

func marriageFeed() *feed {
	return &feed{name: "civil.marriage", null: `"无"`, prefix: "J3200", counter: "bbh", deadAt: "zt", dead: "作废", alive: "有效",
		count: everyCouple, write: writeMarriage, load: loadMarriage,
		about: func(p *Province, library, who int, visit func(int)) {
			if library == people && who < p.people {
				if s := p.seatOf(who); s.place < 2 {
					visit(s.household * 2)
					visit(s.household*2 + 1)
				}
			}
		},
		drifts: []string{"nan_xm", "nv_xm"},
	}
}

// twice reports whether a couple has two entries in the register: the marriage, and years later a new certificate for a lost one.
func (p *Province) twice(household int) bool {
	d := p.draw(forHousehold, household) + 200
	return d.chance(600)
}

func loadMarriage(r *row, subject int) bool {
	h := subject / 2
	if subject&1 == 1 && !r.p.twice(h) {
		return false
	}
	first := r.p.firstOf(h)
	if first+1 >= r.p.people {
		return false
	}
	s := r.p.seatOf(first)
	if s.size < 2 {
		return false
	}
	if r.p.loadPerson(first, &r.per); !r.per.couple {
		return false
	}
	r.p.loadPerson(first+1, &r.mate)
	return r.mate.couple
}

func writeMarriage(r *row) {
	man, woman := &r.per, &r.mate
	d := r.p.draw(forHousehold, man.seat.household) + 300
	day := min(max(man.birth, woman.birth)+22*366+int32(d.below(1000)), today-50)
	kind := "IA"
	if r.plan.subject&1 == 0 && r.p.twice(man.seat.household) {
		day, kind = min(day+int32(900+d.below(3000)), today-10), "ICA"
	}
	hidden := d.chance(100) || r.plan.loose // entries from old books bear no numbers
	r.event = int64(day)*86400 - zoneMS/1000
	r.keyed("djbh", "")
	coded(r, "ywlx", "", kind, "")
	r.date("djrq", "", day, dashed)
	book := append(append(append(r.aux[:0], 'J'), counties[man.county].code...), '-')
	number := string(pad(append(pad(book, year(day), 4), '-'), r.plan.subject, 8))
	put(r, "zsbh", "", number)
	r.party(man, woman, "husband", "nan_", hidden, day, number)
	r.party(woman, man, "wife", "nv_", hidden, day, number)
	put(r, "djjg", "", counties[man.county].name)
}

// party writes one spouse and claims what the entry says of him or her.
func (r *row) party(x, other *person, role, prefix string, hidden bool, day int32, number string) {
	r.about(people, role, x.index)
	if hidden {
		r.null(prefix + "sfzh")
	} else {
		put(r, prefix+"sfzh", "citizen_number", x.id[:])
		say(r, "spouse_number", other.id[:])
	}
	r.name(prefix+"xm", x)
	say(r, "marital_status", "20")
	say(r, "marriage_number", number)
	if r.live {
		say(r, "marriage_date", appendDay(nil, day, dashed))
		mine := "nan_xm"
		if role == "husband" {
			mine = "nv_xm"
		}
		if r.off(mine) == 1 {
			r.p.nameOf(other, 1)
		}
		say(r, "spouse_name", other.name)
		r.p.nameOf(other, 0)
	}
}
