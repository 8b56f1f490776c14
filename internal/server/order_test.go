package server_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/rehearsal"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

const registry = "registry/" + servertest.Kommun

// anOrder orders the cycle of 2028.
func anOrder(id string) api.OrderLaunch {
	return api.OrderLaunch{ID: id, LaunchPlan: api.LaunchPlan{Year: 2028}, Dnr: "KS 1/2026 (påhittat)", Paragraph: "4", Date: "2026-11-01"}
}

// order orders, and asks again by the same id until the order stands in the journal.
func order(t *testing.T, c *api.Client, ask api.OrderLaunch) (o api.Ordered) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); o.Number == 0 && time.Now().Before(deadline); {
		ok(t, answered(t, func() error { return c.Post(t.Context(), "/orders", ask, &o) }))
	}
	return o
}

func confirm(t *testing.T, c *api.Client, number uint64, id string) (r api.Receipt, err error) {
	err = answered(t, func() error {
		return c.Post(t.Context(), fmt.Sprintf("/orders/%d/confirm", number), api.ConfirmOrder{ID: id}, &r)
	})
	return r, err
}

// answered asks until the answer is known.
func answered(t *testing.T, ask func() error) error {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		err := ask()
		var problem *api.Problem
		if !errors.As(err, &problem) || problem.Exit() != api.ExitUnknown || time.Now().After(deadline) {
			return err
		}
	}
}

// A cycle is ordered by one cykelansvarig and confirmed by another, and then it starts, once.
func TestALaunchIsOrderedAndConfirmed(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	first, second := d.As(servertest.Launcher), d.As(servertest.Confirmer)
	var check api.LaunchCheck
	ok(t, d.As(writer).Post(t.Context(), "/launch-check", api.LaunchPlan{Year: 2028}, &check))
	if check.Steps != 51 || len(check.Passed) != 0 || !check.WheelSHA.Valid() || len(check.Findings) > 0 && check.Findings[0].Level == domain.LevelError {
		t.Fatalf("check: %+v", check)
	}

	ask := anOrder("order-1")
	ask.Before = []api.DoneBefore{{Step: directives, Reason: "Beslutades före start (påhittat)", Reference: "KS § 4"}}
	err := d.As(writer).Post(t.Context(), "/orders", ask, &api.Ordered{})
	if p := refusal(t, err); p.Code != domain.CodeRoleNotHeld {
		t.Errorf("ordered by somebody else: %+v", p)
	}
	ask.ID = "order-2"
	ordered := order(t, first, ask)
	if again := order(t, first, ask); again.Number != ordered.Number || again.First != ordered.First || ordered.Number == 0 || ordered.Check == nil {
		t.Fatalf("the same order twice: %+v and %+v", ordered, again)
	}
	_, err = confirm(t, first, ordered.Number, "confirm-1")
	if p := refusal(t, err); p.Code != domain.CodeSecondPerson {
		t.Errorf("confirmed by who ordered: %+v", p)
	}
	var r api.Receipt
	err = second.Post(t.Context(), "/cycles", api.Launch{ID: "l", Order: ordered.Number}, &r)
	if p := refusal(t, err); p.Code != domain.CodeOrderUnknown {
		t.Errorf("started before it was confirmed: %+v", p)
	}
	_, err = confirm(t, second, ordered.Number+1, "confirm-2")
	if p := refusal(t, err); p.Code != domain.CodeOrderUnknown {
		t.Errorf("an order that there is not: %+v", p)
	}

	started, err := confirm(t, second, ordered.Number, "confirm-3")
	ok(t, err)
	for who, id := range map[domain.PersonID]string{servertest.Confirmer: "confirm-3", servertest.Launcher: "confirm-4"} {
		again, err := confirm(t, d.As(who), ordered.Number, id)
		if err != nil || again.Stream != started.Stream || again.ID != started.ID || again.First != 1 {
			t.Errorf("asked again by %s: %+v, %v", who, again, err)
		}
	}
	step := read(t, d.As(writer), started.Stream, directives)
	if step.Status != domain.StatusBefore || !step.Done || step.History[0].Plain != "Beslutades före start (påhittat)" {
		t.Errorf("done before: %s, %+v", step.Status, step.History)
	}
	var list api.Orders
	ok(t, second.Get(t.Context(), "/orders", &list))
	if o := list.Orders[0]; len(list.Orders) != 1 || o.Stream != started.Stream || o.By != servertest.Launcher || o.Confirmed != servertest.Confirmer ||
		o.Before[0].Reason != "Beslutades före start (påhittat)" || o.Dnr != ask.Dnr || o.Despite != "" {
		t.Errorf("the list: %+v", list)
	}
	err = second.Post(t.Context(), "/orders", anOrder("order-3"), &api.Ordered{})
	if p := refusal(t, err); p.Code != domain.CodeCycleExists {
		t.Errorf("ordered once more: %+v", p)
	}
}

// Whatever rehearsal finds that stops a launch is named, each with its place: at the order, and again when it is confirmed.
func TestRehearsalStopsALaunch(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	first, second, registrar := d.As(servertest.Launcher), d.As(servertest.Confirmer), d.As(servertest.Registrar)
	ordered := order(t, first, anOrder("order-1"))

	var a api.Registry
	ok(t, first.Get(t.Context(), "/"+registry+"/registry", &a))
	at := slices.IndexFunc(a.Bindings, func(b api.Binding) bool { return b.Person == "p-sn-namndsekreterare" })
	give(t, registrar, registry, api.Command{Kind: domain.CmdUnbind, Binding: &api.Binding{Number: a.Bindings[at].Number, To: "2026-11-01"}})
	err := first.Post(t.Context(), "/orders", anOrder("order-2"), &api.Ordered{})
	p := refusal(t, err)
	codes := map[string]bool{}
	for _, f := range p.Findings {
		codes[f.Code] = true
		if f.Level != domain.LevelError || !strings.Contains(p.Message, f.Text) {
			t.Errorf("not named: %+v", f)
		}
	}
	if !codes[domain.FindingNoHolder] || !codes[domain.FindingNeverOpens] || !strings.Contains(p.Message, "Socialnämnden") {
		t.Errorf("refused with %v: %s", codes, p.Message)
	}
	_, err = confirm(t, second, ordered.Number, "confirm-1")
	if p := refusal(t, err); len(p.Findings) == 0 {
		t.Errorf("confirmed although the registry has changed: %+v", p)
	}
	give(t, registrar, registry, api.Command{Kind: domain.CmdBind, Binding: &api.Binding{Person: "p-sn-ny", Name: "Ny nämndsekreterare (påhittad)",
		Role: "namndsekreterare", Unit: "SN", From: "2026-11-02"}})
	ok(t, registrar.Post(t.Context(), "/mail/addresses", api.MailAddress{Person: "p-sn-ny", Address: "ny@exempel.invalid"}, &api.MailAddress{}))
	if _, err := confirm(t, second, ordered.Number, "confirm-2"); err != nil {
		t.Errorf("mended: %v", err)
	}
}

// A required role whose holder nobody can reach stops a launch, and nothing of an exercise: its mails go to its own sink.
func TestALaunchNeedsAddresses(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	first, second, registrar := d.As(servertest.Launcher), d.As(servertest.Confirmer), d.As(servertest.Registrar)
	ordered := order(t, first, anOrder("order-1"))
	lone := domain.PersonID("p-sn-namndsekreterare")
	reach := func(address string) {
		ok(t, registrar.Post(t.Context(), "/mail/addresses", api.MailAddress{Person: lone, Address: address}, &api.MailAddress{}))
	}
	reach("")
	named := func(f api.Finding) bool {
		return f.Code == rehearsal.NoAddress && f.Level == domain.LevelError && f.Unit == "SN" && strings.Contains(f.Text, string(lone)) &&
			strings.Contains(f.Text, "Nämndsekreterare i Socialnämnden") && strings.Contains(f.Text, "set-address")
	}
	var check api.LaunchCheck
	ok(t, first.Post(t.Context(), "/launch-check", api.LaunchPlan{Year: 2028}, &check))
	if !named(check.Findings[0]) {
		t.Errorf("check: %+v", check.Findings[0])
	}
	for what, err := range map[string]error{
		"ordered":   answered(t, func() error { return first.Post(t.Context(), "/orders", anOrder("order-2"), &api.Ordered{}) }),
		"confirmed": func() error { _, err := confirm(t, second, ordered.Number, "confirm-1"); return err }(),
	} {
		if p := refusal(t, err); p.Code != domain.CodeRehearsal || len(p.Findings) != 1 || !named(p.Findings[0]) || !strings.Contains(p.Message, p.Findings[0].Text) {
			t.Errorf("%s: %+v", what, p)
		}
	}
	if stream := d.Exercise(t, 2028); stream == "" {
		t.Error("no exercise")
	}
	reach("namndsekreterare@exempel.invalid")
	if _, err := confirm(t, second, ordered.Number, "confirm-2"); err != nil {
		t.Errorf("mended: %v", err)
	}
}

// An ordinary wheel in an election year, and long after its time, starts only for a reason; what is past opens late.
func TestALateLaunchDespiteAnElection(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	first, second := d.As(servertest.Launcher), d.As(servertest.Confirmer)
	year := domain.InstantOf(time.Now()).Date().Year() + 1
	for !domain.ElectionYear(year - 1) {
		year++
	}
	ask := anOrder("order-1")
	ask.Year = year
	err := first.Post(t.Context(), "/orders", ask, &api.Ordered{})
	p := refusal(t, err)
	if !slices.ContainsFunc(p.Findings, func(f api.Finding) bool { return f.Code == domain.FindingElection && f.Step == "kf-mal-och-ekonomi/KF" }) {
		t.Fatalf("%+v", p)
	}
	ask.ID, ask.Despite = "order-2", "Fullmäktige har beslutat om undantag (påhittat)"
	ordered := order(t, first, ask)
	r, err := confirm(t, second, ordered.Number, "confirm-1")
	ok(t, err)
	var a api.Registry
	ok(t, first.Get(t.Context(), "/"+registry+"/registry", &a))
	if a.Orders[0].Despite != ask.Despite {
		t.Errorf("the reason: %+v", a.Orders[0])
	}
	var cycle api.Cycle
	ok(t, first.Get(t.Context(), "/"+r.Stream, &cycle))
	for _, s := range ordered.Check.Passed {
		at := slices.IndexFunc(cycle.Rows, func(row api.StepRow) bool { return row.Step == s.Step })
		if row := cycle.Rows[at]; !row.Late || row.Plan != s.Plan || row.Title != s.Title {
			t.Errorf("%+v is %+v in the cycle", s, row)
		}
	}
	if cycle.Late != len(ordered.Check.Passed) {
		t.Errorf("%d late steps, and %d were told of", cycle.Late, len(ordered.Check.Passed))
	}

	var before api.LaunchCheck
	plan := api.LaunchPlan{Year: year, Before: []api.DoneBefore{{Step: directives, Reason: "Klart (påhittat)"}}}
	ok(t, first.Post(t.Context(), "/launch-check", plan, &before))
	for _, s := range before.Passed {
		if s.Step == directives {
			t.Errorf("klart före start, and told of as late: %+v", s)
		}
	}
	plan.Before[0].Reason = ""
	err = first.Post(t.Context(), "/launch-check", plan, &before)
	if p := refusal(t, err); p.Code != domain.CodeTextMissing {
		t.Errorf("without a reason: %+v", p)
	}
}

// A server that died between the confirmation and the start has left a confirmed order: whoever asks again starts it.
func TestAConfirmedOrderIsStartedByWhoeverAsksAgain(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	ordered := order(t, d.As(servertest.Launcher), anOrder("order-1"))
	give(t, d.As(servertest.Confirmer), registry, api.Command{Kind: domain.CmdConfirmOrder, Order: &api.Order{Number: ordered.Number}})
	err := d.As(writer).Get(t.Context(), "/cycle/1283/2028", &api.Cycle{})
	if p := refusal(t, err); p.Code != domain.CodeUnknownStream {
		t.Fatalf("%+v", p)
	}
	_, err = confirm(t, d.As(writer), ordered.Number, "confirm-1")
	if p := refusal(t, err); p.Code != domain.CodeRoleNotHeld {
		t.Errorf("started by somebody else: %+v", p)
	}
	r, err := confirm(t, d.As(servertest.Launcher), ordered.Number, "confirm-2")
	if err != nil || r.Stream != "cycle/1283/2028" {
		t.Errorf("%+v, %v", r, err)
	}
}

// What comes with an order and is not the orderer's to say is refused.
func TestAnOrderDoesNotComeConfirmed(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	forged := api.Command{ID: t.Name(), Kind: domain.CmdOrder, Order: &api.Order{Year: 2028, Confirmed: servertest.Confirmer}}
	_, err := d.As(servertest.Launcher).Give(t.Context(), registry, forged)
	if p := refusal(t, err); p.Code != domain.CodeUnknownField {
		t.Errorf("an order that comes confirmed: %+v", p)
	}
	ask := anOrder(t.Name() + "-2")
	ask.Year, ask.Dnr = 2029, ""
	err = d.As(servertest.Launcher).Post(t.Context(), "/orders", ask, &api.Ordered{})
	if p := refusal(t, err); p.Code != domain.CodeBadCommand {
		t.Errorf("without a decision: %+v", p)
	}
}
