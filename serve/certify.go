package serve

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve/access"
	"wuku/trust"
)

// CertifyBody asks for the certificate of one value.
type CertifyBody struct {
	Library string `json:"library" maxLength:"40"`
	By      By     `json:"by"`
	Element string `json:"element" minLength:"1" maxLength:"100"`
	Purpose string `json:"purpose,omitempty" maxLength:"100" doc:"What for: one of your grant's purposes"`
	Grant   string `json:"grant,omitempty" maxLength:"100" doc:"Which grant, where several fit"`
	Case    string `json:"case,omitempty" maxLength:"100" doc:"Number of the case"`
}

type certifyInput struct{ Body CertifyBody }

// TrustKeys are the public keys with which what this deployment signed can be checked.
type TrustKeys struct {
	Audit         string              `json:"audit" doc:"Verifier of the audit log's checkpoints and of value certificates, as a note verifier text"`
	Presentations trust.TrustedIssuer `json:"presentations" doc:"For the trust lists of others: signs presentations of e-certificates and their status list"`
}

func (s *Server) certifyRoutes() {
	log, ok := s.audit.(*trust.Log)
	if !ok {
		return
	}
	register(s, operation{id: "certify", method: http.MethodPost, path: "/api/v1/certificates/value", kind: access.Certify, tag: "trust",
		summary: "Certificate of one value 值证书", text: "The winning message, the rule, every losing claim with its reason, and a Merkle path to a signed root. wuku-verify checks it offline."},
		func(ctx context.Context, x *exchange, in *certifyInput) (*trust.Certificate, error) {
			return s.certify(ctx, x, log, &in.Body)
		})
	register(s, operation{id: "trust-keys", method: http.MethodGet, path: "/api/v1/trust/keys", kind: access.Trust, tag: "trust", cache: "public, max-age=60", etag: true,
		summary: "Public keys 公钥"}, func(_ context.Context, x *exchange, _ *none) (*TrustKeys, error) {
		if _, err := s.decide(x, access.Call{Operation: access.Trust}); err != nil {
			return nil, err
		}
		return &TrustKeys{Audit: log.VerifierText(), Presentations: s.issuer.Trusted()}, nil
	})
}

func (s *Server) certify(ctx context.Context, x *exchange, log *trust.Log, b *CertifyBody) (*trust.Certificate, error) {
	a, err := s.about(ctx, x, access.Call{Operation: access.Certify, Library: b.Library, Fields: []string{b.Element}, Grant: b.Grant, Purpose: b.Purpose, Case: b.Case}, b.By)
	if err != nil {
		return nil, err
	}
	t, err := s.tell(ctx, a.lib, a.r.Entity)
	if err != nil {
		return nil, err
	}
	statement, err := s.statement(x, a.st, a.lib, a.d, t, b.Element)
	if err != nil {
		return nil, err
	}
	leaf := x.leaf
	leaf.Time, leaf.Caller, leaf.Client, leaf.Role, leaf.Operation = s.cfg.Now(), x.caller.ID, x.caller.Client, x.caller.Role, string(access.Certify)
	x.leaf.Reason = "certificate" // of the second leaf, which has the digest of the whole answer
	return log.Certify(*statement, leaf, func(l trust.Leaf) (int64, error) {
		index, err := s.audit.Append(ctx, l)
		if err != nil {
			s.cfg.Log.Error("audit log", "error", cause(err))
			return 0, problem(x.lang, codeAudit)
		}
		return index, nil
	}, s.cfg.Now())
}

// statement says why an element has its value, as far as the caller may know: losing values as commitments only.
func (s *Server) statement(x *exchange, st *state, lib *catalog.Library, d access.Decision, t *told, element string) (*trust.Statement, error) {
	e := lib.Element(element)
	for _, el := range t.Elements {
		if el.Element != element || el.Winner == nil || el.Value == nil || !visible(d, st.catalog.Feed(el.Winner.Feed)) {
			continue
		}
		ranks := e.Ranks()
		now := s.cfg.Now().UTC().Truncate(time.Millisecond)
		name := t.Entity + "/" + element + "/" + now.Format(time.RFC3339Nano) + "/" + x.caller.ID
		out := &trust.Statement{Type: trust.CertificateType, Issued: now, Library: lib.Name, Entity: t.Entity, Element: element, Level: e.Level,
			Rule:   trust.RuleOf{Catalog: catalog.Digest(st.catalog), Revision: s.cfg.Revision(), Digest: st.catalog.RuleDigest(lib.Name), Strict: e.Strict},
			Winner: voiceOf(st, ranks, el.Winner), Losers: []trust.LosingOne{}, Client: x.caller.Client, Grant: d.Grant(), Purpose: x.leaf.Purpose, Case: x.leaf.Case}
		for _, rank := range e.Authority {
			out.Rule.Authority = append(out.Rule.Authority, rank)
		}
		salt, value := s.salts.SaltOf(name, 0), *el.Value
		out.Commitment = trust.Commit(salt, value)
		if d.Treatment(element) == access.Clear {
			out.Value, out.Salt = &value, salt
		} else {
			shown := s.mask(e, value)
			out.Value, out.Masked = &shown, true
		}
		for i := range el.Losers {
			out.Losers = append(out.Losers, losing(st, ranks, out.Winner, &el.Losers[i], s.salts.SaltOf(name, i+1)))
		}
		return out, nil
	}
	return nil, problem(x.lang, codeNotFound)
}

func voiceOf(st *state, ranks map[string]int, v *toldVoice) trust.Voice {
	at, _ := time.Parse(time.RFC3339Nano, v.EventTime) // written by resolve.Explain
	out := trust.Voice{Feed: v.Feed, Rank: ranks[v.Feed], Version: v.Version, EventTime: at, Topic: v.Topic, Partition: v.Partition, Offset: v.Offset}
	if f := st.catalog.Feed(v.Feed); f != nil {
		out.Department = f.Department
	}
	return out
}

// losing is a claim that lost: its reason is worked out again from ranks, times and versions, and only a claim that is not live
// takes the explanation's word.
func losing(st *state, ranks map[string]int, winner trust.Voice, v *toldVoice, salt string) trust.LosingOne {
	out := trust.LosingOne{Voice: voiceOf(st, ranks, v), Text: v.Reason, Reason: trust.LostNotLive}
	if v.Value != nil {
		out.Commitment = trust.Commit(salt, *v.Value)
	}
	if reason := trust.Lost(winner, out.Voice); reason == trust.LostByUnlisted || reason != "" && !NotLive(v.Reason) {
		out.Reason = reason
	}
	return out
}

// NotLive reports whether the reason that an explanation gives means that the claim no longer counted at all: a newer version of its
// record has taken its place, or the record is gone.
func NotLive(reason string) bool {
	return strings.HasPrefix(reason, "superseded ") || strings.HasPrefix(reason, "the record no longer ")
}

// tell asks why an entity has its values.
func (s *Server) tell(ctx context.Context, lib *catalog.Library, id entity.ID) (*told, error) {
	if s.cfg.Explainer == nil {
		return nil, errors.New("nothing explains here: Config.Explainer is not set")
	}
	answer, err := s.cfg.Explainer.Explain(ctx, lib.Name, id)
	if err != nil {
		return nil, err
	}
	return readTold(answer)
}
