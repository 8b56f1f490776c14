package server

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// decisionRow is a step whose decision at a meeting is noted, as it is filled in.
type decisionRow struct {
	Key, Stream, Link, Part string
	Step                    api.Step
	Command                 domain.CommandKind
	Outcomes                []option
	Items                   []itemRow
	Inputs                  []input // ansvarsfrihet, amounts
	Counted                 string  // what the votes mean
	Fault                   string
	Word                    string // the outcome, in a review
	Says                    []string
	Facts                   []reviewRow

	sitting *sitting
	values  url.Values // by the names of the step page's form
	part    api.Part
}

// itemRow is an att-sats that was decided by itself.
type itemRow struct {
	N       int
	No      string
	Options []option
}

// Value is what was filled in.
func (r *decisionRow) Value(name string) string { return r.values.Get(name) }

// Council tells whether the body is KF, where a minority has a right of its own (KL 5:50).
func (r *decisionRow) Council() bool { return r.sitting.Council }

// Several tells whether the meeting took more than a day.
func (r *decisionRow) Several() bool { return r.sitting.Several }

// Reports tells whether the step is only notified to the body.
func (r *decisionRow) Reports() bool { return r.Command == domain.CmdReport }

// Sub says which version is decided on.
func (r *decisionRow) Sub() string {
	if v := r.Step.Version; v != nil {
		return fmt.Sprintf("%s · version %d, sha256 %s", r.Part, v.No, shortHash(v.Hash))
	}
	return r.Part
}

// outcomes of a decision, as the form has them: what was done, and by what right.
var outcomeChoices = []struct {
	value, label string
	outcome      domain.Outcome
	class        domain.Class
	council      bool // only KF has it
}{
	{"bifall", "Bifall", domain.OutcomeApproved, "", false},
	{"avslag", "Avslag", domain.OutcomeRejected, "", false},
	{"aterremiss", "Återremiss", domain.OutcomeReturned, domain.ClassMajority, false},
	{"minoritet", "Minoritetsåterremiss", domain.OutcomeReturned, domain.ClassMinority, true},
	{"bordlaggning", "Bordläggning", domain.OutcomeTabled, domain.ClassMajority, false},
	{"minoritetsbordlaggning", "Minoritetsbordläggning", domain.OutcomeTabled, domain.ClassMinority, true},
	{"delvis", "Olika för att-satserna", domain.OutcomePartly, "", false},
	{"ej-beslutsfor", "Inte beslutsför", domain.OutcomeNoQuorum, "", false},
}

// itemOutcomes are what may become of an att-sats.
var itemOutcomes = []domain.Outcome{domain.OutcomeApproved, domain.OutcomeRejected, domain.OutcomeReturned, domain.OutcomeTabled}

// mostItems bounds the att-satser of a row; emptyItems is how many lines are left to fill in.
const (
	mostItems  = 60
	emptyItems = 4
)

func (r *decisionRow) chosen() bool { return r.values.Get("utfall") != "" }

// fill makes what the row's form is made of.
func (r *decisionRow) fill(present string) {
	if r.values.Get("protokoll.närvarande") == "" && present != "" && r.voted() {
		r.values.Set("protokoll.närvarande", present)
	}
	utfall := r.values.Get("utfall")
	r.Outcomes = []option{{"", "Togs inte upp", utfall == ""}}
	if r.Reports() {
		r.Outcomes = append(r.Outcomes, option{"anmald", "Anmält", utfall == "anmald"})
		return
	}
	for _, o := range outcomeChoices {
		if !o.council || r.Council() {
			r.Outcomes = append(r.Outcomes, option{o.value, o.label, utfall == o.value})
		}
	}
	r.Inputs = slices.Concat(dischargeInputs(&r.Step, r.values), figureInputs(&r.Step, domain.CmdDecide, r.values))
	for i := range r.Inputs {
		r.Inputs[i].Field = r.Key + "-" + r.Inputs[i].Name
		r.Inputs[i].Name = r.Key + "." + r.Inputs[i].Name
	}
	last := 0
	for n := 1; n <= mostItems; n++ {
		if r.values.Get(fmt.Sprintf("att.%d.no", n)) != "" || r.values.Get(fmt.Sprintf("att.%d.utfall", n)) != "" {
			last = n
		}
	}
	if last == 0 { // what is left of an earlier round
		for _, item := range r.Step.Items {
			if item.Outcome != domain.OutcomeApproved && item.Outcome != domain.OutcomeRejected {
				last++
				r.values.Set(fmt.Sprintf("att.%d.no", last), item.No)
			}
		}
	}
	for n := 1; n <= min(last+emptyItems, mostItems); n++ {
		row := itemRow{N: n, No: r.values.Get(fmt.Sprintf("att.%d.no", n)), Options: []option{{"", "Välj", false}}}
		for _, o := range itemOutcomes {
			row.Options = append(row.Options, option{string(o), upperFirst(o.Swedish()), r.values.Get(fmt.Sprintf("att.%d.utfall", n)) == string(o)})
		}
		r.Items = append(r.Items, row)
	}
	r.Counted = r.count()
}

// voted tells whether figures of a vote were filled in, beyond who was there.
func (r *decisionRow) voted() bool {
	return r.values.Get("protokoll.för")+r.values.Get("protokoll.emot")+r.values.Get("protokoll.avstod") != ""
}

// votes reads the figures. Who is not said to have abstained is taken to have done so: that is what the protocol counts.
func (r *decisionRow) votes() (*domain.Votes, error) {
	if !r.voted() {
		return nil, nil
	}
	v := &domain.Votes{}
	for _, n := range []struct {
		name string
		into *int
	}{{"närvarande", &v.Present}, {"för", &v.For}, {"emot", &v.Against}, {"avstod", &v.Abstained}} {
		text := strings.TrimSpace(r.values.Get("protokoll." + n.name))
		if text == "" {
			continue
		}
		number, err := strconv.Atoi(text)
		if err != nil {
			return nil, domain.Refuse(domain.CodeBadCommand, "%q är inget antal. Skriv rösterna med siffror, som i protokollet.", text)
		}
		*n.into = number
	}
	if strings.TrimSpace(r.values.Get("protokoll.avstod")) == "" {
		v.Abstained = max(0, v.Present-v.For-v.Against)
	}
	v.Casting = r.values.Get("protokoll.utslagsröst") == "ja"
	return v, nil
}

// count says what the votes mean, so that a minority's third need not be reckoned by hand.
func (r *decisionRow) count() string {
	v, err := r.votes()
	if v == nil || err != nil || v.Present < 1 {
		return ""
	}
	sum := fmt.Sprintf("%d för, %d emot och %d som avstod är %d, och %d var närvarande.", v.For, v.Against, v.Abstained, v.For+v.Against+v.Abstained, v.Present)
	if v.For+v.Against+v.Abstained != v.Present {
		return "Rösterna går inte ihop: " + sum
	}
	says := "Rösterna går ihop: " + sum
	switch strings.TrimPrefix(r.values.Get("utfall"), "minoritets") {
	case "minoritet", "bordlaggning", "aterremiss":
		if !r.Council() {
			break
		}
		third := fmt.Sprintf(" En tredjedel av %d är minst %d", v.Present, v.Third())
		if v.For >= v.Third() {
			says += third + ", och det är uppfyllt (KL 5:50)."
		} else {
			says += third + ", och det är inte uppfyllt (KL 5:50)."
		}
	}
	if v.Carried() {
		says += fmt.Sprintf(" %d mot %d är majoritet.", v.For, v.Against)
	} else {
		says += fmt.Sprintf(" %d mot %d är inte majoritet.", v.For, v.Against)
	}
	return says
}

// note makes the part of the command that the row is. What is wrong with the row by itself is told.
func (r *decisionRow) note() error {
	in := api.Command{Step: r.Step.Step, Paragraph: strings.TrimSpace(r.values.Get("paragraf")), Dnr: strings.TrimSpace(r.values.Get("dnr")),
		Text: strings.TrimSpace(r.values.Get("motivering")), Date: domain.Date(r.values.Get("dag"))}
	in.Kind = r.Command
	if in.Paragraph == "" {
		return domain.Refuse(domain.CodeBadCommand, "Paragrafen saknas. Skriv bara numret, till exempel 94.")
	}
	if r.Reports() {
		r.part = api.Part{Kind: in.Kind, Step: in.Step, Paragraph: in.Paragraph, Text: in.Text}
		return nil
	}
	class := domain.Class("")
	known := false
	for _, o := range outcomeChoices {
		if o.value == r.values.Get("utfall") && (!o.council || r.Council()) {
			in.Outcome, class, known = o.outcome, o.class, true
		}
	}
	if !known {
		return domain.Refuse(domain.CodeBadCommand, "Utfallet %q finns inte för %s. Välj ett i listan.", r.values.Get("utfall"), r.sitting.Unit)
	}
	if in.Outcome == domain.OutcomePartly {
		class = domain.Class(r.values.Get("protokoll.klass"))
	}
	names := make([]string, 0, len(r.values))
	for name := range r.values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		value := strings.TrimSpace(r.values.Get(name))
		own, isOwn := strings.CutPrefix(name, "protokoll.")
		switch {
		case value == "":
		case isOwn && slices.Contains([]string{"närvarande", "för", "emot", "avstod", "utslagsröst", "klass"}, own):
		case isOwn && own == "klasskäl" && class == "":
		case isOwn || strings.HasPrefix(name, "belopp.") && in.Outcome == domain.OutcomeApproved:
			if err := setMember(&in, name, value); err != nil {
				return err
			}
		}
	}
	votes, err := r.votes()
	if err != nil {
		return err
	}
	if votes != nil || class != "" && r.Council() {
		if in.Record == nil {
			in.Record = &api.Record{}
		}
		in.Record.Votes = votes
		if r.Council() {
			in.Record.Class = class
		}
	}
	if err := r.items(&in); err != nil {
		return err
	}
	if in.Record != nil {
		for i := range in.Record.Reservations { // notified before the meeting ended
			in.Record.Reservations[i].Date = domain.Date(or(string(in.Date), string(r.sitting.Date)))
		}
	}
	r.part = api.Part{Kind: in.Kind, Step: in.Step, Outcome: in.Outcome, Paragraph: in.Paragraph, Dnr: in.Dnr, Text: in.Text, Record: in.Record,
		Figures: in.Figures, Date: in.Date, Version: domain.Digest(r.values.Get("version"))}
	return nil
}

// items reads the att-satser, which have outcomes of their own only when the whole is said to differ.
func (r *decisionRow) items(in *api.Command) error {
	if in.Outcome != domain.OutcomePartly {
		return nil
	}
	if in.Record == nil {
		in.Record = &api.Record{}
	}
	for n := 1; n <= mostItems; n++ {
		no, outcome := strings.TrimSpace(r.values.Get(fmt.Sprintf("att.%d.no", n))), r.values.Get(fmt.Sprintf("att.%d.utfall", n))
		switch {
		case outcome == "":
			continue // not taken up now
		case no == "":
			return domain.Refuse(domain.CodeItems, "En att-sats har ett utfall men ingen beteckning. Skriv numret som i förslaget, till exempel 1 eller 2a.")
		}
		in.Record.Items = append(in.Record.Items, domain.Item{No: no, Outcome: domain.Outcome(outcome)})
	}
	return nil
}

// Days are those on which the § may have been decided.
func (r *decisionRow) Days() (all []option) {
	m := r.sitting
	for d := m.Date; d <= m.End(); d = d.Add(1) {
		all = append(all, option{string(d), upperFirst(longDay(d, m.today)), r.Value("dag") == string(d)})
	}
	if m.Reserve > m.End() {
		all = append(all, option{string(m.Reserve), "Reservdagen, " + longDay(m.Reserve, m.today), r.Value("dag") == string(m.Reserve)})
	}
	return all
}

// Classes are by what right KF returned or tabled some att-sats.
func (r *decisionRow) Classes() []option {
	return chosen(r.Value("protokoll.klass"), option{"", "Gäller inte", false}, option{"majoritet", "Av majoriteten", false},
		option{"minoritet", "Av en minoritet, minst en tredjedel av de närvarande", false})
}

// Wording is the beginning of the checksum of the decided wording that was sent.
func (r *decisionRow) Wording() string { return shortHash(domain.Digest(r.Value("protokoll.lydelse"))) }

// HasVotes tells whether figures of a vote are filled in.
func (r *decisionRow) HasVotes() bool { return r.voted() }

// More tells whether the part of the form that few decisions need is shown: it is asked for, or filled in, or must be.
func (r *decisionRow) More() bool {
	if r.Value("visa.mer")+r.Value("protokoll.lydelse")+r.Value("protokoll.tjänstgjorde") != "" || r.Step.Matter == domain.MatterDischarge {
		return true
	}
	for _, f := range r.Step.Figures {
		if r.Value("belopp."+f.ID) != "" || r.Value("belopp."+f.ID+"."+string(f.Unit)) != "" {
			return true
		}
	}
	return false
}

// filledRow is what was filled in for a step.
type filledRow struct {
	stream string
	step   domain.StepID
	values url.Values
	row    *decisionRow // nil = it can no longer be noted
}

func (f *filledRow) chosen() bool { return f.values.Get("utfall") != "" }

// filledRows takes the rows of a form apart: "r3.paragraf" is the paragraf of the row whose step "r3.steg" names.
func filledRows(v url.Values) (all []*filledRow) {
	for name := range v {
		key, found := strings.CutSuffix(name, ".steg")
		if !found || strings.Contains(key, ".") {
			continue
		}
		stream, step, _ := strings.Cut(v.Get(name), " ")
		one := &filledRow{stream: stream, step: domain.StepID(step), values: url.Values{}}
		for other, values := range v {
			if own, found := strings.CutPrefix(other, key+"."); found && own != "steg" {
				one.values[own] = values
			}
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b *filledRow) int { return strings.Compare(a.stream+string(a.step), b.stream+string(b.step)) })
	return all
}
