package demo

// Ranks is what the generator knows of who gives which element: "library.element group" -> feed -> rank from 1.
func Ranks() map[string]map[string]int {
	out := map[string]map[string]int{}
	for library, rules := range parseAuthority(authority) {
		for _, r := range rules {
			out[libraryName(library)+"."+r.element+" "+r.group] = r.ranks
		}
	}
	return out
}
