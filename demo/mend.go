package demo

// Mends yields what the departments send on a topic after all rounds to mend their records, by Config.Mended: the record once more
// without its defect, or, of two records of one entity, that the second is gone. Feeds of snapshots send their whole content again.
// Messages and All do not have them; Truth and Defects know what they change.
func (p *Province) Mends(topic string, yield func(Message) bool) {
	for _, f := range p.feeds {
		if f.topic() == topic && p.mended > 0 {
			p.round(f, rounds, yield)
		}
	}
}

// mend adds the message that mends a record, if it has something to mend and is one of those that are mended.
func (p *Province) mend(f *feed, pl *plan) {
	d := p.draw(f.id<<1|uint64(pl.copy), pl.subject) + 17
	if pl.deleted || d.below(100) >= p.mended {
		return
	}
	switch {
	case pl.copy == 1 && !f.keeps: // one of two records too many
		pl.deleted = true
		pl.add(entry{rounds, removal, uint8(pl.versions)})
	case pl.drift >= 0, pl.broken != whole, pl.spot >= 0 && !f.spots[pl.spot].negative && pl.lastVersion() == pl.spotVer:
		pl.mended = true
		pl.add(entry{rounds, proper, uint8(pl.versions + 1)}) // that number itself is a delete's
	}
}

// lastVersion is the newest version of a record that was sent whole; -1 if none was.
func (pl *plan) lastVersion() int { return pl.versionBefore(pl.versions + 2) }

// versionBefore is the newest one below another.
func (pl *plan) versionBefore(most int) int {
	last := -1
	for _, e := range pl.entries[:pl.n] {
		if (e.kind == proper || e.kind == repeat) && int(e.ver) < most {
			last = max(last, int(e.ver))
		}
	}
	return last
}

// refusedLast reports whether the last of a record's messages is one that goes to quarantine: a broken one, or the version that lacks
// what is required.
func (pl *plan) refusedLast(required bool) bool {
	refused := false
	for round := range uint8(rounds + 1) {
		for _, e := range pl.entries[:pl.n] {
			if e.round == round {
				refused = e.kind == broken || required && e.kind != removal && int(e.ver) == pl.spotVer
			}
		}
	}
	return refused
}
