package bench

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

const (
	warmUp  = 20
	rounds  = 200 // latencies
	counts  = 100 // events, commits and bytes
	clients = 8   // who sign off at once
	turns   = 2   // of the crowds
	busy    = 5 * time.Second
)

const signOffTitle = "A sign-off, beside a bare approval in Temporal (an update whose activity commits one row)"

// BenchmarkSignOff measures one official's sign-off ("klar för beslut") in a real cycle of the whole wheel: through the door,
// with the rules, the journal with its Merkle tree, the lists and the notices to people. Beside it stands a bare approval in
// Temporal (bare_test.go), on the same server, with its row in the same database. The two take turns, so that whatever else
// the machine does slows both.
func BenchmarkSignOff(b *testing.B) {
	r := newRig(b)
	figure(signOffTitle, "the disk: fdatasync of 8 kB, p50", us, r.fdatasync().Seconds()*1e6, noAim)
	all, bare := r.signers(2028), r.approvals()
	for range warmUp {
		all[0].next()
		r.rest(all[0].stream)
		bare.do()
	}
	b.Run("alone", r.part(func() { r.alone(all[0], bare) }))
	b.Run("cost", r.part(func() { r.costs(all[0], bare) }))
	// A cycle of its own: thousands of commands in one month are as many as a cycle takes.
	b.Run("crowd", r.part(func() { r.crowds(r.signers(2029), bare) }))
}

// part is a sub-benchmark, which is done once whatever b.N is.
func (r *rig) part(do func()) func(*testing.B) {
	return func(b *testing.B) {
		whole := r.B
		r.B = b
		defer func() { r.B = whole }()
		for b.Loop() { // once: each is longer than b's second
			do()
		}
		b.ReportMetric(0, "ns/op") // of all together it says nothing
	}
}

// alone measures the latencies when nobody else does anything.
func (r *rig) alone(one *signOff, bare *approvals) {
	var signed, visible, ruled, approved latencies
	for n := range rounds {
		turns := []func(){
			func() { took, seen := one.do(); signed.add(took); visible.add(seen) },
			func() { approved.add(bare.do()) },
			func() { ruled.add(one.straight()) },
		}
		if n%2 == 0 {
			slices.Reverse(turns)
		}
		for _, turn := range turns {
			turn()
		}
	}
	tell := func(what string, ours latencies, a aim) {
		beside(signOffTitle, what+", p50", ms, ours.ms(50), approved.ms(50), a)
		beside(signOffTitle, "  p99", ms, ours.ms(99), approved.ms(99), noAim)
	}
	tell("alone: asked at the door until the receipt says klar, in the journal", signed, atMost(number, 1))
	tell("alone: until the next person's inbox shows it", visible, noAim)
	tell("alone: without the door, until the workflow answers", ruled, atMost(number, 1))
}

// costs counts what each leaves behind.
func (r *rig) costs(one *signOff, bare *approvals) {
	idle := r.idle()
	our := r.count(idle, one.stream, func() { one.next(); r.rest(one.stream) })
	their := r.count(idle, bareWorkflow, func() { bare.do() })
	beside(signOffTitle, "alone: events in Temporal's history for each", number, our.events, their.events, noAim)
	beside(signOffTitle, "alone: transactions in Postgres for each, reading ones too", number, our.commits, their.commits, noAim)
	beside(signOffTitle, "alone: write-ahead log for each", kB, our.wal/1000, their.wal/1000, noAim)
}

// crowds has clients sign off at once, all on one workflow.
func (r *rig) crowds(all []*signOff, bare *approvals) {
	stream := all[0].stream
	var ours, theirs, straight crowd
	for range turns {
		theirs.join(r.crowd(bareWorkflow, func(ctx context.Context, _ int) error { return bare.ask(ctx) }))
		ours.join(r.crowd(stream, func(ctx context.Context, who int) error { _, err := all[who].ask(ctx); return err }))
		straight.join(r.crowd(stream, func(ctx context.Context, who int) error { _, err := all[who].send(ctx); return err }))
	}
	tell := func(what string, u unit, of func(*crowd) float64, a aim) {
		beside(signOffTitle, what, u, of(&ours), of(&theirs), a)
	}
	tell(fmt.Sprintf("%d clients on one workflow: sign-offs", clients), perS, (*crowd).perSecond, atLeast(number, 3))
	tell("  p50", ms, func(c *crowd) float64 { return c.took.ms(50) }, noAim)
	tell("  p99", ms, func(c *crowd) float64 { return c.took.ms(99) }, noAim)
	tell("  events in Temporal's history for each", number, func(c *crowd) float64 { return c.events / float64(len(c.took)) }, noAim)
	beside(signOffTitle, "  the same without the door, until the workflow answers: sign-offs", perS, straight.perSecond(), theirs.perSecond(), noAim)
	tell("  processor time for each: who asks, server and worker", ms, func(c *crowd) float64 { return c.each(c.cpu.own) }, noAim)
	tell("  processor time for each: Temporal", ms, func(c *crowd) float64 { return c.each(c.cpu.temporal) }, noAim)
	tell("  processor time for each: Postgres", ms, func(c *crowd) float64 { return c.each(c.cpu.postgres) }, noAim)
}

// crowd is what clients that each ask again as soon as they are answered got.
type crowd struct {
	took   latencies
	time   time.Duration
	events float64
	cpu    cpu
}

func (c *crowd) join(other crowd) {
	c.took, c.time, c.events, c.cpu = append(c.took, other.took...), c.time+other.time, c.events+other.events, c.cpu.plus(other.cpu)
}

func (c *crowd) perSecond() float64 { return float64(len(c.took)) / c.time.Seconds() }

// each is what one took of something, in milliseconds.
func (c *crowd) each(of time.Duration) float64 { return of.Seconds() * 1e3 / float64(len(c.took)) }

func (r *rig) crowd(workflow string, ask func(ctx context.Context, who int) error) (all crowd) {
	r.Helper()
	r.rest(workflow)
	before := r.events(workflow)
	used := r.cpu()
	var mu sync.Mutex
	var wait sync.WaitGroup
	began := time.Now()
	for who := range clients {
		wait.Go(func() {
			for time.Since(began) < busy {
				asked := time.Now()
				if err := ask(r.Context(), who); err != nil {
					r.Errorf("client %d: %v", who, err)
					return
				}
				mu.Lock()
				all.took.add(time.Since(asked))
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	all.time = time.Since(began)
	all.cpu = r.cpu().minus(used)
	r.rest(workflow)
	all.events = r.events(workflow) - before
	return all
}

// signOff signs a step of a cycle off, takes it back, and signs it off again: commands of the same weight.
type signOff struct {
	*rig
	stream  string
	step    domain.StepID
	version domain.Digest
	person  domain.PersonID // who signs off
	chief   domain.PersonID // who has it in the inbox then, to establish it
	signed  bool
	n       int
}

// signers launches a cycle in which every förvaltning is to have its verksamhetsplan fastställd, and has it submitted.
func (r *rig) signers(year int) (all []*signOff) {
	r.Helper()
	stream, _ := r.launch(r.inAutumn(year))
	for _, u := range r.administrations() {
		all = append(all, r.signer(stream, u))
	}
	return all
}

func (r *rig) administrations() (all []domain.Unit) {
	for _, u := range r.organisation.Registry.Units {
		if u.Kind == domain.KindAdministration {
			all = append(all, u)
		}
	}
	return all
}

// inAutumn is a plan by which what the verksamhetsplaner wait for is done.
func (r *rig) inAutumn(year int) api.LaunchPlan {
	plan := api.LaunchPlan{Year: year}
	before := func(step domain.StepID) {
		plan.Before = append(plan.Before, api.DoneBefore{Step: step, Reason: "Gjordes före start (påhittat)"})
	}
	before("kf-mal-och-ekonomi/KF")
	for _, u := range r.administrations() {
		before(domain.StepID("nulagesanalys/" + u.ID))
	}
	return plan
}

// signer submits a förvaltning's verksamhetsplan.
func (r *rig) signer(stream string, u domain.Unit) *signOff {
	r.Helper()
	s, err := r.prepare(stream, u)
	r.must(err)
	return s
}

func (r *rig) prepare(stream string, u domain.Unit) (*signOff, error) {
	s := &signOff{rig: r, stream: stream, step: domain.StepID("forvaltningens-verksamhetsplan/" + u.ID),
		person: r.holder("processledare", u.ID), chief: r.holder("forvaltningschef", u.ID)}
	var step api.Step
	look := func() error { return r.client.As(launcher).Get(r.Context(), api.StepPath(stream, s.step), &step) }
	if err := r.patiently(look); err != nil {
		return nil, err
	}
	submit := api.Command{ID: "submit-" + string(u.ID), Kind: domain.CmdSubmit, Step: s.step, Reference: string(u.ID) + " 1/2026 (påhittat)"}
	for _, want := range step.Wants {
		submit.Documents = append(submit.Documents, api.Document{Def: want.ID, Link: "https://exempel.invalid/plan"})
	}
	for _, want := range step.WantsFields {
		submit.Fields = append(submit.Fields, api.Field{ID: want.ID, Value: "sida 4 (påhittat)"})
	}
	var receipt api.Receipt
	err := r.patiently(func() (err error) { receipt, err = r.client.As(s.person).Give(r.Context(), stream, submit); return err })
	if err != nil {
		return nil, err
	}
	if _, err := r.Store.WaitJournalled(r.Context(), stream, receipt.Last); err != nil {
		return nil, err
	}
	if err := r.patiently(look); err != nil {
		return nil, err
	}
	s.version = step.Version.Hash
	return s, nil
}

// command is the next one: a sign-off, or taking it back.
func (s *signOff) command() api.Command {
	s.n++
	c := api.Command{ID: fmt.Sprintf("%s-%d", s.step, s.n), Kind: domain.CmdReady, Step: s.step, Version: s.version}
	if s.signed {
		c.Kind, c.Version, c.Text = domain.CmdTakeBack, "", "Provtext (påhittat)"
	}
	s.signed = !s.signed
	return c
}

// ask gives the next command through the door.
func (s *signOff) ask(ctx context.Context) (receipt api.Receipt, err error) {
	c := s.command()
	err = s.patiently(func() error { receipt, err = s.client.As(s.person).Give(ctx, s.stream, c); return err })
	return receipt, err
}

func (s *signOff) next() {
	receipt, err := s.ask(s.Context())
	s.must(err)
	s.wait(s.stream, receipt.Last)
}

// do signs off alone, and gives the time to the receipt, and until the next person's inbox shows that there is something to
// do.
func (s *signOff) do() (signed, visible time.Duration) {
	s.takeBack()
	began := time.Now()
	receipt, err := s.ask(s.Context())
	s.must(err)
	if receipt.Status == api.StatusDone {
		signed = time.Since(began)
	} else {
		s.wait(s.stream, receipt.Last)
		signed = time.Since(began)
	}
	for !s.inInbox() {
		if time.Since(began) > time.Minute {
			s.Fatalf("%s is signed off, and %s has nothing to do", s.step, s.chief)
		}
	}
	visible = time.Since(began)
	s.rest(s.stream)
	return signed, visible
}

func (s *signOff) inInbox() bool {
	var inbox api.Tasks
	s.must(s.client.As(s.chief).Get(s.Context(), "/inbox", &inbox))
	return slices.ContainsFunc(inbox.Tasks, func(t api.Task) bool {
		return t.Stream == s.stream && t.Step == s.step && t.Command == domain.CmdEstablish
	})
}

// takeBack has the step as it was before it was signed off, and the cycle at rest.
func (s *signOff) takeBack() {
	if s.signed {
		s.next()
	}
	s.rest(s.stream)
}

// straight signs off as the server does when it has looked everything up, and gives the time until the workflow answers.
func (s *signOff) straight() time.Duration {
	s.takeBack()
	began := time.Now()
	receipt, err := s.send(s.Context())
	took := time.Since(began)
	s.must(err)
	s.wait(s.stream, receipt.Last)
	s.rest(s.stream)
	return took
}

// send gives the next command to the workflow itself.
func (s *signOff) send(ctx context.Context) (workflows.Receipt, error) {
	c := s.command()
	command := domain.Command{ID: c.ID, Kind: c.Kind, Actor: s.person, Step: c.Step, Version: c.Version}
	if c.Text != "" {
		command.Text = domain.TextRef(domain.DigestOf([]byte(c.Text)))
	}
	return temporalx.Send(ctx, s.Temporal, s.stream, command)
}
