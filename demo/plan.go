package demo

// feed is one department's resource: what it knows and how it writes it.
type feed struct {
	id       uint64
	name     string
	envelope bool   // Debezium change events
	null     string // JSON for a value that is missing
	prefix   string // of record keys
	single   bool   // an entity has at most one record here: a second one is a duplicate
	broker   bool   // versions are the broker's timestamps
	keeps    bool   // the source has no way to say that a record is gone
	spares   bool   // its records may lack the identifiers of whom they tell
	counter  string // field of a version counter, for plain JSON
	stampAs  stamp
	stampAt  string   // field of the version or event time
	timed    bool     // that time is the version
	fates    []Family // of a small feed; nil: families
	form     form     // "": the record as it is
	keyAt    string   // field of the key, of a small feed
	fields   []string // all fields, of a flat feed in Avro
	marks    marks    // of a feed of snapshots
	deadAt   string   // field and value that say a record is gone; empty for envelopes and tombstones
	dead     string
	alive    string // what that field says else, unless write fills it
	count    func(p *Province) int
	load     func(r *row, subject int) bool // false: there is no such record
	key      func(r *row) []byte            // nil: prefix and number
	write    func(r *row)
	about    func(p *Province, library, who int, visit func(subject int))
	spots    []spot
	drifts   []string // fields in which a stale value is planted
}

func (f *feed) topic() string { return "src." + f.name }

// Kinds of entries of a plan.
const (
	proper  = iota
	repeat  // the producer sends the same message again
	broken  // a message that must land in quarantine
	removal // the source deletes the record
)

// entry is one message of a plan: in which round it goes out.
type entry struct {
	round uint8
	kind  uint8
	ver   uint8
}

// plan is what happens to one record.
type plan struct {
	subject  int
	copy     int // 1: the second record of the same entity
	versions int
	deleted  bool
	repoint  bool // the first version names somebody else
	loose    bool // no version names anybody by an identifier; nothing else is wrong with it
	spot     int  // index into the feed's spots, or -1
	spotVer  int
	drift    int // index into the feed's drifts, or -1
	broken   breakage
	replaces bool // the broken message is all that comes of that version
	mended   bool // its last version is one more, without the defect
	n        int
	entries  [10]entry
	dice     dice
}

// rounds is how often the departments publish: the first load and three rounds of changes. What mends comes in a round after them.
const rounds = 4

// Rates of what happens to records, of 65,536.
const (
	rateUpdate  = 6554 // 10 % have a second version
	rateThird   = 655  // 1 % a third
	rateDelete  = 655  // 1 % are deleted
	rateLate    = 9830 // 15 % of those with several versions send them out of order
	rateRepeat  = 655  // 1 % of messages are sent twice
	rateRepoint = 131  // 0.2 % named another person first
)

func (p *Province) plan(f *feed, subject, copy int) plan {
	d := p.draw(f.id<<1|uint64(copy), subject)
	x := d.next()
	pl := plan{subject: subject, copy: copy, versions: 1, spot: -1, drift: -1, dice: d}
	update, remove, fate, extra := x&0xffff, x>>16&0xffff, x>>32&0xffff, x>>48
	if update < rateUpdate {
		pl.versions = 2 + boolIndex(update < rateThird)
	}
	pl.deleted = remove < rateDelete && !f.keeps
	sum := uint64(rateFates)
	if f.fates != nil {
		sum = rateSmallFates
	}
	if pl.loose = p.lacks(f, subject, copy); pl.loose {
		fate = sum + rateRepoint
	}
	if plain := pl.versions == 1 && !pl.deleted && fate >= sum && extra >= rateRepeat && copy == 0; plain {
		pl.n = 1 // by far the most records: one proper message in the first round
		return pl
	}
	f.fate(&pl, fate, &d)
	pl.dice = d
	f.schedule(&pl, extra, &d)
	p.mend(f, &pl)
	return pl
}

// fate chooses the defect of a record, at most one.
func (f *feed) fate(pl *plan, fate uint64, d *dice) {
	fates := f.fates
	if fates == nil {
		fates = families[:]
	}
	for i := range fates {
		fam := &fates[i]
		if fate >= uint64(fam.Rate) {
			fate -= uint64(fam.Rate)
			continue
		}
		negative := d.below(100) < fam.NearMiss
		switch fam.Name {
		default:
			pl.spot = f.pickSpot(fam.Name, negative, d)
			pl.spotVer = d.below(pl.versions)
		case Inconsistency:
			if len(f.drifts) > 0 && !negative {
				pl.drift = d.below(len(f.drifts))
			} else if negative {
				pl.spot = f.pickSpot(fam.Name, true, d)
				pl.spotVer = pl.versions - 1
			}
		case Broken:
			if kinds := f.breakages(); pl.copy == 0 && len(kinds) > 0 {
				pl.broken = kinds[d.below(len(kinds))]
				pl.replaces = d.below(3) == 0 && pl.versions == 1 && !pl.deleted
			}
		}
		return
	}
	if fate < rateRepoint && f.fates == nil && f.canRepoint() {
		pl.repoint = true
		pl.versions = max(pl.versions, 2)
	}
}

// canRepoint: feeds of people whose identifier is neither required nor the key.
func (f *feed) canRepoint() bool { return f.name == "medins.insured" || f.name == "hrss.insured" }

// schedule lays the messages of a record into rounds.
func (f *feed) schedule(pl *plan, extra uint64, d *dice) {
	first := uint8(0)
	if pl.copy == 1 {
		first = uint8(d.below(rounds))
	}
	late := !f.broker && pl.versions > 1 && extra&0xfff < rateLate>>4
	round := first
	for v := range pl.versions {
		if v > 0 {
			round = min(round+1+uint8(d.below(2)), rounds-1)
		}
		pl.add(entry{round, proper, uint8(v)})
	}
	if late { // the last two versions change places
		a, b := &pl.entries[pl.n-2], &pl.entries[pl.n-1]
		a.ver, b.ver = b.ver, a.ver
	}
	if pl.broken != whole {
		at := &pl.entries[d.below(pl.n)]
		if pl.replaces {
			at.kind = broken
		} else {
			pl.add(entry{at.round, broken, at.ver})
		}
	}
	if extra < rateRepeat && pl.broken == whole && !f.form.dumps() { // a snapshot with a record twice is none
		last := pl.entries[pl.n-1]
		last.kind = repeat
		pl.add(last)
	}
	if pl.deleted {
		pl.add(entry{rounds - 1, removal, uint8(pl.versions)})
	}
}

func (pl *plan) add(e entry) {
	pl.entries[pl.n] = e
	pl.n++
}

// doubled reports whether an entity has a second record in a feed.
func (p *Province) doubled(f *feed, subject int) bool {
	if !f.single || f.key != nil {
		return false
	}
	d := p.draw(f.id<<1|1, subject) + 5
	return d.below(65536) < rateDouble
}
