package demo

// Cities by index in cities.
const (
	nanjing = 0
	wuxi    = 1
	xuzhou  = 2
	suzhou  = 4
)

func cityFeeds() []*feed {
	n, s, w, x := residentFeed(nanjing), residentFeed(suzhou), residentFeed(wuxi), residentFeed(xuzhou)
	n.name, n.null, n.prefix, n.write = "nanjing.resident", "null", "NJ", writeNanjing
	n.stampAt, n.stampAs, n.timed, n.deadAt, n.dead, n.alive = "updatedAt", iso, true, "deleted", "true", "false"
	n.spots = residentSpots("idCard", "name", "mobile", "reason", "since", "permitNo")
	n.drifts = []string{"name", "mobile"}
	s.name, s.null, s.prefix, s.write = "suzhou.resident", `"无"`, "SZ", writeSuzhou
	s.counter, s.stampAt, s.stampAs, s.deadAt, s.dead, s.alive = "xgcs", "xgsj", digits14, "zt", "zx", "yx"
	s.spots = residentSpots("sfzh", "xm", "lxdh", "jzyy", "jzrq", "jzzh")
	s.drifts = []string{"xm", "lxdh"}
	w.name, w.null, w.prefix, w.write, w.broker = "wuxi.resident", `"/"`, "WX", writeWuxi, true
	w.stampAt, w.stampAs = "登记时间", spaced
	w.spots = residentSpots("证件号码", "姓名", "手机", "事由", "起始日期", "居住证号")
	w.drifts = []string{"姓名", "手机"}
	x.name, x.null, x.prefix, x.write, x.envelope = "xuzhou.resident", "null", "XZ", writeXuzhou, true
	x.stampAt, x.stampAs = "gxsj", epochUS
	x.spots = residentSpots("sfzhm", "xm", "dh", "sydm", "", "zh")
	x.drifts = []string{"xm", "dh"}
	return []*feed{n, s, w, x}
}

func residentSpots(id, name, phone, reason, since, permit string) []spot {
	spots := in(people, "", optional(phone, ""), optional(permit, ""), ident(wrong(id, "citizen_number", "citizen.check", lastChar)),
		ident(wrong(id, "citizen_number", "citizen.masked", starred)), instead(phone, "phone", "value.pattern", `"00000000000"`),
		instead(reason, "residence_reason", "value.code", `"??"`), odd(id, "citizen_number", old15), odd(id, "citizen_number", lowered),
		odd(name, "name", blanks), same(phone, "phone", blanks), same(name, "name", blanks))
	if since != "" {
		spots = append(spots, in(people, "", wrong(since, "residence_since", "value.format", badDate))...)
	}
	return spots
}

// residentFeed is a city's register of those who live there.
func residentFeed(city int) *feed {
	return &feed{single: true, count: everyone, about: ofPerson,
		load: func(r *row, i int) bool {
			x := &r.per
			r.p.loadPerson(i, x)
			a := r.p.home(x, 0)
			d := x.dice + 140
			return a.city() == city && x.adult(16) && !x.foreign && (a.county != x.county || d.below(100) < 40)
		}}
}

// resident is what every city says of a resident, each in its own fields.
func (r *row) resident(id, name, phone string) (a address, since int32, reason int) {
	x := &r.per
	d := x.dice + 141
	r.about(people, "", x.index)
	put(r, id, "citizen_number", x.id[:])
	r.name(name, x)
	put(r, phone, "phone", r.p.phone(forPerson, x.index, r.before(phone), r.aux[:0]))
	return r.p.home(x, r.past), today - 200 - int32(d.below(4000)), d.below(6)
}

func (r *row) permitNumber(field string) {
	var b []byte
	if r.per.index%3 != 0 {
		b = append(append(r.aux[:0], r.feed.prefix...), r.key[2:]...)
	}
	put(r, field, "residence_permit", b)
}

var reasonCodes = [...]string{"1", "2", "3", "4", "5", "9"}

func writeNanjing(r *row) {
	a, since, reason := r.resident("idCard", "name", "mobile")
	r.keyed("id", "")
	r.open("address")
	put(r, "district", "division", a.code())
	put(r, "street", "residence_street", a.street)
	put(r, "detail", "residence_address", a.local(r.aux[:0]))
	r.shut()
	r.permitNumber("permitNo")
	r.date("since", "residence_since", since, dashed)
	coded(r, "reason", "residence_reason", [...]string{"work", "business", "study", "family", "house", "other"}[reason], reasonCodes[reason])
}

func writeSuzhou(r *row) {
	a, since, reason := r.resident("sfzh", "xm", "lxdh")
	r.keyed("bh", "")
	put(r, "jzdqh", "division", a.code())
	put(r, "jzdjd", "residence_street", a.street)
	put(r, "jzdxz", "residence_address", a.local(r.aux[:0]))
	r.permitNumber("jzzh")
	r.date("jzrq", "residence_since", since, compact)
	put(r, "jzyy", "residence_reason", reasonCodes[reason])
}

func writeWuxi(r *row) {
	a, since, reason := r.resident("证件号码", "姓名", "手机")
	r.keyed("编号", "")
	put(r, "区划代码", "division", a.code())
	put(r, "街路", "residence_street", a.street)
	put(r, "详址", "residence_address", a.local(r.aux[:0]))
	r.permitNumber("居住证号")
	r.date("起始日期", "residence_since", since, slashed)
	coded(r, "事由", "residence_reason", [...]string{"务工", "经商", "就学", "投靠", "购房", "其他"}[reason], reasonCodes[reason])
}

func writeXuzhou(r *row) {
	a, since, reason := r.resident("sfzhm", "xm", "dh")
	r.keyed("id", "")
	put(r, "qhdm", "division", a.code())
	put(r, "jlx", "residence_street", a.street)
	put(r, "xz", "residence_address", a.local(r.aux[:0]))
	r.permitNumber("zh")
	r.date("ksrq", "residence_since", since, days)
	coded(r, "sydm", "residence_reason", [...]string{"01", "02", "03", "04", "05", "99"}[reason], reasonCodes[reason])
}
