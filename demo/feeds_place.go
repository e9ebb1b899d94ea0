package demo

// Places by index: parcels, then units, then buildings with their addresses.
func (p *Province) unitsFrom() int     { return p.parcels }
func (p *Province) buildingsFrom() int { return p.parcels + p.units }

func placeFeeds() []*feed {
	return []*feed{parcelFeed(), propertyFeed(), buildingFeed(), addressFeed(), cityPlaceFeed(nanjing), cityPlaceFeed(suzhou),
		boundaryFeed(), zoneFeed(), schoolFeed()}
}

// ofPlace is about for a feed of the places [from, from+count).
func ofPlace(from, count func(*Province) int) func(*Province, int, int, func(int)) {
	return func(p *Province, library, who int, visit func(int)) {
		if library == places && who >= from(p) && who < from(p)+count(p) {
			visit(who - from(p))
		}
	}
}

func everyParcel(p *Province) int   { return p.parcels }
func everyUnit(p *Province) int     { return p.units }
func everyBuilding(p *Province) int { return p.buildings }

func parcelFeed() *feed {
	return &feed{name: "land.parcel", null: "null", stampAt: "GXRQ", stampAs: spaced, timed: true, deadAt: "QSZT", dead: "ZX",
		count: everyParcel, about: ofPlace(func(*Province) int { return 0 }, everyParcel), write: writeParcel,
		key:  func(r *row) []byte { return append(r.tmp[:0], r.plc.id()...) },
		load: func(r *row, i int) bool { r.p.loadParcel(i, &r.plc); return true },
		spots: in(places, "", optional("SYQJSSJ", ""), wrong("SYQJSSJ", "right_to", "value.format", badDate), instead("YT", "land_use", "value.code", `"住宅"`),
			instead("ZDMJ", "land_area", "value.format", `"三亩"`), instead("ZDMJ", "land_area", "value.range", "-1"), odd("ZDMJ", "land_area", zeros),
			odd("SYQJSSJ", "right_to", wide), same("QXDM", "division", blanks),
			instead("KJFW", "geometry", "geometry.format", `"四至不清"`), instead("KJFW", "geometry", "geometry.self_crossing", `"POLYGON((118 32,118.1 32.1,118.1 32,118 32.2,118 32))"`)),
	}
}

func writeParcel(r *row) {
	x, d := &r.plc, r.plc.dice
	r.about(places, "", x.index)
	say(r, "kind", "1")
	r.keyed("ZDDM", "parcel_code")
	put(r, "ZL_MC", "name", append(append(r.aux[:0], x.address.estate...), "地块"...))
	put(r, "QXDM", "division", x.address.code())
	put(r, "JLX", "street", x.address.street)
	put(r, "ZL", "address", x.address.house(r.aux[:0]))
	use := d.below(len(landUses))
	put(r, "YT", "land_use", landUses[use])
	put(r, "QLXZ", "land_right", [...]string{"102", "102", "102", "203"}[use])
	r.money("ZDMJ", "land_area", x.area+r.past*100, false)
	r.date("SYQJSSJ", "right_to", today+int32(3000+d.below(20000)), compact)
	lon, lat := r.p.placePoint(forPlace, x.index, x.county)
	r.open("ZXD")
	r.micros("X", "longitude", lon)
	r.micros("Y", "latitude", lat)
	r.shut()
	put(r, "KJFW", "geometry", ring(r.aux[:0], lon, lat, 150+d.below(400), 100+d.below(300)))
	r.state("QSZT", "status", "XS", "1")
}

// ring is a rectangle around a point, as WKT.
func ring(b []byte, lon, lat, dx, dy int) []byte {
	b = append(b, "POLYGON(("...)
	for i, c := range [...][2]int{{-dx, -dy}, {dx, -dy}, {dx, dy}, {-dx, dy}, {-dx, -dy}} {
		if i > 0 {
			b = append(b, ',')
		}
		b = micro(append(micro(b, lon+c[0]), ' '), lat+c[1])
	}
	return append(b, "))"...)
}

func propertyFeed() *feed {
	return &feed{name: "land.property", null: `"无"`, prefix: "YW32", single: true, counter: "VER", stampAt: "DJSJ", stampAs: epochMS, deadAt: "ZT", dead: "ZX",
		count: everyUnit, about: ofPlace((*Province).unitsFrom, everyUnit), write: writeProperty,
		load: func(r *row, i int) bool {
			r.p.loadUnit(i, &r.plc)
			r.p.loadPerson(i*3%r.p.people, &r.per)
			return true
		},
		spots: in(places, "", missing("BDCDYH", "property_unit"), optional("QLJSSJ", ""), must(wrong("BDCDYH", "property_unit", "realproperty.length", shorter)),
			wrong("ZDDM", "in_parcel", "parcel.length", shorter), wrong("DJRQ", "registered", "value.format", badDate), instead("GHYT", "building_use", "value.code", `"住"`),
			wrong("QLRZJH", "holder_number", "citizen.check", lastChar), wrong("QLRZJH", "holder_number", "citizen.masked", starred),
			instead("JZMJ", "floor_area", "value.format", `"八十平"`), instead("JGND", "built_year", "value.range", "199"),
			odd("BDCDYH", "property_unit", blanks), odd("QLRZJH", "holder_number", old15), odd("QLRZJH", "holder_number", lowered), odd("JZMJ", "floor_area", zeros),
			odd("QLRZJH", "holder_number", unchanged)),
	}
}

func writeProperty(r *row) {
	x, d, h := &r.plc, r.plc.dice, &r.per
	r.about(places, "", r.p.unitsFrom()+x.index)
	say(r, "kind", "2")
	r.keyed("YWH", "")
	put(r, "BDCDYH", "property_unit", x.id())
	put(r, "QXDM", "division", x.address.code())
	put(r, "JLX", "street", x.address.street)
	put(r, "ZL", "address", x.address.full(r.aux[:0]))
	put(r, "ZDDM", "in_parcel", x.id()[:19])
	r.null("ZRZH")
	r.money("JZMJ", "floor_area", x.area, false)
	put(r, "FWJG", "structure", [...]string{"2", "3", "3", "4"}[d.below(4)])
	put(r, "GHYT", "building_use", buildingUses[x.use])
	r.whole("JGND", "built_year", x.built)
	put(r, "QLLX", "right_kind", [...]string{"4", "4", "4", "8"}[d.below(4)])
	number := append(append(r.aux[:0], "苏（"...), "2023）"...)
	number = append(append(number, cities[cityOf(x.county)].name...), "不动产权第"...)
	put(r, "BDCQZH", "certificate_number", append(pad(number, x.index, 8), "号"...))
	put(r, "QLRMC", "holder_name", h.name)
	put(r, "QLRZJH", "holder_number", h.citizen())
	r.date("DJRQ", "registered", today-100-int32(d.below(5000))-int32(r.past), slashed)
	r.date("QLJSSJ", "right_to", today+int32(9000+d.below(16000)), slashed)
	r.state("ZT", "status", "XS", "1")
}

var landUses = [...]string{"0701", "0501", "0601", "0702"}

var buildingUses = [...]string{"10", "10", "10", "30", "20", "60"}

func buildingFeed() *feed {
	return &feed{name: "housing.building", null: "null", stampAt: "updatedAt", stampAs: iso, timed: true, deadAt: "deleted", dead: "true", alive: "false",
		count: everyBuilding, about: ofPlace((*Province).buildingsFrom, everyBuilding), write: writeBuilding,
		key:  func(r *row) []byte { return append(r.tmp[:0], r.plc.id()...) },
		load: func(r *row, i int) bool { r.p.loadHouse(r, i); return true },
		spots: in(places, "", optional("basement", ""), instead("storeys", "floors", "value.range", "999"), instead("builtYear", "built_year", "value.format", `"九十年代"`),
			instead("structure", "structure", "value.code", `"钢混"`), instead("parcel", "in_parcel", "parcel.length", `"无宗地"`),
			odd("storeys", "floors", wide), odd("height", "height", zeros), same("storeys", "floors", wide), same("households", "households", absent)),
		drifts: []string{"storeys", "households"},
	}
}

func writeBuilding(r *row) {
	x, d, p := &r.plc, r.plc.dice, r.p
	r.about(places, "", p.buildingsFrom()+x.index)
	say(r, "kind", "3")
	r.keyed("buildingId", "building_code")
	put(r, "addressId", "address_code", x.addressCode(r.aux[:0]))
	put(r, "name", "name", buildingName(r.aux[:0], x))
	r.open("location")
	put(r, "division", "division", x.address.code())
	put(r, "street", "street", x.address.street)
	put(r, "detail", "address", x.address.house(r.aux[:0]))
	lon, lat := p.placePoint(forPlace+50, x.index, x.county)
	r.micros("lon", "longitude", lon)
	r.micros("lat", "latitude", lat)
	r.shut()
	if d.chance(5000) {
		put(r, "parcel", "in_parcel", p.parcelCode(r.aux[:0], x.index%p.parcels))
	} else {
		r.null("parcel")
	}
	r.money("area", "floor_area", x.area, false)
	r.whole("storeys", "floors", x.floors+r.off("storeys"))
	r.whole("basement", "floors_below", d.below(3))
	r.money("height", "height", x.floors*295, false)
	put(r, "structure", "structure", [...]string{"2", "3", "3", "4"}[d.below(4)])
	put(r, "use", "building_use", buildingUses[x.use])
	r.whole("builtYear", "built_year", x.built)
	r.whole("households", "households", x.floors*4+r.before("households"))
	put(r, "state", "status", "1")
}

func buildingName(b []byte, x *place) []byte {
	return append(pad(append(b, x.address.estate...), x.address.building, 1), "幢"...)
}

func addressFeed() *feed {
	return &feed{name: "police.address", envelope: true, null: `"\\N"`, stampAt: "GXSJ", stampAs: epochUS,
		count: everyBuilding, about: ofPlace((*Province).buildingsFrom, everyBuilding), write: writeAddress,
		key:  func(r *row) []byte { return r.plc.addressCode(r.tmp[:0]) },
		load: func(r *row, i int) bool { r.p.loadHouse(r, i); return true },
		spots: in(places, "", optional("YZBM", ""), instead("YZBM", "postcode", "value.pattern", `"21000"`), instead("CXFL", "urban", "value.code", `"城市"`),
			instead("CS", "floors", "value.format", `"六层"`), odd("CS", "floors", wide), odd("DZMC", "name", blanks), same("CS", "floors", wide), same("DZMC", "name", blanks)),
		drifts: []string{"CS", "DZMC"},
	}
}

func writeAddress(r *row) {
	x, p := &r.plc, r.p
	r.about(places, "", p.buildingsFrom()+x.index)
	say(r, "kind", "3")
	r.keyed("DZBM", "address_code")
	name := buildingName(r.aux[:0], x)
	if r.off("DZMC") == 1 {
		name = append(name, "（东侧）"...)
	}
	put(r, "DZMC", "name", name)
	put(r, "XZQH", "division", x.address.code())
	put(r, "JLXMC", "street", x.address.street)
	put(r, "DZQC", "address", x.address.house(r.aux[:0]))
	put(r, "LDBM", "in_building", x.id())
	r.whole("CS", "floors", x.floors+r.off("CS"))
	r.whole("HS", "households", x.floors*4+r.past)
	lon, lat := p.placePoint(forPlace+50, x.index, x.county)
	r.micros("JD", "longitude", lon)
	r.micros("WD", "latitude", lat)
	put(r, "YZBM", "postcode", append(append(r.aux[:0], cities[cityOf(x.county)].postcode...), "000"...))
	put(r, "CXFL", "urban", [...]string{"111", "112", "121", "220"}[x.index%4])
	put(r, "XSBZ", "status", "1")
}

// cityPlaceFeed is a city's own address register.
func cityPlaceFeed(city int) *feed {
	f := &feed{single: true, count: everyBuilding, about: ofPlace((*Province).buildingsFrom, everyBuilding),
		load: func(r *row, i int) bool {
			r.p.loadHouse(r, i)
			return cityOf(r.plc.county) == city && i%10 != 0
		}}
	if city == nanjing {
		f.name, f.null, f.prefix, f.stampAt, f.stampAs, f.timed = "nanjing.place", "null", "NA", "updatedAt", iso, true
		f.deadAt, f.dead, f.alive = "deleted", "true", "false"
		f.drifts, f.spots = []string{"name"}, cityPlaceSpots("name", "lon", "postcode", "urbanClass")
		f.write = func(r *row) {
			r.cityPlace([...]string{"id", "addressCode", "name", "district", "street", "fullAddress", "lon", "lat", "postcode", "urbanClass"})
			put(r, "state", "status", "1")
		}
		return f
	}
	f.name, f.null, f.prefix, f.stampAt, f.stampAs, f.counter = "suzhou.place", `"无"`, "SA", "xgsj", digits14, "xgcs"
	f.deadAt, f.dead = "zt", "sc"
	f.drifts, f.spots = []string{"dzmc"}, cityPlaceSpots("dzmc", "jd", "yzbm", "cxfl")
	f.write = func(r *row) {
		r.cityPlace([...]string{"dzid", "dzbm", "dzmc", "qhdm", "jlx", "dzqc", "jd", "wd", "yzbm", "cxfl"})
		r.state("zt", "status", "xs", "1")
	}
	return f
}

func cityPlaceSpots(name, lon, postcode, urban string) []spot {
	return in(places, "", optional(postcode, ""), instead(postcode, "postcode", "value.pattern", `"21OOO1"`), instead(urban, "urban", "value.code", `"999"`),
		odd(name, "name", blanks), odd(postcode, "postcode", blanks), same(name, "name", blanks), same(lon, "longitude", zeros))
}

func (r *row) cityPlace(fields [10]string) {
	x, p := &r.plc, r.p
	r.about(places, "", p.buildingsFrom()+x.index)
	say(r, "kind", "3")
	r.keyed(fields[0], "")
	put(r, fields[1], "address_code", x.addressCode(r.aux[:0]))
	name := buildingName(r.aux[:0], x)
	if r.off(fields[2]) == 1 {
		name = append(name, "（旧）"...)
	}
	put(r, fields[2], "name", name)
	put(r, fields[3], "division", x.address.code())
	put(r, fields[4], "street", x.address.street)
	put(r, fields[5], "address", x.address.house(r.aux[:0]))
	lon, lat := p.placePoint(forPlace+50, x.index, x.county)
	r.micros(fields[6], "longitude", lon)
	r.micros(fields[7], "latitude", lat)
	put(r, fields[8], "postcode", append(append(r.aux[:0], cities[cityOf(x.county)].postcode...), "000"...))
	put(r, fields[9], "urban", [...]string{"111", "112", "121", "220"}[x.index%4])
}
