package match

// Batch collects the records of a file and clusters them.
type Batch struct {
	// Of is how many records there are when the batch holds only some of them, drawn at random, to learn from; 0: it holds all.
	Of      int
	mapping *Mapping
	table   *table
}

// NewBatch returns an empty batch for a mapping that has been checked.
func NewBatch(m *Mapping) *Batch { return &Batch{mapping: m, table: newTable(m.Fields)} }

// Add takes a record: its name, its source ("" when there is only one) and its values in the order of the mapping's fields. They
// may be changed afterwards.
func (b *Batch) Add(name, source string, values []string) { b.table.add(name, source, values) }

// Len is the number of records.
func (b *Batch) Len() int { return b.table.len() }

// Learn trains a model on the records.
func (b *Batch) Learn() (*Model, error) { return learn(b.table, b.mapping, max(b.Of, b.table.len())) }

// Index builds the index of the records under a model.
func (b *Batch) Index(m *Model) (*Index, error) { return newIndex(b.table, m) }
