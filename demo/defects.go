package demo

import "slices"

// Family is one kind of defect that the generator injects, with its rate and its near misses: values that look wrong and are not,
// which a detector must leave alone.
type Family struct {
	Name     string
	ZH       string
	Rate     int    // of 65,536 records
	NearMiss int    // percent of Rate that is a near miss
	Found    string // where it must be found
	What     string
}

// The families' names.
const (
	Null          = "null"
	Format        = "format"
	Inconsistency = "inconsistency"
	Duplicate     = "duplicate"
	Broken        = "broken"
	VendorCheck   = "vendor_check"
	Check31       = "check_31"
	Widening      = "widening"
	Sentinel      = "sentinel"
	Swapped       = "swapped"
	DivisionYear  = "division_year"
	TimeOrder     = "time_order"
	Numbers       = "numbers"
)

// rateDouble is how many of 65,536 records have a second one for the same entity.
const rateDouble = 250

// families is the list of defects, declared before any detector: all in all about 2 % of the messages are bad. A near miss takes
// the place of a defect in so many percent of its cases; those of duplicate and broken come by themselves.
var families = [...]Family{
	{Null, "空值", 900, 25, "quarantine", "a required value is missing; near: an optional one is"},
	{Format, "格式", 1100, 35, "findings, or quarantine where the element is required", "a value that its type, table, pattern, length or check character refuses; near: old numbers of 15 digits, full-width digits, blanks around, lower case, zeros at the end"},
	{Inconsistency, "不一致", 420, 45, "findings: cross.differs", "a listed feed holds another value than the winner; near: the same value in other clothes, or no value at all"},
	{Duplicate, "重复", 0, 0, "findings: record.duplicate", "a second live record of one entity in one feed; near: the other one is deleted, second entries in a marriage register"},
	{Broken, "损坏", 200, 0, "quarantine", "a message that cannot be read; near: the same message sent twice, or late"},
}

// rateFates is the sum of the rates and of rateRepoint.
const rateFates = 900 + 1100 + 420 + 200 + rateRepoint

// rateSmallFates is the sum of the rates of smallFamilies.
const rateSmallFates = 600 + 800 + 300 + 200 + 2600 + 12_000 + 700 + 500 + 500 + 900 + 600 + 800

// forensics are the families that tell of a cause: a known wrong implementation, or values that contradict each other. Their rates
// are those of small feeds; some come about in the others too.
var forensics = [...]Family{
	{VendorCheck, "错误校验算法", 0, 0, "findings: certificate.known_wrong", "an e-certificate identifier with the check character of a vendor's routine that counts letters one too high; near: identifiers with letters and the right character"},
	{Check31, "校验值31", 0, 0, "findings: uscc.known_wrong", "a unified code whose check value 31 was written out instead of 0; near: such codes that end in 0"},
	{Widening, "15位升18位", 0, 0, "findings: citizen.widened, citizen.century", "a 15-digit number widened by padding, by 19 in front, or with 20 for the century; near: numbers of 15 digits as they are"},
	{Sentinel, "占位日期", 0, 0, "findings: value.sentinel", "9999-12-31, 1899-12-31 and the like for no date; near: other dates"},
	{Swapped, "代码名称错位", 0, 0, "findings: value.code_name, relation.swapped", "the name of a code in its place, or both in each other's; near: names that the contract maps, codes in lower case"},
	{DivisionYear, "区划时效", 0, 0, "findings: relation.division_year, relation.county", "a division that was no more (or not yet) in the year of issue or birth; near: retired divisions that were in use then"},
	{TimeOrder, "时间顺序", 0, 0, "findings: relation.order", "an end before its beginning; near: both on one day"},
	{Numbers, "号码勾稽", 0, 0, "findings: relation.born, relation.sex", "a birth date or sex that is not the citizen number's; near: full-width digits, sex not stated"},
}

// Families returns the declared list of defects.
func Families() []Family { return slices.Concat(families[:], forensics[:]) }

// counts is the family under which a spot counts: a defect's by what must find it; a birth date or sex written oddly beside the
// citizen number is a near miss of their contradicting each other.
func (s *spot) counts() string {
	switch {
	case s.rule == "certificate.known_wrong":
		return VendorCheck
	case s.rule == "value.code_name":
		return Swapped
	case s.negative && s.family == Format && s.library == people && (s.element == "birth_date" || s.element == "sex"):
		return Numbers
	}
	return s.family
}

// damageKind says how a value is spoiled, or only made to look so.
type damageKind uint8

const (
	literal   damageKind = iota // JSON in place of the value: spot.with
	badDate                     // month 13
	longer                      // 600 characters more
	lastChar                    // another check character
	vendor                      // the check character of the wrong vendor routine
	starred                     // masked
	shorter                     // the last character missing
	born                        // 30 February in a citizen number
	blanks                      // near: blanks around
	wide                        // near: full-width digits
	lowered                     // near: lower case
	old15                       // near: the 15 digits of the first generation
	zeros                       // near: zeros behind the point
	absent                      // near: an optional value missing
	unchanged                   // near: valid as it is, with a division code that is no longer in use
)

// spot is one place in a feed where a defect, or a near miss, can be made.
type spot struct {
	family   string
	negative bool
	field    string
	element  string
	library  int
	role     string
	rule     string // the fault's code
	required bool   // the whole message goes to quarantine
	identity bool   // the value is an identifier of the claim's entity
	how      damageKind
	with     string
}

// pickSpot chooses one of the feed's places, or -1 if it has none of the kind.
func (f *feed) pickSpot(family string, negative bool, d *dice) int {
	n := 0
	for i := range f.spots {
		if f.spots[i].family == family && f.spots[i].negative == negative {
			n++
		}
	}
	if n == 0 {
		return -1
	}
	n = d.below(n)
	for i := range f.spots {
		if f.spots[i].family == family && f.spots[i].negative == negative {
			if n == 0 {
				return i
			}
			n--
		}
	}
	return -1
}

// damage writes the spoiled value and notes what is left of it. false: this value cannot bear the defect.
func (r *row) damage(own, ours, element string) bool {
	s := r.spot
	out, ok := spoil(s, own)
	if !ok {
		return false
	}
	if s.how == literal || s.how == absent {
		if out == "" {
			out = r.feed.null
		}
		raw(r, s.field, out)
	} else {
		quoted(r, s.field, out)
	}
	r.hit = true
	switch {
	case s.negative && s.how != absent:
		say(r, element, ours)
	case s.required:
		r.quarantined = true
	case s.identity && r.live:
		r.claims[len(r.claims)-1].bad = true
	}
	return true
}

// spoil makes the text that is written in place of a good value.
func spoil(s *spot, v string) (string, bool) {
	n := len(v)
	last := v[n-1]
	switch s.how {
	case literal, absent:
		return s.with, true
	case badDate:
		switch {
		case n == 8:
			return v[:4] + "13" + v[6:], true
		case n == 10 && (v[4] == '-' || v[4] == '/'):
			return v[:5] + "13" + v[7:], true
		}
		return "不详", true
	case longer:
		return v + longText, true
	case lastChar:
		return otherLast(v, last), true
	case vendor:
		c := vendorCheck([]byte(v[len("1.2.156.3005.2.") : n-2]))
		return v[:n-1] + string(rune(c)), c != 0 && c != last
	case starred:
		return v[:6] + "********" + v[n-4:], n >= 15
	case shorter:
		return v[:n-1], true
	case born: // with 000 behind it would look like a number of 15 digits that was padded
		return v[:10] + "0230" + v[14:], n == 18 && v[15:] != "000"
	}
	if s.how >= sentinel {
		return respoil(s, v)
	}
	return disguise(s, v)
}

// disguise makes an odd but valid form of a value.
func disguise(s *spot, v string) (string, bool) {
	n := len(v)
	switch s.how {
	case blanks:
		return " " + v + "\u3000", true
	case wide:
		out := make([]rune, 0, n)
		for _, c := range v {
			if c < '0' || c > '9' {
				return "", false
			}
			out = append(out, c-'0'+'０')
		}
		return string(out), true
	case lowered:
		return v[:n-1] + "x", v[n-1] == 'X'
	case old15:
		if n != 18 || v[6:8] != "19" {
			return "", false
		}
		return v[:6] + v[8:17], true
	case zeros:
		for i := range n {
			if v[i] == '.' {
				return v + "00", true
			}
		}
		return v + ".00", true
	}
	return v, retired(v) // unchanged
}

// retired reports whether a value begins with a code of the province that no county has today.
func retired(v string) bool {
	if len(v) < 6 || v[:2] != "32" {
		return false
	}
	for i := range counties {
		if counties[i].code == v[:6] {
			return false
		}
	}
	return true
}

// otherLast replaces a check character by one that is neither right nor the vendor routine's.
func otherLast(v string, last byte) string {
	other := byte('0')
	if last >= '0' && last < '9' {
		other = last + 1
	}
	const root = "1.2.156.3005.2."
	if n := len(v); n > 2*len(root) && vendorCheck([]byte(v[len(root):n-2])) == other {
		if other += 2; other > '9' {
			other = 'Y'
		}
	}
	return v[:len(v)-1] + string(rune(other))
}

// longText is behind values that are too long: 540 characters, more than any element may have.
const longText = note + note + note + note + note + note + note + note + note + note + note + note

const note = "（以下为历史备注：原登记信息由纸质档案补录，内容过长，未作拆分，请以原件为准，特此说明）"

// The constructors of spots; library and role are set by in.

func missing(field, element string) spot {
	return spot{family: Null, field: field, element: element, rule: "value.null", required: true}
}

func optional(field, element string) spot {
	return spot{family: Null, negative: true, field: field, element: element, how: absent}
}

func wrong(field, element, rule string, how damageKind) spot {
	return spot{family: Format, field: field, element: element, rule: rule, how: how}
}

func instead(field, element, rule, json string) spot {
	return spot{family: Format, field: field, element: element, rule: rule, with: json}
}

func odd(field, element string, how damageKind) spot {
	return spot{family: Format, negative: true, field: field, element: element, how: how}
}

func same(field, element string, how damageKind) spot {
	return spot{family: Inconsistency, negative: true, field: field, element: element, how: how}
}

// must marks a spot of a required element, ident one of an identifier of the claim's entity.
func must(s spot) spot  { s.required = true; return s }
func ident(s spot) spot { s.identity = true; return s }

// in sets the library and the role of spots.
func in(library int, role string, spots ...spot) []spot {
	for i := range spots {
		spots[i].library, spots[i].role = library, role
	}
	return spots
}
