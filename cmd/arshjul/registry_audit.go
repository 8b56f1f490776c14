package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

func observeFlags(verb *cobra.Command, c *api.Command) {
	o := &api.Observation{}
	c.Observation = o
	f := verb.Flags()
	f.IntVar(&o.Year, "year", 0, "budgetåret för cykeln, pågående eller avslutad")
	f.StringVar((*string)(&o.Step), "step", "", "steget där, till exempel arsredovisning-ks/KS")
	f.StringVar((*string)(&o.Unit), "unit", "", "enheten som ska svara")
	f.StringVar((*string)(&o.Role), "role", "", "rollen som svarar, i enheten, i dess förvaltning eller i staden")
	f.StringVar((*string)(&o.Due), "due", "", "sista dagen för svaret")
}

func observationFlag(verb *cobra.Command, c *api.Command) *api.Observation {
	c.Observation = &api.Observation{}
	verb.Flags().Uint64Var(&c.Observation.Number, "observation", 0, "iakttagelsens nummer")
	return c.Observation
}

func answerFlags(verb *cobra.Command, c *api.Command) {
	o := observationFlag(verb, c)
	verb.Flags().Var((*actions)(&o.Actions), "action", "en åtgärd med sin sista dag: \"2028-09-30: ny rutin\", eller \"2028-09-30 roll enhet: ny rutin\" när någon annan ska göra den; kan anges flera gånger")
}

func assessFlags(verb *cobra.Command, c *api.Command) {
	o := observationFlag(verb, c)
	verb.Flags().StringVar((*string)(&o.Status), "status", "", "godtagen, vantar-svar (fråga igen, med skälet i --text) eller avslutad")
	verb.Flags().StringVar((*string)(&o.Due), "due", "", "ny svarsdag, när du frågar igen")
}

func actionDoneFlags(verb *cobra.Command, c *api.Command) {
	o := observationFlag(verb, c)
	o.Actions = make([]api.Action, 1)
	verb.Flags().IntVar(&o.Actions[0].No, "no", 0, "åtgärdens nummer")
	verb.Flags().StringVar((*string)(&o.Actions[0].Done), "date", "", "dagen då den gjordes (annars i dag)")
}

func supplementFlags(verb *cobra.Command, c *api.Command) {
	x := &api.Supplement{}
	c.Supplement = x
	f := verb.Flags()
	f.IntVar(&x.Year, "year", 0, "budgetåret för den avslutade cykeln")
	f.StringVar((*string)(&x.Step), "step", "", "steget där")
	f.Uint64Var(&x.Entry, "entry", 0, "posten i cykelns journal som rättas, om det är en rättelse")
	f.StringVar(&x.Reference, "reference", "", "diarienummer")
}

// actions are what an answer promises, one flag each.
type actions []api.Action

func (a *actions) String() string { return "" }

// Type names the value in help texts.
func (a *actions) Type() string { return "åtgärd" }

// Set reads an action: a day, perhaps a role and a unit, a colon and what is to be done.
func (a *actions) Set(text string) error {
	head, what, found := strings.Cut(text, ":")
	words := strings.Fields(head)
	if !found || strings.TrimSpace(what) == "" || len(words) != 1 && len(words) != 3 {
		return fmt.Errorf("skriv dagen, ett kolon och vad som ska göras: \"2028-09-30: ny rutin\"")
	}
	one := api.Action{Due: domain.Date(words[0]), Text: strings.TrimSpace(what)}
	if len(words) == 3 {
		one.Role, one.Unit = domain.RoleID(words[1]), domain.UnitID(words[2])
	}
	*a = append(*a, one)
	return nil
}

func tellAfterwards(w io.Writer, observations []api.Observation, supplements []api.Supplement) {
	for _, o := range observations {
		fmt.Fprintf(w, "Iakttagelse %d: %s i cykeln %d, %s\t%s", o.Number, o.Step, o.Year, o.Unit, o.Word)
		if o.Status == domain.ObservationAsked {
			fmt.Fprintf(w, ", senast %s", o.Due)
		}
		fmt.Fprintln(w)
		for _, a := range o.Actions {
			state := "senast " + string(a.Due)
			if a.Done != "" {
				state = "gjord " + string(a.Done)
			}
			fmt.Fprintf(w, "  Åtgärd %d: %s\t%s, %s\t%s\n", a.No, a.Text, a.Role, a.Unit, state)
		}
	}
	for _, x := range supplements {
		fmt.Fprintf(w, "Komplettering %d till cykeln %d: %s\t%s\t%s\n", x.Number, x.Year, x.Step, x.Made, x.Text)
	}
}
