package main

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"arshjul/domain"
)

// version is set when a release is built: -ldflags "-X main.version=2027.2".
var version = "utveckling"

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Visa programmets version",
		Args:  takes(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(c.OutOrStdout(), "arshjul %s (regelversion %s, %s)\n", version, rulesVersions(), runtime.Version())
			return err
		},
	}
}

// rulesVersions are those that this build plays by, newest first.
func rulesVersions() string {
	var all []string
	for _, b := range domain.Books() {
		all = append(all, strconv.Itoa(b.Version))
	}
	return strings.Join(all, ", ")
}
