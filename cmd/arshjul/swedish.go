package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const usageTemplate = `Användning:{{if and .Runnable (not (index .Annotations "group"))}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} [kommando]{{end}}{{if .HasExample}}

Exempel:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}{{$cmds := .Commands}}{{if eq (len .Groups) 0}}

Kommandon:{{range $cmds}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{else}}{{range $group := .Groups}}

{{.Title}}{{range $cmds}}{{if (and (eq .GroupID $group.ID) .IsAvailableCommand)}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flaggor:
{{flaggor .LocalFlags | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

Flaggor för alla kommandon här:
{{flaggor .InheritedFlags | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

Mer om ett kommando: {{.CommandPath}} [kommando] --help{{end}}
`

func init() { cobra.AddTemplateFunc("flaggor", flagUsages) } // cobra has one table of them for all commands

// swedish gives the program's own words to what cobra writes by itself.
func swedish(root *cobra.Command) {
	root.SetUsageTemplate(usageTemplate)
	root.SetHelpCommand(&cobra.Command{Use: "no-help", Hidden: true})
	root.PersistentFlags().BoolP("help", "h", false, "visa hjälp")
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("flaggorna går inte att läsa (%w). Se %s --help", err, c.CommandPath())
	})
}

// flagUsages lists flags with our words for their kinds.
func flagUsages(f *pflag.FlagSet) string {
	text := flagKind.ReplaceAllStringFunc(f.FlagUsages(), func(flag string) string {
		name, kind, _ := strings.Cut(flag, " --")
		option, kind, _ := strings.Cut(kind, " ")
		word := "TEXT"
		if kind == "int" || kind == "uint" {
			word = "TAL"
		}
		// As wide as before, so that the columns stay.
		return fmt.Sprintf("%s --%s %-*s", name, option, len(kind), word)
	})
	return strings.ReplaceAll(text, "(default ", "(annars ")
}

var flagKind = regexp.MustCompile(`(?m)^ +(-\w,)? +--[\w-]+ (stringArray|strings|string|uint|int)\b`)

// takes says how many arguments a verb takes, and what they are called.
func takes(least, most int, names string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return fmt.Errorf("ange %s. Se %s --help", names, c.CommandPath())
		case len(args) > most:
			return fmt.Errorf("%q är för mycket. Se %s --help", args[most], c.CommandPath())
		}
		return nil
	}
}

// group makes a verb that does nothing by itself: without one of its own verbs it says which there are.
func group(verb *cobra.Command) *cobra.Command {
	verb.Annotations = map[string]string{"group": "true"}
	verb.Args = cobra.ArbitraryArgs
	verb.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usagef("%q finns inte. Se %s --help", args[0], c.CommandPath())
		}
		if c.HasParent() {
			return usagef("ange vad du vill göra. Se %s --help", c.CommandPath())
		}
		return c.Help()
	}
	return verb
}

func newCompletion() *cobra.Command {
	return &cobra.Command{
		Use:       "completion bash|zsh|fish",
		Short:     "Skriv ut tabbkomplettering för ditt skal",
		Example:   "  source <(arshjul completion bash)",
		Args:      takes(1, 1, "bash, zsh eller fish"),
		ValidArgs: []string{"bash", "zsh", "fish"},
		RunE: func(c *cobra.Command, args []string) error {
			out := c.OutOrStdout()
			switch args[0] {
			case "bash":
				return c.Root().GenBashCompletionV2(out, true)
			case "zsh":
				return c.Root().GenZshCompletion(out)
			case "fish":
				return c.Root().GenFishCompletion(out, true)
			}
			return usagef("%q är inget skal som det finns komplettering för: välj bash, zsh eller fish", args[0])
		},
	}
}
