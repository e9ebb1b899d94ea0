package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/ingest"
)

func catalogACL() *cobra.Command {
	var f flags
	var o catalog.ACLOptions
	var users map[string]string
	var asJSON, apply bool
	cmd := &cobra.Command{
		Use:   "acl",
		Short: "who may write and read which topic of a real cluster, as commands of kafka-acls.sh",
		Long: "who may write and read which topic of a real cluster, as commands of kafka-acls.sh.\n\n" +
			"A department writes only to the topics of its own feeds. The user of a department is its code unless --user says otherwise\n" +
			"(--user police=CN=police with mTLS). With --apply the permissions are added to the cluster of --kafka, by a user who may do so.\n" +
			"The cluster needs an authorizer and allow.everyone.if.no.acl.found=false.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := f.loadCatalog()
			if err != nil {
				return err
			}
			o.User = func(department string) string {
				if u := users[department]; u != "" {
					return u
				}
				return department
			}
			list := catalog.ACLs(c, o)
			switch {
			case asJSON:
				return printJSON(cmd.OutOrStdout(), list)
			case !apply:
				return printACLs(cmd.OutOrStdout(), list)
			case f.kafka == "":
				return fmt.Errorf("--apply needs the cluster: give --kafka")
			}
			k, err := f.kafkaOf()
			if err != nil {
				return err
			}
			if err := ingest.AllowAll(cmd.Context(), k, list); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d permissions are in force\n", len(list))
			return nil
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&o.Program, "program", "wuku", "user that wuku itself connects as")
	cmd.Flags().StringVar(&o.Group, "group", ingest.DefaultGroup, "consumer group of wuku")
	cmd.Flags().StringToStringVar(&users, "user", nil, "department=user, where a user is not the department's code")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&apply, "apply", false, "add them to the cluster of --kafka")
	return cmd
}

// printACLs prints one command for each principal and resource.
func printACLs(out io.Writer, list []catalog.ACL) error {
	if _, err := fmt.Fprintln(out, "#!/bin/sh\n# Made by `wuku catalog acl`. Needs BOOTSTRAP=host:port and CONFIG=properties of a user who may alter permissions.\nset -eu"); err != nil {
		return err
	}
	for i := 0; i < len(list); {
		a := list[i]
		var operations []string
		for ; i < len(list) && list[i].Principal == a.Principal && list[i].Resource == a.Resource && list[i].Name == a.Name && list[i].Pattern == a.Pattern; i++ {
			operations = append(operations, "--operation "+list[i].Operation)
		}
		_, err := fmt.Fprintf(out, "kafka-acls.sh --bootstrap-server \"$BOOTSTRAP\" --command-config \"$CONFIG\" --add --allow-principal %s %s --%s %s --resource-pattern-type %s\n",
			quoted(a.Principal), strings.Join(operations, " "), a.Resource, quoted(a.Name), a.Pattern)
		if err != nil {
			return err
		}
	}
	return nil
}

// quoted is a word of a shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
