package demo

import "strconv"

// place is one parcel, real-property unit or building with its address.
type place struct {
	index   int // within its kind
	county  int
	address address
	area    int // hundredths of a square metre
	floors  int
	built   int
	use     int
	code    [32]byte
	codeLen int
	dice    dice
}

// parcelCode appends the 19 characters of parcel i.
func (p *Province) parcelCode(b []byte, i int) []byte {
	d := p.draw(forPlace, i)
	county := d.below(len(counties))
	b = append(b, counties[county].code...)
	b = pad(b, 1+county%20, 3)
	b = pad(b, 1+i/100_000, 3)
	b = append(b, [...]string{"GB", "GB", "GB", "JB", "JC", "GX"}[i%6]...)
	return pad(b, i%100_000, 5)
}

// loadParcel fills x with parcel i.
func (p *Province) loadParcel(i int, x *place) {
	x.index, x.dice = i, p.draw(forPlace, i)
	x.county = x.dice.below(len(counties))
	x.address = address{county: x.county}
	x.address.fill(&x.dice)
	x.area = 20_000 + x.dice.zipfish(5_000_000)
	x.codeLen = len(p.parcelCode(x.code[:0], i))
}

// loadUnit fills x with unit i: one of seven flats of a parcel.
func (p *Province) loadUnit(i int, x *place) {
	p.loadParcel(i%p.parcels, x)
	plot := x.landUse()
	n := i / p.parcels
	x.index, x.dice = i, p.draw(forPlace+forAddress<<8, i)
	x.address.building, x.address.room = 1+n/4, (1+n)*100+1+n%2
	x.area = 4000 + x.dice.zipfish(20_000)
	x.built = 1985 + x.dice.below(39)
	x.use = p.suited(x.dice.below(6), plot, i)
	b := append(x.code[:x.codeLen], 'F')
	x.codeLen = len(pad(pad(b, 1+n/4, 4), 1+n, 4))
}

// loadBuilding fills x with building i.
func (p *Province) loadBuilding(i int, x *place) {
	x.index, x.dice = i, p.draw(forPlace+forPlace<<8, i)
	x.county = x.dice.below(len(counties))
	x.address = address{county: x.county}
	x.address.fill(&x.dice)
	x.area = 60_000 + x.dice.zipfish(3_000_000)
	x.floors = 1 + x.dice.zipfish(33)
	x.built = 1980 + x.dice.below(44)
	var plot place
	p.loadParcel(i%p.parcels, &plot)
	x.use = p.suited(x.dice.below(6), plot.landUse(), i)
	b := append(x.code[:0], counties[x.county].code...)
	x.codeLen = len(pad(append(b, 'L'), i, 9))
}

// landUse is the use of a parcel, a place in landUses.
func (x *place) landUse() int {
	d := x.dice
	return d.below(len(landUses))
}

// suited is the use of a building on a parcel of some use: its own, but homes on industrial land and industry on land for homes are what the
// land is for instead, save for one in fifty.
func (p *Province) suited(use, plot, i int) int {
	home, works := use < 3, use == 4
	d := p.draw(forPlace+forPlace<<16, i)
	switch {
	case d.below(50) == 0:
		return use
	case home && landUses[plot] == "0601":
		return 4
	case works && landUses[plot][:2] == "07":
		return 0
	}
	return use
}

func (x *place) id() []byte { return x.code[:x.codeLen] }

// addressCode is the code of building i's address.
func (x *place) addressCode(b []byte) []byte {
	return pad(append(append(b, counties[x.county].code...), "001D"...), x.index, 10)
}

// building is the address down to the building.
func (a *address) house(b []byte) []byte {
	b = append(append(b, cities[a.city()].name...), counties[a.county].name...)
	b = append(strconv.AppendInt(append(b, a.street...), int64(a.number), 10), "号"...)
	return append(strconv.AppendInt(append(b, a.estate...), int64(a.building), 10), "幢"...)
}

// micro appends millionths of a degree as a decimal number without zeros at its end.
func micro(b []byte, n int) []byte {
	b = strconv.AppendInt(b, int64(n/1_000_000), 10)
	if n %= 1_000_000; n == 0 {
		return b
	}
	b = pad(append(b, '.'), n, 6)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}

// hundredths appends a number given in hundredths, without zeros at its end.
func hundredths(b []byte, n int) []byte {
	b = strconv.AppendInt(b, int64(n/100), 10)
	if n %= 100; n != 0 {
		b = pad(append(b, '.'), n, 2)
		if b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
	}
	return b
}
