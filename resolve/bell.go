package resolve

import (
	"sync"

	"wuku/catalog"
	"wuku/entity"
)

// Bell wakes the loops of a process when its ledger has grown. The zero value is ready; all methods may be called concurrently.
type Bell struct {
	mu   sync.Mutex
	ears map[string][]chan struct{} // by library
}

// Listen returns a channel for the Wake of a library's loop.
func (b *Bell) Listen(library string) <-chan struct{} {
	c := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ears == nil {
		b.ears = map[string][]chan struct{}{}
	}
	b.ears[library] = append(b.ears[library], c)
	return c
}

// Ring wakes the loops of a library that sleep.
func (b *Bell) Ring(library string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.ears[library] {
		select {
		case c <- struct{}{}:
		default: // it is awake
		}
	}
}

// Stored rings for the libraries that the batches' feeds speak of; of a feed that the catalogue does not have (a retry) for all.
func (b *Bell) Stored(c *catalog.Catalog, batches []*entity.Batch) {
	named := map[string]bool{}
	for _, batch := range batches {
		f := c.Feed(batch.Feed)
		if f == nil {
			for _, library := range entity.Libraries {
				named[library] = true
			}
			continue
		}
		for _, s := range f.Claims {
			named[s.Library] = true
		}
	}
	for library := range named {
		b.Ring(library)
	}
}
