package quality

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wuku/entity"
)

// Rules of doubts: what people and authorities say, which no statement finds. Inspections keep their findings like all others.
const (
	RuleDoubted = "user.doubted"  // 使用异议: a user of the data doubts a value
	RuleTruth   = "truth.differs" // 核验不一致: the authority, asked about a sample, says that a value is not right
)

// Why a doubt ends though the value is what it was.
const (
	WhyStands  = "stands"  // who answers for it says that it is right
	WhyMatches = "matches" // the authority, asked again, says that it is right
)

// Doubt is somebody's word that a value of the library is wrong. It becomes a finding at the record that gave the value, with a work order
// as every finding has, and ends when that record says something else.
type Doubt struct {
	ID      string // the same for the same doubt, however often it is brought
	Entity  entity.ID
	Element string
	By      string // who doubts: a client, or the authority that was asked
}

// At is the entity as the templates write it.
func (d Doubt) At() string { return d.Entity.String() }

// DoubtState is a doubt with the work order that it has.
type DoubtState struct {
	ID, Library, Rule string
	Ended             bool   // by somebody's word
	Why               string //
	At                time.Time
	Order             entity.ID // zero: none yet
	State, Outcome    string    // of the order
	Note              string    // of its last event
}

// doubting is what the templates of doubts see.
type doubting struct {
	*inspection
	DoubtRule string
	Doubts    []Doubt
	IDs       []string
	Why       string
}

// doubtsAtOnce bounds the length of statements.
const doubtsAtOnce = 500

// Doubt takes doubts about values of one library and looks at once at the records that gave these. A doubt about a value that the library no
// longer has, or of an entity that is no more, becomes nothing: States does not list it.
func (i *Inspector) Doubt(ctx context.Context, library, rule string, doubts []Doubt) error {
	if len(doubts) > doubtsAtOnce {
		return fmt.Errorf("%d doubts at once; %d at most", len(doubts), doubtsAtOnce)
	}
	if len(doubts) == 0 {
		return nil
	}
	d, err := i.doubting(ctx, library, rule)
	if err != nil {
		return err
	}
	d.Doubts, d.Standing = doubts, nil
	lib := i.Catalog.Library(library)
	for _, x := range doubts {
		if lib.Element(x.Element) == nil {
			return fmt.Errorf("doubt about %s.%s: the library has no such element", library, x.Element)
		}
		d.stand(i.Catalog, x.Element)
		d.IDs = append(d.IDs, x.ID)
	}
	steps := func() error {
		if err := i.Store.Exec(ctx, "quality/doubt_at", d); err != nil {
			return err
		}
		for k := range d.Standing {
			d.Element = &d.Standing[k]
			if err := i.Store.Exec(ctx, "quality/located", d.inspection); err != nil {
				return err
			}
		}
		return i.Store.Exec(ctx, "quality/doubt_add", d)
	}
	err = errors.Join(steps(), i.Store.Exec(context.WithoutCancel(ctx), "quality/clear", d.inspection))
	if err != nil {
		return fmt.Errorf("doubts about library %s: %w", library, err)
	}
	return i.again(ctx, d)
}

// EndDoubts ends doubts of a library by somebody's word, though the values are what they were, and closes their findings.
func (i *Inspector) EndDoubts(ctx context.Context, library, rule, why string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	d, err := i.doubting(ctx, library, rule)
	if err != nil {
		return err
	}
	d.IDs, d.Why = ids, why
	if err := i.Store.Exec(ctx, "quality/doubt_end", d); err != nil {
		return fmt.Errorf("doubts about library %s: %w", library, err)
	}
	return i.again(ctx, d)
}

// Doubts lists the doubts of a rule, of one library or ("") of all.
func (i *Inspector) Doubts(ctx context.Context, library, rule string) (list []DoubtState, err error) {
	err = i.Store.Query(ctx, "quality/doubt_list", &doubting{inspection: &inspection{Library: library}, DoubtRule: rule}, func(scan func(...any) error) error {
		var d DoubtState
		err := scan(&d.ID, &d.Library, &d.Rule, &d.Ended, &d.Why, &d.At, &d.Order, &d.State, &d.Outcome, &d.Note)
		list = append(list, d)
		return err
	})
	if err != nil {
		err = fmt.Errorf("doubts: %w", err)
	}
	return list, err
}

// doubting prepares statements about the doubts of a library.
func (i *Inspector) doubting(ctx context.Context, library, rule string) (*doubting, error) {
	in, err := prepare(i.Catalog, library, i.now())
	if err != nil {
		return nil, err
	}
	if err := errors.Join(i.begin(ctx, in), i.number(ctx, in)); err != nil {
		return nil, fmt.Errorf("doubts about library %s: %w", library, err)
	}
	return &doubting{inspection: in, DoubtRule: rule}, nil
}

// again inspects the records at which doubts stand.
func (i *Inspector) again(ctx context.Context, d *doubting) (err error) {
	in, err := prepare(i.Catalog, d.Library, i.now())
	if err != nil {
		return err
	}
	if err := i.begin(ctx, in); err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, i.Store.Exec(context.WithoutCancel(ctx), "quality/clear", in))
	}()
	d.inspection = in
	if err := i.Store.Exec(ctx, "quality/doubt_anchors", d); err != nil {
		return err
	}
	if err := i.Store.Exec(ctx, "quality/closure", in); err != nil {
		return err
	}
	_, err = i.settle(ctx, in)
	return err
}
