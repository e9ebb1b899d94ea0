package space

// Hold bounds the places in memory, for tests of what is asked of the engine where they do not fit.
func (s *Space) Hold(bytes int) { s.held = bytes }
