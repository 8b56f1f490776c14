package server

import (
	"context"
	"net/http"
	"slices"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// historyShown bounds the history on a step; what is older stands in the journal.
const historyShown = 200

func (s *Server) step(_ http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	return s.oneStep(r.Context(), stream(r), domain.StepID(r.PathValue("step")), person)
}

// oneStep tells a step with all that stands around it, as the person sees it.
func (s *Server) oneStep(ctx context.Context, stream string, id domain.StepID, person domain.PersonID) (api.Step, error) {
	c, err := s.theCycle(ctx, stream)
	if err != nil {
		return api.Step{}, err
	}
	history, err := s.Store.History(ctx, stream, store.HistoryQuery{Step: id, Limit: historyShown})
	if err != nil {
		return api.Step{}, err
	}
	var step api.Step
	var instruction domain.TextRef
	err = s.Store.View(ctx, stream, func(st *domain.State) error {
		if st.Cycle == nil || st.Cycle.Step(id) == nil {
			return domain.Refuse(domain.CodeUnknownStep, "Det finns inget steg %q i cykeln. De som finns står på cykelns sida.", id)
		}
		step = stepOf(st, id, person, dayOf(&c))
		instruction = st.Cycle.Step(id).Instruction
		step.History = make([]api.Sentence, len(history))
		for i := range history {
			step.History[i] = sentenceOf(st, &history[i])
		}
		return nil
	})
	if err != nil {
		return api.Step{}, err
	}
	step.Exercise = c.Exercise
	if step.Waits, err = s.waitsOn(ctx, stream, id); err != nil {
		return api.Step{}, err
	}
	return step, s.fillTexts(ctx, &step, instruction, history)
}

// stepOf tells what the state says about a step; free texts are filled in afterwards.
func stepOf(st *domain.State, id domain.StepID, person domain.PersonID, today domain.Date) api.Step {
	row := st.Cycle.Step(id)
	def := st.Cycle.Wheel.Def(row.Def)
	step := api.Step{
		StepRow: api.StepRow{Step: id, Title: st.StepTitle(id), Def: row.Def, DefTitle: def.Title, Unit: row.Unit, UnitName: string(row.Unit),
			Status: row.Status, Word: row.Status.Swedish(), Done: st.Finished(row), Late: row.Late && !st.Finished(row), Round: row.Round,
			Opens: row.Opens, Plan: row.Plan, Legal: row.Legal, Meeting: row.Held},
		Stream: st.Stream, Today: today, Act: def.Act, Rule: ruleOf(def, row), Source: def.Source, Unverified: def.Unverified, Gate: gateOf(st, id),
		To: slices.Clone(def.To), Wants: []api.WantedDocument{}, WantsFields: []api.WantedField{}, Marks: slices.Clone(row.Marks), Commands: []api.Offer{},
	}
	if u := st.Registry.Unit(row.Unit); u != nil {
		step.UnitName = u.Name
	}
	if l := def.LawOf(row.Legal, st.Cycle.Year).Law(); l != nil {
		step.Law = string(l.ID) + ": " + l.Says
	}
	for _, d := range def.Documents {
		step.Wants = append(step.Wants, api.WantedDocument(d))
	}
	for _, f := range def.Fields {
		if f.IsText() {
			step.WantsFields = append(step.WantsFields, api.WantedField{ID: f.ID, Title: f.Title, Required: f.Required})
		}
	}
	if row.Decision != nil {
		decision := *row.Decision
		decision.Figures = nil // they stand with the version, as people write amounts
		step.Decision = &decision
	}
	step.Items, step.Owes, step.Force, step.AppealEnds, step.Overturned = row.Items, row.Owes, row.Force, st.AppealEnds(row), row.Overturned
	if v := row.Submission; v != nil {
		step.Version = &api.Version{No: v.No, Hash: v.Hash, By: v.By, Seq: v.Seq}
	}
	figuresOf(st, row, &step)
	closingOf(st, row, def, &step)
	for _, kind := range domain.Allowed(st, person, id, today) {
		step.Commands = append(step.Commands, offerOf(kind))
	}
	return step
}

// ruleOf is the rule that a step's plan day comes from, and that the day was moved since.
func ruleOf(def *domain.StepDef, row *domain.Step) string {
	if row.Extended {
		return "flyttad; enligt årshjulet " + def.RuleText(row)
	}
	return def.RuleText(row)
}

func offerOf(kind domain.CommandKind) api.Offer {
	row := domain.Row(kind)
	must, may := row.Members()
	return api.Offer{Kind: kind, Title: row.Says, Must: must, May: may}
}

// gateOf lists the conditions of a gate: those that are missing first.
func gateOf(st *domain.State, id domain.StepID) []api.Condition {
	met, missing := st.Gate(id)
	gate := make([]api.Condition, 0, len(met)+len(missing))
	for _, n := range missing {
		gate = append(gate, api.Condition{Step: n.Step, Title: st.StepTitle(n.Step), At: n.At, Word: n.At.Swedish()})
	}
	for _, c := range met {
		gate = append(gate, api.Condition{Step: c.Step, Title: st.StepTitle(c.Step), At: c.At, Word: c.At.Swedish(), Met: true, Waived: c.Waived, Seq: c.Seq})
	}
	return gate
}

func sentenceOf(st *domain.State, e *store.Entry) api.Sentence {
	return api.Sentence{Seq: e.Event.Seq, Index: e.Index, At: e.Event.At, Actor: e.Event.Actor, Text: domain.Sentence(st, &e.Event)}
}

// fillTexts reads what the log only commits to: reasons and notes, links, and the values of fields.
func (s *Server) fillTexts(ctx context.Context, step *api.Step, instruction domain.TextRef, history []store.Entry) error {
	var submitted, held *domain.Event
	refs := []domain.TextRef{instruction}
	for i := range history {
		e := &history[i].Event
		refs = append(refs, e.Text)
		if e.Kind == domain.EvHeld && held == nil { // the newest comes first
			held = e
			refs = append(refs, fieldRefs(e)...)
		}
		if step.Version != nil && e.Seq == step.Version.Seq {
			submitted = e
		}
	}
	if step.Version != nil && submitted == nil { // further back than the history shown
		entry, err := s.Store.Entry(ctx, step.Stream, step.Version.Seq)
		if err != nil {
			return err
		}
		submitted = &entry.Event
	}
	if submitted != nil {
		for _, d := range submitted.Documents {
			refs = append(refs, d.Link)
		}
		refs = append(refs, fieldRefs(submitted)...)
		refs = append(refs, aimRefs(submitted)...)
	}
	refs = append(refs, reasonRefs(step)...)
	texts, err := s.Store.Texts(ctx, slices.DeleteFunc(refs, func(r domain.TextRef) bool { return r == "" })...)
	if err != nil {
		return err
	}
	step.Instruction = readable(texts, instruction)
	readReasons(step, texts)
	for i := range history {
		text := texts[history[i].Event.Text]
		step.History[i].Plain, step.History[i].Erased = text.Readable(), text.Erased
	}
	if submitted != nil {
		fillVersion(step, submitted, texts)
	}
	if held != nil {
		step.Held = fieldsOf(held, texts)
	}
	return nil
}

func fieldRefs(e *domain.Event) (refs []domain.TextRef) {
	for _, f := range e.Fields {
		refs = append(refs, f.Value)
	}
	return refs
}

func fieldsOf(e *domain.Event, texts map[domain.TextRef]store.Text) (fields []api.Field) {
	for _, f := range e.Fields {
		fields = append(fields, api.Field{ID: f.ID, Value: readable(texts, f.Value)})
	}
	return fields
}

func fillVersion(step *api.Step, submitted *domain.Event, texts map[domain.TextRef]store.Text) {
	v := step.Version
	v.Reference = submitted.Reference
	for _, d := range submitted.Documents {
		doc := api.VersionDocument{Def: d.Def, Title: d.Def, SHA256: d.SHA256, Size: d.Size, Link: readable(texts, d.Link), FileLess: d.Size == 0 && d.Link != ""}
		for _, w := range step.Wants {
			if w.ID == d.Def {
				doc.Title = w.Title
			}
		}
		v.Documents = append(v.Documents, doc)
	}
	v.Fields, v.Aims = fieldsOf(submitted, texts), aimsOf(submitted, texts)
}

func readable(texts map[domain.TextRef]store.Text, ref domain.TextRef) string {
	return texts[ref].Readable()
}

// waitsOn lists what a step waits for people to do.
func (s *Server) waitsOn(ctx context.Context, stream string, id domain.StepID) ([]api.Task, error) {
	all, err := s.taskList(ctx, store.InboxQuery{Kommun: s.Kommun, Stream: stream, Today: now().Date()})
	return slices.DeleteFunc(all, func(t api.Task) bool { return t.Step != id }), err
}

// closingOf tells what stands around a step of the closing. Reasons are commitments until fillTexts has read them.
func closingOf(st *domain.State, row *domain.Step, def *domain.StepDef, step *api.Step) {
	step.Matter, step.SueBy = def.Matter, row.SueBy()
	if r := row.Review; r != nil {
		step.Review = &api.AuditReview{Outcome: r.Outcome}
		for _, b := range r.Boards {
			step.Review.Boards = append(step.Review.Boards, statementOf(&b))
		}
	}
	switch def.Matter {
	case domain.MatterExplanation, domain.MatterDischarge:
		if b := st.StatementOn(row.Unit); b != nil {
			told := statementOf(b)
			step.Statement = &told
		}
	case domain.MatterAudit:
		step.Boards = st.Discharged()
	}
}

func statementOf(b *domain.Statement) api.Statement {
	return api.Statement{Unit: b.Unit, Stance: b.Stance, Remark: b.Remark, Reason: string(b.Reason)}
}

// statements are those that a step shows.
func statements(step *api.Step) (all []*api.Statement) {
	if step.Statement != nil {
		all = append(all, step.Statement)
	}
	if step.Review != nil {
		for i := range step.Review.Boards {
			all = append(all, &step.Review.Boards[i])
		}
	}
	return all
}

func reasonRefs(step *api.Step) (refs []domain.TextRef) {
	for _, b := range statements(step) {
		refs = append(refs, domain.TextRef(b.Reason))
	}
	return refs
}

func readReasons(step *api.Step, texts map[domain.TextRef]store.Text) {
	for _, b := range statements(step) {
		if b.Reason != "" {
			b.Reason = readable(texts, domain.TextRef(b.Reason))
		}
	}
}
