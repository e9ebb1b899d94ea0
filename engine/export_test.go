package engine

// ApplyRetention does now what the broker does once an hour.
func (b *Broker) ApplyRetention() { b.cluster.ApplyRetention() }
