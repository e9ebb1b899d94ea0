package resolve

import "sync"

// Bell wakes the loops of a process when its ledger has grown. The zero value is ready; all methods may be called concurrently.
type Bell struct {
	mu   sync.Mutex
	ears []chan struct{}
}

// Listen returns a channel for one loop's Wake.
func (b *Bell) Listen() <-chan struct{} {
	c := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ears = append(b.ears, c)
	return c
}

// Ring wakes every loop that sleeps.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.ears {
		select {
		case c <- struct{}{}:
		default: // it is awake
		}
	}
}
