package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

func newRegistry(c *connection) *cobra.Command {
	verb := c.flags(group(&cobra.Command{
		Use:   "registry",
		Short: "Visa eller ändra registret: enheter, roller, ersättare, jäv och sammanträden",
	}))
	verb.AddCommand(newRegistryShow(c))
	for _, change := range registryChanges {
		verb.AddCommand(newChange(c, change))
	}
	verb.AddCommand(newImportMeetings(c), newProposeMeetings(c))
	return verb
}

func newRegistryShow(c *connection) *cobra.Command {
	var stream string
	verb := &cobra.Command{
		Use:   "show",
		Short: "Visa registret",
		Args:  takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			stream, err := c.registry(verb, stream)
			if err != nil {
				return err
			}
			return show(verb, c, "/"+stream+"/registry", tellRegistry)
		},
	}
	streamFlag(verb, &stream)
	return verb
}

func streamFlag(verb *cobra.Command, stream *string) {
	verb.Flags().StringVar(stream, "cycle", "", "en övnings eget register, till exempel exercise/1283/2028/1 (annars kommunens)")
}

// registry gives the stream whose registry is meant: an exercise's own, or the server's municipality's.
func (c *connection) registry(verb *cobra.Command, stream string) (string, error) {
	if stream != "" {
		return stream, nil
	}
	var a api.About
	if err := c.client().Get(verb.Context(), "/version", &a); err != nil {
		return "", c.tell(verb, err, "")
	}
	return domain.RegistryStream(a.Kommun), nil
}

// change is a verb on the registry: the flags that fill its command.
type change struct {
	kind    domain.CommandKind
	example string
	flags   func(*cobra.Command, *api.Command)
}

var registryChanges = []change{
	{domain.CmdSetUnit, "  arshjul registry set-unit --unit KN --kind namnd --name Kulturnämnden --served-by KUF --from 2027-01-01 --as PERSON", unitFlags},
	{domain.CmdBind, "  arshjul registry bind --person p-42 --name \"Förvaltningschef, Kulturförvaltningen\" --role forvaltningschef --unit KUF --from 2027-01-01 --as PERSON", bindFlags},
	{domain.CmdUnbind, "  arshjul registry unbind --binding 12 --to 2027-06-30 --as PERSON", unbindFlags},
	{domain.CmdSubstitute, "  arshjul registry substitute --binding 12 --person p-42 --from 2027-07-01 --to 2027-07-31 --as PERSON", substituteFlags},
	{domain.CmdExclude, "  arshjul registry exclude --person p-42 --year 2028 --step namndens-forslag --unit KN --reason \"Närstående\" --as PERSON", excludeFlags},
	{domain.CmdRuleExclusion, "  arshjul registry rule-exclusion --exclusion 41 --cleared --date 2027-03-01 --paragraph 4 --unit SN --as PERSON", rulingFlags},
	{domain.CmdNoteDeficit, "  arshjul registry note-deficit --year 2026 --step arsredovisning-ks/KS --amount 12500000 --dnr \"KS 1/2027\" --as PERSON", deficitFlags},
	{domain.CmdFollowDeficit, "  arshjul registry follow-deficit --deficit 42 --decision reglering --amount 2500000 --year 2028 --step kf-mal-och-ekonomi/KF --date 2027-06-15 --paragraph 90 --as PERSON", followDeficitFlags},
	{domain.CmdCarryOver, "  arshjul registry carry-over --year 2026 --step resultatoverforing/SN --unit SN --amount -3200000 --date 2027-04-20 --paragraph 61 --as PERSON", carryOverFlags},
	{domain.CmdObserve, "  arshjul registry observe --year 2027 --step delar-aug-ks/KS --unit KS --role stadsdirektor --due 2028-02-01 --text \"Målen går inte att följa upp\" --as PERSON", observeFlags},
	{domain.CmdAnswer, "  arshjul registry answer-observation --observation 44 --text \"Vi ser över rutinen\" --action \"2028-09-30: ny rutin\" --as PERSON", answerFlags},
	{domain.CmdAssessAnswer, "  arshjul registry assess-answer --observation 44 --status godtagen --as PERSON", assessFlags},
	{domain.CmdActionDone, "  arshjul registry action-done --observation 44 --no 1 --text \"Rutinen är antagen\" --as PERSON", actionDoneFlags},
	{domain.CmdSupplement, "  arshjul registry supplement --year 2027 --step bokslut-namnd/SN --reference \"SN 9/2028\" --text \"Bilagan glömdes\" --as PERSON", supplementFlags},
	{domain.CmdAddMeeting, "  arshjul registry add-meeting --meeting KS-2027-03-10 --unit KS --date 2027-03-10 --status faststallt --as PERSON", addMeetingFlags},
	{domain.CmdMoveMeeting, "  arshjul registry move-meeting --meeting KS-2027-03-10 --date 2027-03-17 --text \"Lokalen är upptagen\" --as PERSON", moveMeetingFlags},
	{domain.CmdCancelMeeting, "  arshjul registry cancel-meeting --meeting KS-2027-03-10 --text \"Inga ärenden\" --as PERSON", meetingIDFlag},
	{domain.CmdOrder, "  arshjul registry order --year 2028 --wheel HASH --dnr \"KS 12/2026\" --date 2026-11-18 --paragraph 4 --as PERSON", orderFlags},
	{domain.CmdConfirmOrder, "  arshjul registry confirm-order --order 3 --as PERSON", confirmOrderFlags},
	{domain.CmdDeclareEpoch, "  arshjul registry declare-epoch --origin arshjul/1283 --size 1042 --root ROT --lost-from 1020 --text \"Databasen återlästes\" --as PERSON", epochFlags},
	{domain.CmdConfirmEpoch, "  arshjul registry confirm-epoch --epoch 51 --as PERSON", confirmEpochFlags},
	{domain.CmdErase, "  arshjul registry erase --person p-42 --entry cycle/1283/2028#117 --dnr \"KS 12/2028\" --date 2028-02-20 --as PERSON", erasureFlags},
	{domain.CmdConfirmErase, "  arshjul registry confirm-erase --erasure 51 --as PERSON", confirmErasureFlags},
	{domain.CmdConfirmMeeting, "  arshjul registry confirm-meeting --meeting KS-2027-03-10 --as PERSON", meetingIDFlag},
}

func newChange(c *connection, ch change) *cobra.Command {
	row := domain.Row(ch.kind)
	command := api.Command{Kind: ch.kind}
	var stream string
	var preview *bool
	verb := &cobra.Command{
		Use:     string(ch.kind),
		Short:   row.Says,
		Example: ch.example,
		Args:    takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			stream, err := c.registry(verb, stream)
			if err != nil {
				return err
			}
			if *preview {
				return c.preview(verb, stream, command)
			}
			r, err := c.client().Give(verb.Context(), stream, command)
			if err != nil {
				return c.tell(verb, err, command.ID)
			}
			return c.receipt(verb, r)
		},
	}
	streamFlag(verb, &stream)
	ch.flags(verb, &command)
	if must, may := row.Members(); slices.Contains(slices.Concat(must, may), "text") {
		verb.Flags().StringVar(&command.Text, "text", "", "skälet")
	}
	idFlag(verb, &command.ID)
	preview = previewFlag(verb)
	return verb
}

func unitFlags(verb *cobra.Command, c *api.Command) {
	u := &domain.Unit{}
	c.Unit = u
	f := verb.Flags()
	f.StringVar((*string)(&u.ID), "unit", "", "enhetens korta id")
	f.StringVar((*string)(&u.Kind), "kind", "", "kf, ks, namnd, forvaltning, bolag, revision eller presidium")
	f.StringVar(&u.Name, "name", "", "enhetens namn")
	f.StringVar((*string)(&u.ServedBy), "served-by", "", "förvaltningen som arbetar åt enheten")
	f.BoolVar(&u.Plans, "plans", false, "kommunstyrelsen planerar också för sig själv, som en nämnd")
	f.StringVar(&u.Note, "note", "", "anteckning som visas vid enheten")
	periodFlags(verb, &u.From, &u.To)
}

func bindFlags(verb *cobra.Command, c *api.Command) {
	b := &api.Binding{}
	c.Binding = b
	f := verb.Flags()
	f.StringVar((*string)(&b.Person), "person", "", "personens id")
	f.StringVar(&b.Name, "name", "", "personens namn; det sparas för sig och kan raderas")
	f.StringVar((*string)(&b.Role), "role", "", "rollen")
	f.StringVar((*string)(&b.Unit), "unit", "", "enheten där rollen gäller")
	periodFlags(verb, &b.From, &b.To)
}

func unbindFlags(verb *cobra.Command, c *api.Command) {
	b := &api.Binding{}
	c.Binding = b
	verb.Flags().Uint64Var(&b.Number, "binding", 0, "rollens nummer i registret")
	verb.Flags().StringVar((*string)(&b.To), "to", "", "sista dagen")
}

func substituteFlags(verb *cobra.Command, c *api.Command) {
	s := &domain.Substitute{}
	c.Substitute = s
	verb.Flags().Uint64Var(&s.Binding, "binding", 0, "rollens nummer i registret")
	verb.Flags().StringVar((*string)(&s.Person), "person", "", "ersättarens id")
	periodFlags(verb, &s.From, &s.To)
}

func excludeFlags(verb *cobra.Command, c *api.Command) {
	x := &api.Exclusion{}
	c.Exclusion = x
	f := verb.Flags()
	f.StringVar((*string)(&x.Person), "person", "", "vem som är jävig")
	f.IntVar(&x.Year, "year", 0, "budgetåret (annars alla)")
	f.StringVar(&x.Def, "step", "", "steget i årshjulet (annars alla)")
	f.StringVar((*string)(&x.Unit), "unit", "", "enheten (annars alla)")
	f.StringVar(&x.Reason, "reason", "", "skälet; det sparas för sig och kan raderas")
	f.StringVar((*string)(&x.Replacement), "replacement", "", "vem som träder in, för just detta och inget annat")
}

func addMeetingFlags(verb *cobra.Command, c *api.Command) {
	moveMeetingFlags(verb, c)
	f := verb.Flags()
	f.StringVar((*string)(&c.NewMeeting.Unit), "unit", "", "organet")
	f.StringVar((*string)(&c.NewMeeting.Status), "status", string(domain.MeetingProposed), "foreslaget eller faststallt")
}

func moveMeetingFlags(verb *cobra.Command, c *api.Command) {
	meetingIDFlag(verb, c)
	verb.Flags().StringVar((*string)(&c.NewMeeting.Date), "date", "", "dagen, så här: 2027-03-10")
}

func meetingIDFlag(verb *cobra.Command, c *api.Command) {
	c.NewMeeting = &domain.Meeting{}
	verb.Flags().StringVar((*string)(&c.NewMeeting.ID), "meeting", "", "sammanträdets id, till exempel KS-2027-03-10")
}

func orderFlags(verb *cobra.Command, c *api.Command) {
	o := &api.Order{}
	c.Order = o
	f := verb.Flags()
	f.IntVar(&o.Year, "year", 0, "budgetåret")
	f.StringVar((*string)(&o.Wheel), "wheel", "", "årshjulets kontrollsumma, som \"arshjul wheel show\" visar")
	f.StringSliceVar(&o.With, "with", nil, "valfria steg som ska vara med")
	f.StringVar((*string)(&o.From), "from", "", "ta över cykeln från det här skedet: planering, uppfoljning eller bokslut")
	f.StringVar(&o.Dnr, "dnr", "", "beslutets diarienummer")
	f.StringVar(&o.Paragraph, "paragraph", "", "beslutets paragraf, om det har en")
	f.StringVar((*string)(&o.Date), "date", "", "beslutets dag")
}

func confirmOrderFlags(verb *cobra.Command, c *api.Command) {
	c.Order = &api.Order{}
	verb.Flags().Uint64Var(&c.Order.Number, "order", 0, "beställningens nummer")
}

func periodFlags(verb *cobra.Command, from, to *domain.Date) {
	verb.Flags().StringVar((*string)(from), "from", "", "första dagen")
	verb.Flags().StringVar((*string)(to), "to", "", "sista dagen (annars tills vidare)")
}

func tellRegistry(w io.Writer, a api.Registry) {
	fmt.Fprintf(w, "Register för kommun %s, ändring %d.\n\nENHET\tNAMN\tSLAG\tFÖRVALTNING\tGÄLLER\n", a.Kommun, a.Number)
	for _, u := range a.Units {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s–%s\n", u.ID, u.Name, u.Kind, u.ServedBy, u.From, u.To)
	}
	fmt.Fprintln(w, "\nNR\tPERSON\tNAMN\tROLL\tENHET\tGÄLLER")
	for _, b := range a.Bindings {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s–%s\n", b.Number, b.Person, b.Name, b.Role, b.Unit, b.From, b.To)
	}
	for _, s := range a.Substitutes {
		fmt.Fprintf(w, "%d\t%s\t\tersätter %d\t\t%s–%s\n", s.Number, s.Person, s.Binding, s.From, s.To)
	}
	fmt.Fprintln(w, "\nSAMMANTRÄDE\tORGAN\tDAG\tLÄGE")
	for _, m := range a.Meetings {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", m.ID, m.Unit, m.Date, m.Status.Swedish())
	}
	for _, o := range a.Orders {
		confirmed := "väntar på en andra person"
		if o.Confirmed != "" {
			confirmed = "bekräftad"
		}
		fmt.Fprintf(w, "Beställning %d: cykeln %d\tdnr %s, %s\t%s\n", o.Number, o.Year, o.Dnr, o.Date, confirmed)
	}
	for _, x := range a.Exclusions {
		fmt.Fprintf(w, "Jäv %d: %s\t%s %s", x.Number, x.Person, x.Def, x.Unit)
		if x.Replacement != "" {
			fmt.Fprintf(w, "\tersätts av %s", x.Replacement)
		}
		if x.Ruling != nil && x.Ruling.Cleared {
			fmt.Fprint(w, "\tprövat: inget jäv")
		}
		fmt.Fprintln(w)
	}
	tellBalance(w, a.Deficits, a.CarryOvers)
	tellEpochs(w, a.Epochs)
	tellAfterwards(w, a.Observations, a.Supplements)
	tellErasures(w, a.Erasures)
}
