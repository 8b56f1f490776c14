package server

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"arshjul/domain"
	"arshjul/internal/store"
)

// wayBody answers what stands between now and a decision.
type wayBody struct {
	Goal     string // the decision
	Body     string // whose it is: "KF"
	Day      string // when it is to be taken
	Away     string
	Rows     []wayRow
	Tight    *wayRow // the least slack
	Ticks    []tick
	TodayAt  string
	GoalAt   string
	Goals    []choice
	WayCount int // steps that remain, with those that are told together
}

// wayRow is a step that remains, or several of one definition that are in the same state. Places along the track are in
// percent of it.
type wayRow struct {
	Title, Link, Who, Says string
	Look                   look
	Slack                  int
	SlackWords, LastWords  string
	Plan, Last             string // places on the track
	SlackFrom              string
	Goal, Tight            bool
	n                      int
	plan, last             domain.Date
	def                    string
}

// tick is a month on the track.
type tick struct{ Word, At string }

// goalsOf lists the decisions of KF in a stage that are not taken yet, as steps: the first of each definition.
func goalsOf(st *domain.State, stage domain.Stage) (goals []*domain.Step) {
	for i := range st.Cycle.Steps {
		step := &st.Cycle.Steps[i]
		def := st.Cycle.Wheel.Def(step.Def)
		u := st.Registry.Unit(def.Body)
		if def.Stage == stage && u != nil && u.Kind == domain.KindCouncil && !st.Finished(step) &&
			!slices.ContainsFunc(goals, func(g *domain.Step) bool { return g.Def == step.Def }) {
			goals = append(goals, step)
		}
	}
	return goals
}

// goalOf picks the decision that the page is about: the one that is asked for, or the first that the law limits, or the first.
func goalOf(st *domain.State, goals []*domain.Step, asked domain.StepID) *domain.Step {
	var best *domain.Step
	for _, g := range goals {
		if g.ID == asked {
			return g
		}
		if best == nil || best.Legal == "" && g.Legal != "" {
			best = g
		}
	}
	return best
}

// wayOf tells the way to a decision. The rules say what stands there and for how long (domain.Way).
func wayOf(c *store.Cycle, st *domain.State, goal *domain.Step) *wayBody {
	today := dayOf(c)
	bridges := st.Cycle.Wheel.Bridges
	w := &wayBody{Goal: st.StepTitle(goal.ID), Body: string(st.Cycle.Wheel.Def(goal.Def).Body), Day: longDay(goal.Plan, today), Away: away(goal.Plan, today, bridges)}
	hurdles := domain.Way(st, goal.ID, today)
	w.WayCount = len(hurdles)
	track := trackOf(hurdles, today)
	w.TodayAt, w.GoalAt = track.at(today), track.at(goal.Plan)
	w.Ticks = track.ticks()
	for i := range hurdles {
		h := &hurdles[i]
		step := st.Cycle.Step(h.Step)
		row := wayRow{Title: st.StepTitle(h.Step), Link: stepPath(c.Stream, h.Step), Look: lookOf(st, step), Slack: h.Slack, def: step.Def, n: 1,
			plan: h.Plan, last: h.Last, Goal: h.Step == goal.ID}
		if row.Look == lookWaiting {
			if k := slices.IndexFunc(w.Rows, func(o wayRow) bool { return o.def == row.def && o.Look == lookWaiting }); k >= 0 {
				w.Rows[k].join(&row, st)
				continue
			}
		}
		row.Who = holderWords(st, step, today)
		row.Says = upperFirst(longDay(h.Plan, today))
		if row.Look == lookLate {
			row.Says = "Skulle ha varit klart " + longDay(h.Plan, today)
		}
		w.Rows = append(w.Rows, row)
	}
	for i := range w.Rows {
		row := &w.Rows[i]
		row.words(today, track)
		if !row.Goal && (w.Tight == nil || row.Slack < w.Tight.Slack) {
			w.Tight = row
		}
	}
	if w.Tight != nil {
		w.Tight.Tight = true
	}
	return w
}

// join puts another unit's step of the same definition into the row.
func (r *wayRow) join(o *wayRow, st *domain.State) {
	r.n++
	r.Title = fmt.Sprintf("%s, %d enheter", st.Cycle.Wheel.Def(r.def).Title, r.n)
	r.Who = ""
	r.plan, r.last, r.Slack = max(r.plan, o.plan), min(r.last, o.last), min(r.Slack, o.Slack)
}

func (r *wayRow) words(today domain.Date, t track) {
	r.Plan, r.Last, r.SlackFrom = t.at(r.plan), t.at(max(r.last, t.from)), t.at(max(r.plan, today))
	switch {
	case r.Goal:
		r.SlackWords = ""
	case r.Slack < 0:
		r.SlackWords = "försent med " + counted(-r.Slack, "arbetsdag", "arbetsdagar")
	case r.Slack == 0:
		r.SlackWords = "ingen marginal"
	default:
		r.SlackWords = counted(r.Slack, "arbetsdag", "arbetsdagar")
	}
	r.LastWords = "sista dag " + longDay(r.last, today)
}

// holderWords says who a step waits for: the role and where it is held.
func holderWords(st *domain.State, step *domain.Step, today domain.Date) string {
	for _, t := range domain.Todo(st, today) {
		if t.Step == step.ID && t.Command != domain.CmdProceed && t.Command != domain.CmdConfirmMeeting {
			return upperFirst(st.RoleTitle(t.Role)) + ", " + unitName(st, t.Unit)
		}
	}
	def := st.Cycle.Wheel.Def(step.Def)
	unit := step.Unit
	if def.Body != "" {
		unit = def.Body
	}
	return unitName(st, unit)
}

// track places days along a line.
type track struct{ from, to domain.Date }

func trackOf(hurdles []domain.Hurdle, today domain.Date) track {
	t := track{today.Add(-7), today.Add(30)}
	for i := range hurdles {
		t.from = min(t.from, max(hurdles[i].Plan, today.Add(-60)))
		t.to = max(t.to, hurdles[i].Plan, hurdles[i].Last)
	}
	t.from, t.to = t.from.Add(-5), t.to.Add(7)
	return t
}

func days(from, to domain.Date) float64 {
	return to.Start().Time().Sub(from.Start().Time()).Hours() / 24
}

// at is a day's place in percent.
func (t track) at(d domain.Date) string {
	return fmt.Sprintf("%.2f%%", 100*days(t.from, min(max(d, t.from), t.to))/days(t.from, t.to))
}

// ticks are the months that begin on the track.
func (t track) ticks() (ticks []tick) {
	step := 1
	if days(t.from, t.to) > 250 {
		step = 3
	}
	for m := int(t.from.Month()) + 1; ; m += step {
		d := domain.NewDate(t.from.Year(), time.Month(m), 1) // a month past December is one of the next year
		if d > t.to.Add(-10) {
			return ticks
		}
		ticks = append(ticks, tick{strings.TrimPrefix(tinyDay(d), "1 "), t.at(d)})
	}
}
