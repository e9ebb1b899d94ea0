package access

import (
	"context"
	"slices"
	"strconv"
	"time"

	"wuku/trust"
)

// KeyItem is a key as its owner may see it.
type KeyItem struct {
	ID      string    `json:"id"`
	Client  string    `json:"client"`
	Role    string    `json:"role"`
	Level   int       `json:"level,omitzero" doc:"Highest level of an element that it may see; none: any that its grants show 安全标记"`
	Signs   bool      `json:"signs,omitzero" doc:"A public key: its calls are signed"`
	Expires time.Time `json:"expires,omitzero"`
}

// local is the id of who acts on the machine itself, without a key.
const local = "local"

// keyLife is how long a key lives that nobody gave another term.
const keyLife = 365 * 24 * time.Hour

// Issue makes a key for a principal (its ID is set here) and returns it: the only time that it can be seen. A zero expiry is none.
func (b *Book) Issue(ctx context.Context, by, p trust.Principal, expires time.Time) (string, trust.Principal, error) {
	return b.IssueBound(ctx, by, p, expires, "")
}

// IssueBound makes a key that is good only over a connection with this client certificate: the SHA-256 of its DER form in hexadecimal.
func (b *Book) IssueBound(ctx context.Context, by, p trust.Principal, expires time.Time, certificate string) (string, trust.Principal, error) {
	key, id, hash := b.pepper.NewKey()
	p.ID = id
	if err := b.add(ctx, by, KeyIssued, id, Key{Principal: p, Hash: hash, Expires: expires, Certificate: certificate}); err != nil {
		return "", p, err
	}
	return key, p, nil
}

// issue makes a key, or keeps the public key (PEM) with which the client will sign: then there is no secret to return.
func (b *Book) issue(ctx context.Context, by, p trust.Principal, expires time.Time, certificate, public string) (string, trust.Principal, error) {
	if public == "" {
		return b.IssueBound(ctx, by, p, expires, certificate)
	}
	p, err := b.IssueSigner(ctx, by, p, expires, certificate, public)
	return "", p, err
}

// IssueFor makes the key of a granted application's client, for who applied; with a public key (PEM) that is it. It does not outlive the
// key that asks for it. Every call makes one more: the others stay until they are revoked.
func (b *Book) IssueFor(ctx context.Context, p trust.Principal, id, public string) (string, trust.Principal, error) {
	c, err := b.on(ctx, id, StateGranted)
	if err != nil {
		return "", trust.Principal{}, err
	}
	if c.Applicant != p.Client {
		return "", trust.Principal{}, &Refused{NoApplication}
	}
	if c.Application.Client == p.Client {
		return b.Rotate(ctx, p, public)
	}
	asking, err := b.asking(ctx, p, c.Application.Client, public)
	if err != nil {
		return "", trust.Principal{}, err
	}
	made := trust.Principal{Client: c.Application.Client, Name: c.Application.Title, Role: trust.RoleService, Department: p.Department, Level: p.Level}
	return b.issue(ctx, p, made, asking.child(b.now()), "", public) // unbound: the caller's certificate is not the client's
}

// Rotate makes a second key for the caller: bound to the certificate of the present one, and ending with it at the latest. Whoever has
// got hold of a key can make no better one of it. public is as in IssueFor.
func (b *Book) Rotate(ctx context.Context, p trust.Principal, public string) (string, trust.Principal, error) {
	asking, err := b.asking(ctx, p, p.Client, public)
	if err != nil {
		return "", trust.Principal{}, err
	}
	return b.issue(ctx, p, p, asking.child(b.now()), asking.Certificate, public)
}

// asking is the live key with which somebody asks for one more for a client; a zero one for who stands at the machine itself and has none.
// Who signs gets no key that is a secret: whoever hears it could use it.
func (b *Book) asking(ctx context.Context, p trust.Principal, client, public string) (Key, error) {
	f, err := b.Now(ctx)
	if err != nil {
		return Key{}, err
	}
	live := 0
	for _, k := range f.Keys {
		if k.Client == client && !k.Ended(b.now()) {
			live++
		}
	}
	if live >= mostKeys {
		return Key{}, &Refused{TooMany}
	}
	k, there := f.Keys[p.ID]
	switch {
	case p.ID == "" || p.ID == local:
		return Key{}, nil
	case !there || k.Ended(b.now()):
		return Key{}, trust.ErrKey
	case k.Signer != "" && public == "":
		return Key{}, &Refused{SignsOnly}
	}
	return k, nil
}

// child is when a key ends that is made with this one.
func (k Key) child(now time.Time) time.Time {
	end := now.Add(keyLife)
	if !k.Expires.IsZero() && k.Expires.Before(end) {
		return k.Expires
	}
	return end
}

// RevokePresentation notes that the presentation at a place of the status list counts no longer.
func (b *Book) RevokePresentation(ctx context.Context, p trust.Principal, index int, reason string) error {
	f, err := b.Now(ctx)
	if err != nil || f.Unpresented(index, b.now()) {
		return err
	}
	return b.add(ctx, p, Unpresented, strconv.Itoa(index), vote(p, reason))
}

// Unpresented reports whether the presentation at a place of the status list is revoked. A revocation lapses when the presentation has
// died of its own, and the place is free for another: half an hour is for clocks that differ.
func (f *Folded) Unpresented(index int, now time.Time) bool {
	at, revoked := f.Presentations[index]
	return revoked && now.Before(at.Add(trust.MostLife+30*time.Minute))
}

// RevokedPresentations lists the places of the presentations that are revoked, in order.
func (f *Folded) RevokedPresentations(now time.Time) []int {
	places := []int{}
	for index := range f.Presentations {
		if f.Unpresented(index, now) {
			places = append(places, index)
		}
	}
	slices.Sort(places)
	return places
}

// Keys lists the keys of a client, or all of them for "".
func (b *Book) Keys(ctx context.Context, client string) ([]KeyItem, error) {
	f, err := b.Now(ctx)
	if err != nil {
		return nil, err
	}
	list := []KeyItem{}
	for id, k := range f.Keys {
		if client == "" || k.Client == client {
			list = append(list, KeyItem{ID: id, Client: k.Client, Role: k.Role, Level: k.Level, Signs: k.Signer != "", Expires: k.Expires})
		}
	}
	slices.SortFunc(list, func(a, b KeyItem) int { return compareText(a.ID, b.ID) })
	return list, nil
}

// RevokeKey ends a key: the caller's own client's, or any for an operator or a steward.
func (b *Book) RevokeKey(ctx context.Context, p trust.Principal, id, reason string) error {
	f, err := b.Now(ctx)
	if err != nil {
		return err
	}
	k, ok := f.Keys[id]
	if !ok || k.Client != p.Client && p.Role != trust.RoleOperator && p.Role != trust.RoleSteward {
		return &Refused{NoApplication}
	}
	return b.add(ctx, p, KeyEnded, id, vote(p, reason))
}
