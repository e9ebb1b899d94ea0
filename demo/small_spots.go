package demo

import (
	"strings"

	"wuku/entity"
)

// smallFamilies are the defects of small feeds. They are few, so that the rates are higher; and a family of a known wrong
// implementation comes about only where the value allows it: one unified code in 31 has the check value 31.
var smallFamilies = [...]Family{
	{Name: Null, Rate: 600, NearMiss: 25}, {Name: Format, Rate: 800, NearMiss: 35}, {Name: Inconsistency, Rate: 300, NearMiss: 45},
	{Name: Broken, Rate: 200}, {Name: VendorCheck, Rate: 2600, NearMiss: 55}, {Name: Check31, Rate: 12_000, NearMiss: 35},
	{Name: Widening, Rate: 700, NearMiss: 35}, {Name: Sentinel, Rate: 500, NearMiss: 35}, {Name: Swapped, Rate: 500, NearMiss: 35},
	{Name: DivisionYear, Rate: 900, NearMiss: 35}, {Name: TimeOrder, Rate: 600, NearMiss: 35}, {Name: Numbers, Rate: 800, NearMiss: 35},
}

// The kinds of damage of small feeds' families. Those from keptFrom on leave a value that stands for itself in its place.
const (
	sentinel  damageKind = iota + 100 // a day that means none
	padded                            // 15 digits and 000
	fronted                           // 19 before the 15 digits
	century                           // 20 inserted instead of 19
	thirtyone                         // the check value 31 written out
	zeroed                            // near: a check value 31 rightly written 0
	crossed                           // code and name change places
	lowerCase                         // near: letters in lower case
	unspoiled                         // near: as it is
)

const (
	keptFrom  damageKind = iota + 200
	backdated            // before the date that it must follow
	sameDay              // near: on the very day
	otherDay             // a birth date that is not the number's
	otherSex             // a sex that is not the number's
	unsaid               // near: sex not stated
	moved                // a number with the prefix of a county that was no more
	outdated             // a division that was no more
	keptEnd
)

// precedes are the pairs of dates of which the first is not after the second.
var precedes = [libraries][][2]string{
	certificates: {{"issued", "valid_to"}},
	credits:      {{"decided", "publish_until"}, {"period_from", "period_to"}, {"listed", "delisted"}},
}

// beside are the pairs of a code and the text of its name.
var beside = [libraries][2]string{certificates: {"issuer_code", "issuer_name"}, credits: {"subject_uscc", "subject_name"}, places: {"manager_uscc", "manager_name"}}

func (s *small) has(element string) *column {
	for i := range s.columns {
		if s.columns[i].element == element && s.columns[i].fixed == "" {
			return &s.columns[i]
		}
	}
	return nil
}

// spots are the places for defects that the feed's columns offer.
func (s *small) spots() []spot {
	var out []spot
	for i := range s.columns {
		c := &s.columns[i]
		switch {
		case c.fixed != "":
			continue
		case c.required:
			out = append(out, missing(c.field, c.element))
		case c.kind == asText && identified(s.library, c.element) == "":
			out = append(out, odd(c.field, c.element, blanks), same(c.field, c.element, blanks))
		}
		if scheme := schemeOf(c.element); scheme != "" {
			out = append(out, s.identifierSpots(c, scheme)...)
		}
		switch {
		case c.kind == asDate:
			out = append(out, wrong(c.field, c.element, "value.format", badDate), of(Sentinel, wrong(c.field, c.element, "value.sentinel", sentinel)),
				of(Sentinel, odd(c.field, c.element, unspoiled)))
		case c.kind == asCode && (c.element == "grade" || c.element == "high_tech" || c.element == "state_owned" || c.element == "commitment_kept"):
			out = append(out, odd(c.field, c.element, blanks)) // no table refuses them
		case c.kind == asCode:
			out = append(out, instead(c.field, c.element, "value.code", `"??"`), odd(c.field, c.element, blanks))
		case c.kind == asWhole:
			out = append(out, instead(c.field, c.element, "value.format", `"约三"`), odd(c.field, c.element, wide))
		case c.kind == asMoney:
			out = append(out, instead(c.field, c.element, "value.range", "-1"), odd(c.field, c.element, zeros))
		case c.kind == asMicros:
			out = append(out, instead(c.field, c.element, "value.range", "3.2"), odd(c.field, c.element, zeros))
		case c.element == "phone" || c.element == "residence_permit" || c.element == "service_phone":
			out = append(out, optional(c.field, c.element))
		}
		if c.meaning != "" {
			out = append(out, of(Swapped, instead(c.field, c.element, "value.code_name", `"`+c.meaning+`"`)), of(Swapped, odd(c.field, c.element, blanks)))
		}
	}
	return in(s.library, "", append(out, s.relationSpots()...)...)
}

// relationSpots are the places for values that are well written and do not fit each other.
func (s *small) relationSpots() []spot {
	var out []spot
	for _, pair := range precedes[s.library] {
		if c := s.has(pair[1]); c != nil && s.has(pair[0]) != nil {
			out = append(out, with(of(TimeOrder, wrong(c.field, c.element, "relation.order", backdated)), pair[0]),
				with(of(TimeOrder, odd(c.field, c.element, sameDay)), pair[0]))
		}
	}
	if c, name := s.has(beside[s.library][0]), s.has(beside[s.library][1]); c != nil && name != nil && !name.required {
		out = append(out, with(of(Swapped, wrong(c.field, c.element, "relation.swapped", crossed)), name.element),
			of(Swapped, odd(c.field, c.element, lowerCase)))
	}
	if c := s.has("birth_date"); c != nil && s.library == people {
		out = append(out, of(Numbers, wrong(c.field, c.element, "relation.born", otherDay)), of(Numbers, odd(c.field, c.element, wide)))
	}
	if c := s.has("sex"); c != nil && s.library == people {
		out = append(out, of(Numbers, wrong(c.field, c.element, "relation.sex", otherSex)), of(Numbers, odd(c.field, c.element, unsaid)))
	}
	if c := s.has("issued_division"); c != nil {
		out = append(out, of(DivisionYear, wrong(c.field, c.element, "relation.division_year", outdated)), of(DivisionYear, odd(c.field, c.element, unchanged)))
	}
	return out
}

// identifierSpots are the places that an identifier offers.
func (s *small) identifierSpots(c *column, scheme string) []spot {
	mark := func(x spot) spot { return x }
	if identified(s.library, c.element) != "" {
		mark = ident
	}
	bad := func(rule string, how damageKind) spot { return mark(wrong(c.field, c.element, rule, how)) }
	near := func(how damageKind) spot { return odd(c.field, c.element, how) }
	switch scheme {
	case "citizen":
		out := []spot{bad("citizen.check", lastChar), bad("citizen.masked", starred), near(old15), near(lowered),
			of(Widening, bad("citizen.widened", padded)), of(Widening, bad("citizen.widened", fronted)), of(Widening, bad("citizen.century", century)),
			of(Widening, near(old15)), of(Widening, near(old15))}
		if s.library == people {
			out = append(out, of(DivisionYear, wrong(c.field, c.element, "relation.county", moved)), of(DivisionYear, near(unchanged)))
		}
		return out
	case "uscc":
		return []spot{bad("uscc.check", lastChar), near(blanks), of(Check31, bad("uscc.known_wrong", thirtyone)), of(Check31, near(zeroed))}
	}
	return []spot{bad("certificate.check", lastChar), of(VendorCheck, bad("certificate.known_wrong", vendor)), of(VendorCheck, near(unspoiled))}
}

// schemeOf is the scheme of an element that holds an identifier with check characters; "" for others.
func schemeOf(element string) string {
	switch element {
	case "citizen_number", "subject_number":
		return "citizen"
	case "uscc", "subject_uscc", "manager_uscc", "issuer_code":
		return "uscc"
	case "certificate_id":
		return "certificate"
	}
	return ""
}

// identified is the scheme that an element fills in its library, whole or in part; "" for others.
func identified(library int, element string) string {
	for _, id := range identities[library] {
		if id.elements[0] == element || id.elements[1] == element {
			return id.scheme
		}
	}
	return ""
}

// of puts a spot into a family, with names its partner.
func of(family string, s spot) spot    { s.family = family; return s }
func with(s spot, element string) spot { s.with = element; return s }

// bend makes the defects that need more than one value. bent: the value is another, to be written as if it were right; done: the field
// is written.
func (r *row) bend(s *small, c *column, v *fact) (bent, done bool) {
	x := r.spot
	switch {
	case x == nil:
		return false, false
	case x.how == crossed && c.field == x.field && c.element == x.element:
		other := r.fact(s, s.has(x.with))
		if v.text == "" || other.text == "" {
			return false, false
		}
		quoted(r, c.field, other.text)
		r.hit = true
		return false, true
	case x.how == crossed && c.element == x.with && r.fact(s, s.has(x.element)).text != "" && v.text != "":
		quoted(r, c.field, r.fact(s, s.has(x.element)).text)
		return false, true
	case !r.at(c.field, c.element) || x.how <= keptFrom || x.how >= keptEnd:
		return false, false
	}
	was := *v
	switch x.how {
	case backdated, sameDay:
		if v.day == none {
			return false, false
		}
		v.day = r.fact(s, s.has(x.with)).day - int32(40*boolIndex(x.how == backdated))
	case otherDay:
		v.day += 31
	case otherSex:
		v.text = map[string]string{"1": "2", "2": "1"}[v.text]
	case unsaid:
		v.text = "9"
	case moved:
		v.text = movedNumber(&r.per)
	case outdated:
		v.text = outdatedCode(r.cert.county)
	}
	return v.text != "" && v.text != was.text || v.day != was.day || x.how == sameDay, false
}

// movedNumber is a person's number with the prefix that the county had until 1983, for those born later; else as it is.
func movedNumber(x *person) string {
	old := outdatedCode(x.county)
	if old == "" || year(x.birth) < 1986 {
		return string(x.id[:])
	}
	b := append([]byte(old), x.id[6:17]...)
	return string(append(b, entity.CitizenCheck(b)))
}

// outdatedCode is the code that a county had until its region 322… was dissolved in 1983, and that nobody has had since; "" if there
// is none.
func outdatedCode(county int) string {
	if past := counties[county].past; len(past) > 0 && past[0].code[:3] == "322" {
		return past[0].code
	}
	return ""
}

// respoil makes the text of the small feeds' kinds of damage.
func respoil(s *spot, v string) (string, bool) {
	n := len(v)
	switch s.how {
	case sentinel:
		return placeholderDay(v), true
	case padded, fronted, century:
		if n != 18 || v[6:8] != "19" {
			return "", false
		}
		old := v[:6] + v[8:17]
		switch s.how {
		case padded:
			return old + "000", old[6:8] > "25"
		case fronted:
			return "19" + old + string(rune(entity.CitizenCheck([]byte("19"+old)))), true
		}
		b := []byte(v[:6] + "20" + v[8:17])
		return string(append(b, entity.CitizenCheck(b))), old[6:8] > "30"
	case thirtyone:
		return v[:n-1] + [...]string{"31", "undefined", "NaN"}[int(v[n-2])%3], v[n-1] == '0'
	case zeroed:
		return v, v[n-1] == '0'
	case lowerCase:
		low := strings.ToLower(v)
		return low, low != v
	}
	return v, s.how == unspoiled
}

// placeholderDay is a day that stands for "none", in the style of a value.
func placeholderDay(v string) string {
	k := int(v[len(v)-1]) % 4
	switch {
	case len(v) == 8 && !strings.Contains(v, "-"):
		return [...]string{"99991231", "18991231", "20991231", "99990909"}[k]
	case len(v) == 10 && v[4] == '-':
		return [...]string{"9999-12-31", "1899-12-31", "1900-01-01", "2099-12-31"}[k]
	case len(v) == 10 && v[4] == '/':
		return [...]string{"9999/12/31", "1899/12/31", "1900/01/01", "9999/09/09"}[k]
	}
	return [...]string{"2932896", "-25568", "-25567", "47481"}[k] // the same in days
}
