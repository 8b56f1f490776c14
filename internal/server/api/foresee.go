package api

import "arshjul/domain"

// Foresight is what would be otherwise. A day is null when there is none.
type Foresight struct {
	Moved []Moved    `json:"moved"`
	Law   []LawSlack `json:"law"`
	Mails int        `json:"mails" doc:"Mails that would be sent, and otherwise are not."`
}

// Moved is a day of a step that would be another.
type Moved struct {
	Step domain.StepID `json:"step"`
	Unit domain.UnitID `json:"unit"`
	What string        `json:"what" enum:"opens,plan,legal"`
	From *domain.Date  `json:"from"`
	To   *domain.Date  `json:"to"`
}

// LawSlack is a limit of the law that is touched.
type LawSlack struct {
	Paragraph domain.LawID  `json:"paragraph"`
	Step      domain.StepID `json:"step"`
	SlackDays int           `json:"slack_days" doc:"Days left; negative when the limit would be passed."`
}

// ForesightOf tells what the rules foresee.
func ForesightOf(f *domain.Foresight) Foresight {
	a := Foresight{Moved: []Moved{}, Law: []LawSlack{}, Mails: f.Mails}
	for _, m := range f.Moved {
		a.Moved = append(a.Moved, Moved{Step: m.Step, Unit: m.Unit, What: m.What, From: orNull(m.From), To: orNull(m.To)})
	}
	for _, l := range f.Law {
		a.Law = append(a.Law, LawSlack(l))
	}
	return a
}

func orNull(d domain.Date) *domain.Date {
	if d == "" {
		return nil
	}
	return &d
}

// Path is what stands between today and a step, in the order of the planned days.
type Path struct {
	To       domain.StepID `json:"to"`
	Title    string        `json:"title"`
	Today    domain.Date   `json:"today"`
	Done     bool          `json:"done" doc:"The step is done, and nothing stands before it."`
	Hurdles  []Hurdle      `json:"hurdles"`
	Tightest *int          `json:"tightest" doc:"The least slack of them, in working days."`
}

// Hurdle is a step that is not done.
type Hurdle struct {
	Step  domain.StepID `json:"step"`
	Title string        `json:"title"`
	Word  string        `json:"word" doc:"Its status, in Swedish."`
	Plan  domain.Date   `json:"plan"`
	Last  domain.Date   `json:"last" doc:"The last day on which it can be done so that all that follows is still done in time."`
	Slack int           `json:"slack" doc:"Working days from the planned day, or today, through last; negative when it has passed."`
}
