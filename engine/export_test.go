package engine

// ApplyRetention does now what the broker does once an hour.
func (b *Broker) ApplyRetention() { b.cluster.ApplyRetention() }

// PinnedSHA256 is the pinned hash of a platform's library.
func PinnedSHA256(goos, goarch string) (string, bool) {
	p, ok := pinOf(goos, goarch)
	return p.sha256, ok
}
