package demo

import "strconv"

// address is a made-up address in a real county.
type address struct {
	county                 int
	street, estate         string
	number, building, room int
}

func (a *address) fill(d *dice) {
	a.street = streets[d.below(len(streets))]
	a.estate = estates[d.below(len(estates))]
	a.number = 1 + d.below(399)
	a.building = 1 + d.below(40)
	a.room = (1+d.below(18))*100 + 1 + d.below(4)
}

func (a *address) code() string { return counties[a.county].code }

// city is the index of the county's city.
func (a *address) city() int { return cityOf(a.county) }

func cityOf(county int) int {
	c := counties[county].code
	return int(c[2]-'0')*10 + int(c[3]-'0') - 1
}

// full is the whole address, from the city to the room.
func (a *address) full(b []byte) []byte {
	b = append(append(b, cities[a.city()].name...), counties[a.county].name...)
	return a.local(append(b, a.street...))
}

// local is the address within its street.
func (a *address) local(b []byte) []byte {
	b = append(strconv.AppendInt(b, int64(a.number), 10), "号"...)
	b = append(strconv.AppendInt(append(b, a.estate...), int64(a.building), 10), "幢"...)
	return append(strconv.AppendInt(b, int64(a.room), 10), "室"...)
}
