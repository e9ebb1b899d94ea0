// Package demo is the synthetic province: households, people, companies, certificates, decisions, parcels, buildings and
// addresses, and the feeds of the shipped catalogue that tell of them, each in its own words, codes and formats, late,
// repeated and with defects. Nobody in it exists; identifiers are computed, names are drawn from tables.
//
// The world comes first and is the truth: every person, company or place is a pure function of (Config, index), by counter-based
// random numbers, so that nothing is kept and anything can be made again: any size from 100 people to 10 million runs in the same
// memory. A feed writes records of that world. A record has a plan (how many versions, which of them late, repeated, broken or
// defective, whether the source deletes it), which is again a function of its index. Messages follows the plans in rounds: a first
// load, then three rounds of changes; and Mends what the departments send to mend what is wrong. Truth and Defects follow the same plans without the messages: they say which value each
// element of each entity must have, from which feed, and what a detector must (and must not) find.
//
// Feeds of the large departments are written as code (feeds_*.go), those of the others as tables (small_*.go, see parseSmall), from
// which their messages, their defects and their truth follow.
//
// The package knows nothing of how the program ingests, resolves or checks: it imports entity for the check characters of
// identifiers and no rule. What the departments have agreed (who gives which element) it declares itself; see authority.
//
// A Province is immutable and may be used from several goroutines.
package demo

import (
	"fmt"
	"slices"
)

// Config says which province. The same Config gives the same bytes on every machine.
type Config struct {
	People int    // how many people live in it, 100 to 10,000,000
	Seed   uint64 // any number
	Loose  int    // so many percent of the records of people and organisations bear no identifier, where the contract lets them
	Mended int    // so many percent of the records with a standing defect were mended at their sources after all rounds: see Mends
}

// Limits of Config.
const (
	MinPeople = 100
	MaxPeople = 10_000_000
	MaxLoose  = 50
)

// Message is one message as a department publishes it. Key and Value may be used until the yield function returns.
type Message struct {
	Feed, Topic string
	Key         []byte      // the record's key, also where the message itself is broken; of a mark between snapshots its run
	Keyless     bool        // the message itself is sent without a key
	Value       []byte      // nil for a tombstone
	Headers     [][2]string // names and values
	TimeMS      int64       // when it is published: milliseconds since 1970, in order within a topic
}

// Province is one synthetic province.
type Province struct {
	people, households, groups, spread                        int
	companies, licences, penalties, parcels, units, buildings int
	seed                                                      uint64
	loose, mended                                             int            // percent
	more                                                      [libraries]int // things of small feeds
	feeds                                                     []*feed
	rules                                                     [libraries][]rule
	blocks                                                    [8][22]seat
}

// New returns the province of a Config.
func New(c Config) (*Province, error) {
	if c.People < MinPeople || c.People > MaxPeople {
		return nil, fmt.Errorf("demo of %d people: choose %d to %d", c.People, MinPeople, MaxPeople)
	}
	if c.Loose < 0 || c.Loose > MaxLoose {
		return nil, fmt.Errorf("demo with %d percent of records without an identifier: choose 0 to %d", c.Loose, MaxLoose)
	}
	if c.Mended < 0 || c.Mended > 100 {
		return nil, fmt.Errorf("demo with %d percent of its defects mended: choose 0 to 100", c.Mended)
	}
	p := &Province{people: c.People, seed: mix(c.Seed ^ 0x5eed), loose: c.Loose, mended: c.Mended}
	p.blocks = seating()
	p.households = p.seatOf(c.People-1).household + 1
	p.groups = max((p.households+124)/125, len(counties))
	p.spread = (p.groups + len(counties) - 1) / len(counties)
	p.companies = max(c.People/8, 10)
	p.licences, p.penalties = max(p.companies/2, 5), max(p.companies/4, 5)
	p.parcels, p.buildings = max(c.People/20, 5), max(c.People/25, 4)
	p.units = p.parcels * 7
	p.feeds = slices.Concat(personFeeds(), cityFeeds(), organisationFeeds(), certificateFeeds(), creditFeeds(), placeFeeds())
	p.feeds = append(p.feeds, p.smallFeeds()...)
	for i, f := range p.feeds {
		f.id = uint64(i + 1)
	}
	p.rules = parseAuthority(authority)
	for _, f := range p.feeds {
		f.spares = p.mayLack(f)
	}
	return p, nil
}

// Feeds lists the names of the feeds in the order in which All publishes them.
func (p *Province) Feeds() []string {
	names := make([]string, len(p.feeds))
	for i, f := range p.feeds {
		names[i] = f.name
	}
	return names
}

// BenchFeeds are the five feeds with the most messages: the fixed mix of the bench. Together they map 64 different elements, at
// 400 to 600 bytes a message.
func BenchFeeds() []string {
	return []string{"police.person", "medins.insured", "hrss.insured", "data.certificate", "police.driver"}
}
