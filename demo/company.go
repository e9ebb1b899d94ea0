package demo

import (
	"strconv"

	"wuku/entity"
)

// company is one legal entity: a company, or a social organisation.
type company struct {
	index    int
	social   bool
	old      bool // founded before October 2015: it has the three old numbers too
	founded  int32
	address  address
	industry int // 0 to 19
	capital  int // of 10,000 yuan
	staff    int
	closed   bool
	uscc     [18]byte
	nameBuf  [120]byte
	name     []byte
	dice     dice
}

// representative is the legal representative of a company.
type representative struct {
	person  person // unless outside
	outside bool   // lives in another province
	who     int    // index among people; those from outside come behind, by company
	id      [18]byte
	buf     [40]byte
	name    []byte
}

// uscc2015 is 2015-10-01, when the unified social credit code began.
const uscc2015 = int32(16709)

// loadCompany fills x with company i.
func (p *Province) loadCompany(i int, x *company) {
	d := p.draw(forCompany, i)
	x.index, x.social = i, i%40 == 7
	x.founded = today - 200 - int32(d.zipfish(11000))
	x.old = x.founded < uscc2015
	x.address = address{county: d.below(len(counties))}
	x.address.fill(&d)
	x.industry = d.below(18)
	x.capital = [...]int{3, 10, 30, 50, 100, 100, 200, 500, 1000, 3000, 10000}[d.below(11)]
	x.staff = 1 + d.zipfish(300)
	x.closed = d.chance(500)
	b := append(x.uscc[:0], '9', '1')
	if x.social {
		b = append(x.uscc[:0], '5', '1'+byte(i/40%3))
	}
	b = append(b, x.address.code()...)
	b = x.body(b)
	b = append(b, entity.OrgCodeCheck(b[8:16]))
	x.uscc[17] = entity.USCCCheck(b)
	x.dice = d
	x.nameOf(0)
}

// body appends the eight characters that tell one organisation code from another.
func (x *company) body(b []byte) []byte {
	if x.old {
		return pad(b, 70_000_000+x.index, 8)
	}
	return pad(append(b, 'M', 'A'+byte(x.index/1_000_000)), x.index%1_000_000, 6)
}

// loadRep finds the legal representative of company x: an adult of the company's own eight people, or else somebody from Shanghai.
func (p *Province) loadRep(x *company, rep *representative) {
	d := x.dice
	if start := d.below(10); start < 8 {
		for k := range 8 {
			i := x.index*8 + (start+k)%8
			if i >= p.people {
				continue
			}
			if p.loadPerson(i, &rep.person); rep.person.adult(18) && !rep.person.foreign {
				rep.outside, rep.who, rep.id = false, i, rep.person.id
				rep.name = rep.person.name
				return
			}
		}
	}
	rep.outside, rep.who = true, p.people+x.index
	sex := d.below(2)
	b := append(rep.id[:0], "310"...)
	b = append(b, [...]string{"101", "104", "105", "106", "107", "109", "110", "112", "113", "115"}[x.index/500%10]...)
	b = appendDay(b, int32(-7000+x.index/5000*9+d.below(9)), compact)
	b = pad(b, x.index%500*2+1-sex, 3)
	rep.id[17] = entity.CitizenCheck(b)
	rep.name = append(rep.buf[:0], familyName(&d)...)
	if sex == 1 {
		rep.name = append(rep.name, femaleGiven[d.below(len(femaleGiven))]...)
	} else {
		rep.name = append(rep.name, maleGiven[d.below(len(maleGiven))]...)
	}
}

// nameOf writes the company's name; off 1 is what another department might have.
func (x *company) nameOf(off int) {
	d := x.dice + 3
	b := append(x.nameBuf[:0], cities[x.address.city()].name[:6]...)
	trade := tradeNames[(d.below(len(tradeNames))+off)%len(tradeNames)]
	b = append(b, trade...)
	b = append(b, tradeNames[d.below(len(tradeNames))][:3]...)
	if x.social {
		b = append(b, [...]string{"志愿服务协会", "社会工作服务中心", "公益基金会"}[x.index/40%3]...)
		b = append(b, "（"...)
		b = append(strconv.AppendInt(b, int64(x.index), 10), "）"...)
		x.name = b
		return
	}
	b = append(b, trades[x.industry]...)
	x.name = append(b, [...]string{"有限公司", "有限公司", "有限责任公司", "股份有限公司"}[d.below(4)]...)
}

// orgCode is the organisation code with its check character.
func (x *company) orgCode() []byte { return x.uscc[8:17] }

// regNo is the registration number of an old company, else empty.
func (x *company) regNo(buf []byte) []byte {
	if !x.old || x.social {
		return nil
	}
	b := append(buf, x.address.code()...)
	b = pad(b, x.index, 8)
	return append(b, entity.RegNoCheck(b[len(buf):]))
}

// taxID is the old taxpayer number of an old company, else empty.
func (x *company) taxID(buf []byte) []byte {
	if !x.old || x.social {
		return nil
	}
	return append(append(buf, x.address.code()...), x.orgCode()...)
}

// landline is a fixed telephone number; past 0 is the present one.
func (p *Province) landline(x *company, past int, buf []byte) []byte {
	d := p.draw(forCompany+forPast<<8, x.index*8+past)
	if d.chance(4000) {
		return p.phone(forCompany, x.index, past, buf)
	}
	buf = append(append(buf, cities[x.address.city()].dial...), '-')
	return pad(buf, 50_000_000+d.below(40_000_000), 8)
}

// seated is where a company works, which may differ from its domicile; past 0 is the present place.
func (p *Province) seated(x *company, past int) address {
	d := p.draw(forCompany+forAddress<<8, x.index*8+past)
	a := address{county: x.address.county}
	a.fill(&d)
	return a
}

// point is where a company's place of work lies.
func (p *Province) pointOf(purpose uint64, index, county int) (lon, lat int) {
	d := p.draw(purpose+forPlace<<8, index)
	own := dice(mix(uint64(county) + 1)) // every county has its own middle, within 30 km of the city's
	c := &cities[cityOf(county)]
	lon = c.lon + own.below(500_000) - 250_000 + d.below(60_000) - 30_000
	lat = c.lat + own.below(400_000) - 200_000 + d.below(50_000) - 25_000
	return lon, lat
}

// organ is the code of a city's bureau: kind tells the bureaus of one city apart.
func organ(buf []byte, city, kind int) []byte {
	b := append(buf, '1', '1')
	b = append(b, cities[city].code...)
	b = pad(append(b, '0', '1'), 4000+city*50+kind*7, 6)
	b = append(b, entity.OrgCodeCheck(b[len(buf)+8:]))
	return append(b, entity.USCCCheck(b[len(buf):]))
}

// trades say what a company does, by industry section A to R.
var trades = [...]string{"农业发展", "矿业", "机械制造", "能源", "建筑工程", "商贸", "物流", "餐饮管理", "信息技术", "投资", "置业", "商务服务", "检测技术",
	"环保科技", "家政服务", "教育咨询", "健康管理", "文化传媒"}
