package demo

import (
	"strconv"

	"wuku/entity"
)

// The kinds of certificates, in the order of their numbers: people's driving licences first, then two numbers a company.
const (
	driving = iota
	business
	transport
)

// The types of certificates: the code of the body that defines them and three digits (GB/T 36903).
const (
	businessType  = "11100000MB0284656H001"
	drivingType   = "11100000000013338W011"
	transportType = "11100000MB0090210R021"
)

// certificate is one certificate of the world.
type certificate struct {
	index        int
	kind         int
	typeCode     string
	title        string
	county       int
	issued, from int32
	to           int32 // or none
	revoked      int32 // or none
	status       string
	numberBuf    [24]byte
	number       []byte
	dice         dice
}

// loadCertificate fills r with certificate i and its holder; false if there is none of that number.
func (p *Province) loadCertificate(i int, r *row) bool {
	c := &r.cert
	c.index, c.kind = i, driving
	c.dice = p.draw(forCertificate, i)
	c.revoked, c.status = none, "01"
	switch {
	case i < p.people:
		return p.loadDriving(r)
	case i < p.people+p.companies:
		c.kind, i = business, i-p.people
	default:
		c.kind, i = transport, i-p.people-p.companies
		if i%12 != 5 || i%40 == 7 {
			return false
		}
	}
	x := &r.org
	p.loadCompany(i, x)
	if x.social {
		return false
	}
	c.county, c.issued, c.from, c.to = x.address.county, x.founded+int32(c.dice.below(150)), x.founded, none
	c.typeCode, c.title = businessType, "营业执照"
	if c.dice.chance(3000) {
		c.to = x.founded + 30*366
	}
	c.number = pad(append(c.numberBuf[:0], x.address.code()...), i, 8)
	if c.kind == transport {
		c.typeCode, c.title = transportType, "道路运输经营许可证"
		c.from, c.to = c.issued, c.issued+4*365
		c.number = append(append(c.numberBuf[:0], "苏交运管许可"...), pad(nil, i, 9)...)
	}
	if x.closed {
		c.revoked, c.status = today-100, "04"
	}
	return true
}

func (p *Province) loadDriving(r *row) bool {
	c, x := &r.cert, &r.per
	if c.dice.below(100) >= 55 {
		return false
	}
	if p.loadPerson(c.index, x); !x.adult(19) || x.foreign || x.age() > 80 {
		return false
	}
	c.typeCode, c.title, c.county = drivingType, "中华人民共和国机动车驾驶证", x.county
	first := x.birth + 18*366 + int32(c.dice.below(200))
	years := (today - first) / 366
	c.issued = first + years/6*6*366
	c.from, c.to = c.issued, c.issued+6*366
	c.number = pad(append(c.numberBuf[:0], '3', '2'), c.index, 10)
	if c.dice.chance(200) {
		c.revoked, c.status = today-int32(10+c.dice.below(20)), "07"
	}
	return true
}

// trust is how far the electronic certificate can be relied on (GB/T 36906).
func (c *certificate) trust() string { return "ABC"[c.index%3 : c.index%3+1] }

// identifier is the e-certificate identifier of GB/T 36904-2018.
func (c *certificate) identifier(buf []byte) []byte {
	const root = "1.2.156.3005.2."
	b := append(append(append(buf, root...), c.typeCode...), '.')
	b = organ(b, cityOf(c.county), c.kind)
	b = append(b, '.')
	b = pad(append(b, 'S'), c.index, 10)
	b = append(b, ".001"...)
	body := b[len(buf)+len(root):]
	return append(append(b, '.'), entity.CertificateCheck(body))
}

// vendorCheck is the check character of a vendor's widely used routine: letters count from 11, a sum over 37 with a letter is
// first reduced modulo 37, and the result is one place too low. 0 where the routine itself fails.
func vendorCheck(body []byte) byte {
	p := 36
	for _, ch := range body {
		v := int(ch - '0')
		switch {
		case ch == '.':
			continue
		case ch >= 'A':
			v = int(ch-'A') + 11
		}
		sum := p + v
		if ch >= 'A' && sum > 37 {
			sum %= 37
		}
		if sum %= 36; sum == 0 {
			sum = 36
		}
		p = sum * 2 % 37
	}
	if p == 0 {
		return 0
	}
	return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[36-p]
}

// decision is one licence or penalty of the world.
type decision struct {
	index     int
	penalty   bool
	natural   bool // the subject is a person
	county    int
	decided   int32
	fine      int // yuan
	kind      int
	severity  int
	repaired  bool
	numberBuf [80]byte
	number    []byte
	organBuf  [18]byte
	organ     []byte
	dice      dice
}

// loadDecision fills r with decision i and its subject: licences first, then penalties.
func (p *Province) loadDecision(i int, r *row) bool {
	c := &r.dec
	c.index, c.penalty = i, i >= p.licences
	c.dice = p.draw(forCredit, i)
	c.kind, c.severity = c.dice.below(4), 1+c.dice.below(3)
	c.decided = today - 60 - int32(c.dice.below(1800))
	c.fine = 500 * (1 + c.dice.zipfish(400))
	c.repaired = c.dice.chance(1500)
	n := i
	if c.penalty {
		n = i - p.licences
	}
	c.natural = n%5 == 0
	if c.natural {
		p.loadPerson(n*11%p.people, &r.per)
		c.natural = r.per.adult(18) && !r.per.foreign
		c.county = r.per.county
	}
	if !c.natural {
		p.loadCompany(n*2%p.companies, &r.org)
		c.county = r.org.address.county
	}
	city := cityOf(c.county)
	c.organ = organ(c.organBuf[:0], city, 20+i%3)
	b := append(append(c.numberBuf[:0], "苏"...), cities[city].name[:3]...)
	b = append(b, [...]string{"行审许〔", "市监处罚〔", "城管罚〔", "综执罚〔"}[boolIndex(c.penalty)*(1+i%3)]...)
	b = strconv.AppendInt(b, int64(year(c.decided)), 10)
	b = append(pad(append(b, "〕"...), i, 7), "号"...)
	c.number = b
	return true
}

// byMarket reports whether market regulation made a penalty; the city's enforcement bureaus made the others.
func (c *decision) byMarket() bool { return c.penalty && c.index%3 == 0 }
