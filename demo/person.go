package demo

import "wuku/entity"

// seat is a person's place: which household (within a block of 8, or of all) and who there; size is the household's.
type seat struct{ household, place, size int }

// seating lays out blocks of 8 households with 22 people, in eight rotations, so that a person's household is known without
// counting from the first.
func seating() (blocks [8][22]seat) {
	sizes := [8]int{1, 2, 2, 3, 3, 3, 4, 4}
	for turn := range blocks {
		n := 0
		for j := range sizes {
			size := sizes[(j+turn)%8]
			for k := range size {
				blocks[turn][n] = seat{household: j, place: k, size: size}
				n++
			}
		}
	}
	return blocks
}

func (p *Province) seatOf(person int) seat {
	turn := uint64(p.draw(forBlock, person/22)) >> 61
	s := p.blocks[turn][person%22]
	s.household += person / 22 * 8
	s.size = min(s.size, s.place+p.people-person)
	return s
}

// firstOf is the index of a household's first person.
func (p *Province) firstOf(household int) int {
	turn := uint64(p.draw(forBlock, household/8)) >> 61
	for i := range p.blocks[turn] {
		if p.blocks[turn][i].household == household%8 {
			return household/8*22 + i
		}
	}
	return 0
}

// Kinds of household members.
const (
	head = iota
	spouse
	child
	elder
)

// person is one person of the world.
type person struct {
	index     int
	seat      seat
	kind      int
	couple    bool // head or spouse of a couple
	sex       byte // '1' or '2'
	birth     int32
	death     int32 // or none
	county    int   // of the household's registration
	birthCode string
	foreign   bool
	ethnic    int // 1 to 56
	id        [18]byte
	nameBuf   [40]byte
	name      []byte
	dice      dice // further attributes are drawn from copies of it
}

// loadPerson fills x with person i.
func (p *Province) loadPerson(i int, x *person) {
	s := p.seatOf(i)
	hd := p.draw(forHousehold, s.household)
	x.index, x.seat, x.dice, x.death = i, s, p.draw(forPerson, i), none
	pick := hd.below(60)
	x.kind, x.couple = member(s, pick)
	x.foreign = s.size == 1 && pick == 0
	age := p.age(s, x.kind, pick, hd)
	x.sex = sexOf(x.kind, x.couple, &x.dice)
	hd += 31
	g := s.household % p.groups
	x.county = g * 37 % len(counties) // neighbours in number come from all over the province
	x.birth = today - int32(age*365+age/4) - int32(hd.below(300))
	switch {
	case x.kind != child:
		x.birth -= int32(x.dice.below(1000))
	case s.size < 4 || pick%20 != 1: // else twins
		x.birth -= int32(x.dice.below(60))
	}
	x.birth -= (x.birth + 1_000_000 - int32(g/len(counties))) % int32(p.spread)
	if hd.chance(1200) && x.kind != child {
		x.birthCode = elsewhere[x.county]
	} else {
		x.birthCode = codeIn(x.county, year(x.birth))
	}
	x.ethnic = 1
	if hd.chance(150) {
		x.ethnic = [...]int{3, 11, 8, 2, 6, 7, 15, 17, 20, 10}[hd.below(10)]
	}
	if age > 60 && x.dice.chance(600) {
		x.death = today - 30 - int32(x.dice.below(3000))
	}
	x.number(s.household/p.groups*4 + s.place)
	p.nameOf(x, 0)
}

func member(s seat, pick int) (kind int, couple bool) {
	couple = s.size > 2 || s.size == 2 && pick%10 < 7
	switch {
	case s.place == 0:
		return head, couple
	case s.place == 1 && couple:
		return spouse, true
	case s.place == 3 && pick%3 == 0:
		return elder, false
	}
	return child, false
}

func (p *Province) age(s seat, kind, pick int, hd dice) int {
	own := hd.below(24) // of the youngest child
	parents := own + 23 + hd.below(10)
	switch {
	case s.size == 1:
		parents = 20 + hd.below(66)
	case s.size == 2 && pick%10 < 7:
		parents = 23 + hd.below(60)
	}
	switch kind {
	case elder:
		return parents + 24 + hd.below(8)
	case child:
		if s.place == 3 && pick%20 != 1 {
			return max(own-3, 0)
		}
		return own
	}
	return parents
}

func sexOf(kind int, couple bool, d *dice) byte {
	r := d.below(2)
	if couple {
		r = kind // the head of a couple is the man: marriage registers have a man's and a woman's column
	}
	return byte('1' + r)
}

// codeIn is the code that numbers given out to people born in a year bear. Numbers were first given out in 1984.
func codeIn(county, born int) string {
	c := &counties[county]
	y := max(born, 1984)
	if y < c.since {
		for _, old := range c.past {
			if old.from <= y && y < old.to {
				return old.code
			}
		}
	}
	return c.code
}

// number computes the citizen number. slot is below 500 and different for all people with the same place and day of birth.
func (x *person) number(slot int) {
	b := append(x.id[:0], x.birthCode...)
	b = appendDay(b, x.birth, compact)
	b = pad(b, slot*2+int('2'-x.sex), 3)
	x.id[17] = entity.CitizenCheck(b)
}

// citizen is the citizen number, empty for a foreigner.
func (x *person) citizen() []byte {
	if x.foreign {
		return nil
	}
	return x.id[:]
}

// passport is the passport number, or empty: foreigners have one, and a fifth of the citizens.
func (x *person) passport(buf []byte) []byte {
	if x.foreign {
		return pad(append(buf, 'K'), 10_000_000+x.index, 8)
	}
	return pad(append(buf, 'E', 'A'+byte(x.index%8)), x.index, 7)
}

// permit is the permanent residence card of a foreigner (the form of 2023).
func (x *person) permit(buf []byte) []byte {
	if !x.foreign || x.index%2 == 0 {
		return nil
	}
	b := pad(append(buf, '9'), x.index/1000, 5)
	b = appendDay(b, x.birth, compact)
	b = pad(b, x.index%1000, 3)
	return append(b, entity.CitizenCheck(b[len(buf):]))
}

// adult reports whether a person was at least so old, and alive, at the end of the history.
func (x *person) adult(years int32) bool { return x.death == none && today-x.birth >= years*366 }

func (x *person) age() int { return int(today-x.birth) * 100 / 36525 }

// nameOf writes the name; off 1 is a name that another department might have by mistake.
func (p *Province) nameOf(x *person, off int) {
	hd := p.draw(forHousehold, x.seat.household) + 77
	d := x.dice + 99
	b := x.nameBuf[:0]
	if x.foreign {
		b = append(b, [...]string{"ANNA", "JOHN", "MARIA", "PETER", "KENJI", "MINHO", "RAJ", "SOPHIE"}[(d.below(8)+off)%8]...)
		x.name = append(append(b, ' '), [...]string{"SMITH", "TANAKA", "MULLER", "KIM", "BROWN", "DUBOIS", "LEE", "SINGH"}[d.below(8)]...)
		return
	}
	own := &hd
	if x.kind == spouse {
		own = &d
	}
	b = append(b, familyName(own)...)
	given := maleGiven[:]
	if x.sex == '2' {
		given = femaleGiven[:]
	}
	n := d.zipfish(len(given))
	if d.chance(7800) {
		b = append(b, given[d.zipfish(len(given))]...)
	}
	x.name = append(b, given[(n+off)%len(given)]...)
}

func familyName(d *dice) string {
	if d.chance(80) {
		return rareSurnames[d.below(len(rareSurnames))]
	}
	at := uint64(d.below(int(surnames[len(surnames)-1].sum)))
	low, high := 0, len(surnames)-1
	for low < high {
		if mid := (low + high) / 2; surnames[mid].sum > at {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return surnames[low].name
}

// phone is a mobile number; past 0 is the present one.
func (p *Province) phone(purpose uint64, index, past int, buf []byte) []byte {
	d := p.draw(purpose+forPast<<8, index*8+past)
	buf = append(buf, [...]string{"139", "138", "137", "136", "158", "159", "188", "186", "133", "177", "199", "152"}[d.below(12)]...)
	return pad(buf, d.below(99_999_990)+1, 8)
}

// home is where a person lives; past 0 is the present address. Working adults may live in another county than their family.
func (p *Province) home(x *person, past int) address {
	d := p.draw(forAddress, x.seat.household*8+past)
	a := address{county: x.county}
	if own := x.dice + 5; x.kind != child && own.chance(1500) {
		a.county = own.below(len(counties))
		d += dice(x.index)
	}
	a.fill(&d)
	return a
}

// registered is the address of the household's registration.
func (p *Province) registered(x *person, past int) address {
	d := p.draw(forAddress, x.seat.household*8+past) // most live where they are registered
	a := address{county: x.county}
	a.fill(&d)
	return a
}
