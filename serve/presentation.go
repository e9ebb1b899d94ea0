package serve

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"rsc.io/qr"

	"wuku/catalog"
	"wuku/serve/access"
	"wuku/serve/read"
	"wuku/trust"
)

// statusURI is where the status list of this deployment's presentations is, and statusSize how many bits it has. A presentation lives
// for a day at most, so that places may be drawn by lot.
const (
	statusURI  = "/api/v1/status/1"
	statusSize = 1 << 22
	statusFor  = 2 * time.Second
)

// PresentBody asks for a presentation of an e-certificate. 亮证
type PresentBody struct {
	Library  string   `json:"library,omitempty" maxLength:"40" doc:"certificate when empty"`
	By       By       `json:"by"`
	Fields   []string `json:"fields" minItems:"1" maxItems:"50" nullable:"false" doc:"Elements to show; your grant must show each in clear"`
	Audience string   `json:"audience,omitempty" maxLength:"100" doc:"For whom alone it is meant"`
	QR       bool     `json:"qr,omitempty" doc:"With a picture to show"`
	Minutes  int      `json:"minutes,omitempty" minimum:"1" maximum:"1440" doc:"How long it lives; 0: 10"`
	Purpose  string   `json:"purpose,omitempty" maxLength:"100" doc:"What for: one of your grant's purposes; stands in it"`
	Grant    string   `json:"grant,omitempty" maxLength:"100" doc:"Which grant, where several fit"`
	Case     string   `json:"case,omitempty" maxLength:"100" doc:"Number of the case"`
}

type presentInput struct{ Body PresentBody }

// PresentAnswer is a presentation.
type PresentAnswer struct {
	Presentation string    `json:"presentation" doc:"SD-JWT VC: leave a part between two ~ out, and its element is not shown. Its text is what a QR code holds"`
	QR           []byte    `json:"qr,omitempty" doc:"The presentation as a QR code: PNG, base64"`
	Handle       string    `json:"handle" doc:"Revokes it"`
	Expires      time.Time `json:"expires"`
}

// CheckBody is a presentation to check.
type CheckBody struct {
	Presentation string `json:"presentation" minLength:"1" maxLength:"60000"`
	Audience     string `json:"audience,omitempty" maxLength:"100" doc:"Who you are"`
	StatusList   string `json:"status_list,omitempty" maxLength:"60000" doc:"The status list of another issuer, which you fetched: nothing is fetched for you"`
}

type checkInput struct{ Body CheckBody }

// CheckAnswer says what a presentation proves. 验证
type CheckAnswer struct {
	Valid   bool              `json:"valid"`
	Reason  string            `json:"reason,omitempty" doc:"form, issuer, kind, expired, audience, disclosure, revoked or status_unknown"`
	Issuer  string            `json:"issuer,omitempty"`
	Level   string            `json:"recognition,omitempty" doc:"full: it proves a material; shown: it is genuine, and somebody decides what it proves (GET /api/v1/recognition)"`
	Purpose string            `json:"purpose,omitempty"`
	Expires time.Time         `json:"expires,omitzero"`
	Shown   map[string]string `json:"shown,omitempty"`
	Status  string            `json:"status,omitempty" doc:"Where the issuer's status list is, when it is not known here"`
}

// StatusAnswer is the status list of this deployment.
type StatusAnswer struct {
	List string `json:"status_list" doc:"Signed list of revoked presentations, good for five minutes"`
}

func (s *Server) presentationRoutes() {
	const base = "/api/v1/presentations"
	register(s, operation{id: "present", method: http.MethodPost, path: base, kind: access.Certify, tag: "trust", status: http.StatusCreated,
		summary: "Present an e-certificate 亮证", text: "A signed, short-lived SD-JWT VC for one purpose that shows chosen elements only, to check offline with the keys of /api/v1/trust/keys."}, s.present)
	register(s, operation{id: "check-presentation", method: http.MethodPost, path: base + "/check", kind: access.WhoAmI, tag: "trust",
		summary: "Check a presentation 验证", text: "Of this deployment, or of an issuer on its trust list (跨省互认)."}, s.checkPresentation)
	register(s, operation{id: "revoke-presentation", method: http.MethodPost, path: base + "/{id}/revocation", kind: access.KeyKeeping, tag: "trust",
		summary: "Revoke a presentation by its handle 撤销亮证"}, s.revokePresentation)
	register(s, operation{id: "status-list", method: http.MethodGet, path: statusURI, kind: access.Trust, tag: "trust", cache: "public, max-age=2",
		summary: "Status list of presentations 撤销清单"}, s.statusList)
}

func (s *Server) present(ctx context.Context, x *exchange, in *presentInput) (*PresentAnswer, error) {
	b := &in.Body
	if b.Library == "" {
		b.Library = "certificate"
	}
	d, err := s.decide(x, access.Call{Operation: access.Certify, Library: b.Library, Fields: b.Fields, Grant: b.Grant, Purpose: b.Purpose, Case: b.Case})
	if err != nil {
		return nil, err
	}
	st := s.current()
	lib := st.catalog.Library(b.Library)
	q, err := s.anchorOf(x, lib, b.By)
	if err != nil {
		return nil, err
	}
	for _, f := range d.Fields() {
		if d.Treatment(f) != access.Clear { // what is signed for others must not say less than it seems
			return nil, &access.Refusal{Code: access.FieldDenied}
		}
	}
	r, err := s.point(ctx, x, s.withStanding(x, lib, d, b), q)
	if err != nil {
		return nil, err
	}
	if err := s.stands(r); err != nil {
		return nil, err
	}
	elements := map[string]string{}
	for _, name := range d.Fields() {
		if v := r.Values[name]; v.Text != nil && visible(d, st.feeds[v.Source]) {
			elements[name] = *v.Text
		}
	}
	now := s.cfg.Now()
	at, err := freePlace(func(at int) bool { return x.book.Unpresented(at, now) })
	if err != nil {
		return nil, err
	}
	life := time.Duration(max(b.Minutes, 1)) * time.Minute
	if b.Minutes == 0 {
		life = 10 * time.Minute
	}
	p := trust.Presented{Subject: r.Entity.String(), Aim: x.leaf.Purpose, Audience: b.Audience, Status: &trust.StatusClaim{}}
	p.Status.List.Index, p.Status.List.URI = at, statusURI
	text, err := s.issuer.Present(p, elements, life, now)
	if err != nil {
		return nil, err
	}
	out := &PresentAnswer{Presentation: text, Handle: s.handle(p.Status.List.Index, x.caller.Client), Expires: now.Add(life).UTC().Truncate(time.Second)}
	if b.QR {
		code, err := qr.Encode(text, qr.L) // the least correction: it is shown on a screen, and holds the most
		if err != nil {
			return nil, problem(x.lang, codeRequest).at("body.fields", "too_many")
		}
		out.QR = code.PNG()
	}
	return out, nil
}

// What says whether a certificate stands: its status, where the certificate's own department keeps one, and its last day.
const (
	statusElement = "status"
	statusValid   = "01" // 有效, of the table certificate_status
	lastDay       = "valid_to"
)

// withStanding is the decision under which a certificate that is to be presented is read: with its status and its last day, where the grant
// shows them, though they are not presented.
func (s *Server) withStanding(x *exchange, lib *catalog.Library, d access.Decision, b *PresentBody) access.Decision {
	call := access.Call{Operation: access.Certify, Library: lib.Name, Fields: slices.Clone(d.Fields()), Grant: d.Grant(), Purpose: b.Purpose, Case: b.Case,
		Division: divisionOf(lib), Above: above(lib, x.caller.Level)}
	for _, name := range []string{statusElement, lastDay} {
		if e := lib.Element(name); e == nil || slices.Contains(call.Fields, name) || name == statusElement && e.Codes != "certificate_status" {
			continue
		}
		more := call
		more.Fields = append(slices.Clone(call.Fields), name)
		if wider, refusal := access.Decide(s.cfg.Now(), x.caller, x.grants(), more); refusal == nil && wider.Treatment(name) == access.Clear {
			call, d = more, wider
		}
	}
	return d
}

// stands refuses a certificate that is revoked, cancelled, lapsed or transferred, or whose last day is over.
func (s *Server) stands(r *read.Record) error {
	if v := r.Values[statusElement]; v.Text != nil && *v.Text != statusValid {
		return ErrNotNow
	}
	if v := r.Values[lastDay]; v.Text != nil && *v.Text < s.cfg.Now().In(time.FixedZone("+08:00", 8*60*60)).Format(time.DateOnly) {
		return ErrNotNow
	}
	return nil
}

// freePlace draws a place of the status list by lot that no revoked presentation has: one there would be born revoked. It gives up when
// almost all are.
func freePlace(revoked func(int) bool) (int, error) {
	for range 200 {
		at, err := rand.Int(rand.Reader, big.NewInt(statusSize))
		if err != nil {
			return 0, err
		}
		if place := int(at.Int64()); !revoked(place) {
			return place, nil
		}
	}
	return 0, errors.New("serve: the status list is full of revoked presentations; they lapse within two days")
}

// handle lets the client that made a presentation revoke it, and nobody else.
func (s *Server) handle(index int, client string) string {
	return fmt.Sprintf("%d.%s", index, s.salts.Seal("presentation", strconv.Itoa(index), client)[:16])
}

func (s *Server) revokePresentation(ctx context.Context, x *exchange, in *voteInput) (*Done, error) {
	if _, err := s.decide(x, access.Call{Operation: access.KeyKeeping}); err != nil {
		return nil, err
	}
	number, _, _ := strings.Cut(in.ID, ".")
	index, err := strconv.Atoi(number)
	if err != nil || in.ID != s.handle(index, x.caller.Client) {
		return nil, problem(x.lang, codeNotFound)
	}
	return &Done{ID: in.ID, Done: true}, s.cfg.Access.RevokePresentation(ctx, x.caller, index, in.Body.Reason)
}

func (s *Server) statusList(ctx context.Context, x *exchange, _ *none) (*StatusAnswer, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Trust}); err != nil {
		return nil, err
	}
	list, err := cached(ctx, &s.cached, "status list", s.cfg.Now(), statusFor, func(ctx context.Context) (string, error) {
		f, err := s.cfg.Access.Now(ctx)
		if err != nil {
			return "", err
		}
		return s.issuer.StatusList(statusURI, statusSize, f.RevokedPresentations(s.cfg.Now()), s.cfg.Now())
	})
	return &StatusAnswer{List: list}, err
}

func (s *Server) checkPresentation(_ context.Context, x *exchange, in *checkInput) (*CheckAnswer, error) {
	if _, err := s.decide(x, access.Call{Operation: access.WhoAmI}); err != nil {
		return nil, err
	}
	b := &in.Body
	own := s.issuer.Trusted()
	trusted := append([]trust.TrustedIssuer{own}, s.cfg.Trusted...)
	p, err := trust.VerifyPresentation(b.Presentation, trusted, b.Audience, s.cfg.Now())
	if err != nil {
		return &CheckAnswer{Reason: presentationFault(err)}, nil
	}
	out := &CheckAnswer{Valid: true, Issuer: p.Issuer, Level: p.Recognition, Purpose: p.Aim, Expires: time.Unix(p.Expires, 0).UTC(), Shown: p.Shown}
	switch {
	case p.Status == nil:
	case p.Issuer == own.Name:
		if x.book.Unpresented(p.Status.List.Index, s.cfg.Now()) {
			return &CheckAnswer{Reason: "revoked", Issuer: p.Issuer}, nil
		}
	case b.StatusList == "":
		return &CheckAnswer{Reason: "status_unknown", Issuer: p.Issuer, Status: p.Status.List.URI}, nil // it may be revoked
	default:
		revoked, err := trust.Revoked(p, b.StatusList, trusted, s.cfg.Now())
		if err != nil || revoked {
			return &CheckAnswer{Reason: map[bool]string{true: "revoked", false: "status_unknown"}[revoked], Issuer: p.Issuer}, nil
		}
	}
	return out, nil
}

// presentationFault is the reason code of a presentation that is not recognised.
func presentationFault(err error) string {
	switch {
	case errors.Is(err, trust.ErrIssuer):
		return "issuer"
	case errors.Is(err, trust.ErrKind):
		return "kind"
	case errors.Is(err, trust.ErrExpired):
		return "expired"
	case errors.Is(err, trust.ErrAudience):
		return "audience"
	case errors.Is(err, trust.ErrDisclosure):
		return "disclosure"
	}
	return "form"
}
