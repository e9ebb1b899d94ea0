package ingest

import (
	"context"
	"errors"
	"fmt"

	"github.com/segmentio/kafka-go"

	"wuku/catalog"
)

// AllowAll adds permissions to a cluster. Those that it has already stay as they are.
func AllowAll(ctx context.Context, k Kafka, list []catalog.ACL) error {
	t := k.Transport()
	defer t.CloseIdleConnections()
	client := &kafka.Client{Addr: k.addr(), Transport: t, Timeout: createTimeout}
	req := &kafka.CreateACLsRequest{}
	for _, a := range list {
		e := kafka.ACLEntry{Principal: a.Principal, Host: "*", ResourceName: a.Name, PermissionType: kafka.ACLPermissionTypeAllow, ResourcePatternType: kafka.PatternTypeLiteral}
		if err := e.Operation.UnmarshalText([]byte(a.Operation)); err != nil {
			return fmt.Errorf("permission %s on %s %s: %w", a.Operation, a.Resource, a.Name, err)
		}
		if err := e.ResourceType.UnmarshalText([]byte(a.Resource)); err != nil {
			return fmt.Errorf("permission on %s %s: %w", a.Resource, a.Name, err)
		}
		if a.Pattern == "prefixed" {
			e.ResourcePatternType = kafka.PatternTypePrefixed
		}
		req.ACLs = append(req.ACLs, e)
	}
	answer, err := client.CreateACLs(ctx, req)
	if err != nil {
		return fmt.Errorf("add %d permissions: %w", len(list), err)
	}
	return errors.Join(answer.Errors...)
}
