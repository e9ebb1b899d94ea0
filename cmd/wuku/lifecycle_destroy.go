package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func destroyCommand() *cobra.Command {
	var f flags
	var reason, by string
	cmd := &cobra.Command{
		Use:   "destroy FEED --reason REASON",
		Short: "销毁: forget what all records of a feed said that the catalogue does not have any more, and keep a record of it",
		Long: "forget what all records of a feed said, in every table, and keep a record of it: how many, why, who answers for it, and the digest of the last\n" +
			"archive. The feed must be out of the catalogue in force, and the libraries resolved without it. The accounts of its messages stay, without content and\n" +
			"with keyed hashes for its records, so that the figures of past periods can still be worked out. Its topics are the broker's: delete them there.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				n, topic, err := in.destroy(cmd.Context(), args[0], reason, by)
				if err == nil {
					_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d records destroyed; what is left is the broker's topic %s\n", args[0], n, topic)
				}
				return err
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "why: law, order, end of an emergency, file number")
	cmd.Flags().StringVar(&by, "by", instanceName(), "who answers for it")
	_ = cmd.MarkFlagRequired("reason") // the flag exists: it cannot fail
	return cmd
}

// destroy forgets a feed. Repeated after it was cut off it goes on where it was.
func (in *instance) destroy(ctx context.Context, feed, reason, by string) (records uint64, topic string, err error) {
	now := in.current.Load()
	if now.catalog.Feed(feed) != nil {
		return 0, "", fmt.Errorf("feed %s is in the catalogue in force: take it out first (`wuku catalog publish`), so that nobody's value rests on it", feed)
	}
	data := map[string]any{"Feed": feed, "Secret": in.secret("destroyed records"), "Tables": []string{"quality.finding", "quality.state", "quality.doubt", "quality.field", "snapshot.message", "snapshot.record"}}
	var libraries []string
	for _, l := range now.catalog.Libraries {
		libraries = append(libraries, l.Name)
	}
	data["Libraries"] = libraries
	var based, versions, messages uint64
	err = in.store.Query(ctx, "query/destroy_left", data, func(scan func(...any) error) error { return scan(&based, &records, &versions, &messages) })
	switch {
	case err != nil:
		return 0, "", err
	case messages == 0:
		return 0, "", fmt.Errorf("nothing is known of a feed %s", feed)
	case versions == 0:
		return 0, "", fmt.Errorf("feed %s is destroyed already, as `wuku lifecycle` says", feed)
	case based > 0:
		return 0, "", fmt.Errorf("%d base records still count feed %s: their libraries are resolved again after the change of the catalogue, try again then", based, feed)
	}
	digest := ""
	err = in.store.Query(ctx, "query/lifecycle_digest", data, func(scan func(...any) error) error { return scan(&digest) })
	if err != nil {
		return 0, "", err
	}
	row := map[string]any{"Feed": feed, "Stage": "destroyed", "At": time.Now().UnixMilli(), "By": by, "Records": records, "Digest": digest, "Note": reason}
	if err := in.store.Exec(ctx, "query/lifecycle_add", row); err != nil { // first: what is gone must not be gone without a record
		return 0, "", err
	}
	return records, "src." + feed, in.store.Exec(ctx, "query/destroy", data)
}
