package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// The files of a catalogue directory, beside libraries/<library>.yaml and feeds/<feed>.yaml.
const (
	rootFile        = "catalog.yaml"
	departmentsFile = "departments.yaml"
	codesFile       = "codes.yaml"
	dutiesFile      = "responsibilities.yaml" // may be missing
	librariesDir    = "libraries"
	feedsDir        = "feeds"
	rulesDir        = "rules"           // may be absent
	warningsDir     = "warnings"        // may be absent
	governanceFile  = "governance.yaml" // may be absent
	mattersDir      = "matters"         // may be absent
)

// The contents of the single files.
type (
	rootDoc struct {
		Name          string         `yaml:"name"`
		ZH            string         `yaml:"zh"`
		Contact       *Contact       `yaml:"contact,omitempty"`
		Jurisdictions []Jurisdiction `yaml:"jurisdictions"`
	}
	departmentsDoc struct {
		Departments []Department `yaml:"departments"`
	}
	codesDoc struct {
		Codes []CodeTable `yaml:"codes"`
	}
	dutiesDoc struct {
		Batches []Batch `yaml:"batches"`
		Items   []Item  `yaml:"items"`
	}
)

// Load reads a catalogue directory, fills its defaults and checks it. The error, if any, is Errors with every problem of every
// file. Warnings alone are no error: Inspect returns them.
//
// The directory holds catalog.yaml (name, zh, jurisdictions), departments.yaml, codes.yaml, libraries/<library>.yaml,
// feeds/<department>.<resource>.yaml and, where there are any, the responsibility lists in responsibilities.yaml and quality rules
// in rules/<pack>.yaml, warnings in warnings/<warning>.yaml, governance.yaml and matters in matters/<matter>.yaml. Other .yaml files in it are an error; files with other endings are ignored.
func Load(fsys fs.FS) (*Catalog, error) {
	c, problems := Inspect(fsys)
	if fatal := problems.Fatal(); fatal != nil {
		return nil, fatal
	}
	return c, nil
}

// Inspect is Load that returns warnings too. The catalogue is usable only if the problems have no Fatal one; it is never nil.
func Inspect(fsys fs.FS) (*Catalog, Errors) { return InspectWith(fsys, nil) }

// InspectWith is Inspect of a directory in which some rule packs are replaced or added: their texts by the name of the file within
// rules/, for example data.yaml. So a pack can be tried before it lies there.
func InspectWith(fsys fs.FS, packs map[string][]byte) (*Catalog, Errors) {
	l := &loader{fsys: fsys, replaced: packs, sources: map[string]*source{}, catalog: &Catalog{}}
	l.read()
	fillDefaults(l.catalog)
	k := &checker{catalog: l.catalog, sources: l.sources, libraryFiles: l.libraryFiles, feedFiles: l.feedFiles, packFiles: l.packFiles, matterFiles: l.matterFiles, warningFiles: l.warningFiles, out: &l.problems}
	k.run()
	l.problems.sort()
	return l.catalog, l.problems
}

// loader reads one directory.
type loader struct {
	fsys     fs.FS
	catalog  *Catalog
	sources  map[string]*source
	problems Errors
	replaced map[string][]byte // rule packs by file name, instead of those in the directory

	libraryFiles, feedFiles, packFiles, matterFiles, warningFiles []string // parallel to the catalogue's lists
}

func (l *loader) read() {
	var root rootDoc
	var departments departmentsDoc
	var codes codesDoc
	var duties dutiesDoc
	l.file(rootFile, &root)
	l.file(departmentsFile, &departments)
	l.file(codesFile, &codes)
	if _, err := fs.Stat(l.fsys, dutiesFile); !errors.Is(err, fs.ErrNotExist) {
		l.file(dutiesFile, &duties)
	}
	c := l.catalog
	c.Name, c.ZH, c.Contact, c.Jurisdictions = root.Name, root.ZH, root.Contact, root.Jurisdictions
	c.Departments, c.Codes, c.Batches, c.Items = departments.Departments, codes.Codes, duties.Batches, duties.Items
	for _, name := range l.dir(librariesDir) {
		var lib Library
		if l.file(name, &lib) {
			c.Libraries = append(c.Libraries, lib)
			l.libraryFiles = append(l.libraryFiles, name)
			l.named(name, lib.Name, "$.library")
		}
	}
	for _, name := range l.dir(feedsDir) {
		var feed Feed
		if l.file(name, &feed) {
			c.Feeds = append(c.Feeds, feed)
			l.feedFiles = append(l.feedFiles, name)
			l.named(name, feed.Name, "$.feed")
		}
	}
	l.packs()
	l.warnings()
	if _, err := fs.Stat(l.fsys, governanceFile); err == nil {
		l.file(governanceFile, &c.Governance)
	}
	l.matters()
	l.strays()
}

// matters reads the matters, where there are any.
func (l *loader) matters() {
	if _, err := fs.Stat(l.fsys, mattersDir); err != nil {
		return
	}
	for _, name := range l.dir(mattersDir) {
		var m Matter
		if l.file(name, &m) {
			l.catalog.Matters = append(l.catalog.Matters, m)
			l.matterFiles = append(l.matterFiles, name)
			l.named(name, m.Name, "$.matter")
		}
	}
}

// packs reads the rule packs, where there are any.
func (l *loader) packs() {
	var names []string
	if _, err := fs.Stat(l.fsys, rulesDir); err == nil {
		names = l.dir(rulesDir)
	}
	for name := range l.replaced {
		if name = rulesDir + "/" + name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		var pack RulePack
		if l.file(name, &pack) {
			l.catalog.Packs = append(l.catalog.Packs, pack)
			l.packFiles = append(l.packFiles, name)
			l.named(name, pack.Name, "$.pack")
		}
	}
}

// warnings reads what is watched for, where there is any.
func (l *loader) warnings() {
	if _, err := fs.Stat(l.fsys, warningsDir); err != nil {
		return
	}
	for _, name := range l.dir(warningsDir) {
		var w Warning
		if l.file(name, &w) {
			l.catalog.Warnings = append(l.catalog.Warnings, w)
			l.warningFiles = append(l.warningFiles, name)
			l.named(name, w.Name, "$.warning")
		}
	}
}

// file decodes one file and reports whether there is something of it.
func (l *loader) file(name string, into any) bool {
	text, err := fs.ReadFile(l.fsys, name)
	if pack, ok := l.replaced[path.Base(name)]; ok && path.Dir(name) == rulesDir {
		text, err = pack, nil
	}
	s := newSource(name, text, &l.problems)
	l.sources[name] = s
	if err != nil {
		s.structural(position{}, "", "file.missing", "the file cannot be read", "a catalogue needs "+rootFile+", "+departmentsFile+", "+codesFile+", "+librariesDir+"/ and "+feedsDir+"/; check the path and its rights")
		return false
	}
	doc := s.parse(text)
	if doc == nil {
		return false
	}
	s.decode(doc, into)
	return true
}

// named checks that a file is called as the thing in it.
func (l *loader) named(file, name, at string) {
	s := l.sources[file]
	if want := strings.TrimSuffix(path.Base(file), ".yaml"); name != want && name != "" {
		s.structural(s.find(at), at, "file.name", fmt.Sprintf("the file is called %q but declares %q", want, name), "rename one of the two")
	}
}

// dir lists the .yaml files of a folder in the order of their names.
func (l *loader) dir(dir string) []string {
	entries, err := fs.ReadDir(l.fsys, dir)
	if err != nil {
		l.sources[dir] = newSource(dir, nil, &l.problems)
		l.sources[dir].structural(position{}, "", "file.missing", "the folder cannot be read", "create it with one file for each entry")
		return nil
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".yaml") {
			names = append(names, dir+"/"+e.Name())
		}
	}
	slices.Sort(names)
	return names
}

// strays reports .yaml and .yml files that no place of the layout reads, since whoever wrote one thinks it counts.
func (l *loader) strays() {
	_ = fs.WalkDir(l.fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e == nil || e.IsDir() {
			return nil // an unreadable folder that matters is already reported by dir
		}
		ext := path.Ext(name)
		if _, read := l.sources[name]; read || ext != ".yaml" && ext != ".yml" {
			return nil
		}
		hint := "feeds go to " + feedsDir + "/<department>.<resource>.yaml, libraries to " + librariesDir + "/<library>.yaml, rules to " + rulesDir + "/<pack>.yaml, warnings to " + warningsDir + "/<warning>.yaml, matters to " + mattersDir + "/<matter>.yaml"
		if ext == ".yml" {
			hint = "the ending is .yaml"
		}
		newSource(name, nil, &l.problems).structural(position{}, "", "file.stray", "no place of a catalogue reads this file", hint)
		return nil
	})
}

// lastRanks adds the feeds that ask for the last rank to the authorities, in the order of their names, outside feeds behind all others.
func lastRanks(c *Catalog) {
	for _, outside := range []bool{false, true} {
		for _, i := range byName(c.Feeds) {
			if c.Feeds[i].Outside() == outside {
				c.lastRank(&c.Feeds[i])
			}
		}
	}
}

// lastRank adds a feed behind the authorities of what its slots map, where they ask for it and it is not there yet.
func (c *Catalog) lastRank(f *Feed) {
	for _, s := range f.Claims {
		l := c.Library(s.Library)
		if s.Rank != SlotRanks[0] || l == nil {
			continue
		}
		for _, x := range s.Fields {
			if e := l.Element(x.Element); e != nil && !slices.ContainsFunc(e.Authority, func(r Rank) bool { return slices.Contains(r, f.Name) }) {
				e.Authority = append(e.Authority, Rank{f.Name})
			}
		}
	}
}

// byName are the places of feeds in the order of their names.
func byName(feeds []Feed) []int {
	places := make([]int, len(feeds))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return strings.Compare(feeds[a].Name, feeds[b].Name) })
	return places
}

// fillDefaults gives feeds and elements what their file may leave out.
func fillDefaults(c *Catalog) {
	for i := range c.Libraries {
		l := &c.Libraries[i]
		for j := range l.Elements {
			e := &l.Elements[j]
			e.Steward, e.Supervisor = cmp.Or(e.Steward, l.Steward), cmp.Or(e.Supervisor, l.Supervisor)
		}
	}
	lastRanks(c)
	departments := map[string]*Department{}
	for i := range c.Departments {
		departments[c.Departments[i].Code] = &c.Departments[i]
	}
	for i := range c.Feeds {
		f := &c.Feeds[i]
		if f.Topic == "" {
			f.Topic = "src." + f.Name
		}
		if f.Partitions == 0 {
			f.Partitions = 1
		}
		if f.Counterpart == nil && c.Contact != nil {
			f.Counterpart = new(*c.Contact)
		}
		if d := departments[f.Department]; d != nil {
			if f.Contact == nil {
				f.Contact = new(d.Contact)
			}
			if f.Tier == "" {
				f.Tier = d.Tier
			}
			if f.Jurisdiction == "" {
				f.Jurisdiction = d.Jurisdiction
			}
		}
	}
}
