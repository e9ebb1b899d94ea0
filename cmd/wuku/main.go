// Command wuku (五库) keeps a province's five base libraries: it takes the feeds of departments from Kafka, resolves them under
// the one-data-one-source rule (一数一源) and publishes the libraries in ClickHouse. See `wuku help` and docs/.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"wuku/bench"
	"wuku/engine"
)

func main() {
	engine.RunIfChild() // the embedded ClickHouse is this program, started again
	bench.RunIfChild()  // and so is the broker of a bench
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := root().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "wuku:", err)
		os.Exit(1)
	}
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "wuku",
		Short:         "the five base libraries 五库: topics in, one trusted value an element out",
		SilenceUsage:  true,
		SilenceErrors: true,

		PersistentPreRunE: configure,
	}
	cmd.PersistentFlags().String("config", "", "YAML file with settings, each a flag without its dashes; default /etc/wuku/wuku.yaml if it is there")
	cmd.AddCommand(upCommand(), ingestCommand(), resolveCommand(), serveCommand(), auditCommand(), grantCommand(), keyCommand(), certifyCommand(), catalogCommand(), sqlCommand(), explainCommand(),
		verifyCommand(), rebuildCommand(), eraseCommand(), inspectCommand(), ruleCommand(), quarantineCommand(), doctorCommand(), benchCommand(), matchCommand())
	cmd.AddCommand(reviewCommand(), workorderCommand(), scorecardCommand(), bulletinCommand(), attestCommand(), blameCommand(), truthCommand(), liableCommand(), clocksCommand(), lifecycleCommand())
	cmd.AddCommand(demoCommand(), tryCommand(), publishCommand(), cascadeCommand(), snapshotsCommand(), matterCommand())
	cmd.AddCommand(statusCommand(), backupCommand(), restoreCommand(), feedCommand())
	cmd.AddCommand(warningCommand())
	return cmd
}
