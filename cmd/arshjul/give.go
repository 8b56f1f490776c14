package main

import (
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// given is a command as the flags say it.
type given struct {
	command                         api.Command
	cycle                           string
	version, date, outcome, meeting string
	documents, fields, recipients   []string
	figures                         []string
	aims, from                      string
	mentions                        []string
	protocol                        protocol
	statement                       statement
}

// newGive makes the verb for one kind of command on a cycle; its flags are the members that the command table gives the
// kind. The argument is the step, or for kinds that concern the whole cycle the cycle.
func newGive(c *connection, kind domain.CommandKind, use, short, example string) *cobra.Command {
	must, may := domain.Row(kind).Members()
	onStep := slices.Contains(must, "step")
	maybeStep := slices.Contains(may, "step")
	g := &given{command: api.Command{Kind: kind}}
	verb := &cobra.Command{Use: use, Short: short, Example: example, Args: takes(1, 1, "steget")}
	if !onStep {
		verb.Args = takes(1, 1, "cykeln")
	}
	if maybeStep {
		verb.Use = strings.Replace(use, "STEG", "[STEG]", 1)
		verb.Args = takes(0, 1, "")
	}
	f := verb.Flags()
	if onStep || maybeStep {
		f.StringVar(&g.cycle, "cycle", "", cycleHelp)
	}
	for _, member := range append(must, may...) {
		if flag, ok := memberFlags[member]; ok {
			flag(verb, g)
		}
	}
	idFlag(verb, &g.command.ID)
	preview := previewFlag(verb)
	verb.RunE = func(verb *cobra.Command, args []string) error {
		if onStep || maybeStep {
			if len(args) > 0 {
				g.command.Step = domain.StepID(args[0])
			}
		} else {
			g.cycle = args[0]
		}
		var err error
		if g.cycle, err = c.theCycle(verb, g.cycle); err != nil {
			return err
		}
		if err := g.fill(verb, c, slices.Contains(must, "version")); err != nil {
			return err
		}
		if *preview {
			return c.preview(verb, g.cycle, g.command)
		}
		r, err := c.client().Give(verb.Context(), g.cycle, g.command)
		if err != nil {
			return c.tell(verb, err, g.command.ID)
		}
		return c.receipt(verb, r)
	}
	return verb
}

const cycleHelp = "cykeln, till exempel cycle/1283/2028 (annars den enda som pågår)"

// memberFlags gives each member of a command its flag.
var memberFlags = map[string]func(*cobra.Command, *given){
	"version": func(v *cobra.Command, g *given) {
		v.Flags().StringVar(&g.version, "version", "", "versionen du såg, som sha256 (annars den som är inlämnad nu)")
	},
	"text": func(v *cobra.Command, g *given) {
		v.Flags().StringVar(&g.command.Text, "text", "", "skäl, anteckning, motivering eller kommentar")
	},
	"date": func(v *cobra.Command, g *given) {
		v.Flags().StringVar(&g.date, "date", "", "dag, så här: 2027-02-10 (annars i dag)")
	},
	"documents": func(v *cobra.Command, g *given) {
		v.Flags().StringArrayVar(&g.documents, "document", nil, "handling=FIL eller handling=LÄNK, en gång för varje handling")
	},
	"reference": func(v *cobra.Command, g *given) {
		v.Flags().StringVar(&g.command.Reference, "reference", "", "diarienummer eller adress")
	},
	"fields": func(v *cobra.Command, g *given) {
		v.Flags().StringArrayVar(&g.fields, "field", nil, "fält=VÄRDE, en gång för varje fält")
	},
	"figures": func(v *cobra.Command, g *given) {
		v.Flags().StringArrayVar(&g.figures, "figure", nil, "belopp=VÄRDE eller belopp=NÄMND:VÄRDE, en gång för varje, till exempel ram=SN:723,5mnkr")
	},
	"aims": func(v *cobra.Command, g *given) {
		v.Flags().StringVar(&g.aims, "aims", "", "fil med inriktning och mål som JSON: [{\"unit\":\"SN\",\"goal\":\"1\",\"text\":\"…\",\"from\":2028,\"measured\":\"matbart\",\"indicator\":\"…\",\"target\":\"…\"}]")
	},
	"from": func(v *cobra.Command, g *given) {
		v.Flags().StringVar(&g.from, "from", "", "första dagen som ändringen gäller, så här: 2028-06-01")
	},
	"outcome": func(v *cobra.Command, g *given) {
		v.Flags().StringVar(&g.outcome, "outcome", "", "bifall, avslag, aterremiss, bordlaggning, delvis eller ej-beslutsfor")
	},
	"meeting": func(v *cobra.Command, g *given) {
		v.Flags().StringVar(&g.meeting, "meeting", "", "sammanträdet, till exempel KS-2027-02-10")
	},
	"paragraph": func(v *cobra.Command, g *given) {
		v.Flags().StringVar(&g.command.Paragraph, "paragraph", "", "paragrafen i protokollet: 14 för § 14")
	},
	"dnr": func(v *cobra.Command, g *given) {
		v.Flags().StringVar(&g.command.Dnr, "dnr", "", "diarienummer")
	},
	"to": func(v *cobra.Command, g *given) {
		v.Flags().StringSliceVar(&g.recipients, "to", nil, "mottagande enheter, till exempel KF,REV")
	},
	"mentions": func(v *cobra.Command, g *given) {
		v.Flags().StringSliceVar(&g.mentions, "mention", nil, "personer som ska få veta det, med id; den vars namn står efter @ i texten får också veta det")
	},
	"record": func(v *cobra.Command, g *given) { g.protocol.flags(v, g.command.Kind) },
	"review": func(v *cobra.Command, g *given) { g.statement.flags(v) },
	"need": func(v *cobra.Command, g *given) {
		v.Flags().StringVar((*string)(&g.command.Need), "need", "", "det sena steget att gå vidare utan")
	},
	"entry": func(v *cobra.Command, g *given) {
		v.Flags().Uint64Var(&g.command.Entry, "entry", 0, "numret på posten i cykeln som rättas")
	},
}

// fill completes the command with what its flags name: files are uploaded, dates read, the version looked up.
func (g *given) fill(verb *cobra.Command, c *connection, needsVersion bool) error {
	if g.date != "" {
		d, err := domain.ParseDate(g.date)
		if err != nil {
			return usagef("--date: %v", err)
		}
		g.command.Date = d
	}
	if err := g.fillFigures(); err != nil {
		return err
	}
	g.command.Outcome = domain.Outcome(g.outcome)
	g.command.Meeting = domain.MeetingID(g.meeting)
	for _, p := range g.mentions {
		g.command.Mentions = append(g.command.Mentions, domain.PersonID(p))
	}
	for _, u := range g.recipients {
		g.command.To = append(g.command.To, domain.UnitID(u))
	}
	for _, f := range g.fields {
		id, value, ok := strings.Cut(f, "=")
		if !ok {
			return usagef("--field %s: skriv fält=VÄRDE", f)
		}
		g.command.Fields = append(g.command.Fields, api.Field{ID: id, Value: value})
	}
	for _, d := range g.documents {
		doc, err := upload(verb, c, d)
		if err != nil {
			return err
		}
		g.command.Documents = append(g.command.Documents, doc)
	}
	record, err := g.protocol.read(verb, c)
	if err != nil {
		return err
	}
	g.command.Record = record
	if g.command.Review, err = g.statement.read(); err != nil {
		return err
	}
	g.command.Version = domain.Digest(g.version)
	if !needsVersion || g.version != "" {
		return nil
	}
	var step api.Step
	if err := c.client().Get(verb.Context(), api.StepPath(g.cycle, g.command.Step), &step); err != nil {
		return c.tell(verb, err, g.command.ID)
	}
	if step.Version != nil {
		g.command.Version = step.Version.Hash
	}
	return nil
}

// upload reads "handling=FIL" or "handling=LÄNK"; a file's bytes go to the server first.
func upload(verb *cobra.Command, c *connection, flag string) (api.Document, error) {
	def, where, ok := strings.Cut(flag, "=")
	if !ok {
		return api.Document{}, usagef("--document %s: skriv handling=FIL eller handling=LÄNK", flag)
	}
	if strings.HasPrefix(where, "https://") || strings.HasPrefix(where, "http://") {
		return api.Document{Def: def, Link: where}, nil
	}
	info, err := os.Stat(where)
	if err != nil {
		return api.Document{}, usagef("--document %s: filen går inte att läsa: %v", def, err)
	}
	if err := domain.CheckUpload(info.Size(), "", ""); err != nil {
		return api.Document{}, c.tell(verb, asProblem(err), "")
	}
	bytes, err := os.ReadFile(where)
	if err != nil {
		return api.Document{}, usagef("--document %s: filen går inte att läsa: %v", def, err)
	}
	f, err := c.client().Upload(verb.Context(), bytes)
	if err != nil {
		return api.Document{}, c.tell(verb, err, "")
	}
	return api.Document{Def: def, SHA256: f.SHA256}, nil
}

// asProblem tells a refusal of our own as the server would have.
func asProblem(err error) error {
	var r *domain.Refusal
	if errors.As(err, &r) {
		return api.ProblemOf(r, "")
	}
	return err
}
