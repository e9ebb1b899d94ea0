package serve

import (
	"context"

	"wuku/entity"
)

// RecallOnce brings all recalls up to date.
func (s *Server) RecallOnce(ctx context.Context) error {
	for _, library := range entity.Libraries {
		if err := s.recall(ctx, library); err != nil {
			return err
		}
	}
	return nil
}
