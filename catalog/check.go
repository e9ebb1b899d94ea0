package catalog

// checker finds what is wrong with the meaning of a catalogue.
type checker struct {
	catalog *Catalog
	sources map[string]*source
	out     *Errors
}

func (k *checker) run() {}
