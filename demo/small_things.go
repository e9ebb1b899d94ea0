package demo

import "strconv"

// adultNear fills r.per with the first adult citizen at or behind a place among people; false if there is none within 60.
func (r *row) adultNear(place int) bool {
	for k := range 60 {
		if r.p.loadPerson((place+k)%r.p.people, &r.per); r.per.adult(18) && !r.per.foreign {
			return true
		}
	}
	return false
}

// smallCertificate fills the row with certificate i of a small feed and its holder.
func (r *row) smallCertificate(s *small, i int) bool {
	c, p := &r.cert, r.p
	c.index, c.kind, c.title = s.from+i, 3+s.number, s.subject[3]
	c.dice = p.draw(forCertificate, c.index)
	for j := range s.columns {
		if s.columns[j].element == "type_code" {
			c.typeCode = s.columns[j].fixed
		}
	}
	place := i*7919 + s.number*131
	if r.natural = s.subject[2] == "person"; r.natural {
		if !r.adultNear(place % p.people) {
			return false
		}
		c.county = r.per.county
		if s.ofCompany() {
			p.loadCompany(place%p.companies, &r.org)
		}
	} else {
		p.loadCompany(place%p.companies, &r.org)
		p.loadRep(&r.org, &r.rep)
		c.county = r.org.address.county
	}
	c.issued = today - 200 - int32(c.dice.below(8500))
	c.from, c.to, c.revoked, c.status = c.issued, c.issued+int32(5+c.dice.below(20))*365, none, "01"
	if c.dice.chance(600) {
		c.status = [...]string{"03", "04", "05", "07"}[c.dice.below(4)]
	}
	c.number = pad(append(c.numberBuf[:0], 'S', 'U'), c.index, 10)
	return true
}

// ofCompany reports whether a company issues the certificates of the feed, not a city's department.
func (s *small) ofCompany() bool { return s.subject[4] == "company" }

// smallDecision fills the row with record i of a small feed of credit records, and its subject.
func (r *row) smallDecision(s *small, i int) bool {
	c, p := &r.dec, r.p
	c.index, c.penalty = s.from+i, true
	c.dice = p.draw(forCredit, c.index)
	c.kind, c.severity, c.repaired = c.dice.below(4), 1+c.dice.below(3), c.dice.chance(1000)
	c.decided = today - 60 - int32(c.dice.below(1800))
	c.fine = 300 * (1 + c.dice.zipfish(300))
	c.natural = i%5 == 0 && r.adultNear((i*6151+s.number*17)%p.people)
	if c.natural {
		c.county = r.per.county
	} else {
		p.loadCompany((i*4049+s.number*23)%p.companies, &r.org)
		c.county = r.org.address.county
	}
	c.organ = organ(c.organBuf[:0], cityOf(c.county), 20+s.number%20)
	b := append(append(c.numberBuf[:0], "苏"...), s.subject[2]...)
	b = strconv.AppendInt(append(b, "〔"...), int64(year(c.decided)), 10)
	c.number = append(pad(append(b, "〕"...), c.index, 7), "号"...)
	return true
}

// smallPlace fills the row with facility i of a small feed and its manager.
func (r *row) smallPlace(s *small, i int) bool {
	x, p := &r.plc, r.p
	x.index, x.dice = i, p.draw(forPlace+uint64(s.number)<<16, i)
	x.county = x.dice.below(len(counties))
	x.address = address{county: x.county}
	x.address.fill(&x.dice)
	b := append(append(x.code[:0], counties[x.county].code...), s.subject[2]...)
	x.codeLen = len(pad(b, i, 7))
	p.loadCompany((i*3571+s.number*29)%p.companies, &r.org)
	return true
}

// codeAt is the code that a county had at the end of a year, "" where the table of counties knows none.
func codeAt(county, y int) string {
	c := &counties[county]
	if y >= c.since {
		return c.code
	}
	for _, old := range c.past {
		if old.from <= y && y < old.to {
			return old.code
		}
	}
	return ""
}
