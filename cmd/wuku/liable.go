package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/entity"
	"wuku/quality"
	"wuku/resolve"
)

// liability answers who is liable for a value (定责): who sent it, by which message, who must mend it, who owns, keeps and watches the
// element, what is open about it, and by which leaves of the audit log it was given to whom.
type liability struct {
	Library string         `json:"library"`
	Entity  string         `json:"entity"`
	Element string         `json:"element"`
	Source  *resolve.Voice `json:"source,omitempty"` // nil: no record gives a value
	Parties []party        `json:"parties"`
	Rule    uint32         `json:"catalogue"` // revision of the catalogue by which the value wins
	Orders  []openOrder    `json:"orders"`
	Leaves  []auditLeaf    `json:"leaves"`
}

// party is one department with the name that answers for it.
type party struct {
	As         string `json:"as"` // sends, mends, owns, keeps or watches
	Department string `json:"department"`
	ZH         string `json:"zh"`
	Contact    string `json:"contact"`
}

type openOrder struct {
	ID         string `json:"id"`
	Rule       string `json:"rule"`
	State      string `json:"state"`
	Department string `json:"department"` // who must act
}

// auditLeaf is one answer, as the audit log has it: `wuku audit verify` proves that it is as it was written.
type auditLeaf struct {
	Log       string    `json:"log"`
	Leaf      uint64    `json:"leaf"`
	Time      time.Time `json:"time"`
	Client    string    `json:"client"`
	Role      string    `json:"role"`
	Operation string    `json:"operation"`
	Grant     string    `json:"grant"`
	Purpose   string    `json:"purpose"`
}

func liableCommand() *cobra.Command {
	var f flags
	var by, library, element string
	var limit int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "liable [ENTITY] --library LIBRARY --element ELEMENT",
		Short: "定责: who is liable for a value, by name, with the message it came by and the audit log's leaves",
		Long: "who sent a value and by which message, who must mend it, who owns, keeps and watches the element, what is open about it, and to whom it was\n" +
			"given, leaf by leaf of the audit log. With --by SCHEME the identifier is read from standard input.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				id, err := in.identify(args, by, cmd.InOrStdin())
				if err != nil {
					return err
				}
				l, err := in.liable(cmd.Context(), library, element, id, limit)
				switch {
				case err != nil:
					return err
				case asJSON:
					return printJSON(cmd.OutOrStdout(), l)
				}
				return printLiability(cmd.OutOrStdout(), l)
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&by, "by", "", "identifier scheme (citizen, uscc, …); the identifier comes on standard input")
	cmd.Flags().StringVar(&library, "library", "", "which library")
	cmd.Flags().StringVar(&element, "element", "", "which element")
	cmd.Flags().IntVar(&limit, "limit", 20, "at most so many leaves")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (in *instance) liable(ctx context.Context, library, element string, id entity.ID, limit int) (*liability, error) {
	now := in.current.Load()
	lib := now.catalog.Library(library)
	if lib == nil || lib.Element(element) == nil {
		return nil, fmt.Errorf("the catalogue has no element %q in a library %q: name both, --library and --element", element, library)
	}
	e, ok, err := resolve.Explain(ctx, in.store, in.config(library, nil).Rule, id, false)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errors.New("the library does not know this entity")
	}
	l := &liability{Library: library, Entity: e.Entity, Element: element, Rule: now.revision, Orders: []openOrder{}, Leaves: []auditLeaf{}}
	if k := slices.IndexFunc(e.Elements, func(x resolve.ElementExplanation) bool { return x.Element == element }); k >= 0 {
		l.Source = e.Elements[k].Winner
	}
	l.Parties = partiesOf(now.catalog, lib, lib.Element(element), l.Source)
	at, err := in.identify([]string{e.Entity}, "", nil)
	if err != nil {
		return nil, err
	}
	return l, errors.Join(in.liableOrders(ctx, l, at), in.liableLeaves(ctx, l, at, limit))
}

// partiesOf are the departments that have to do with a value.
func partiesOf(c *catalog.Catalog, lib *catalog.Library, e *catalog.Element, source *resolve.Voice) []party {
	out := []party{}
	add := func(as, code string, contact *catalog.Contact) {
		k := slices.IndexFunc(c.Departments, func(d catalog.Department) bool { return d.Code == code })
		if k < 0 {
			return
		}
		p := party{As: as, Department: code, ZH: c.Departments[k].ZH, Contact: c.Departments[k].Contact.Name}
		if contact != nil {
			p.Contact = contact.Name
		}
		out = append(out, p)
	}
	if source != nil {
		if f := c.Feed(source.Feed); f != nil {
			add("sends 报送", f.Department, f.Contact)
			add("mends 整改", quality.Mender(c, f.Name), nil)
		}
	}
	steward, supervisor := e.Steward, e.Supervisor
	if steward == "" {
		steward = lib.Steward
	}
	if supervisor == "" {
		supervisor = lib.Supervisor
	}
	add("owns 数源", quality.Authority(c, lib, e), nil)
	add("keeps 管理", steward, nil)
	add("watches 监管", supervisor, nil)
	return out
}

func (in *instance) liableOrders(ctx context.Context, l *liability, at entity.ID) error {
	desk := in.desk()
	list, err := desk.List(ctx, quality.Filter{Entity: at.String()})
	for _, o := range list {
		if o.Library == l.Library && o.Element == l.Element {
			l.Orders = append(l.Orders, openOrder{ID: o.ID.String(), Rule: o.Rule, State: o.State, Department: o.Holder(desk.Board())})
		}
	}
	return err
}

func (in *instance) liableLeaves(ctx context.Context, l *liability, at entity.ID, limit int) error {
	data := map[string]any{"Subject": in.anchorer().Hash("audit subject", at.String()), "Library": l.Library, "Element": l.Element, "Limit": max(limit, 1)}
	return in.store.Query(ctx, "query/liable_leaves", data, func(scan func(...any) error) error {
		var x auditLeaf
		err := scan(&x.Log, &x.Leaf, &x.Time, &x.Client, &x.Role, &x.Operation, &x.Grant, &x.Purpose)
		l.Leaves = append(l.Leaves, x)
		return err
	})
}

func printLiability(out io.Writer, l *liability) error {
	fmt.Fprintf(out, "%s %s %s, catalogue revision %d\n", l.Library, l.Entity, l.Element, l.Rule)
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	fmt.Fprintf(w, "  message\t%s\n", voice(l.Source))
	for _, p := range l.Parties {
		fmt.Fprintf(w, "  %s\t%s %s\t%s\n", p.As, p.Department, p.ZH, p.Contact)
	}
	for _, o := range l.Orders {
		fmt.Fprintf(w, "  order 工单 %s\t%s\t%s\t%s must act\n", o.ID, o.Rule, o.State, o.Department)
	}
	for _, x := range l.Leaves {
		fmt.Fprintf(w, "  given to %s (%s)\t%s\tgrant %s, %s\tleaf %s/%d at %s\n", x.Client, x.Role, x.Operation, x.Grant, x.Purpose, x.Log, x.Leaf, inChina(x.Time))
	}
	return w.Flush()
}
