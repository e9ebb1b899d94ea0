package resolve

import (
	"context"
	"encoding/json/v2"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wuku/entity"
	"wuku/match"
)

// Link is a live link or decision between two anchors.
type Link struct {
	ID        string             `json:"id"`
	A         string             `json:"a"`
	B         string             `json:"b"`
	Judgement string             `json:"judgement"` // same or not_same
	Score     float64            `json:"score"`
	Steward   bool               `json:"steward"`
	By        string             `json:"by"`
	At        time.Time          `json:"at"`
	Why       *match.Explanation `json:"why,omitempty"` // of a link by match: today's reasons, which add up to Score
	Note      string             `json:"note,omitempty"`
}

// LinksOf lists the live links and decisions that have an end among the anchors, the surest first.
func LinksOf(ctx context.Context, store Store, library string, anchors []string) ([]Link, error) {
	var links []Link
	data := map[string]any{"Library": library, "Anchors": anchors}
	err := store.Query(ctx, "cycle/links_of", data, func(scan func(...any) error) error {
		var l Link
		var id, a, b entity.ID
		var steward uint8
		var reason string
		if err := scan(&id, &a, &b, &l.Judgement, &l.Score, &steward, &l.By, &reason, &l.At); err != nil {
			return err
		}
		l.ID, l.A, l.B, l.Steward = id.String(), a.String(), b.String(), steward == 1
		why, err := Why(reason, l.By)
		l.Why = why
		if why == nil {
			l.Note = reason
		}
		links = append(links, l)
		return err
	})
	return links, err
}

// Why reads the stored reason of a finding; nil when by is not ByMatch.
func Why(reason, by string) (*match.Explanation, error) {
	if by != ByMatch {
		return nil, nil
	}
	var e match.Explanation
	if err := json.Unmarshal([]byte(reason), &e); err != nil {
		return nil, fmt.Errorf("the stored reason of a link cannot be read: %w", err)
	}
	return &e, nil
}

// anchorOf reads an id that the engine printed.
func anchorOf(text string) entity.ID {
	id, err := uuid.Parse(text)
	if err != nil {
		return entity.ID{} // no anchor has it
	}
	return id
}
