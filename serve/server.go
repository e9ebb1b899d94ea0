package serve

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve/access"
	"wuku/serve/ogc"
	"wuku/serve/read"
	"wuku/trust"
)

// Reader is what serve needs of the store; *store.Store is one.
type Reader = read.Source

// Explainer tells why an entity has the values it has. It returns what resolve.Explanation is as JSON; serve takes from it only
// what it knows, and masks values as the caller's grant says. A nil answer is an entity that is not there.
type Explainer interface {
	Explain(ctx context.Context, library string, id entity.ID) (any, error)
}

// Auditor keeps the record of every answer; *trust.Log is one. Append returns when all leaves are durable.
type Auditor interface {
	Append(ctx context.Context, leaves ...trust.Leaf) (int64, error)
}

// Config is what a Server needs. Catalog, Columns, Reader, Access, Audit and AnchorKey are required.
type Config struct {
	Catalog    func() *catalog.Catalog         // the catalogue in force
	Columns    func(library string) []string   // order of a library's element columns in storage
	Reader     Reader                          // where the libraries are read
	Tables     access.Tables                   // the audit log's copy and the recalls; nil: no usage, no readers, no recalls
	Places     Places                          // where and how many; nil: those answers are 503
	Explainer  Explainer                       // nil: explain answers 503
	Desk       Desk                            // work orders; nil: those operations are not there. So for the next five
	Appraisal  Appraisal                       // scores and bulletins
	Reviewer   Reviewer                        // pairs of records that a person looks at
	Quarantine Quarantine                      // what is in quarantine, to show and to map again
	Intake     Intake                          // departments' files
	Catalogues Catalogues                      // proposed and published catalogues
	Warnings   Warnings                        // what is watched for; nil: no warnings
	Access     *access.Book                    // who calls, and what was granted
	Audit      Auditor                         // the audit log; if it is a *trust.Log, auditors read it through the API
	AnchorKey  []byte                          // the deployment key, see entity.NewAnchorer
	Department int                             // distinct entities a day of one department's clients; 0: 20 million
	Ready      func() (ok bool, reason string) // nil: always ready. The reason is shown to everybody
	Revision   func() uint32                   // number of the catalogue in force; nil: 0
	Issuer     string                          // what this deployment calls itself in presentations of e-certificates; "": wuku
	Trusted    []trust.TrustedIssuer           // other issuers whose presentations are recognised
	Judged     func(time.Time) time.Time       // the moment at which the lateness of sources is judged, see matter.Pulse; nil: now
	Crypto     trust.Profile                   // by which algorithms secrets are kept and presentations signed
	OIDC       *OIDC                           // where people sign in and whose tokens services bring; nil: keys only
	Registry   *prometheus.Registry            // served at /metrics; nil: an own one
	Log        *slog.Logger                    // nil: slog.Default()
	Version    string                          // of the program, in the API document
	Now        func() time.Time                // nil: time.Now
	MissStep   time.Duration                   // an answer that there is nobody takes a whole number of these; 0: 10 ms
	KeyRate    float64                         // calls a second of one key; 0: 5000
	OpenRate   float64                         // calls a second of one address without a valid key, and twice as many at once; 0: 200
}

// Server answers HTTP. It may be used concurrently.
type Server struct {
	cfg       Config
	reads     *read.Reads
	audit     Auditor
	copy      *auditCopy // nil: there is none
	api       huma.API
	handler   http.Handler
	metrics   *metrics
	limits    limits
	addresses addresses
	meter     *access.Meter
	salts     *trust.Pepper
	issuer    *trust.Issuer
	nonces    *access.Nonces
	people    *signIn // nil: there is no identity provider
	state     atomic.Pointer[state]
	anchors   sync.Pool // of *entity.Anchorer
	cached    cache
	flowing   *Kept[*FlowAnswer]
	done      journal
	turns     turns // of cases
	open      openReads
	mask      func(*catalog.Element, string) string // access.Masked; tests make it fail
}

// state is what is derived from one revision of the catalogue.
type state struct {
	index   func() *catalog.Index // made when it is first asked for
	catalog *catalog.Catalog
	feeds   map[uint32]*catalog.Feed // by read.Value.Source
	plans   plans
}

// New makes a Server. It reads nothing yet.
func New(cfg Config) (*Server, error) {
	if cfg.Catalog == nil || cfg.Columns == nil || cfg.Reader == nil || cfg.Access == nil || cfg.Audit == nil {
		return nil, errors.New("serve: Catalog, Columns, Reader, Access and Audit are required")
	}
	if len(cfg.AnchorKey) < 32 {
		return nil, errors.New("serve: AnchorKey has fewer than 32 bytes")
	}
	cfg.defaults()
	s := &Server{cfg: cfg, reads: read.New(cfg.Reader, cfg.Columns), audit: cfg.Audit, mask: access.Masked, limits: limits{perSecond: cfg.KeyRate}, addresses: addresses{perSecond: cfg.OpenRate}}
	s.cfg.Reader = nil // from here on only reads reaches the tables, and it wants a decision
	s.salts = trust.NewPepper(cfg.AnchorKey, cfg.Crypto)
	s.issuer = trust.NewIssuer(cfg.AnchorKey, cfg.Issuer, cfg.Crypto)
	s.people = newSignIn(cfg.OIDC)
	s.nonces = access.NewNonces(cfg.Tables)
	s.done.tables = cfg.Tables
	s.copy = newAuditCopy(cfg.Audit, cfg.Tables)
	cfg.Access.Governed(func() *catalog.Catalog { return s.current().catalog })
	s.open = make(openReads, openSlots)
	s.flowing = &Kept[*FlowAnswer]{Make: s.readFlow, For: flowFor, Now: cfg.Now}
	s.anchors.New = func() any { return entity.NewAnchorer(cfg.AnchorKey) }
	s.metrics = newMetrics(cfg.Registry)
	s.meter = access.NewMeter(cfg.Now, cfg.Department)
	useProblems()
	mux := http.NewServeMux()
	s.api = humago.New(mux, apiConfig(cfg.Version))
	s.routes()
	s.pages(mux)
	s.signInRoutes(mux)
	if open, ok := cfg.Places.(ogc.Source); ok {
		places := ogc.New(boundedSource{open, s.open}, "/ogc", cfg.Log, cause)
		mux.Handle("/ogc/", places)
		mux.Handle("/ogc", places)
	}
	s.handler = s.outer(mux)
	return s, nil
}

func (c *Config) defaults() {
	if c.Ready == nil {
		c.Ready = func() (bool, string) { return true, "" }
	}
	if c.Revision == nil {
		c.Revision = func() uint32 { return 0 }
	}
	if c.Issuer == "" {
		c.Issuer = "wuku"
	}
	if c.Registry == nil {
		c.Registry = prometheus.NewRegistry()
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Judged == nil {
		c.Judged = func(now time.Time) time.Time { return now }
	}
	if c.MissStep == 0 {
		c.MissStep = 10 * time.Millisecond
	}
	if c.OpenRate == 0 {
		c.OpenRate = 200
	}
	if c.KeyRate == 0 {
		c.KeyRate = 5000
	}
}

// Handler is the whole of it: API, documents, console, health and metrics.
func (s *Server) Handler() http.Handler { return s.handler }

// Run keeps what must be kept going beside the answers, until ctx ends: the audit log's checkpoints, fresh grants.
func (s *Server) Run(ctx context.Context) error {
	go s.cfg.Access.Run(ctx)
	if s.copy != nil {
		go s.copy.run(ctx, s.cfg.Log)
		go s.runRecalls(ctx)
	}
	if log, ok := s.audit.(*trust.Log); ok {
		log.Run(ctx, func(err error) { s.cfg.Log.Error("audit checkpoint", "error", cause(err)) })
	}
	<-ctx.Done()
	return nil
}

// current gives the state of the catalogue in force, deriving it anew when the catalogue is another.
func (s *Server) current() *state {
	c := s.cfg.Catalog()
	if st := s.state.Load(); st != nil && st.catalog == c {
		return st
	}
	st := &state{catalog: c, feeds: map[uint32]*catalog.Feed{}, index: sync.OnceValue(func() *catalog.Index { return catalog.NewIndex(c) })}
	for i := range c.Feeds {
		st.feeds[feedHash(c.Feeds[i].Name)] = &c.Feeds[i]
	}
	s.state.Store(st)
	return st
}

// subject is the keyed hash of an entity for the audit log: who holds the deployment key can find an entity's leaves.
func (s *Server) subject(id entity.ID) string {
	a := s.anchors.Get().(*entity.Anchorer)
	defer s.anchors.Put(a)
	return a.Hash("audit subject", id.String())
}

// subjects are the keyed hashes of several entities.
func (s *Server) subjects(ids []entity.ID) []string {
	a := s.anchors.Get().(*entity.Anchorer)
	defer s.anchors.Put(a)
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = a.Hash("audit subject", id.String())
	}
	return list
}

func (s *Server) routes() {
	s.lookupRoutes()
	s.batchRoutes()
	s.entityRoutes()
	s.changeRoutes()
	s.catalogRoutes()
	s.openRoutes()
	s.flowRoutes()
	s.spaceRoutes()
	s.auditRoutes()
	s.applicationRoutes()
	s.grantRoutes()
	s.usageRoutes()
	s.recallRoutes()
	s.certifyRoutes()
	s.presentationRoutes()
	s.historyRoutes()
	s.relationRoutes()
	s.walkRoutes()
	s.warningRoutes()
	s.exportRoutes()
	s.joinRoutes()
	s.feedbackRoutes()
	s.listRoutes()
	s.orderRoutes()
	s.scoreRoutes()
	s.reviewRoutes()
	s.quarantineRoutes()
	s.intakeRoutes()
	s.sampleRoutes()
	s.matterRoutes()
	s.networkRoutes()
	s.proposalRoutes()
	s.emergencyRoutes()
	s.demandRoutes()
	s.sharingRoutes()
}
