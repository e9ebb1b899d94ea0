package demo

// Random numbers are counter-based: a number is a hash of what it is for, so that any of them can be had at any time, in any
// order, without a state.

// mix is the finaliser of splitmix64: every bit of x changes about half of the result.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// Purposes of random numbers.
const (
	forBlock uint64 = iota + 1000
	forHousehold
	forPerson
	forPast
	forCompany
	forCertificate
	forCredit
	forPlace
	forAddress
)

// draw is the random number of (purpose, index).
func (p *Province) draw(purpose uint64, index int) dice {
	return dice(mix(mix(p.seed+purpose*0x9e3779b97f4a7c15) + uint64(index)*0xd1342543de82ef95))
}

// dice gives as many numbers as are asked of it; copied, it gives the same again.
type dice uint64

// next returns 64 random bits.
func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	return mix(uint64(*d))
}

// below returns a number from 0 to n-1.
func (d *dice) below(n int) int { return int(d.next() >> 32 * uint64(n) >> 32) }

// chance is true in so many of 10,000 cases.
func (d *dice) chance(of10000 int) bool { return d.below(10000) < of10000 }

// zipfish returns a number below n that is small more often: the square of a uniform number.
func (d *dice) zipfish(n int) int {
	u := d.next() >> 32
	return int(u * u >> 32 * uint64(n) >> 32)
}
