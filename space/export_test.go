package space

// Hold bounds the places in memory, for tests of what is asked of the engine where they do not fit.
func (s *Space) Hold(bytes int) { s.held = bytes }

// Band says how many shapes are compared at once, for tests of pairs across bands.
func (s *Space) Band(shapes int) { s.band = shapes }
