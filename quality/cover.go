package quality

// cover finds the fewest vertices of a bipartite graph that touch every edge. edges lists, by left vertex, the right ones. By König's
// theorem they are as many as the edges of a greatest matching, which is the proof that fewer do not suffice: size is both.
func cover(edges [][]int, rights int) (left, right []bool, size int) {
	of := make([]int, rights) // right vertex -> its left one, -1: none
	for r := range of {
		of[r] = -1
	}
	mate := make([]int, len(edges)) // left vertex -> its right one
	for l := range mate {
		mate[l] = -1
	}
	for l := range edges {
		if augment(edges, of, mate, l) {
			size++
		}
	}
	// What alternating paths reach from left vertices that have none: of the left all others cover, of the right these.
	reached := make([]bool, len(edges))
	right = make([]bool, rights)
	var stack []int
	for l, r := range mate {
		if r < 0 {
			reached[l] = true
			stack = append(stack, l)
		}
	}
	for len(stack) > 0 {
		l := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, r := range edges[l] {
			if right[r] {
				continue
			}
			right[r] = true
			if next := of[r]; next >= 0 && !reached[next] {
				reached[next] = true
				stack = append(stack, next)
			}
		}
	}
	left = make([]bool, len(edges))
	for l := range left {
		left[l] = !reached[l]
	}
	return left, right, size
}

// augment looks for a path from a free left vertex to a free right one and takes it. The path is kept on a list of its own: it may be
// longer than a stack of calls should be.
func augment(edges [][]int, of, mate []int, from int) bool {
	came := map[int]int{} // right vertex -> the left one from which it was reached
	queue := []int{from}
	for len(queue) > 0 {
		l := queue[0]
		queue = queue[1:]
		for _, r := range edges[l] {
			if _, seen := came[r]; seen {
				continue
			}
			came[r] = l
			if of[r] >= 0 {
				queue = append(queue, of[r])
				continue
			}
			for at := r; ; { // turn the path round
				l := came[at]
				next := mate[l]
				of[at], mate[l] = l, at
				if l == from {
					return true
				}
				at = next
			}
		}
	}
	return false
}
