package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
	"arshjul/internal/wheelfile"
)

// stepBody is what the page of a step shows.
type stepBody struct {
	names
	Step                     api.Step
	Part                     string // "Planering 2028"
	CycleTitle               string
	CycleLink                string
	Look                     look
	UnitNote                 string
	Due, Away                string
	Was                      string // the rule's day, when people have moved it
	Law                      string // the law's limit
	Limits                   []limitRow
	Appeal                   string // what is known of laga kraft
	Meeting                  string
	Stations                 []station
	Gate                     []gateRow
	GateMet                  int
	Waits                    []waitRow
	Versions                 []versionRow
	Held                     []fieldRow // what a dialog noted
	Forms                    []form
	Comment                  *form
	People                   []personRow // whom a comment can name
	Remarks                  []remark
	History                  []historyDay
	Reminders                []historyRow // told apart: they say nothing of the step
	Note                     wheelfile.Note
	Standing                 []wheelfile.Standing
	Review                   *review
	Observed, Followed       []observedRow // revisorernas iakttagelser on the step, and the open ones that its report is to follow
	Observe                  string        // where a revisor makes one
	HistoryLink, CompareLink string
	Supplements              []api.ReportRow // what came in after the cycle had ended
}

// Log is the log that the step's entries stand in.
func (b *stepBody) Log() string { return domain.LogOf(b.Step.Stream) }

// station is a status of the step's life.
type station struct {
	Word, Day   string
	Passed, Now bool
}

// limitRow is a limit of the law that binds the step.
type limitRow struct {
	Law, Says, Day, Class, Word string
}

// gateRow is a condition of the gate: met, gone on without, or missing.
type gateRow struct {
	Title, Link, Class, Says string
}

// waitRow is something that the step waits for people to do.
type waitRow struct {
	Do, Role, Unit, Day string
	People              []string
	Barred              bool // it is who looks at the page that may not, being the first person
	Mine                bool
}

type personRow struct{ ID, Name string }

// viewStep gathers a step's page with five questions to the database: the cycle, the step's history, its texts, the names,
// and the wheel's notes the first time.
func (s *Server) viewStep(ctx context.Context, seen *seen, id domain.StepID, person domain.PersonID, tried attempt) (*stepBody, *store.Cycle, error) {
	c, stream := seen.Cycle, seen.Cycle.Stream
	history, err := s.Store.History(ctx, stream, store.HistoryQuery{Step: id, Limit: historyShown, Before: seen.before()})
	if err != nil {
		return nil, nil, err
	}
	body := &stepBody{CycleTitle: cycleTitle(c.Year, c.Exercise), CycleLink: pagePath(stream)}
	if body.names, err = s.names(ctx, c.Source); err != nil {
		return nil, nil, err
	}
	var instruction domain.TextRef
	err = seen.look(func(st *domain.State) error {
		if st.Cycle == nil || st.Cycle.Step(id) == nil {
			return domain.Refuse(domain.CodeUnknownStep, "Det finns inget steg %q i cykeln. De som finns står på cykelns sida.", id)
		}
		row := st.Cycle.Step(id)
		instruction = row.Instruction
		closingOf(st, row, st.Cycle.Wheel.Def(row.Def), &body.Step)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	after, err := s.after(ctx, seen)
	if err != nil {
		return nil, nil, err
	}
	refs := slices.Concat(textRefs(history), afterwardsRefs(after), []domain.TextRef{instruction}, reasonRefs(&body.Step))
	texts, err := s.Store.Texts(ctx, slices.DeleteFunc(refs, func(r domain.TextRef) bool { return r == "" })...)
	if err != nil {
		return nil, nil, err
	}
	err = seen.look(func(st *domain.State) error {
		body.audit(st, after, seen, id, person, texts)
		body.fill(st, &c, id, person, tried)
		readReasons(&body.Step, texts)
		body.Step.Instruction = readable(texts, instruction)
		def := st.Cycle.Wheel.Def(st.Cycle.Step(id).Def)
		if v := body.Step.Version; v != nil {
			for i := range history {
				if e := &history[i].Event; e.Seq == v.Seq {
					v.Aims = aimsOf(e, texts)
				}
			}
		}
		body.Versions = versionsOf(def, history, texts, body.names, dayOf(&c))
		body.Remarks = remarksOf(history, texts, body.names, dayOf(&c))
		body.History, body.Reminders = historyOf(st, history, texts, body.names, dayOf(&c))
		body.offerCorrection(tried)
		for i := range history {
			if e := &history[i].Event; e.Kind == domain.EvHeld && body.Held == nil {
				for _, f := range fieldsOf(e, texts) {
					body.Held = append(body.Held, fieldRow{Title: body.FieldTitle(f.ID), Value: f.Value})
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	body.Note, body.Standing, err = s.wheelNotes(ctx, c.WheelHash, body.Step.Def)
	return body, &c, err
}

// fill tells what the state says of the step.
func (b *stepBody) fill(st *domain.State, c *store.Cycle, id domain.StepID, person domain.PersonID, tried attempt) {
	today := dayOf(c)
	row := st.Cycle.Step(id)
	def := st.Cycle.Wheel.Def(row.Def)
	b.Step = stepOf(st, id, person, today)
	b.Step.Exercise = c.Exercise
	b.Part, b.Look = partWord(def.Stage, c.Year), lookOf(st, row)
	b.CycleLink += "?del=" + string(def.Stage)
	if u := st.Registry.Unit(row.Unit); u != nil {
		b.UnitNote = u.Note
	}
	b.Due, b.Away = longDay(row.Plan, today), away(row.Plan, today, st.Cycle.Wheel.Bridges)
	if row.Extended {
		b.Was = "Flyttad av en person."
	}
	if row.Legal != "" {
		b.Law = longDay(row.Legal, today)
	}
	if m := st.Registry.Meeting(row.Held); m != nil {
		b.Meeting = longDay(m.Date, today)
		if m.Status != domain.MeetingConfirmed {
			b.Meeting += " (" + m.Status.Swedish() + ")"
		}
	}
	b.limits(st, row, today)
	b.stations(st, row, today)
	b.gate(st, row, today)
	b.waits(st, row, person, today)
	registry := api.Registry{Units: st.Registry.Units, Meetings: st.Registry.Meetings}
	for _, offer := range b.Step.Commands {
		f := formOf(offer, &b.Step, &registry, tried)
		if offer.Kind == domain.CmdComment {
			b.Comment = &f
			continue
		}
		f.Mine = slices.ContainsFunc(b.Waits, func(w waitRow) bool { return w.Mine && w.Do == offer.Title })
		f.Open = f.Open || f.Mine
		b.Forms = append(b.Forms, f)
	}
	slices.SortStableFunc(b.Forms, func(x, y form) int { return boolOrder(y.Mine) - boolOrder(x.Mine) })
}

// limits tells the law's limits, and what is known of laga kraft.
func (b *stepBody) limits(st *domain.State, row *domain.Step, today domain.Date) {
	for _, l := range domain.Limits(st, row.ID) {
		one := limitRow{Law: string(l.Law), Day: longDay(l.Date, today), Class: lookOpen.Class, Word: "Kvar att göra"}
		if law := l.Law.Law(); law != nil {
			one.Says = law.Says
		}
		switch {
		case l.Met != "":
			one.Class, one.Word = lookDone.Class, "Hållen "+longDay(l.Met, today)
			if l.Met > l.Date {
				one.Class, one.Word = lookLate.Class, "Passerad: gjort först "+longDay(l.Met, today)
			}
		case l.Date < today:
			one.Class, one.Word = lookLate.Class, "Passerad"
		}
		b.Limits = append(b.Limits, one)
	}
	switch ends := st.AppealEnds(row); {
	case row.Force == domain.ForceFinal:
		b.Appeal = "Beslutet har vunnit laga kraft."
	case row.Force == domain.ForceAppealed:
		b.Appeal = "Beslutet är överklagat."
	case ends != "":
		b.Appeal = "Kan överklagas till och med " + longDay(ends, today) + " (uträknat, KL 13:5). Ett beslut får verkställas innan dess (KL 13:14)."
	}
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}

// stations shows the step's life, with the days on which it came to what is behind it.
func (b *stepBody) stations(st *domain.State, row *domain.Step, today domain.Date) {
	for _, status := range st.Stations(row.ID) {
		one := station{Word: upperFirst(status.Swedish()), Now: row.Status == status, Passed: row.Reached(status) != 0 || status == domain.StatusWaiting && row.Status != status}
		for _, m := range row.Marks {
			if m.Status == status {
				one.Day = shortDay(m.Date, today)
			}
		}
		b.Stations = append(b.Stations, one)
	}
	if !slices.ContainsFunc(b.Stations, func(s station) bool { return s.Now }) {
		b.Stations = append(b.Stations, station{Word: upperFirst(row.Status.Swedish()), Now: true})
	}
}

func (b *stepBody) gate(st *domain.State, row *domain.Step, today domain.Date) {
	met, missing := st.Gate(row.ID)
	for _, n := range missing {
		needed := st.Cycle.Step(n.Step)
		says := fmt.Sprintf("Saknas: ska vara %s. Nu: %s, senast %s.", n.At.Swedish(), needed.Status.Swedish(), shortDay(needed.Plan, today))
		class := lookWaiting.Class
		if needed.Late {
			class, says = lookLate.Class, says+" Försenat."
		}
		b.Gate = append(b.Gate, gateRow{st.StepTitle(n.Step), stepPath(st.Stream, n.Step), class, says})
	}
	for _, m := range met {
		says := "Uppfyllt: " + m.At.Swedish()
		needed := st.Cycle.Step(m.Step)
		for _, mark := range needed.Marks {
			if mark.Seq == m.Seq {
				says += " " + longDay(mark.Date, today)
			}
		}
		if needed.Decision != nil && needed.Decision.Paragraph != "" && m.At == domain.StatusDecided {
			says += ", §\u00a0" + needed.Decision.Paragraph
		}
		if m.Waived {
			says = "Passerad utan: någon med rätt till det gick vidare."
		}
		b.Gate = append(b.Gate, gateRow{st.StepTitle(m.Step), stepPath(st.Stream, m.Step), lookDone.Class, says})
		b.GateMet++
	}
}

// waits lists what the step waits for people to do, and who may.
func (b *stepBody) waits(st *domain.State, row *domain.Step, person domain.PersonID, today domain.Date) {
	named := map[domain.PersonID]bool{}
	for _, t := range domain.Todo(st, today) {
		if t.Step != row.ID {
			continue
		}
		w := waitRow{Do: domain.Row(t.Command).Says, Role: upperFirst(st.RoleTitle(t.Role)), Unit: unitName(st, t.Unit), Day: longDay(t.Due, today)}
		for _, h := range domain.Doers(st, t, today) {
			name := b.Name(h.Person)
			if h.Substitute != 0 {
				name += " (ersättare)"
			} else if v := absence(st.Registry, h.Binding, today); v != nil {
				name += " (frånvarande till " + shortDay(v.To, today) + ")"
			}
			w.People = append(w.People, name)
			w.Mine = w.Mine || h.Person == person
			if !named[h.Person] {
				named[h.Person] = true
				b.People = append(b.People, personRow{string(h.Person), b.Name(h.Person)})
			}
		}
		if t.Barred == person {
			for _, h := range st.Registry.Holders(t.Role, t.Unit, today) {
				w.Barred = w.Barred || h.Person == person
			}
		}
		b.Waits = append(b.Waits, w)
	}
	def := st.Cycle.Wheel.Def(row.Def)
	for _, role := range []domain.RoleID{def.Slots.Prepare, def.Slots.Ready, def.Slots.Decide, def.Slots.Register, def.Slots.Publish, def.Slots.Escalate} {
		for _, bound := range st.Registry.Bindings {
			if bound.Role == role && (bound.Unit == row.Unit || bound.Unit == def.Body || bound.Unit == st.Cycle.Wheel.City || servedBy(st.Registry, row.Unit) == bound.Unit) && !named[bound.Person] &&
				bound.From <= today && (bound.To == "" || today <= bound.To) {
				named[bound.Person] = true
				b.People = append(b.People, personRow{string(bound.Person), b.Name(bound.Person)})
			}
		}
	}
	slices.SortFunc(b.People, func(x, y personRow) int { return strings.Compare(x.Name, y.Name) })
}

func servedBy(r *domain.Registry, id domain.UnitID) domain.UnitID {
	if u := r.Unit(id); u != nil {
		return u.ServedBy
	}
	return ""
}

// absence is the substitution that goes on for a binding, or nil.
func absence(r *domain.Registry, binding uint64, today domain.Date) *domain.Substitute {
	for i := range r.Substitutes {
		if v := &r.Substitutes[i]; v.Binding == binding && v.From <= today && today <= v.To {
			return v
		}
	}
	return nil
}

// wheelNotes gives what the wheel's file says of a step beyond the rules. A wheel never changes, so each is read once.
func (s *Server) wheelNotes(ctx context.Context, hash domain.Digest, def string) (note wheelfile.Note, standing []wheelfile.Standing, err error) {
	file, err := s.wheelText(ctx, hash)
	if err != nil || file == nil {
		return note, nil, err
	}
	for i := range file.Wheel.Steps {
		if file.Wheel.Steps[i].ID == def && i < len(file.Notes) {
			note = file.Notes[i]
		}
	}
	for _, d := range file.Standing {
		if slices.Contains(note.RestsOn, d.ID) {
			standing = append(standing, d)
		}
	}
	return note, standing, nil
}

// wheelsKept bounds the memory: a wheel that was read takes half a megabyte.
const wheelsKept = 200

// wheelTexts are the wheels that have been read, by the hash of their rules.
type wheelTexts struct {
	mu  sync.Mutex
	all map[domain.Digest]*wheelfile.File
}

// wheelText reads a cycle's wheel, or gives nil when its text was never kept or is of a release that read more than this one.
func (s *Server) wheelText(ctx context.Context, hash domain.Digest) (*wheelfile.File, error) {
	if s.Wheel.Wheel.Hash() == hash {
		return s.Wheel, nil
	}
	s.wheels.mu.Lock()
	defer s.wheels.mu.Unlock()
	if file, read := s.wheels.all[hash]; read {
		return file, nil
	}
	kept, err := s.Store.Wheel(ctx, hash)
	if err != nil && !errors.Is(err, store.ErrNoWheel) {
		return nil, err
	}
	var file *wheelfile.File
	if err == nil {
		if file, err = wheelfile.Read("årshjulet", []byte(kept.YAML)); err != nil {
			s.log.Warn("a kept wheel cannot be read")
			file = nil
		}
	}
	if len(s.wheels.all) >= wheelsKept || s.wheels.all == nil {
		s.wheels.all = map[domain.Digest]*wheelfile.File{}
	}
	s.wheels.all[hash] = file
	return file, nil
}
