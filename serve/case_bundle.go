package serve

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json/v2"
	"time"

	"wuku/catalog"
	"wuku/matter"
	"wuku/serve/access"
	"wuku/trust"
)

// bundleLife is how long a signed bundle is good.
const bundleLife = 10 * time.Minute

// bundle signs what the case proves: yes or no for each material, and the values that the grants show in clear, each to be disclosed or not.
func (s *Server) bundle(x *exchange, k checking, all []gathered, outcomes []matter.Outcome, out *CaseAnswer) error {
	elements := map[string]string{}
	for i, o := range outcomes {
		elements[o.Material] = "false"
		if o.State == matter.Proved || o.State == matter.Recognised {
			elements[o.Material] = "true"
		}
		if o.Record < 0 {
			continue
		}
		g := &all[o.Query]
		values := recordOf(k.st, g.d, g.records[o.Record]).Values
		for _, e := range k.plan.Materials[i].Elements {
			if v := values[e]; v.Text != nil && g.d.Treatment(e) == access.Clear { // what is signed must not say less than it seems
				elements[o.Material+"."+e] = *v.Text
			}
		}
	}
	now := s.cfg.Now()
	at, err := freePlace(func(at int) bool { return x.book.Unpresented(at, now) })
	if err != nil {
		return err
	}
	p := trust.Presented{Subject: k.c.ID, Aim: k.plan.Purpose, Audience: k.audience, Status: &trust.StatusClaim{}}
	p.Status.List.Index, p.Status.List.URI = at, statusURI
	if out.Bundle, err = s.issuer.Present(p, elements, bundleLife, now); err != nil {
		return err
	}
	out.Handle = s.handle(at, x.caller.Client)
	return nil
}

// recognise takes presentations of recognised issuers as proofs of open materials: each must show the party's own number. One that does
// not prove its material is refused, so that nobody thinks it counted.
func (s *Server) recognise(x *exchange, k checking, outcomes []matter.Outcome, w matter.Where) error {
	for material, given := range k.presentations {
		planned := k.plan.Material(material)
		shown, err := trust.VerifyPresentation(given.Presentation, s.cfg.Trusted, s.cfg.Issuer, s.cfg.Now())
		if planned == nil || err != nil {
			return problem(x.lang, codePresentation).at("body.presentations", presentationFault(err))
		}
		if shown.Recognition != trust.RecognisedFull {
			return problem(x.lang, codePresentation).at("body.presentations", "recognition")
		}
		if shown.Status != nil {
			revoked, err := trust.Revoked(shown, given.StatusList, s.cfg.Trusted, s.cfg.Now())
			if err != nil || revoked {
				return problem(x.lang, codePresentation).at("body.presentations", map[bool]string{true: "revoked", false: "status_unknown"}[revoked])
			}
		}
		if !holds(shown.Shown, k.parties[planned.Party].value) || !k.plan.Recognise(outcomes, material, shown.Shown, w) {
			return problem(x.lang, codePresentation).at("body.presentations", "unproved")
		}
	}
	return nil
}

// holds reports whether a presentation shows a number.
func holds(shown map[string]string, number string) bool {
	for _, v := range shown {
		if v == number && number != "" {
			return true
		}
	}
	return false
}

// ArchivePackage is a case for the archive: files, and a manifest of them that the deployment has signed. 归档包
type ArchivePackage struct {
	Manifest  ArchiveManifest `json:"manifest"`
	Signature string          `json:"signature" doc:"The manifest as a JWS (EdDSA), to check with presentations.key of GET /api/v1/trust/keys"`
	Files     []ArchiveFile   `json:"files" nullable:"false"`
}

// ArchiveManifest says what belongs to an archive package.
type ArchiveManifest struct {
	Issuer string         `json:"iss"`
	Type   string         `json:"type"`
	Case   string         `json:"case"`
	Matter string         `json:"matter"`
	State  string         `json:"state"`
	Made   time.Time      `json:"made"`
	Files  []ArchiveEntry `json:"files" nullable:"false"`
}

// ArchiveEntry is one file of a package.
type ArchiveEntry struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// ArchiveFile is the content of one file: a JSON document as text.
type ArchiveFile struct {
	Name    string `json:"name"`
	Content string `json:"content"`
}

const archiveType = "wuku/archive/1"

// archivedEvent is an event as the archive keeps it: without the sealed numbers.
type archivedEvent struct {
	ID         string    `json:"id"`
	At         time.Time `json:"at"`
	Kind       string    `json:"kind"`
	Client     string    `json:"client"`
	Role       string    `json:"role"`
	Department string    `json:"department,omitempty"`
	Content    any       `json:"content"`
	MAC        string    `json:"mac"`
}

func (s *Server) archiveCase(ctx context.Context, x *exchange, in *idInput) (*ArchivePackage, error) {
	return s.archive(ctx, x, in.ID, func(*ArchivePackage, *catalog.Matter, *matter.Case) error { return nil })
}

// archive makes the package of a decided case, with the files that more adds, and notes that it was made.
func (s *Server) archive(ctx context.Context, x *exchange, id string, more func(*ArchivePackage, *catalog.Matter, *matter.Case) error) (*ArchivePackage, error) {
	c, events, p, err := s.knownCase(ctx, x, id)
	if err != nil {
		return nil, err
	}
	if !c.Ended() {
		return nil, problem(x.lang, codeCaseState)
	}
	decisions, err := s.permitted(x, p, c)
	if err != nil {
		return nil, err
	}
	out := &ArchivePackage{Files: []ArchiveFile{}, Manifest: ArchiveManifest{Issuer: s.cfg.Issuer, Type: archiveType, Case: c.ID, Matter: c.Matter, State: c.State,
		Made: s.cfg.Now().UTC().Truncate(time.Second), Files: []ArchiveEntry{}}}
	if err := out.fill(p.Matter, c, archived(events), s.opened(c, decisions)); err != nil {
		return nil, err
	}
	if err := more(out, p.Matter, c); err != nil {
		return nil, err
	}
	if out.Signature, err = s.issuer.Sign("wuku-archive+jwt", out.Manifest); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(out.Signature))
	_, err = s.caseStep(ctx, x, c, matter.Archived, matter.Archive{Digest: hex.EncodeToString(sum[:])})
	return out, err
}

// fill adds the files and their digests.
func (a *ArchivePackage) fill(m *catalog.Matter, c *matter.Case, events []archivedEvent, evidence []matter.Evidence) error {
	for _, f := range []struct {
		name    string
		content any
	}{{"matter.json", m}, {"case.json", c}, {"events.json", events}, {"evidence.json", evidence}} {
		text, err := json.Marshal(f.content, json.Deterministic(true))
		if err != nil {
			return err
		}
		a.put(f.name, string(text))
	}
	return nil
}

// put adds a file with its digest.
func (a *ArchivePackage) put(name, content string) {
	sum := sha256.Sum256([]byte(content))
	a.Files = append(a.Files, ArchiveFile{Name: name, Content: content})
	a.Manifest.Files = append(a.Manifest.Files, ArchiveEntry{Name: name, Bytes: len(content), SHA256: hex.EncodeToString(sum[:])})
}

func archived(events []matter.Event) []archivedEvent {
	out := make([]archivedEvent, 0, len(events))
	for _, e := range events {
		var content map[string]any
		_ = json.Unmarshal([]byte(e.Content), &content) // the seal was right: the program wrote it
		delete(content, "parties")
		delete(content, "evidence")
		delete(content, "outcomes")
		out = append(out, archivedEvent{e.ID, e.At, e.Kind, e.Client, e.Role, e.Department, content, e.MAC})
	}
	return out
}

// opened is the evidence with the salts of what a caller may see in clear: with one, whoever has the value can show that it was the value.
func (s *Server) opened(c *matter.Case, decisions map[string]access.Decision) []matter.Evidence {
	out := append([]matter.Evidence{}, c.Evidence...)
	for i := range out {
		if e := &out[i]; decisions[e.Library].Treatment(e.Element) == access.Clear {
			e.Salt = s.salts.SaltOf(evidenceName(c.ID, e.Material, e.Element), c.Reading)
		}
	}
	return out
}
